namespace Watermark.Text.Records;

/// <summary>One file to read: named by the user, or found in a folder.</summary>
internal sealed class SourceFile
{
    /// <summary>The path of standard input.</summary>
    public const string StandardInput = "-";

    private readonly RecordReaderOptions options;

    /// <param name="path">The file as the user named it or as it was found; <c>-</c> is standard input.</param>
    /// <param name="name">The beginning of the ids of records that have none of their own.</param>
    /// <param name="isNamed">Whether the user named the file itself: it is then read or refused, never passed over.</param>
    /// <param name="options">How files are opened.</param>
    public SourceFile(string path, string name, bool isNamed, RecordReaderOptions options)
    {
        Path = path;
        Name = name;
        IsNamed = isNamed;
        this.options = options;
        Length = path == StandardInput ? null : new FileInfo(path).Length;
    }

    /// <summary>The file as the user named it or as it was found.</summary>
    public string Path { get; }

    /// <summary>The file without its folder, or relative to the folder that the user named, with <c>/</c> between folders.</summary>
    public string Name { get; }

    /// <summary>Whether the user named the file itself.</summary>
    public bool IsNamed { get; }

    /// <summary>The file that holds the prompt to the reply in this one; null where there is none.</summary>
    public SourceFile? Prompt { get; init; }

    /// <summary>What the names of prompt and reply have in common: the id of their record.</summary>
    public string? PairId { get; init; }

    /// <summary>The length in bytes as stored; null for standard input, 0 for pipes.</summary>
    public long? Length { get; private set; }

    /// <summary>SHA-256 of the bytes as stored, lower-case hexadecimal; null before <see cref="Open"/> was enumerated to its end.</summary>
    public string? Digest { get; private set; }

    /// <summary>Opens the file; for an archive or a workbook, one part after the other.</summary>
    /// <param name="report">Where faults and parts that are not read are noted.</param>
    /// <param name="progress">Told the number of bytes read of this file, about once a mebibyte; or null.</param>
    /// <param name="cancellationToken">Stops between records.</param>
    /// <returns>The payloads. The records of each are read before the next payload is asked for; enumerate only once.</returns>
    /// <exception cref="InputFormatException">The user named the file, and it cannot be read at all.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public IEnumerable<Payload> Open(ReadingReport report, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var walker = new PayloadWalker(report, options.MaxRecordLength, cancellationToken);
        using var bytes = new MeasuredStream(OpenBytes(), progress);
        using (OpenedContent content = OpenedContent.Open(bytes, Name))
        {
            string? prompt = Prompt?.ReadText(report, cancellationToken);
            var place = new PayloadPlace(Path, Name, [], IsNamed, Depth: 0);
            IEnumerable<Payload> payloads = Prompt is null
                ? walker.Walk(content, Length > 0 ? () => new SeekableStream(OpenBytes(), progress) : null, place)
                : walker.WalkPair(content, place, prompt, PairId!);
            foreach (Payload payload in payloads)
                yield return payload;
            Finish(bytes, cancellationToken);
        }
    }

    /// <summary>Opens the file only to see what it is.</summary>
    public (ContentKind Kind, string? Why) Look()
    {
        using OpenedContent content = OpenedContent.Open(OpenBytes(), Name);
        return (content.Kind, content.Why);
    }

    /// <summary>The whole text of a prompt's file; null where it cannot be read, which is noted.</summary>
    private string? ReadText(ReadingReport report, CancellationToken cancellationToken)
    {
        using var bytes = new MeasuredStream(OpenBytes(), null);
        using OpenedContent content = OpenedContent.Open(bytes, Name);
        string? text = new PayloadWalker(report, options.MaxRecordLength, cancellationToken).ReadText(content, new PayloadPlace(Path, Name, [], IsNamed, Depth: 0));
        Finish(bytes, cancellationToken);
        return text;
    }

    private void Finish(MeasuredStream bytes, CancellationToken cancellationToken)
    {
        bytes.ReadToEnd(cancellationToken);
        Digest = bytes.Digest();
        Length = bytes.Count;
    }

    private Stream OpenBytes() => Path == StandardInput
        ? options.StandardInput?.Invoke() ?? throw new InputFormatException("-: standard input is not available here; expected a file.")
        : new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
}
