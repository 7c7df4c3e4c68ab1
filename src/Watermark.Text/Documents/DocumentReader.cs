using Watermark.NGrams;

namespace Watermark.Text.Documents;

/// <summary>Reads documents from files, folders and standard input, one at a time.</summary>
/// <remarks>
/// <para>
/// The format follows from the file's name without <c>.gz</c> or <c>.zst</c>: <c>.jsonl</c> and <c>.ndjson</c> hold one JSON
/// object per line, <c>.csv</c> a header and a document per row (RFC 4180), every other file is one document of text.
/// <c>.json</c> is read as JSON Lines where it begins with <c>{</c>, and refused where it holds an array, which cannot be
/// read line by line. Standard input (<c>-</c>) is decompressed if its first bytes say so, and is JSON Lines if its first
/// character is <c>{</c>, else one text. All text is UTF-8, with or without a byte order mark.
/// </para>
/// <para>
/// In a folder, files of the known kinds (<c>.txt .md .jsonl .ndjson .csv</c>) are read, subfolders included, in the ordinal
/// order of their relative names; hidden files and folders are skipped.
/// </para>
/// <para>
/// Records that cannot be read (see <see cref="Malformed"/>) are counted and left out; the rest is used. Memory: one line,
/// row or text file at a time, so at most a small multiple of <see cref="DocumentReaderOptions.MaxRecordLength"/>.
/// </para>
/// </remarks>
public sealed class DocumentReader
{
    private readonly DocumentReaderOptions options;
    private readonly Func<Stream> standardInput;
    private readonly List<SampleInput> inputs = [];

    /// <summary>Creates a reader.</summary>
    /// <param name="options">How documents are read.</param>
    /// <exception cref="ArgumentException">The options are out of range.</exception>
    public DocumentReader(DocumentReaderOptions options)
#pragma warning disable RS0030 // Read, and only where the caller names "-".
        : this(options, Console.OpenStandardInput)
#pragma warning restore RS0030
    {
    }

    internal DocumentReader(DocumentReaderOptions options, Func<Stream> standardInput)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        this.standardInput = standardInput;
    }

    /// <summary>The records that could not be read so far; complete when all documents have been enumerated.</summary>
    public MalformedInput Malformed { get; private set; } = new();

    /// <summary>
    /// The files read to their end so far, with the digests of their bytes; complete when all documents have been
    /// enumerated.
    /// </summary>
    public IReadOnlyList<SampleInput> Inputs => inputs;

    /// <summary>Reads documents.</summary>
    /// <param name="paths">Files, folders, or <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Stops between documents.</param>
    /// <returns>The documents in the order of the input, read one by one during enumeration. Enumerate only once.</returns>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    /// <exception cref="InputFormatException">
    /// At once: a folder holds no documents, or a file is named twice. While enumerating: too many lines are malformed, or
    /// no document has the prompt field that was chosen.
    /// </exception>
    public IEnumerable<InputDocument> Read(IEnumerable<string> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        List<InputSource> sources = InputSource.Expand(paths);
        Malformed = new MalformedInput();
        inputs.Clear();
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
            long read = 0;
            long unread = Malformed.Count;
            foreach (InputDocument document in documents)
            {
                read++;
                yield return document;
            }

            inputs.Add(new SampleInput(source.Name, opened.Digest(), read, Malformed.Count - unread));
        }

        state.End();
    }
}
