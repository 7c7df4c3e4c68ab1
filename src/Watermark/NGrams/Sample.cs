using System.Globalization;
using System.Security.Cryptography;

namespace Watermark.NGrams;

/// <summary>
/// What is scored: the distinct rows (h context tokens and the token after them) of what a suspect wrote or predicted. For
/// each row a sample holds how often it occurs, the document that stands for it, and an integer weight where there are
/// weights; it also holds the rows of the prompts and the provenance. It has no key and no text; the same sample can be
/// scored under one key or ten thousand. Immutable.
/// </summary>
/// <remarks>
/// Rows are in ascending order of their columns, so rows of one context lie together. Equal corpora give equal samples, byte
/// for byte in their files, for any order of documents, number of threads and CPU. Memory: 4·(h + 2) bytes per row, 8 more
/// with documents, 1 more with weights, and 4·(h + 3) bytes per row of a prompt.
/// </remarks>
public sealed class Sample
{
    /// <summary>The value in the token column for a prompt's last context, which no token follows.</summary>
    public const int NoToken = int.MinValue;

    /// <summary>Where the <see cref="Exception.Data"/> of a fault in a merged file says which of the inputs it is, from 0.</summary>
    public const string InputIndex = "watermark-input";

    private readonly int[] columns;
    private readonly uint[] counts;
    private readonly ulong[] documents;
    private readonly sbyte[] weights;
    private readonly PromptRows prompts;

    internal Sample(
        SampleSchema schema, SampleProvenance provenance, int rowCount, int[] columns, uint[] counts, ulong[] documents, sbyte[] weights, PromptRows prompts, bool isLimited)
    {
        Schema = schema;
        Provenance = provenance;
        RowCount = rowCount;
        this.columns = columns;
        this.counts = counts;
        this.documents = documents;
        this.weights = weights;
        this.prompts = prompts;
        IsLimited = isLimited;
    }

    /// <summary>What was collected.</summary>
    public SampleSchema Schema { get; }

    /// <summary>Where the sample comes from.</summary>
    public SampleProvenance Provenance { get; }

    /// <summary>Documents read.</summary>
    public long Documents => Provenance.Documents;

    /// <summary>Token ids read, prompts not counted.</summary>
    public long Tokens => Provenance.Tokens;

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>
    /// Whether a row limit dropped rows: the remaining rows are a uniform sample of the distinct rows, chosen without a key,
    /// and a test of them is exact.
    /// </summary>
    public bool IsLimited { get; }

    /// <summary>The rows.</summary>
    public NGramRows Rows => new(columns, RowCount, Schema.ContextWidth, RowCount);

    /// <summary>How often each row occurs in scored positions (each context, with distinct contexts over the corpus).</summary>
    public ReadOnlySpan<uint> Occurrences => counts;

    /// <summary>
    /// The hash of the document that stands for each row: of the documents that show it, the one with the smallest hash, for
    /// any order of documents. Empty in samples of version 1.
    /// </summary>
    public ReadOnlySpan<ulong> RowDocuments => documents;

    /// <summary>
    /// How informative each row is. 0 leaves it out; a negative weight belongs to a token that the suspect avoids, which is
    /// evidence for the key when it is not green. Empty where every row counts once.
    /// </summary>
    public ReadOnlySpan<sbyte> Weights => weights;

    /// <summary>Whether rows have weights.</summary>
    public bool HasWeights { get; private init; }

    /// <summary>
    /// The rows of the prompts of the documents that stand for a row, by document, each once; the last context of a prompt
    /// has the token <see cref="NoToken"/>. No rows where prompts are not kept.
    /// </summary>
    public NGramRows Prompts => new(prompts.Columns, prompts.Count, Schema.ContextWidth, prompts.Count);

    /// <summary>The document of each row of <see cref="Prompts"/>, ascending.</summary>
    public ReadOnlySpan<ulong> PromptDocuments => prompts.Documents;

