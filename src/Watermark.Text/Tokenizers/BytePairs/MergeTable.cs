using System.Numerics;
using System.Runtime.CompilerServices;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>
/// Which two neighbouring tokens become one, in which order of priority, and which token they make. Immutable.
/// </summary>
/// <remarks>An open-addressing hash table: merging asks it for every pair of neighbours, and most pairs are not in it.</remarks>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge; greater than every other rank.</summary>
    public const int None = int.MaxValue;

    private readonly ulong[] keys;
    private readonly ulong[] merges; // The rank in the upper half, the token in the lower one.
    private readonly int shift;

    private MergeTable(ulong[] keys, ulong[] merges)
    {
        this.keys = keys;
        this.merges = merges;
        shift = Shift(keys);
    }

    /// <summary>All merges, in no order.</summary>
    public IEnumerable<(int Left, int Right, int Token)> All
    {
        get
        {
            for (int slot = 0; slot < keys.Length; slot++)
            {
                if (keys[slot] != 0)
                    yield return ((int)((keys[slot] - 1) >> 32), (int)(uint)(keys[slot] - 1), (int)(uint)merges[slot]);
            }
        }
    }

    /// <summary>
    /// The merges by which tokens come from shorter tokens where the priority of a merge is the rank of what it makes, as
    /// in tiktoken: all ways to write a token as two others.
    /// </summary>
    /// <param name="tokens">The bytes of every token, by id, which is also its rank; null where there is none.</param>
    /// <param name="table">The same tokens, to be found by their bytes.</param>
    public static MergeTable FromRanks(byte[]?[] tokens, TokenTable table)
    {
        var builder = new Builder(2 * tokens.Length);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is not { Length: > 1 } token)
                continue;
            for (int cut = 1; cut < token.Length; cut++)
            {
                int left = table.Find(token.AsSpan(0, cut));
                if (left < 0)
                    continue;
                int right = table.Find(token.AsSpan(cut));
                if (right >= 0)
                    builder.Add(left, right, id, id);
            }
        }

        return builder.Build();
    }

    /// <summary>The rank and the token of a pair.</summary>
    /// <param name="left">The left token.</param>
    /// <param name="right">The right token.</param>
    /// <param name="token">The token that the two make; undefined where they do not merge.</param>
    /// <returns>The rank, or <see cref="None"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(int left, int right, out int token)
    {
        ulong key = Key(left, right);
        ulong[] all = keys;
        int slot = Slot(key, shift);
        while (true)
        {
            ulong found = all[slot];
            if (found == key)
            {
                ulong merge = merges[slot];
                token = (int)(uint)merge;
                return (int)(merge >> 32);
            }

            if (found == 0)
            {
                token = 0;
                return None;
            }

            slot = (slot + 1) & (all.Length - 1);
        }
    }

    // Zero marks an empty slot, so keys start at one.
    private static ulong Key(int left, int right) => (((ulong)(uint)left << 32) | (uint)right) + 1;

    private static int Slot(ulong key, int shift) => (int)((key * 0x9E3779B97F4A7C15) >> shift);

    private static int Shift(ulong[] keys) => 64 - BitOperations.Log2((uint)keys.Length);

    /// <summary>Collects merges.</summary>
    /// <param name="capacity">About how many there will be.</param>
    internal sealed class Builder(int capacity = 0)
    {
        private ulong[] keys = new ulong[Room(capacity)];
        private ulong[] merges = new ulong[Room(capacity)];
        private int count;

        /// <summary>Adds a merge. A pair that is added again has the last rank and token, as in Hugging Face's library.</summary>
        /// <param name="left">The left token, 0 or more.</param>
        /// <param name="right">The right token, 0 or more.</param>
        /// <param name="rank">
        /// The priority, 0 or more and below <see cref="None"/>: the smallest merges first, and of equal ones the leftmost.
        /// Several merges may have the same rank.
        /// </param>
        /// <param name="token">The token that the two make, 0 or more.</param>
        public void Add(int left, int right, int rank, int token)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(left);
            ArgumentOutOfRangeException.ThrowIfNegative(right);
            ArgumentOutOfRangeException.ThrowIfNegative(rank);
            ArgumentOutOfRangeException.ThrowIfEqual(rank, None);
            ArgumentOutOfRangeException.ThrowIfNegative(token);
            if (2 * (count + 1) > keys.Length)
                Grow();
            ulong key = Key(left, right);
            int slot = Place(key);
            if (keys[slot] == 0)
                count++;
            keys[slot] = key;
            merges[slot] = ((ulong)(uint)rank << 32) | (uint)token;
        }

        /// <summary>The table of what was added; nothing can be added any more.</summary>
        public MergeTable Build()
        {
            var table = new MergeTable(keys, merges);
            keys = merges = [];
            return table;
        }

        private static int Room(int capacity) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, 2 * capacity));

        private int Place(ulong key)
        {
            int slot = Slot(key, Shift(keys));
            while (keys[slot] != 0 && keys[slot] != key)
                slot = (slot + 1) & (keys.Length - 1);
            return slot;
        }

        private void Grow()
        {
            (ulong[] oldKeys, ulong[] oldMerges) = (keys, merges);
            keys = new ulong[2 * oldKeys.Length];
            merges = new ulong[2 * oldKeys.Length];
            for (int i = 0; i < oldKeys.Length; i++)
            {
                if (oldKeys[i] == 0)
                    continue;
                int slot = Place(oldKeys[i]);
                keys[slot] = oldKeys[i];
                merges[slot] = oldMerges[i];
            }
        }
    }
}
