using System.Buffers;
using System.Runtime.Intrinsics;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Schemes.Maryland;

/// <summary>The Gumbel mark on PyTorch's uniforms under its seed.</summary>
/// <remarks>
/// The engine compares r^(1/p) in float32, where many candidates round to the same power; here −ln(r)/p is compared, as
/// <see cref="GumbelRace"/> does. Where the engine's powers are equal in float32 it may write another token.
/// </remarks>
internal sealed class KeyedGumbelTorch : KeyedScheme, ISamplingWatermark
{
    private readonly int vocabularySize;
    private ulong seed;
    private bool erased;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret; copied.</param>
    public KeyedGumbelTorch(GumbelTorchScheme scheme, IntegerSecret secret)
        : base(scheme, secret.IdFor(scheme))
    {
        vocabularySize = scheme.VocabularySize;
        seed = (ulong)secret.Value("seed");
    }

    /// <inheritdoc/>
    public override void ScoreRows(NGramRows rows, Span<long> scores)
    {
        CheckRows(rows, scores.Length);
        ObjectDisposedException.ThrowIf(erased, this);
        if (Vector512.IsHardwareAccelerated)
            ScoreRows<Lanes512, Vector512<uint>>(rows, scores);
        else if (Vector256.IsHardwareAccelerated)
            ScoreRows<Lanes256, Vector256<uint>>(rows, scores);
        else
            ScoreRows<Lanes128, Vector128<uint>>(rows, scores);
    }

    /// <inheritdoc/>
    public int ChooseCandidate(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin)
    {
        ObjectDisposedException.ThrowIf(erased, this);
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
    protected override void Dispose(bool disposing)
    {
        erased = true;
        seed = 0;
    }

    private void ScoreRows<TLanes, TVector>(NGramRows rows, Span<long> scores)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        // Rows sorted by token, so that the lanes of a batch want words at nearly the same place.
        ulong[] sorted = ArrayPool<ulong>.Shared.Rent(Math.Max(1, rows.Count));
        uint[] state = ArrayPool<uint>.Shared.Rent(MersenneLanes<TLanes, TVector>.StateLength);
        ReadOnlySpan<int> tokens = rows.Tokens;
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
        Span<uint> seeds = stackalloc uint[lanes];
        Span<uint> words = stackalloc uint[lanes];
        Span<int> indices = stackalloc int[lanes];
        Span<int> context = stackalloc int[ContextWidth];
        for (int start = 0; start < asked; start += lanes)
        {
            int used = Math.Min(lanes, asked - start);
            seeds.Clear();
            indices.Clear();
            for (int lane = 0; lane < used; lane++)
            {
                int row = (int)(uint)order[start + lane];
                for (int j = 0; j < context.Length; j++)
                    context[j] = rows.Column(j)[row];
                seeds[lane] = MarylandSeed.Of(context, seed);
                indices[lane] = tokens[row];
            }

            UniformLanes<TLanes, TVector>.WordsAt(state, seeds, indices, words);
            for (int lane = 0; lane < used; lane++)
                scores[(int)(uint)order[start + lane]] = TorchUniformScores.OfComplement(words[lane]);
        }

        ArrayPool<uint>.Shared.Return(state, clearArray: true);
        ArrayPool<ulong>.Shared.Return(sorted);
    }
}
