using System.Buffers;
using System.Runtime.Intrinsics;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Schemes.Maryland;

/// <summary>The Gumbel mark on PyTorch's uniforms under its seed.</summary>
/// <remarks>
/// The engine compares r^(1/p) in float32, where many candidates round to the same power; here −ln(r)/p is compared, as
/// <see cref="GumbelRace"/> does. Where the engine's powers are equal in float32, the engine may write another token.
/// </remarks>
internal sealed class KeyedGumbelTorch : KeyedScheme, ISamplingWatermark
{
    private readonly int vocabularySize;
    private ulong seed;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret; copied.</param>
    public KeyedGumbelTorch(GumbelTorchScheme scheme, IntegerSecret secret)
        : base(scheme, secret)
    {
        vocabularySize = scheme.VocabularySize;
        seed = (ulong)secret.Value("seed");
    }

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        using SecretUse use = Use();
        uint[] buffer = ArrayPool<uint>.Shared.Rent(Math.Max(1, rows.Count));
        Span<uint> seeds = buffer.AsSpan(0, rows.Count);
        Span<int> context = stackalloc int[ContextWidth];
        for (int i = 0; i < seeds.Length; i++)
            seeds[i] = SeedOf(rows, i, context);
        Score(seeds, rows.Tokens, scores);
        ArrayPool<uint>.Shared.Return(buffer, clearArray: true);
    }

    /// <inheritdoc/>
    public override void Seeds(NGramRows rows, Span<ulong> seeds)
    {
        CheckRows(rows, seeds.Length);
        using SecretUse use = Use();
        ReadOnlySpan<int> tokens = rows.Tokens;
        Span<int> context = stackalloc int[ContextWidth];
        for (int i = 0; i < rows.Count; i++)
            seeds[i] = (uint)tokens[i] < (uint)vocabularySize || tokens[i] == int.MinValue ? SeedOf(rows, i, context) : NoCoin;
    }

    /// <inheritdoc/>
    public override void ScoreCoins(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> tokens, Span<long> scores)
    {
        CheckCoins(seeds, tokens, scores);
        using SecretUse use = Use();
        uint[] kept = ArrayPool<uint>.Shared.Rent(Math.Max(1, seeds.Length));
        int[] asked = ArrayPool<int>.Shared.Rent(Math.Max(1, seeds.Length));
        for (int i = 0; i < seeds.Length; i++)
        {
            kept[i] = (uint)seeds[i];
            // The engine draws no uniform for the token −1.
            asked[i] = seeds[i] == NoCoin ? -1 : tokens[i];
        }

        Score(kept.AsSpan(0, seeds.Length), asked.AsSpan(0, seeds.Length), scores);
        ArrayPool<int>.Shared.Return(asked);
        ArrayPool<uint>.Shared.Return(kept, clearArray: true);
    }

    /// <inheritdoc/>
    public int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin)
    {
        using SecretUse use = Use();
        CheckContextLength(context);
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Length, nameof(candidates));
        ArgumentOutOfRangeException.ThrowIfNotEqual(probabilities.Length, candidates.Length);
        int last = 0;
        foreach (int token in candidates)
        {
            if ((uint)token >= (uint)vocabularySize)
                throw new ArgumentOutOfRangeException(nameof(candidates), token, $"A candidate must be from 0 to {vocabularySize - 1}.");
            last = Math.Max(last, token);
        }

        uint[] words = ArrayPool<uint>.Shared.Rent(last + 1);
        MersenneStream.Fill(MarylandSeed.Of(context, seed), words.AsSpan(0, last + 1));
        var race = new GumbelRace();
        for (int i = 0; i < candidates.Length; i++)
            race.Enter(i, candidates[i], TorchUniformScores.Of(words[candidates[i]]), probabilities[i]);
        ArrayPool<uint>.Shared.Return(words);
        return race.Winner;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => seed = 0;

    private uint SeedOf(NGramRows rows, int row, Span<int> context)
    {
        for (int j = 0; j < context.Length; j++)
            context[j] = rows.Column(j)[row];
        return MarylandSeed.Of(context, seed);
    }

    private void Score(ReadOnlySpan<uint> seeds, ReadOnlySpan<int> tokens, Span<long> scores)
    {
        if (Vector512.IsHardwareAccelerated)
            Score<Lanes512, Vector512<uint>>(seeds, tokens, scores);
        else if (Vector256.IsHardwareAccelerated)
            Score<Lanes256, Vector256<uint>>(seeds, tokens, scores);
        else
            Score<Lanes128, Vector128<uint>>(seeds, tokens, scores);
    }

    private void Score<TLanes, TVector>(ReadOnlySpan<uint> seeds, ReadOnlySpan<int> tokens, Span<long> scores)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // Rows sorted by token, so that the lanes of a batch need words at nearly the same place.
        ulong[] sorted = ArrayPool<ulong>.Shared.Rent(Math.Max(1, tokens.Length));
        uint[] state = ArrayPool<uint>.Shared.Rent(MersenneLanes<TLanes, TVector>.StateLength);
        int asked = 0;
        for (int i = 0; i < tokens.Length; i++)
        {
            // The engine draws no uniform for ids outside its vocabulary.
            if ((uint)tokens[i] < (uint)vocabularySize)
                sorted[asked++] = ((ulong)(uint)tokens[i] << 32) | (uint)i;
            else
                scores[i] = 0;
        }

        Span<ulong> order = sorted.AsSpan(0, asked);
        order.Sort();
        int lanes = TLanes.Count;
        Span<uint> batch = stackalloc uint[lanes];
        Span<uint> words = stackalloc uint[lanes];
        Span<int> indices = stackalloc int[lanes];
        for (int start = 0; start < asked; start += lanes)
        {
            int used = Math.Min(lanes, asked - start);
            batch.Clear();
            indices.Clear();
            for (int lane = 0; lane < used; lane++)
            {
                int row = (int)(uint)order[start + lane];
                batch[lane] = seeds[row];
                indices[lane] = tokens[row];
            }

            UniformLanes<TLanes, TVector>.WordsAt(state, batch, indices, words);
            for (int lane = 0; lane < used; lane++)
                scores[(int)(uint)order[start + lane]] = TorchUniformScores.OfComplement(words[lane]);
        }

        ArrayPool<uint>.Shared.Return(state, clearArray: true);
        ArrayPool<ulong>.Shared.Return(sorted);
    }
}

/// <summary>The integers behind PyTorch's uniform r = k/2^24, k from 0 to 2^24 − 1.</summary>
/// <remarks>
/// P(−ln(1 − r) ≥ s) = ⌊2^24·e^(−s)⌋/2^24 ≤ e^(−s), with equality where s is a possible score: the score is stochastically
/// below Exp(1), and rounding down keeps it there. So Gamma tails are conservative without a correction, and almost exact,
/// since the mean is 1 − 6·10^-7.
/// </remarks>
internal static class TorchUniformScores
{
    private const uint Count = 1U << 24;

    /// <summary>−ln(1 − r) in units of 2^-32, rounded down; at most two units too small.</summary>
    /// <param name="word">The generator's word, whose low 24 bits are k.</param>
    public static long OfComplement(uint word) => NegativeLog.UnitsBelow24(Count - (word & (Count - 1)));

    /// <summary>−ln r in units of 2^-58, within <see cref="NegativeLog.FineError"/>; −1 for r = 0.</summary>
    /// <param name="word">The generator's word.</param>
    public static long Of(uint word)
    {
        uint k = word & (Count - 1);
        return k == 0 ? -1 : NegativeLog.FineOf24(k);
    }
}
