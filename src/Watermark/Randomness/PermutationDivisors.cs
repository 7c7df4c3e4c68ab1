using System.Collections.Concurrent;

namespace Watermark.Randomness;

/// <summary>
/// ⌊2^32/(n − i)⌋ for the steps i of a shuffle of n items: what exact vector remainders need. One table per n, made once
/// and shared.
/// </summary>
internal static class PermutationDivisors
{
    private static readonly ConcurrentDictionary<int, uint[]> Tables = new();

    /// <summary>The reciprocals of the steps 0 … n−2.</summary>
    /// <param name="n">The number of items, at least 2.</param>
    public static uint[] For(int n) => Tables.GetOrAdd(n, static count =>
    {
        var table = new uint[count - 1];
        for (int i = 0; i < table.Length; i++)
            table[i] = (uint)((1UL << 32) / (ulong)(count - i));
        return table;
    });
}
