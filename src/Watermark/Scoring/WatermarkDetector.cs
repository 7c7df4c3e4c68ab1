using System.Collections.Concurrent;
using Watermark.NGrams;
using Watermark.Schemes;

namespace Watermark.Scoring;

/// <summary>Tests one document at a time under one key. Safe for concurrent use.</summary>
/// <remarks>
/// Many documents make many tests, and their p-values share the key's bits: they are not independent and must not be
/// multiplied. To ask one question about a whole corpus, collect a <see cref="Sample"/> and score it. Where the scheme's
/// coins are shared and the selection counts coins, each coin counts once in the document, and rows whose coin a prompt
/// decided do not count.
/// </remarks>
public sealed class WatermarkDetector
{
    private readonly NGramSelection selection;
    private readonly int[] specialTokens;
    private readonly HashSet<int> exempt;
    private readonly ConcurrentBag<Workspace> workspaces = [];

    /// <summary>Creates a detector.</summary>
    /// <param name="scheme">Scheme and key; the caller disposes it after the last use of the detector.</param>
    /// <param name="selection">
    /// Which n-grams count; repetitions are looked for within the document, whatever the selection's scope is. Null for the
    /// default, with the scheme's padding.
    /// </param>
    /// <param name="specialTokens">Ids whose windows are left out; null for none.</param>
    /// <param name="exemptTokens">
    /// Ids that were never biased (<see cref="Embedding.SessionOptions.ExemptTokens"/>): n-grams that end in one are left out; null for none.
    /// </param>
    public WatermarkDetector(KeyedScheme scheme, NGramSelection? selection = null, IEnumerable<int>? specialTokens = null, IEnumerable<int>? exemptTokens = null)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        Scheme = scheme;
        this.selection = (selection ?? NGramSelection.Default with { Padding = scheme.Scheme.Padding }) with { Scope = DistinctScope.Document };
        this.selection.Validate();
        this.specialTokens = [.. specialTokens ?? []];
        exempt = [.. exemptTokens ?? []];
    }

    /// <summary>Scheme and key.</summary>
    public KeyedScheme Scheme { get; }

    /// <summary>Tests a document.</summary>
    /// <param name="tokens">Its token ids.</param>
    /// <param name="prompts">Token ids of the prompts that it answers, whose contexts are left out; null for none.</param>
    /// <param name="positions">
    /// Where not empty, as long as <paramref name="tokens"/>: receives the score of every token in units of the null, null
    /// where a token is not scored.
    /// </param>
    /// <returns>The test; a text too short to score gives a result with 0 scored.</returns>
    public DetectionResult Detect(ReadOnlySpan<int> tokens, IReadOnlyList<int[]>? prompts = null, Span<long?> positions = default) =>
        DetectionResult.From(tokens.Length, Score(tokens, prompts, positions), Scheme.Scheme.Null);

    /// <summary>Scores a document without testing it.</summary>
    /// <param name="tokens">Its token ids.</param>
    /// <param name="prompts">Token ids of the prompts that it answers; null for none.</param>
    /// <param name="positions">Where not empty, as long as <paramref name="tokens"/>: receives the score of every token in units of the null, null where a token is not scored.</param>
    public KeyTotal Score(ReadOnlySpan<int> tokens, IReadOnlyList<int[]>? prompts = null, Span<long?> positions = default)
    {
        if (!positions.IsEmpty && positions.Length != tokens.Length)
            throw new ArgumentException($"There are {tokens.Length} tokens and room for {positions.Length} scores.", nameof(positions));
        if (!workspaces.TryTake(out Workspace? workspace))
            workspace = new Workspace(new SampleSchema { ContextWidth = Scheme.ContextWidth, Selection = selection, SpecialTokens = specialTokens });
        KeyTotal total = workspace.Score(Scheme, tokens, prompts, exempt, positions);
        workspaces.Add(workspace);
        return total;
    }

    /// <summary>The buffers of one thread.</summary>
    private sealed class Workspace(SampleSchema schema)
    {
        private readonly NGramExtractor extractor = new(schema.ContextWidth, schema.Selection, schema.SpecialTokens);
        private int[] columns = [];
        private long[] scores = [];
        private int[] biasable = [];

        public KeyTotal Score(KeyedScheme scheme, ReadOnlySpan<int> tokens, IReadOnlyList<int[]>? prompts, HashSet<int> exempt, Span<long?> positions)
        {
            extractor.Extract(tokens, prompts);
            ReadOnlySpan<int> sequence = extractor.Sequence;
            ReadOnlySpan<int> chosen = exempt.Count == 0 ? extractor.Positions : WithoutExempt(exempt);
            int count = chosen.Length;
            int width = scheme.ContextWidth;
            if (scores.Length < count)
            {
                scores = new long[Math.Max(count, 2 * scores.Length)];
                columns = new int[checked(scores.Length * (width + 1))];
            }

            for (int column = 0; column <= width; column++)
            {
                Span<int> target = columns.AsSpan(column * count, count);
                for (int i = 0; i < count; i++)
                    target[i] = sequence[chosen[i] - width + column];
            }

            positions.Clear();
            var rows = new NGramRows(columns, count, width, count);
            if (schema.Selection.Distinct == DistinctRule.Coins && scheme.Scheme.Coins != CoinRule.Row)
                return ScoreCoins(scheme, rows, chosen, prompts, positions);
            scheme.ScoreRows(rows, scores);
            Int128 total = 0;
            for (int i = 0; i < count; i++)
            {
                total += scores[i];
                if (!positions.IsEmpty)
                    positions[chosen[i] - extractor.Offset] = scores[i];
            }

            return new KeyTotal(count, total);
        }

        /// <summary>The positions whose token may be biased: a rule of token ids, which says nothing about the key's coins.</summary>
        private ReadOnlySpan<int> WithoutExempt(HashSet<int> exempt)
        {
            ReadOnlySpan<int> all = extractor.Positions;
            ReadOnlySpan<int> sequence = extractor.Sequence;
            if (biasable.Length < all.Length)
                biasable = new int[Math.Max(all.Length, 2 * biasable.Length)];
            int count = 0;
            foreach (int position in all)
            {
                if (!exempt.Contains(sequence[position]))
                    biasable[count++] = position;
            }

            return biasable.AsSpan(0, count);
        }

        private KeyTotal ScoreCoins(KeyedScheme scheme, NGramRows rows, ReadOnlySpan<int> chosen, IReadOnlyList<int[]>? prompts, Span<long?> positions)
        {
            PromptRows prompted = schema.Selection.ExcludePromptContexts ? PromptRows.Of(schema, prompts ?? []) : PromptRows.None;
            var coins = new CoinFilter(scheme, rows, [], new NGramRows(prompted.Columns, prompted.Count, schema.ContextWidth, prompted.Count), []);
            scheme.ScoreCoins(coins.Seeds, coins.Tokens, scores);
            Int128 total = 0;
            int next = 0;
            for (int i = 0; i < rows.Count && next < coins.Count; i++)
            {
                if (coins.CoinOfRow[i] != next)
                    continue;
                total += scores[next];
                if (!positions.IsEmpty)
                    positions[chosen[i] - extractor.Offset] = scores[next];
                next++;
            }

            return new KeyTotal(coins.Count, total);
        }
    }
}
