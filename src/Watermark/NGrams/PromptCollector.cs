namespace Watermark.NGrams;

/// <summary>Rows of prompts by document: columns of h + 1 tokens, and the document of each row.</summary>
internal sealed record PromptRows(int Count, int[] Columns, ulong[] Documents)
{
    public static PromptRows None { get; } = new(0, [], []);

    /// <summary>The distinct rows of one document's prompts; their document is 0.</summary>
    /// <param name="schema">Context width and padding.</param>
    /// <param name="prompts">The prompts' token ids.</param>
    public static PromptRows Of(SampleSchema schema, IReadOnlyList<int[]> prompts)
    {
        int width = schema.ContextWidth + 1;
        int[] rows = PromptCollector.Rows(schema, prompts);
        int count = rows.Length / width;
        var columns = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            columns[(i % width * count) + (i / width)] = rows[i];
        return new PromptRows(count, columns, new ulong[count]);
    }
}

/// <summary>
/// Keeps the rows of the prompts of a growing sample, by document: every window of h + 1 tokens, and the last context with no
/// token after it. Safe for concurrent use.
/// </summary>
internal sealed class PromptCollector(SampleSchema schema)
{
    private readonly int width = schema.ContextWidth + 1;
    private readonly Dictionary<ulong, int[]> rows = [];
    private readonly Lock gate = new();

    /// <summary>The documents whose prompts are kept.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return rows.Count;
        }
    }

    /// <summary>Adds the prompts of a document.</summary>
    /// <param name="document">Its hash, which covers the prompts.</param>
    /// <param name="prompts">The prompts' token ids.</param>
    public void Add(ulong document, IReadOnlyList<int[]> prompts)
    {
        lock (gate)
        {
            if (rows.ContainsKey(document))
                return;
        }

        int[] own = Rows(schema, prompts);
        lock (gate)
            rows.TryAdd(document, own);
    }

    /// <summary>Removes the prompts of documents that stand for no row.</summary>
    /// <param name="standing">The documents that stand for a row.</param>
    public void Keep(HashSet<ulong> standing)
    {
        lock (gate)
        {
            foreach (ulong document in rows.Keys)
            {
                if (!standing.Contains(document))
                    rows.Remove(document);
            }
        }
    }

    /// <summary>All rows, by document, then in ascending order.</summary>
    /// <param name="standing">The documents whose prompts are wanted.</param>
    public PromptRows Build(HashSet<ulong> standing)
    {
        ulong[] order = [.. rows.Keys.Where(standing.Contains).Order()];
        int count = checked((int)order.Sum(document => (long)rows[document].Length / width));
        Sample.CheckSize(count, schema.ContextWidth);
        var columns = new int[count * width];
        var documents = new ulong[count];
        int next = 0;
        foreach (ulong document in order)
        {
            int[] own = rows[document];
            for (int start = 0; start < own.Length; start += width, next++)
            {
                documents[next] = document;
                for (int column = 0; column < width; column++)
                    columns[(column * count) + next] = own[start + column];
            }
        }

        return new PromptRows(count, columns, documents);
    }

    /// <summary>The distinct rows of one document's prompts in ascending order, padded as contexts are.</summary>
    internal static int[] Rows(SampleSchema schema, IReadOnlyList<int[]> prompts)
    {
        int width = schema.ContextWidth + 1;
        int padding = schema.Selection.Padding is null ? 0 : schema.ContextWidth;
        int count = prompts.Sum(prompt => Math.Max(0, padding + prompt.Length - width + 2));
        var records = new int[count * width];
        int next = 0;
        foreach (int[] prompt in prompts)
        {
            int[] text = new int[padding + prompt.Length + 1];
            text.AsSpan(0, padding).Fill(schema.Selection.Padding ?? 0);
            prompt.CopyTo(text, padding);
            text[^1] = Sample.NoToken;
            for (int start = 0; start + width <= text.Length; start++, next++)
                text.AsSpan(start, width).CopyTo(records.AsSpan(next * width));
        }

        records = RowOrder.Sort(records, next, width, width);
        int kept = 0;
        for (int i = 0; i < next; i++)
        {
            Span<int> own = records.AsSpan(i * width, width);
            if (kept > 0 && own.SequenceEqual(records.AsSpan((kept - 1) * width, width)))
                continue;
            own.CopyTo(records.AsSpan(kept * width));
            kept++;
        }

        return records[..(kept * width)];
    }
}
