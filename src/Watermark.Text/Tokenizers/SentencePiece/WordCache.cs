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
    private const int LongestKey = 16;

    private readonly Entry?[] slots = new Entry?[1 << 16];

    /// <summary>What is known of a word; null where it is not known.</summary>
    /// <param name="word">The word in UTF-8.</param>
    public Entry? Find(ReadOnlySpan<byte> word)
    {
        if (word.Length > LongestWord)
            return null;
        (ulong first, ulong last) = Key(word);
        return slots[Slot(first, last, word.Length)] is { } entry && entry.Is(word, first, last) ? entry : null;
    }

    /// <summary>The ids of a word, where they are known.</summary>
    /// <param name="word">The word in UTF-8.</param>
    /// <param name="ids">The ids.</param>
    public bool TryGet(ReadOnlySpan<byte> word, [NotNullWhen(true)] out int[]? ids)
    {
        ids = Find(word)?.Ids;
        return ids is not null;
    }

    /// <summary>Remembers a word.</summary>
    /// <param name="word">The word in UTF-8.</param>
    /// <param name="ids">Its ids.</param>
    public void Add(ReadOnlySpan<byte> word, ReadOnlySpan<int> ids)
    {
        if (word.Length > LongestWord)
            return;
        (ulong first, ulong last) = Key(word);
        Volatile.Write(ref slots[Slot(first, last, word.Length)], new Entry(word, first, last, ids));
    }

    /// <summary>Two numbers that, with the length, are as good as the word where it has at most 16 bytes.</summary>
    private static (ulong First, ulong Last) Key(ReadOnlySpan<byte> word)
    {
        if (word.Length < sizeof(ulong))
            return (Few(word), 0);
        ulong first = MemoryMarshal.Read<ulong>(word);
        for (int at = sizeof(ulong); at < word.Length - sizeof(ulong); at += sizeof(ulong))
            first = Mix(first) ^ MemoryMarshal.Read<ulong>(word[at..]);
        return (first, MemoryMarshal.Read<ulong>(word[^sizeof(ulong)..]));
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

    private static int Slot(ulong first, ulong last, int length) => (int)(Mix(Mix(first + (uint)length) ^ last) >> 48);

    private static ulong Mix(ulong value)
    {
        value *= 0x9e3779b97f4a7c15;
        return value ^ value >> 32;
    }

    /// <summary>A word and its ids.</summary>
    internal sealed class Entry
    {
        private readonly ulong first;
        private readonly ulong last;
        private readonly int length;
        private readonly byte[]? word;

        /// <summary>Creates the entry.</summary>
        /// <param name="word">The word.</param>
        /// <param name="first">The first half of its key.</param>
        /// <param name="last">The second half.</param>
        /// <param name="ids">Its ids.</param>
        public Entry(ReadOnlySpan<byte> word, ulong first, ulong last, ReadOnlySpan<int> ids)
        {
            (this.first, this.last, length) = (first, last, word.Length);
            this.word = word.Length > LongestKey ? word.ToArray() : null;
            Ids = ids.ToArray();
            Single = ids.Length == 1 ? ids[0] : -1;
        }

        /// <summary>The ids.</summary>
        public int[] Ids { get; }

        /// <summary>The only id; -1 where there are more.</summary>
        public int Single { get; }

        /// <summary>Whether this is the entry of a word.</summary>
        /// <param name="other">The word.</param>
        /// <param name="otherFirst">The first half of its key.</param>
        /// <param name="otherLast">The second half.</param>
        public bool Is(ReadOnlySpan<byte> other, ulong otherFirst, ulong otherLast) =>
            first == otherFirst && last == otherLast && length == other.Length && (word is null || other.SequenceEqual(word));
    }
}
