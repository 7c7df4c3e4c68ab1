namespace Watermark.NGrams;

/// <summary>Walks over the rows of a sample in order, then over the rows of its prompts.</summary>
internal interface ISampleCursor : IDisposable
{
    SampleHeader Header { get; }

    /// <summary>h + 1 tokens; valid until the next move.</summary>
    ReadOnlySpan<int> Row { get; }

    uint Occurrences { get; }

    /// <summary>The document of the row, or of the prompt's row; 0 where there is none.</summary>
    ulong Document { get; }

    sbyte Weight { get; }

    /// <summary>Moves to the next row; false after the last.</summary>
    bool NextRow();

    /// <summary>Moves to the next row of a prompt, after all rows were read; false after the last.</summary>
    bool NextPrompt();
}

/// <summary>Receives the rows of a cursor.</summary>
internal interface ISampleSink
{
    void AddRow(ReadOnlySpan<int> row, uint occurrences, ulong document, sbyte weight);

    /// <summary>Called after the last row.</summary>
    void EndRows();

    void AddPrompt(ulong document, ReadOnlySpan<int> row);
}

/// <summary>Walks over a sample in memory.</summary>
internal sealed class MemoryCursor(Sample sample) : ISampleCursor
{
    private readonly int[] row = new int[sample.Schema.ContextWidth + 1];
    private int next;
    private int nextPrompt;

    public SampleHeader Header { get; } = SampleWriter.HeaderOf(sample);

    public Sample Sample => sample;

    public ReadOnlySpan<int> Row => row;

    public uint Occurrences { get; private set; }

    public ulong Document { get; private set; }

    public sbyte Weight { get; private set; }

    public bool NextRow()
    {
        if (next == sample.RowCount)
            return false;
        sample.Rows.CopyRow(next, row);
        Occurrences = sample.Occurrences[next];
        Document = Header.HasDocuments ? sample.RowDocuments[next] : 0;
        Weight = sample.HasWeights ? sample.Weights[next] : (sbyte)0;
        next++;
        return true;
    }

    public bool NextPrompt()
    {
        if (nextPrompt == sample.Prompts.Count)
            return false;
        sample.Prompts.CopyRow(nextPrompt, row);
        Document = sample.PromptDocuments[nextPrompt];
        nextPrompt++;
        return true;
    }

    public void Dispose()
    {
    }
}

/// <summary>Collects rows into a sample in memory; briefly holds them twice at the end.</summary>
internal sealed class SampleCollector(SampleHeader header) : ISampleSink
{
    private readonly int width = header.Schema.ContextWidth + 1;
    private readonly List<uint> counts = [];
    private readonly List<ulong> documents = [];
    private readonly List<sbyte> weights = [];
    private readonly List<ulong> promptDocuments = [];
    private readonly List<int> rows = [];
    private readonly List<int> prompts = [];

    public void AddRow(ReadOnlySpan<int> row, uint occurrences, ulong document, sbyte weight)
    {
        Sample.CheckSize(counts.Count + 1L, width - 1);
        rows.AddRange(row);
        counts.Add(occurrences);
        if (header.HasDocuments)
            documents.Add(document);
        if (header.HasWeights)
            weights.Add(weight);
    }

    public void EndRows()
    {
    }

    public void AddPrompt(ulong document, ReadOnlySpan<int> row)
    {
        prompts.AddRange(row);
        promptDocuments.Add(document);
    }

    /// <summary>The sample.</summary>
    /// <param name="isLimited">Whether a row limit dropped rows.</param>
    public Sample ToSample(bool isLimited)
    {
        var sample = new Sample(
            header.Schema,
            header.Provenance,
            counts.Count,
            Columns(rows, width),
            [.. counts],
            [.. documents],
            [],
            new PromptRows(promptDocuments.Count, Columns(prompts, width), [.. promptDocuments]),
            isLimited);
        return header.HasWeights ? sample.WithWeights(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(weights)) : sample;
    }

    /// <summary>Rows one after another, as columns.</summary>
    internal static int[] Columns(List<int> rows, int width)
    {
        int count = rows.Count / width;
        var columns = new int[rows.Count];
        for (int i = 0; i < columns.Length; i++)
            columns[(i % width * count) + (i / width)] = rows[i];
        return columns;
    }
}
