using System.Collections.Concurrent;
using Watermark.NGrams;
using Watermark.Schemes;

namespace Watermark.Detection;

/// <summary>Judges one document at a time under one key. Safe for concurrent use.</summary>
/// <remarks>
/// Many documents make many tests, and their p-values share the key's bits: they are not independent and must not be
/// multiplied. For one question about a whole corpus collect an <see cref="NGramTable"/> and score it.
/// </remarks>
public sealed class WatermarkDetector
{
    private readonly NGramSelection selection;
    private readonly int[] specialTokens;
    private readonly ConcurrentBag<Workspace> workspaces = [];

    /// <summary>Creates a detector.</summary>
    /// <param name="scheme">Scheme and key; stays the caller's to dispose, after the detector's last use.</param>
    /// <param name="selection">
    /// Which n-grams count; repetitions are looked for within the document, whatever its scope. Null for the default, with the
    /// scheme's padding.
    /// </param>
    /// <param name="specialTokens">Ids whose windows are left out; null for none.</param>
    public WatermarkDetector(KeyedScheme scheme, NGramSelection? selection = null, IEnumerable<int>? specialTokens = null)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        Scheme = scheme;
        this.selection = (selection ?? NGramSelection.Default with { Padding = scheme.Scheme.Padding }) with { Scope = DistinctScope.Document };
        this.selection.Validate();
        this.specialTokens = [.. specialTokens ?? []];
    }

    /// <summary>Scheme and key.</summary>
    public KeyedScheme Scheme { get; }

    /// <summary>Tests a document.</summary>
    /// <param name="tokens">Its token ids.</param>
    /// <param name="prompts">Token ids of what elicited it, whose contexts are left out; null for none.</param>
    /// <param name="positions">
    /// Where not empty, as long as <paramref name="tokens"/>: receives the score of every token in units of the null, null
    /// where a token is not scored.
    /// </param>
    /// <returns>The test; a text too short to score gives a result with 0 scored.</returns>
    public DetectionResult Detect(ReadOnlySpan<int> tokens, IReadOnlyList<int[]>? prompts = null, Span<long?> positions = default) =>
        DetectionResult.From(Evidence(tokens, prompts, positions), Scheme.Scheme.Null);

    /// <summary>Scores a document without testing it.</summary>
    /// <param name="tokens">Its token ids.</param>
    /// <param name="prompts">Token ids of what elicited it; null for none.</param>
    /// <param name="positions">As in <see cref="Detect"/>.</param>
    public DetectionEvidence Evidence(ReadOnlySpan<int> tokens, IReadOnlyList<int[]>? prompts = null, Span<long?> positions = default)
    {
        if (!positions.IsEmpty && positions.Length != tokens.Length)
            throw new ArgumentException($"There are {tokens.Length} tokens and room for {positions.Length} scores.", nameof(positions));
        if (!workspaces.TryTake(out Workspace? workspace))
            workspace = new Workspace(new NGramExtractor(Scheme.ContextWidth, selection, specialTokens));
        Int128 total = workspace.Score(Scheme, tokens, prompts, positions, out int scored);
        workspaces.Add(workspace);
        return new DetectionEvidence(tokens.Length, scored, total);
    }

    /// <summary>The buffers of one thread.</summary>
    private sealed class Workspace(NGramExtractor extractor)
    {
        private int[] columns = [];
        private long[] scores = [];

        public Int128 Score(KeyedScheme scheme, ReadOnlySpan<int> tokens, IReadOnlyList<int[]>? prompts, Span<long?> positions, out int scored)
        {
            extractor.Extract(tokens, prompts);
            ReadOnlySpan<int> sequence = extractor.Sequence;
            ReadOnlySpan<int> chosen = extractor.Positions;
            scored = chosen.Length;
            int width = scheme.ContextWidth;
            if (scores.Length < scored)
            {
                scores = new long[Math.Max(scored, 2 * scores.Length)];
                columns = new int[checked(scores.Length * (width + 1))];
            }

            for (int column = 0; column <= width; column++)
            {
                Span<int> target = columns.AsSpan(column * scored, scored);
                for (int i = 0; i < scored; i++)
                    target[i] = sequence[chosen[i] - width + column];
            }

            scheme.ScoreRows(new NGramRows(columns, scored, width, scored), scores);
            Int128 total = 0;
            positions.Clear();
            for (int i = 0; i < scored; i++)
            {
                total += scores[i];
                if (!positions.IsEmpty)
                    positions[chosen[i] - extractor.Offset] = scores[i];
            }

            return total;
        }
    }
}
