using System.Numerics;

namespace Watermark.Models;

/// <summary>Selects the tokens of the largest values, always in the same order.</summary>
internal static class TopTokens
{
    /// <summary>
    /// Selects tokens by value, largest first; of equal values the lowest id first. O(n + m log k) for n values, m of which
    /// were among the k largest when they were reached; no allocation.
    /// </summary>
    /// <param name="values">One for each token id. Not a number is never selected.</param>
    /// <param name="tokens">Filled with the ids; its length is the number of tokens to select.</param>
    /// <param name="above">Only values above this one are selected; by default all but −∞.</param>
    /// <returns>How many were selected: fewer where not enough values are above the bound.</returns>
    public static int Select(ReadOnlySpan<float> values, Span<int> tokens, float above = float.NegativeInfinity)
    {
        if (tokens.IsEmpty)
            return 0;
        int count = 0;
        int next = 0;
        for (; next < values.Length && count < tokens.Length; next++)
        {
            if (values[next] > above)
                tokens[count++] = next;
        }

        // From here on the root of the heap is the least of those selected. Ids ascend, so that an equal value never
        // takes its place.
        for (int i = (count / 2) - 1; i >= 0; i--)
            Sink(values, tokens[..count], i);
        if (count == tokens.Length)
            Replace(values, next, tokens);
        for (int last = count - 1; last > 0; last--)
        {
            (tokens[0], tokens[last]) = (tokens[last], tokens[0]);
            Sink(values, tokens[..last], 0);
        }

        return count;
    }

    /// <summary>Goes through the values from an id on; each value above the root replaces the root.</summary>
    private static void Replace(ReadOnlySpan<float> values, int start, Span<int> heap)
    {
        float least = values[heap[0]];
        while (start < values.Length)
        {
            int found = IndexAbove(values[start..], least);
            if (found < 0)
                return;
            heap[0] = start + found;
            Sink(values, heap, 0);
            least = values[heap[0]];
            start += found + 1;
        }
    }

    /// <summary>The first index whose value is above a bound, or −1.</summary>
    private static int IndexAbove(ReadOnlySpan<float> values, float bound)
    {
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            var bounds = new Vector<float>(bound);
            for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                if (Vector.GreaterThanAny(new Vector<float>(values[i..]), bounds))
                    break;
            }
        }

        for (; i < values.Length; i++)
        {
            if (values[i] > bound)
                return i;
        }

        return -1;
    }

    /// <summary>Moves an entry down the heap until both entries below it are better.</summary>
    private static void Sink(ReadOnlySpan<float> values, Span<int> heap, int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= heap.Length)
                return;
            if (child + 1 < heap.Length && IsWorse(values, heap[child + 1], heap[child]))
                child++;
            if (!IsWorse(values, heap[child], heap[index]))
                return;
            (heap[index], heap[child]) = (heap[child], heap[index]);
            index = child;
        }
    }

    private static bool IsWorse(ReadOnlySpan<float> values, int left, int right) =>
        values[left] < values[right] || (values[left] == values[right] && left > right);
}
