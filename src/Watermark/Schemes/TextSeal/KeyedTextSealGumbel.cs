using Watermark.NGrams;

namespace Watermark.Schemes.TextSeal;

/// <summary>TextSeal's Gumbel-max sampling, keyed.</summary>
internal sealed class KeyedTextSealGumbel : KeyedTextSeal, ISamplingWatermark
{
    public KeyedTextSealGumbel(TextSealScheme scheme, ulong keyTerm, string keyId)
        : base(scheme, keyTerm, keyId)
    {
    }

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        Span<int> residues = stackalloc int[BlockRows];
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            NGramRows block = rows.Slice(first, Math.Min(BlockRows, rows.Count - first));
            Residues(block, residues);
            for (int i = 0; i < block.Count; i++)
                scores[first + i] = TextSealScores.OfComplement(residues[i]);
        }
    }

    /// <inheritdoc/>
    public int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin)
    {
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Length, nameof(candidates));
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, candidates.Length, nameof(probabilities));
        ulong term = TermOf(context);
        var race = new GumbelRace();
        Span<int> residues = stackalloc int[BlockRows];
        for (int first = 0; first < candidates.Length; first += BlockRows)
        {
            ReadOnlySpan<int> tokens = candidates.Slice(first, Math.Min(BlockRows, candidates.Length - first));
            TextSealHash.Residues(term, new NGramRows(tokens, tokens.Length, 0, 1), residues);
            for (int i = 0; i < tokens.Length; i++)
                race.Enter(first + i, tokens[i], TextSealScores.Of(residues[i]), probabilities[first + i]);
        }

        return race.Winner;
    }
}
