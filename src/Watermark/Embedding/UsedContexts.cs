using Watermark.NGrams;

namespace Watermark.Embedding;

/// <summary>
/// The contexts that already decided a token of a sequence: an open-addressing table of the positions where each did so
/// first. Positions are removed in the reverse order of their insertion (a rewind), so a slot can simply be emptied: entries
/// placed after it were inserted later and are already removed.
/// </summary>
internal sealed class UsedContexts
{
    private const int MinimumSlots = 64;

    private readonly int contextWidth;
    private int[] slots;
    private int[] positions;
    private int count;

    /// <summary>Creates an empty set.</summary>
    /// <param name="contextWidth">h.</param>
    public UsedContexts(int contextWidth)
    {
        this.contextWidth = contextWidth;
        slots = new int[MinimumSlots];
        positions = new int[MinimumSlots / 2];
    }

    private UsedContexts(UsedContexts other)
    {
        contextWidth = other.contextWidth;
        slots = [.. other.slots];
        positions = [.. other.positions];
        count = other.count;
    }

    /// <summary>A copy that continues independently.</summary>
    public UsedContexts Clone() => new(this);

    /// <summary>Removes everything but keeps the memory.</summary>
    public void Clear()
    {
        Array.Clear(slots);
        count = 0;
    }

    /// <summary>Whether the context before a position was used.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="position">A position with a full context.</param>
    public bool Contains(ReadOnlySpan<int> tokens, int position) => slots[Slot(tokens, position)] != 0;

    /// <summary>Remembers the context before a position, where it is new. Positions come in ascending order.</summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="position">A position with a full context.</param>
    public void Add(ReadOnlySpan<int> tokens, int position)
    {
        int slot = Slot(tokens, position);
        if (slots[slot] != 0)
            return;
        if (count == positions.Length)
        {
            Grow(tokens);
            slot = Slot(tokens, position);
        }

        slots[slot] = position + 1;
        positions[count++] = position;
    }

    /// <summary>Forgets the contexts first used at or after a position.</summary>
    /// <param name="tokens">The sequence, still with its old tokens.</param>
    /// <param name="position">The first position to forget.</param>
    public void RemoveFrom(ReadOnlySpan<int> tokens, int position)
    {
        while (count > 0 && positions[count - 1] >= position)
            slots[Slot(tokens, positions[--count])] = 0;
    }

    private void Grow(ReadOnlySpan<int> tokens)
    {
        slots = new int[2 * slots.Length];
        Array.Resize(ref positions, 2 * positions.Length);
        for (int i = 0; i < count; i++)
            slots[Slot(tokens, positions[i])] = positions[i] + 1;
    }

    /// <summary>Where the context is, or the empty slot where it would go.</summary>
    private int Slot(ReadOnlySpan<int> tokens, int position)
    {
        ReadOnlySpan<int> context = tokens.Slice(position - contextWidth, contextWidth);
        int mask = slots.Length - 1;
        int slot = (int)NGramHash.Of(context) & mask;
        while (slots[slot] is var occupant and not 0 && !tokens.Slice(occupant - 1 - contextWidth, contextWidth).SequenceEqual(context))
            slot = (slot + 1) & mask;
        return slot;
    }
}
