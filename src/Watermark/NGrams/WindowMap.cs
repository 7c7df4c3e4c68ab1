namespace Watermark.NGrams;

/// <summary>
/// Finds repeated windows of a token sequence: an open-addressing map from a window's tokens to a number, reused from
/// document to document. Not safe for concurrent use.
/// </summary>
/// <remarks>Memory: 24 bytes per window of the largest document seen.</remarks>
internal sealed class WindowMap
{
    private const int Free = -1;

    private int[] starts = NewSlots(64);
    private int[] values = new int[64];
    private int mask = 63;
    private int width;

    /// <summary>Removes every window.</summary>
    /// <param name="windowWidth">Tokens per window from now on, 0 or more.</param> <param name="capacity">The largest number of windows that will be set.</param>
    public void Reset(int windowWidth, int capacity)
    {
        width = windowWidth;
        int slots = Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(capacity, 1 << 29) * 2));
        if (slots > starts.Length)
        {
            starts = NewSlots(slots);
            values = new int[slots];
        }
        else
        {
            starts.AsSpan(0, slots).Fill(Free);
        }

        mask = slots - 1;
    }

    /// <summary>The number set for a window, or null.</summary>
    /// <param name="own">The sequence whose windows were set.</param>
    /// <param name="window">The window looked for; may be of another sequence.</param>
    public int? Find(ReadOnlySpan<int> own, ReadOnlySpan<int> window)
    {
        int slot = SlotOf(own, window);
        return starts[slot] == Free ? null : values[slot];
    }

    /// <summary>Sets the number of a window.</summary>
    /// <param name="own">The sequence.</param>
    /// <param name="start">Where the window begins in it.</param>
    /// <param name="value">The number.</param>
    /// <returns>The number it had before, or null where the window is new.</returns>
    public int? Set(ReadOnlySpan<int> own, int start, int value)
    {
        int slot = SlotOf(own, own.Slice(start, width));
        int? before = starts[slot] == Free ? null : values[slot];
        if (before is null)
            starts[slot] = start;
        values[slot] = value;
        return before;
    }

    private int SlotOf(ReadOnlySpan<int> own, ReadOnlySpan<int> window)
    {
        int slot = (int)(NGramHash.Of(window) >> 32) & mask;
        while (starts[slot] != Free && !own.Slice(starts[slot], width).SequenceEqual(window))
            slot = (slot + 1) & mask;
        return slot;
    }

    private static int[] NewSlots(int count)
    {
        var slots = new int[count];
        Array.Fill(slots, Free);
        return slots;
    }
}
