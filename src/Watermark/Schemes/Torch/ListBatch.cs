using System.Buffers;
using Watermark.Randomness;

namespace Watermark.Schemes.Torch;

/// <summary>
/// Collects one list a lane and up to four tokens asked of it, and follows them when the lanes are full. Buffers are
/// borrowed; dispose to give them back.
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

    /// <summary>Takes a list into the next lane.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="members">Rows that ask it, in the low halves; at most the tokens a lane has room for.</param>
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

    /// <summary>Answers every question and empties the lanes.</summary>
    /// <param name="vocabularySize">V.</param>
    /// <param name="greenCount">G.</param>
    /// <param name="scores">Set to 1 or 0 at the rows that asked.</param>
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

    /// <summary>Gives the buffers back, erased.</summary>
    public readonly void Dispose() => ArrayPool<uint>.Shared.Return(buffer, clearArray: true);

    private void Reset()
    {
        Lists = 0;
        seeds.Clear();
        items.Fill(NoToken);
        rows.Fill(NoToken);
    }
}
