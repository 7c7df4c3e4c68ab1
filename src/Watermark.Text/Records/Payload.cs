namespace Watermark.Text.Records;

/// <summary>One file, one entry of an archive, or one sheet of a workbook, opened. Its records are read once, before the next payload.</summary>
/// <param name="Reading">The payload in the report: path, format, encoding and wrapping. Whoever uses a record counts it there.</param>
/// <param name="Name">The file without its folder, or relative to the folder that the user named, with the entry after <c>!/</c>.</param>
/// <param name="Records">
/// The records, read one by one; each is valid until the next. Names that stand twice are a fault at the top level and where
/// conversations are made of them; nested elsewhere the last one counts.
/// </param>
internal sealed record Payload(FileReading Reading, string Name, IEnumerable<SourceRecord> Records)
{
    /// <summary>The file as the user named it or as it was found, with the entry after <c>!/</c>.</summary>
    public string Path => Reading.Path;

    /// <summary>How its records are written.</summary>
    public SourceFormat Format => Reading.Format;

    /// <summary>The encoding of its text; empty for binary formats.</summary>
    public string Encoding => Reading.Encoding;

    /// <summary>The containers around it, outermost first; empty for none.</summary>
    public string Wrapping => Reading.Wrapping;
}
