using System.Buffers;
using System.Numerics;
using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// Tournament sampling joined with its keys: each layer gives a (context, token) one bit. Embedding plays the layers
/// one after another on the candidates' probabilities; detection adds the bits up.
/// </summary>
/// <remarks>
/// A generator must leave a position unmarked where its context repeats within the history; the session does this. The
/// session also decides what stands before the first token: the release starts from zeros and not from the prompt, so the
/// first n−1 tokens of its replies carry a mark that no window of the reply can show.
/// </remarks>
internal abstract class KeyedTournament : KeyedScheme, IProbabilityWatermark
{
    private const int BlockRows = 256;

    private readonly int[] weights;
    private readonly bool weighted;
    private readonly int leaves;
    private ulong start;

    private protected KeyedTournament(SynthIdParameters scheme, IntegerSecret secret, ulong start)
        : base(scheme, secret)
    {
        weights = SynthIdWeights.For(scheme.Scoring, scheme.Depth);
        weighted = scheme.Scoring != SynthIdScoring.Mean;
        leaves = scheme.NumLeaves;
        this.start = start;
    }

    /// <inheritdoc/>
    public sealed override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        Span<ulong> bits = stackalloc ulong[BlockRows];
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            NGramRows block = rows.Slice(first, Math.Min(BlockRows, rows.Count - first));
            Bits(block, bits);
            for (int i = 0; i < block.Count; i++)
                scores[first + i] = Score(bits[i]);
        }
    }

    /// <inheritdoc/>
    public sealed override Int128 SumScores(NGramRows rows)
    {
        CheckRows(rows);
        using SecretUse use = Use();
        Span<ulong> bits = stackalloc ulong[BlockRows];
        Int128 sum = 0;
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            NGramRows block = rows.Slice(first, Math.Min(BlockRows, rows.Count - first));
            Bits(block, bits);
            long blockSum = 0;
            foreach (ulong row in bits[..block.Count])
                blockSum += Score(row);
            sum += blockSum;
        }

        return sum;
    }

    /// <summary>The bits of every row: bit ℓ of a value is layer ℓ's.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="bits">One value per row.</param>
    public void LayerBits(NGramRows rows, Span<ulong> bits)
    {
        CheckRows(rows, bits.Length);
        using SecretUse use = Use();
        Bits(rows, bits);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Two leaves, per layer: <c>p ← p·(1 + g − Σ g·p)</c>. L leaves: <c>p·(1 − (1−m)^L)/m</c> where g = 1 and
    /// <c>p·(1−m)^(L−1)</c> where g = 0, with m = Σ g·p. Double arithmetic in candidate order: same bits everywhere.
    /// </remarks>
    public void ReshapeProbabilities(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> probabilities)
    {
        CheckContextLength(context);
        if (candidates.Length != probabilities.Length)
            throw new ArgumentException($"There are {candidates.Length} candidates but {probabilities.Length} probabilities.", nameof(probabilities));
        using SecretUse use = Use();
        int count = candidates.Length;
        ulong[] bits = ArrayPool<ulong>.Shared.Rent(count);
        double[] mass = ArrayPool<double>.Shared.Rent(count);
        try
        {
            HashedBits(SynthIdHash.Context(start, context), new NGramRows(candidates, count, 0, 1), bits);
            for (int i = 0; i < count; i++)
                mass[i] = probabilities[i];
            PlayLayers(bits.AsSpan(0, count), mass.AsSpan(0, count));
            for (int i = 0; i < count; i++)
                probabilities[i] = (float)mass[i];
        }
        finally
        {
            bits.AsSpan(0, count).Clear();
            ArrayPool<ulong>.Shared.Return(bits);
            ArrayPool<double>.Shared.Return(mass);
        }
    }

    /// <summary>The bits of n-gram hashes.</summary>
    /// <param name="hashes">Folds of context and token.</param>
    /// <param name="bits">One value per hash.</param>
    private protected abstract void HashBits(ReadOnlySpan<ulong> hashes, Span<ulong> bits);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => start = 0;

    private long Score(ulong bits)
    {
        if (!weighted)
            return BitOperations.PopCount(bits);
        long sum = 0;
        for (; bits != 0; bits &= bits - 1)
            sum += weights[BitOperations.TrailingZeroCount(bits)];
        return sum;
    }

    private void Bits(NGramRows rows, Span<ulong> bits) => HashedBits(start, rows, bits);

    private void HashedBits(ulong hash, NGramRows rows, Span<ulong> bits)
    {
        Span<ulong> hashes = stackalloc ulong[BlockRows];
        for (int first = 0; first < rows.Count; first += BlockRows)
        {
            NGramRows block = rows.Slice(first, Math.Min(BlockRows, rows.Count - first));
            SynthIdHash.Rows(hash, block, hashes);
            HashBits(hashes[..block.Count], bits.Slice(first, block.Count));
        }
    }

    private void PlayLayers(ReadOnlySpan<ulong> bits, Span<double> mass)
    {
        for (int layer = 0; layer < weights.Length; layer++)
        {
            double ones = 0;
            for (int i = 0; i < mass.Length; i++)
                ones += (bits[i] >> layer & 1) != 0 ? mass[i] : 0;
            double zeros = Math.Max(0, 1 - ones);
            double factorZero = zeros;
            double factorOne = 1 + zeros;
            if (leaves > 2)
            {
                // 1 + z + … + z^(L−1), which is (1 − z^L)/(1 − z) without the division by a mass that may be 0.
                (factorZero, factorOne) = (1, 1);
                for (int leaf = 1; leaf < leaves; leaf++)
                {
                    factorZero *= zeros;
                    factorOne += factorZero;
                }
            }

            for (int i = 0; i < mass.Length; i++)
                mass[i] *= (bits[i] >> layer & 1) != 0 ? factorOne : factorZero;
        }
    }
}
