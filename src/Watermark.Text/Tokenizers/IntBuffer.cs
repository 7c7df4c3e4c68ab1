using System.Runtime.CompilerServices;

namespace Watermark.Text.Tokenizers;

/// <summary>
/// A growable array of integers that its owner uses again and again: token ids, or places in a text. Not for several
/// threads at once.
/// </summary>
/// <param name="capacity">The room to start with, at least 1.</param>
internal sealed class IntBuffer(int capacity = 256)
{
    private int[] items = new int[capacity];

    /// <summary>The number of integers in it.</summary>
    public int Count { get; private set; }

    /// <summary>How many integers fit before it grows.</summary>
    public int Capacity => items.Length;

    /// <summary>The integers. Valid until the next one is added.</summary>
    public Span<int> Span => items.AsSpan(0, Count);

    /// <summary>Adds one integer.</summary>
    /// <param name="item">The integer.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int item)
    {
        int at = Count;
        int[] array = items;
        if ((uint)at >= (uint)array.Length)
            array = Grow(1);
        array[at] = item;
        Count = at + 1;
    }

    /// <summary>Adds integers in order.</summary>
    /// <param name="more">The integers.</param>
    public void Append(ReadOnlySpan<int> more) => more.CopyTo(Extend(more.Length));

    /// <summary>Makes the buffer longer and gives the new part, whose content is undefined.</summary>
    /// <param name="length">How many integers are added, 0 or more.</param>
    public Span<int> Extend(int length)
    {
        if (items.Length - Count < length)
            Grow(length);
        int at = Count;
        Count += length;
        return items.AsSpan(at, length);
    }

    /// <summary>Keeps the first integers and forgets the others.</summary>
    /// <param name="count">How many are kept, 0 to <see cref="Count"/>.</param>
    public void Truncate(int count) => Count = count;

    private int[] Grow(int by)
    {
        long wanted = Math.Max(2L * items.Length, (long)Count + by);
        if (wanted > Array.MaxLength)
            wanted = Math.Max(Array.MaxLength, (long)Count + by);
        Array.Resize(ref items, checked((int)wanted));
        return items;
    }
}
