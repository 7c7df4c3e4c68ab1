using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// Remembers the ids of words that were met. Of words that share a slot the last one stays, so memory is bounded. Threads
/// share it: an entry never changes, and a slot is read and written as one reference.
/// </summary>
internal sealed class WordCache
{
    private const int LongestWord = 64;

    private readonly Entry?[] slots = new Entry?[1 << 16];

    /// <summary>The ids of a word, where they are known.</summary>
    /// <param name="word">The word in UTF-8.</param>
    /// <param name="ids">The ids.</param>
    public bool TryGet(ReadOnlySpan<byte> word, [NotNullWhen(true)] out int[]? ids)
    {
        ids = null;
        if (word.Length <= LongestWord && slots[Slot(word)] is { } entry && word.SequenceEqual(entry.Word))
            ids = entry.Ids;
        return ids is not null;
    }

    /// <summary>Remembers a word.</summary>
    /// <param name="word">The word in UTF-8.</param>
    /// <param name="ids">Its ids.</param>
    public void Add(ReadOnlySpan<byte> word, ReadOnlySpan<int> ids)
    {
        if (word.Length <= LongestWord)
            Volatile.Write(ref slots[Slot(word)], new Entry(word.ToArray(), ids.ToArray()));
    }

    private static int Slot(ReadOnlySpan<byte> word)
    {
        ulong hash = (ulong)word.Length;
        ReadOnlySpan<byte> rest = word;
        for (; rest.Length > sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = (hash ^ MemoryMarshal.Read<ulong>(rest)) * 0x9e3779b97f4a7c15;
        // The last eight bytes, some of them perhaps once more, or all of fewer.
        ulong last = word.Length >= sizeof(ulong) ? MemoryMarshal.Read<ulong>(word[^sizeof(ulong)..]) : Few(word);
        hash = (hash ^ last) * 0x9e3779b97f4a7c15;
        return (int)((hash ^ hash >> 29) * 0xbf58476d1ce4e5b9 >> 48);
    }

    private static ulong Few(ReadOnlySpan<byte> word)
    {
        if (word.Length >= sizeof(uint))
            return (ulong)MemoryMarshal.Read<uint>(word) << 32 | MemoryMarshal.Read<uint>(word[^sizeof(uint)..]);
        ulong value = 0;
        foreach (byte next in word)
            value = value << 8 | next;
        return value;
    }

    private sealed class Entry(byte[] word, int[] ids)
    {
        public byte[] Word { get; } = word;

        public int[] Ids { get; } = ids;
    }
}
