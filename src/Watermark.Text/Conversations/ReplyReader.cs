using Watermark.NGrams;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>How replies are read.</summary>
public sealed record ReplyReaderOptions
{
    /// <summary>Where a record holds the reply and its prompt. <value>Default: found from the record itself.</value></summary>
    public ConversationFields Fields { get; init; } = new();

    /// <summary>
    /// The share of unread records, 0 to 1, above which reading fails. It is checked at the end and, after the first 1,000
    /// records, also during reading. Input of which no record can be read always fails. <value>Default 0.01.</value>
    /// </summary>
    public double MaxUnreadShare { get; init; } = 0.01;

    /// <summary>
    /// The longest record in bytes: a line, an element, a row, a text. A longer one is not read. One is held at a time, so
    /// this bounds the memory. <value>Default 64 MiB.</value>
    /// </summary>
    public int MaxRecordLength { get; init; } = 64 << 20;

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentException">The share is not in 0 … 1, or the length is not in 16 … 2^30.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Fields, nameof(Fields));
        if (!(MaxUnreadShare >= 0 && MaxUnreadShare <= 1))
            throw new ArgumentOutOfRangeException(nameof(MaxUnreadShare), MaxUnreadShare, "The share must be from 0 to 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRecordLength, 16, nameof(MaxRecordLength));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxRecordLength, 1 << 30, nameof(MaxRecordLength));
    }
}

/// <summary>Reads the replies of a model, with the prompts that they answer, from files of any format, one at a time.</summary>
/// <remarks>
/// The content of a file decides how it is read, never its name. What cannot be read with certainty is left out, counted and
/// named in <see cref="Report"/>. Memory: one record at a time, at most a small multiple of
/// <see cref="ReplyReaderOptions.MaxRecordLength"/>.
/// </remarks>
public sealed class ReplyReader
{
    private readonly ReplyReaderOptions options;
    private readonly Func<Stream> standardInput;
    private readonly List<SampleInput> inputs = [];

    /// <summary>Creates a reader.</summary>
    /// <param name="options">How replies are read.</param>
    /// <exception cref="ArgumentException">The options are out of range.</exception>
    public ReplyReader(ReplyReaderOptions options)
#pragma warning disable RS0030 // Read, and only where the caller names "-".
        : this(options, Console.OpenStandardInput)
#pragma warning restore RS0030
    {
    }

