namespace Watermark.Text.Records;

/// <summary>How files are opened.</summary>
internal sealed record RecordReaderOptions
{
    /// <summary>The longest record in bytes: a line, an element, a row, a text. <value>Default 64 MiB.</value></summary>
    public int MaxRecordLength { get; init; } = 64 << 20;

    /// <summary>Opens standard input. Required where a path is <c>-</c>.</summary>
    public Func<Stream>? StandardInput { get; init; }
}
