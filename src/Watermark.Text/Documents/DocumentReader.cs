namespace Watermark.Text;

/// <summary>Reads documents from files, folders and standard input, one at a time.</summary>
/// <remarks>
/// <para>
/// A file's format follows its name, after <c>.gz</c> or <c>.zst</c> is taken off: <c>.jsonl</c> and <c>.ndjson</c> hold
/// one JSON object a line, <c>.csv</c> a header and a document a row (RFC 4180), every other file is one document of
/// text. <c>.json</c> is read as JSON Lines where it begins with <c>{</c>, and refused where it holds an array, which
/// cannot be read line by line. Standard input (<c>-</c>) is decompressed if its first bytes say so, and is JSON Lines
/// if its first character is <c>{</c>, else one text. All text is UTF-8, with or without a byte order mark.
/// </para>
/// <para>
/// In a folder, files of the known kinds (<c>.txt .md .jsonl .ndjson .csv</c>) are read, subfolders included, in the
/// ordinal order of their relative names; hidden files and folders are passed over.
/// </para>
/// <para>
/// What cannot be read (see <see cref="Malformed"/>) is counted and left out; the rest counts. Memory: one line, row or
/// text file at a time, so at most a small multiple of <see cref="DocumentReaderOptions.MaxRecordLength"/>.
/// </para>
/// </remarks>
public sealed class DocumentReader
{
    private readonly DocumentReaderOptions options;
    private readonly Func<Stream> standardInput;

    /// <summary>Creates a reader.</summary>
    /// <param name="options">How documents are read.</param>
    /// <exception cref="ArgumentException">The options are out of range.</exception>
    public DocumentReader(DocumentReaderOptions options)
        : this(options, Console.OpenStandardInput)
    {
    }

    internal DocumentReader(DocumentReaderOptions options, Func<Stream> standardInput)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        this.standardInput = standardInput;
    }

    /// <summary>What could not be read so far; complete when the documents have been enumerated.</summary>
    public MalformedInput Malformed { get; private set; } = new();

    /// <summary>Reads documents.</summary>
    /// <param name="paths">Files, folders, or <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Stops between documents.</param>
    /// <returns>The documents in the order of the input, read as they are asked for. To be enumerated once.</returns>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    /// <exception cref="InputFormatException">
    /// At once: a folder holds no documents, or a file is named twice. While enumerating: too many lines are malformed,
    /// or a chosen prompt field is in no document.
    /// </exception>
    public IEnumerable<InputDocument> Read(IEnumerable<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<InputSource> sources = InputSource.Expand(paths);
        Malformed = new MalformedInput();
        return ReadAll(sources, new ReadingState(options, Malformed, cancellationToken));
    }

    private IEnumerable<InputDocument> ReadAll(List<InputSource> sources, ReadingState state)
    {
        foreach (InputSource source in sources)
        {
            state.CancellationToken.ThrowIfCancellationRequested();
            using OpenedSource opened = OpenedSource.Open(source, standardInput);
            IEnumerable<InputDocument> documents = opened.Format switch
            {
                InputFormat.JsonLines => JsonLinesFormat.Read(opened, state),
                InputFormat.Csv => CsvFormat.Read(opened, state),
                _ => TextFormat.Read(opened, state),
            };
            foreach (InputDocument document in documents)
                yield return document;
        }

        state.End();
    }
}