    internal ReplyReader(ReplyReaderOptions options, Func<Stream> standardInput)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        this.standardInput = standardInput;
    }

    /// <summary>What was read and what was not; complete when all replies have been enumerated.</summary>
    public ReadingReport Report { get; private set; } = new();

    /// <summary>The files read to their end so far, with the digests of their bytes; complete when all replies have been enumerated.</summary>
    public IReadOnlyList<SampleInput> Inputs => inputs;

    /// <summary>Reads replies.</summary>
    /// <param name="paths">Files, folders, or <c>-</c> for standard input.</param>
    /// <param name="progress">Told which part of the bytes is read, 0 to 1, where their number is known; or null.</param>
    /// <param name="cancellationToken">Stops between records.</param>
    /// <returns>The replies in the order of the input, read one by one during enumeration. Enumerate only once.</returns>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    /// <exception cref="InputFormatException">
    /// At once: a folder holds nothing that can be read, or a file is named twice. While enumerating: a file that the user named
    /// is of no known format, too many records are unread, two files are the same bytes, or no record has a field that was chosen.
    /// </exception>
    public IEnumerable<Reply> Read(IEnumerable<string> paths, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        Report = new ReadingReport();
        return ReadAll(Expand(paths, cancellationToken), progress, cancellationToken).SelectMany(Replies.Of);
    }

    /// <summary>Reads conversations: who said what, replies or not.</summary>
    /// <param name="paths">Files, folders, or <c>-</c> for standard input.</param>
    /// <param name="progress">Told which part of the bytes is read, 0 to 1, where their number is known; or null.</param>
    /// <param name="cancellationToken">Stops between records.</param>
    /// <returns>The conversations in the order of the input, read one by one during enumeration. Enumerate only once.</returns>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    /// <exception cref="InputFormatException">As for <see cref="Read"/>.</exception>
    public IEnumerable<Conversation> ReadConversations(IEnumerable<string> paths, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        Report = new ReadingReport();
        return ReadAll(Expand(paths, cancellationToken), progress, cancellationToken);
    }

    /// <summary>Reads every text of files, whoever said it: for text that is to be excluded.</summary>
    /// <param name="paths">Files, folders, or <c>-</c> for standard input.</param>
    /// <param name="cancellationToken">Stops between records.</param>
    /// <exception cref="FileNotFoundException">A path is neither a file nor a folder.</exception>
    /// <exception cref="InputFormatException">As for <see cref="Read"/>.</exception>
    public IEnumerable<string> ReadTexts(IEnumerable<string> paths, CancellationToken cancellationToken = default)
    {
        Report = new ReadingReport();
        return ReadAllTexts(Expand(paths, cancellationToken), cancellationToken);
    }

    private IReadOnlyList<SourceFile> Expand(IEnumerable<string> paths, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(paths);
        inputs.Clear();
        var reading = new RecordReaderOptions { MaxRecordLength = options.MaxRecordLength, StandardInput = standardInput };
        return RecordReader.Expand(paths, Report, reading, cancellationToken);
    }

    private IEnumerable<Conversation> ReadAll(IReadOnlyList<SourceFile> files, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var counts = new MappingCounts();
        var bytes = new ByteProgress(files, progress);
        foreach (SourceFile file in files)
        {
            long replies = 0;
            long unread = Report.Unread;
            foreach (Payload payload in file.Open(Report, bytes.Of(file), cancellationToken))
            {
                var mapper = new ConversationMapper(options.Fields);
                foreach (Conversation conversation in Map(payload, mapper, cancellationToken))
                {
                    foreach (Reply reply in Replies.Of(conversation))
                    {
                        replies++;
                        payload.Reading.Replies++;
                        Report.Sample(reply);
                    }

                    yield return conversation;
                }

                counts.Add(mapper.Counts);
            }

            Add(file, replies, Report.Unread - unread);
            if (file.Prompt is { Digest: not null } prompt)
                Add(prompt, 0, 0);
        }

        Report.Judge(options.MaxUnreadShare, atEnd: true);
        Report.Complete(counts);
        CheckFields(counts);
    }

    private IEnumerable<Conversation> Map(Payload payload, ConversationMapper mapper, CancellationToken cancellationToken)
    {
        foreach (SourceRecord record in payload.Records)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IReadOnlyList<Conversation> conversations;
            try
            {
                conversations = mapper.Map(record);
                Report.Good(payload.Reading);
            }
            catch (RecordFault fault)
            {
                Report.Bad(payload.Reading, record.Place, fault.Code, fault.Message);
                conversations = [];
            }

            Report.Judge(options.MaxUnreadShare, atEnd: false);
            foreach (Conversation conversation in conversations)
                yield return conversation;
        }

        foreach (Conversation conversation in mapper.Flush((place, fault) => Report.Bad(payload.Reading, place, fault.Code, fault.Message)))
            yield return conversation;
    }

    private IEnumerable<string> ReadAllTexts(IReadOnlyList<SourceFile> files, CancellationToken cancellationToken)
    {
        foreach (SourceFile file in files)
        {
            long unread = Report.Unread;
            foreach (Payload payload in file.Open(Report, null, cancellationToken))
            {
                foreach (SourceRecord record in payload.Records)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Report.Good(payload.Reading);
                    foreach (string text in record.Text is { } whole ? [whole] : JsonStrings.Of(record.Value))
                        yield return text;
                }
            }

            Add(file, 0, Report.Unread - unread, SampleInput.Excluded);
        }

        Report.Judge(options.MaxUnreadShare, atEnd: true);
    }

    private void Add(SourceFile file, long documents, long unread, string role = SampleInput.Replies)
    {
        if (documents > 0 && inputs.FirstOrDefault(input => input.Sha256 == file.Digest && input.Documents > 0) is { } twice)
            throw new InputFormatException($"{file.Path}: its bytes are those of '{twice.Name}', and its replies would count twice. [duplicate-input]");
        inputs.Add(new SampleInput(file.Name, file.Digest!, documents, unread) { Role = role });
    }

    private void CheckFields(MappingCounts counts)
    {
        // With a misspelt name prompts would not be read, and what replies quote of them would be scored.
        if (options.Fields.Prompt is { } prompt && counts.PromptFieldFound == 0 && Report.Records > Report.Unread)
            throw new InputFormatException($"No record has the prompt field '{prompt}'; is the name right?");
    }

    /// <summary>The part of all bytes that is read.</summary>
    private sealed class ByteProgress(IReadOnlyList<SourceFile> files, IProgress<double>? progress)
    {
        private readonly IProgress<double>? progress = progress;
        private readonly double total = files.Sum(file => file.Length ?? 0);
        private long before;

        public IProgress<long>? Of(SourceFile file)
        {
            if (progress is null || total <= 0)
                return null;
            var part = new Part(this, before);
            before += file.Length ?? 0;
            return part;
        }

        private sealed class Part(ByteProgress whole, long before) : IProgress<long>
        {
            public void Report(long value) => whole.progress?.Report(Math.Min(1, (before + value) / whole.total));
        }
    }
}
