using System.Buffers;
using System.Runtime.Intrinsics;
using Watermark.Randomness;

namespace Watermark.Schemes.Torch;

/// <summary>
/// Tells whether tokens are in the green lists of seeds. Queries are sorted by list, so that a list with many queries is
/// drawn once; the answers do not depend on the grouping.
/// </summary>
internal static class TorchListScorer
{
    // From this number of tokens on it is faster to mark the whole list than to follow four of them per lane.
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

    /// <summary>
    /// Does the same as <see cref="Score(ReadOnlySpan{uint}, ReadOnlySpan{int}, int, int, Span{long})"/> for one vector
    /// width.
    /// </summary>
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

/// <summary>
/// Collects one list per lane with up to four tokens to look up in it, and follows them when the lanes are full. Buffers are
/// rented; dispose to return them.
/// </summary>
/// <typeparam name="TLanes">The vector operations.</typeparam>
/// <typeparam name="TVector">The vector type.</typeparam>
internal ref struct ListBatch<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const uint NoToken = uint.MaxValue;

    private readonly int tokensPerLane;
    private readonly uint[] buffer;
    private readonly Span<uint> state;
    private readonly Span<uint> seeds;
    private readonly Span<uint> items;
    private readonly Span<uint> hits;
    private readonly Span<uint> rows;

    /// <summary>Creates an empty batch.</summary>
    /// <param name="tokensPerLane">1 or 4.</param>
    public ListBatch(int tokensPerLane)
    {
        this.tokensPerLane = tokensPerLane;
        int lanes = TLanes.Count;
        int asked = lanes * tokensPerLane;
        int stateLength = MersenneLanes<TLanes, TVector>.StateLength;
        buffer = ArrayPool<uint>.Shared.Rent(stateLength + lanes + (3 * asked));
        state = buffer.AsSpan(0, stateLength);
        seeds = buffer.AsSpan(stateLength, lanes);
        items = buffer.AsSpan(stateLength + lanes, asked);
        hits = buffer.AsSpan(stateLength + lanes + asked, asked);
        rows = buffer.AsSpan(stateLength + lanes + (2 * asked), asked);
        Reset();
    }

    /// <summary>Lanes in use.</summary>
    public int Lists { get; private set; }

    /// <summary>Whether every lane is in use.</summary>
    public readonly bool IsFull => Lists == TLanes.Count;

    /// <summary>Puts a list into the next lane.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="members">The rows whose tokens are looked up in it, in the low halves; at most as many as a lane has room for.</param>
    /// <param name="tokens">The token column.</param>
    public void Add(uint seed, ReadOnlySpan<ulong> members, ReadOnlySpan<int> tokens)
    {
        seeds[Lists] = seed;
        for (int i = 0; i < members.Length; i++)
        {
            int slot = (i * TLanes.Count) + Lists;
            rows[slot] = (uint)members[i];
            items[slot] = (uint)tokens[(int)rows[slot]];
        }

        Lists++;
    }

    /// <summary>Answers every query and empties the lanes.</summary>
    /// <param name="vocabularySize">V.</param>
    /// <param name="greenCount">G.</param>
    /// <param name="scores">Set to 1 or 0 for the rows looked up.</param>
    public void Run(int vocabularySize, int greenCount, Span<long> scores)
    {
        if (tokensPerLane == 1)
            PermutationLanes<TLanes, TVector>.FollowOne(state, seeds, items, vocabularySize, greenCount, hits);
        else
            PermutationLanes<TLanes, TVector>.FollowFour(state, seeds, items, vocabularySize, greenCount, hits);
        for (int slot = 0; slot < rows.Length; slot++)
        {
            if (rows[slot] != NoToken)
                scores[(int)rows[slot]] = hits[slot] & 1;
        }

        Reset();
    }

    /// <summary>Erases and returns the buffers.</summary>
    public readonly void Dispose() => ArrayPool<uint>.Shared.Return(buffer, clearArray: true);

    private void Reset()
    {
        Lists = 0;
        seeds.Clear();
        items.Fill(NoToken);
        rows.Fill(NoToken);
    }
}
