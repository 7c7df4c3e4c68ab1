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

    private readonly Entry?[] slots = new Entry?[1 << 14];

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
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
            hash = (hash ^ MemoryMarshal.Read<ulong>(rest)) * 0x9e3779b97f4a7c15;
        foreach (byte value in rest)
            hash = (hash ^ value) * 0x9e3779b97f4a7c15;
        return (int)(hash >> 50);
    }

    private sealed class Entry(byte[] word, int[] ids)
    {
        public byte[] Word { get; } = word;

        public int[] Ids { get; } = ids;
    }
}
