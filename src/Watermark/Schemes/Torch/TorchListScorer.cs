using System.Buffers;
using System.Runtime.Intrinsics;
using Watermark.Randomness;

namespace Watermark.Schemes.Torch;

/// <summary>
/// Whether tokens are in the green lists of seeds. Questions are sorted by list, so that a list asked often is drawn
/// once; the answers do not depend on how they are grouped.
/// </summary>
internal static class TorchListScorer
{
    // From so many tokens on it is faster to mark the whole list than to follow them four to a lane.
    private const int WholeListFrom = 16;

    /// <summary>Scores rows.</summary>
    /// <param name="seeds">The seed of each row's list.</param>
    /// <param name="tokens">Each row's token; ids outside the vocabulary are in no list.</param>
    /// <param name="vocabularySize">V.</param>
    /// <param name="greenCount">G, 1 … V−1.</param>
    /// <param name="scores">Set to 1 for green, else to 0.</param>
    public static void Score(ReadOnlySpan<uint> seeds, ReadOnlySpan<int> tokens, int vocabularySize, int greenCount, Span<long> scores)
    {
        if (Vector512.IsHardwareAccelerated)
            Score<Lanes512, Vector512<uint>>(seeds, tokens, vocabularySize, greenCount, scores);
        else if (Vector256.IsHardwareAccelerated)
            Score<Lanes256, Vector256<uint>>(seeds, tokens, vocabularySize, greenCount, scores);
        else
            Score<Lanes128, Vector128<uint>>(seeds, tokens, vocabularySize, greenCount, scores);
    }

    /// <summary>The form of <see cref="Score(ReadOnlySpan{uint}, ReadOnlySpan{int}, int, int, Span{long})"/> for one vector width.</summary>
    internal static void Score<TLanes, TVector>(ReadOnlySpan<uint> seeds, ReadOnlySpan<int> tokens, int vocabularySize, int greenCount, Span<long> scores)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        if (seeds.IsEmpty)
            return;
        ulong[] sorted = ArrayPool<ulong>.Shared.Rent(seeds.Length);
        Span<ulong> order = sorted.AsSpan(0, seeds.Length);
        for (int i = 0; i < order.Length; i++)
            order[i] = ((ulong)seeds[i] << 32) | (uint)i;
        order.Sort();
        var singles = new ListBatch<TLanes, TVector>(1);
        var fours = new ListBatch<TLanes, TVector>(4);
        try
        {
            for (int start = 0; start < order.Length;)
            {
                uint seed = (uint)(order[start] >> 32);
                int end = start + 1;
                while (end < order.Length && (uint)(order[end] >> 32) == seed)
                    end++;
                Span<ulong> members = order[start..end];
                start = end;
                if (members.Length >= WholeListFrom)
                    ScoreWholeList(seed, members, tokens, vocabularySize, greenCount, scores);
                else if (members.Length == 1)
                    Ask(ref singles, seed, members, tokens, vocabularySize, greenCount, scores);
                else
                {
                    for (; !members.IsEmpty; members = members[Math.Min(4, members.Length)..])
                        Ask(ref fours, seed, members[..Math.Min(4, members.Length)], tokens, vocabularySize, greenCount, scores);
                }
            }

            if (singles.Lists > 0)
                singles.Run(vocabularySize, greenCount, scores);
            if (fours.Lists > 0)
                fours.Run(vocabularySize, greenCount, scores);
        }
        finally
        {
            singles.Dispose();
            fours.Dispose();
            ArrayPool<ulong>.Shared.Return(sorted, clearArray: true);
        }
    }

    private static void Ask<TLanes, TVector>(
        ref ListBatch<TLanes, TVector> batch, uint seed, ReadOnlySpan<ulong> members, ReadOnlySpan<int> tokens, int vocabularySize, int greenCount, Span<long> scores)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        batch.Add(seed, members, tokens);
        if (batch.IsFull)
            batch.Run(vocabularySize, greenCount, scores);
    }

    private static void ScoreWholeList(uint seed, ReadOnlySpan<ulong> members, ReadOnlySpan<int> tokens, int vocabularySize, int greenCount, Span<long> scores)
    {
        using var list = new WholeList(seed, vocabularySize, greenCount);
        foreach (ulong member in members)
        {
            int row = (int)(uint)member;
            scores[row] = list.Contains(tokens[row]) ? 1 : 0;
        }
    }
}