    /// <summary>
    /// The number of distinct rows in the corpus: <see cref="RowCount"/>, or for a limited sample the estimate
    /// (k − 1)·2^64/τ from its k rows and the largest of their hashes τ (Bar-Yossef et al., RANDOM 2002).
    /// </summary>
    public long DistinctRows => IsLimited ? EstimateDistinctRows() : RowCount;

    /// <summary>Rows that count: each once, or as often as it occurs where the rule says so.</summary>
    public long ScoredRows
    {
        get
        {
            if (!Schema.CountsOccurrences)
                return RowCount;
            long sum = 0;
            foreach (uint count in counts)
                sum += count;
            return sum;
        }
    }

    /// <summary>
    /// SHA-256 of the sample's content without its provenance: of its file written with empty provenance and without the
    /// digest at the end. Lower-case hexadecimal.
    /// </summary>
    public string Digest
    {
        get
        {
            if (field is not null)
                return field;
            var content = new Sample(Schema with { Tokenizer = Schema.TokenizerHash.Length > 0 ? "-" : Schema.Tokenizer }, SampleProvenance.None, RowCount, columns, counts, documents, weights, prompts, IsLimited) { HasWeights = HasWeights };
            using IncrementalHash digest = SampleWriter.Write(content, Stream.Null);
            return field = Convert.ToHexStringLower(digest.GetHashAndReset());
        }
    }

    /// <summary>An empty sample: merging it changes nothing.</summary>
    /// <param name="schema">Its schema.</param>
    public static Sample Empty(SampleSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        schema.Validate();
        return new Sample(schema, SampleProvenance.None, 0, [], [], [], [], PromptRows.None, false);
    }

    /// <summary>
    /// The sample of several corpora together. The order does not matter; <see cref="Empty"/> is the identity.
    /// </summary>
    /// <param name="samples">Samples of equal schemas, without weights; at least one.</param>
    /// <exception cref="ArgumentException">The schemas differ, an input is in two of them, or one has weights; the message says which.</exception>
    public static Sample Merge(params ReadOnlySpan<Sample> samples) => SampleMerge.Run(samples);

    /// <summary>
    /// Merges files into a file, row by row: memory does not grow with the rows, except for the hashes of documents and,
    /// with a row limit, of the rows kept.
    /// </summary>
    /// <param name="inputs">Each opens a file at its beginning, possibly several times. Files of version 1 are read into memory.</param>
    /// <param name="output">Where the merged sample goes.</param>
    /// <exception cref="InputFormatException">A file is not a sample or is damaged; the output is then incomplete.</exception>
    /// <exception cref="ArgumentException">The schemas differ, an input is in two of the files, or one has weights; the message says which.</exception>
    public static SampleSummary Merge(IReadOnlyList<Func<Stream>> inputs, Stream output) => SampleMerge.Run(inputs, output);

    /// <summary>Reads a sample; <c>ngrams-file.md</c> beside this class describes the format. Version 1 is read too.</summary>
    /// <param name="stream">The file, from its beginning to its end.</param>
    /// <exception cref="InputFormatException">The file is not a sample, is truncated, or was changed.</exception>
    public static Sample Read(Stream stream) => SampleReader.Read(stream);

