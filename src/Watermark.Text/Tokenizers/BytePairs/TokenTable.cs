using System.Buffers.Binary;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>Finds a token by its bytes. Immutable.</summary>
internal sealed class TokenTable
{
    private readonly byte[] bytes; // Of all tokens, one after the other.
    private readonly Entry[] slots;
    private readonly int shift;

    /// <summary>Creates the table.</summary>
    /// <param name="tokens">The tokens and their ids; of equal tokens the last counts.</param>
    public TokenTable(IReadOnlyCollection<(byte[] Bytes, int Id)> tokens)
    {
        int bits = 4;
        while (1L << bits < 2L * tokens.Count)
            bits++;
        shift = 64 - bits;
        slots = new Entry[1 << bits];
        bytes = new byte[tokens.Sum(token => (long)token.Bytes.Length)];
        int end = 0;
        foreach ((byte[] token, int id) in tokens)
        {
            ulong hash = Hash(token);
            ref Entry entry = ref Slot(token, hash);
            if (entry.Id1 == 0)
            {
                token.CopyTo(bytes, end);
                entry = new Entry { Hash = (uint)hash, Start = end, Length = token.Length };
                end += token.Length;
                MaxLength = Math.Max(MaxLength, token.Length);
            }

            entry.Id1 = id + 1;
        }
    }

    /// <summary>The number of bytes of the longest token.</summary>
    public int MaxLength { get; }

    /// <summary>The tokens of an array, each at the index that is its id.</summary>
    /// <param name="tokens">The bytes of token <c>id</c> at index <c>id</c>; null where there is none.</param>
    public static TokenTable ById(byte[]?[] tokens)
    {
        var list = new List<(byte[], int)>(tokens.Length);
        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is { } token)
                list.Add((token, id));
        }

        return new TokenTable(list);
    }

    /// <summary>The id of a token, or −1.</summary>
    /// <param name="token">The token's bytes.</param>
    public int Find(ReadOnlySpan<byte> token) => Slot(token, Hash(token)).Id1 - 1;

    private static ulong Hash(ReadOnlySpan<byte> token)
    {
        const ulong Factor = 0x9E3779B97F4A7C15;
        ulong hash = (ulong)token.Length * Factor;
        while (token.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(token)) * Factor;
            hash ^= hash >> 32;
            token = token[8..];
        }

        ulong rest = 0;
        foreach (byte value in token)
            rest = (rest << 8) | value;
        hash = (hash ^ rest) * Factor;
        return hash ^ (hash >> 32);
    }

    /// <summary>Where the token is, or the empty place where it would be.</summary>
    private ref Entry Slot(ReadOnlySpan<byte> token, ulong hash)
    {
        int slot = (int)((hash * 0xD6E8FEB86659FD93) >> shift);
        while (true)
        {
            ref Entry entry = ref slots[slot];
            if (entry.Id1 == 0
                || (entry.Hash == (uint)hash && entry.Length == token.Length && bytes.AsSpan(entry.Start, entry.Length).SequenceEqual(token)))
            {
                return ref entry;
            }

            slot = (slot + 1) & (slots.Length - 1);
        }
    }

    private struct Entry
    {
        public uint Hash;
        public int Start;
        public int Length;

        /// <summary>The id and 1, so that zero is an empty place.</summary>
        public int Id1;
    }
}
