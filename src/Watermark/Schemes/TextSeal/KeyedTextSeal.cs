using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes.TextSeal;

/// <summary>What TextSeal's two marks share: the residues of rows and of candidates under a key.</summary>
internal abstract class KeyedTextSeal : KeyedScheme
{
    /// <summary>Rows whose residues are computed at once.</summary>
    protected const int BlockRows = 512;

    private ulong keyTerm;

    private protected KeyedTextSeal(TextSealScheme scheme, ulong keyTerm, IntegerSecret secret)
        : base(scheme, secret)
    {
        this.keyTerm = keyTerm;
    }

    /// <summary>The residues of at most <see cref="BlockRows"/> rows.</summary>
    protected void Residues(NGramRows rows, Span<int> residues) => TextSealHash.Residues(keyTerm, rows, residues);

    /// <summary>The part of the sum that comes from a context and the key.</summary>
    protected ulong TermOf(ReadOnlySpan<int> context)
    {
        CheckContextLength(context);
        return unchecked(keyTerm + TextSealHash.ContextTerm(context));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => keyTerm = 0;
}

/// <summary>TextSeal's green list, keyed: green iff h is below the threshold.</summary>
internal sealed class KeyedTextSealGreenList : KeyedTextSeal, ILogitWatermark
{
    private readonly int threshold;
    private readonly float delta;

    public KeyedTextSealGreenList(TextSealScheme scheme, ulong keyTerm, IntegerSecret secret)
        : base(scheme, keyTerm, secret)
    {
        threshold = scheme.GreenThreshold;
        delta = (float)scheme.Delta;
    }

    /// <inheritdoc/>
    public float? LargestBias => delta;

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        Span<int> residues = stackalloc int[BlockRows];
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            NGramRows block = rows.Slice(first, Math.Min(BlockRows, rows.Count - first));
            Residues(block, residues);
            for (int i = 0; i < block.Count; i++)
                scores[first + i] = residues[i] < threshold ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public override Int128 SumScores(NGramRows rows)
    {
        CheckRows(rows);
        using SecretUse use = Use();
        Span<int> residues = stackalloc int[BlockRows];
        long green = 0;
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            NGramRows block = rows.Slice(first, Math.Min(BlockRows, rows.Count - first));
            Residues(block, residues);
            foreach (int residue in residues[..block.Count])
                green += (residue - threshold) >>> 31;
        }

        return green;
    }

    /// <inheritdoc/>
    public void BiasLogits(ReadOnlySpan<int> context, Span<float> logits)
    {
        using SecretUse use = Use();
        ulong term = TermOf(context);
        Span<int> tokens = stackalloc int[BlockRows];
        for (int first = 0; first < logits.Length; first += BlockRows)
        {
            Span<float> block = logits.Slice(first, Math.Min(BlockRows, logits.Length - first));
            for (int i = 0; i < block.Length; i++)
                tokens[i] = first + i;
            Bias(term, tokens[..block.Length], block);
        }
    }

    /// <inheritdoc/>
    public void BiasLogits(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> logits)
    {
        if (candidates.Length != logits.Length)
            throw new ArgumentException($"There are {candidates.Length} candidates but {logits.Length} logits.", nameof(logits));
        using SecretUse use = Use();
        ulong term = TermOf(context);
        for (int first = 0; first < candidates.Length; first += BlockRows)
        {
            int count = Math.Min(BlockRows, candidates.Length - first);
            Bias(term, candidates.Slice(first, count), logits.Slice(first, count));
        }
    }

    private void Bias(ulong term, ReadOnlySpan<int> tokens, Span<float> logits)
    {
        Span<int> residues = stackalloc int[BlockRows];
        TextSealHash.Residues(term, new NGramRows(tokens, tokens.Length, 0, 1), residues);
        for (int i = 0; i < logits.Length; i++)
            logits[i] += residues[i] < threshold ? delta : 0;
    }
}

/// <summary>TextSeal's Gumbel-max sampling, keyed.</summary>
internal sealed class KeyedTextSealGumbel : KeyedTextSeal, ISamplingWatermark
{
    public KeyedTextSealGumbel(TextSealScheme scheme, ulong keyTerm, IntegerSecret secret)
        : base(scheme, keyTerm, secret)
    {
    }

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
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
        using SecretUse use = Use();
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