    /// <summary>Writes the sample. Equal samples give equal bytes.</summary>
    /// <param name="stream">The stream to write to.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using IncrementalHash digest = SampleWriter.Write(this, stream);
        stream.Write(digest.GetHashAndReset());
    }

    /// <summary>This sample with a weight for every row.</summary>
    /// <param name="values">One per row, in the order of the rows; copied. They must not depend on anything that depends on the key's bits.</param>
    /// <exception cref="ArgumentException">The lengths differ, or rows count as often as they occur.</exception>
    public Sample WithWeights(ReadOnlySpan<sbyte> values)
    {
        if (values.Length != RowCount)
            throw new ArgumentException($"There are {values.Length} weights for {RowCount} rows.", nameof(values));
        if (Schema.CountsOccurrences)
            throw new ArgumentException("Weights need a sample whose rows count once; this one counts every occurrence.", nameof(values));
        return new Sample(Schema, Provenance, RowCount, columns, counts, documents, values.ToArray(), prompts, IsLimited) { HasWeights = true };
    }

    /// <summary>
    /// This sample with other tokens after the same contexts, such as to plant a mark; rows that become equal become one.
    /// Documents and prompts stay.
    /// </summary>
    /// <param name="tokens">The token of each row, in the order of the rows.</param>
    /// <exception cref="ArgumentException">The lengths differ, or the sample has weights, which belong to its tokens.</exception>
    public Sample WithTokens(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length != RowCount)
            throw new ArgumentException($"There are {tokens.Length} tokens for {RowCount} rows.", nameof(tokens));
        if (HasWeights)
            throw new ArgumentException("A sample with weights keeps its tokens: the weights belong to them.", nameof(tokens));
        (int[] replaced, uint[] occurrences, ulong[] owners) = SampleReplacement.Replace(this, tokens);
        return new Sample(Schema, Provenance, occurrences.Length, replaced, occurrences, owners, [], prompts, IsLimited);
    }

    /// <summary>This sample with the inputs that it was made from.</summary>
    /// <param name="inputs">The inputs, in any order.</param>
    /// <exception cref="ArgumentException">Two of them have the same digest.</exception>
    public Sample WithInputs(IEnumerable<SampleInput> inputs) => WithInputs(inputs, Provenance.Reading);

    /// <summary>This sample with the inputs that it was made from, and what was noticed while they were read.</summary>
    /// <param name="inputs">The inputs, in any order.</param>
    /// <param name="reading">Counts by the names of <see cref="ReadingCounts"/>.</param>
    /// <exception cref="ArgumentException">Two inputs have the same digest, or a count is negative.</exception>
    public Sample WithInputs(IEnumerable<SampleInput> inputs, IReadOnlyDictionary<string, long> reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (reading.Any(count => count.Value < 0))
            throw new ArgumentException("A count is negative; each was expected to be 0 or more.", nameof(reading));
        IReadOnlyList<SampleInput> sorted = SampleProvenance.Sorted(inputs);
        for (int i = 1; i < sorted.Count; i++)
        {
            if (sorted[i].Documents > 0 && sorted[i].Sha256 == sorted[i - 1].Sha256)
                throw new ArgumentException($"The inputs '{sorted[i - 1].Name}' and '{sorted[i].Name}' are the same bytes: they would count twice.", nameof(inputs));
        }

        return new Sample(Schema, Provenance with { Inputs = sorted, Reading = SampleProvenance.Sum(reading) }, RowCount, columns, counts, documents, weights, prompts, IsLimited) { HasWeights = HasWeights };
    }

    /// <summary>
    /// Throws where a sample of this size cannot be made: sorting needs h + 2 integers per row in one array.
    /// </summary>
    internal static void CheckSize(long rowCount, int contextWidth)
    {
        int most = Array.MaxLength / (contextWidth + 2);
        if (rowCount > most)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture, $"A sample of context width {contextWidth} holds at most {most:N0} rows; set a row limit."));
        }
    }

    /// <summary>The hash that decides whether a row is kept under a row limit.</summary>
    internal static ulong LimitHash(SampleSchema schema, ReadOnlySpan<int> row) => NGramHash.Of(schema.KeyedByContext ? row[..^1] : row);

    private long EstimateDistinctRows()
    {
        ulong largest = 0;
        Span<int> row = stackalloc int[Schema.ContextWidth + 1];
        for (int i = 0; i < RowCount; i++)
        {
            Rows.CopyRow(i, row);
            largest = Math.Max(largest, LimitHash(Schema, row));
        }

        double share = largest / Math.Pow(2, 64);
        return share == 0 ? RowCount : Math.Max(RowCount, (long)Math.Round((RowCount - 1) / share));
    }
}

/// <summary>What a merged file contains.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Provenance">Where the sample comes from.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="IsLimited">Whether a row limit dropped rows.</param>
public sealed record SampleSummary(SampleSchema Schema, SampleProvenance Provenance, long Rows, bool IsLimited);
