using System.Runtime.InteropServices;
using Watermark.NGrams;

namespace Watermark.Text.Screening;

/// <summary>
/// Values of distinct texts in fixed memory: of all texts those with the smallest hashes are kept, a uniform sample that does
/// not depend on their order. Not safe for concurrent use.
/// </summary>
/// <typeparam name="T">What is kept of a text.</typeparam>
/// <param name="capacity">The most texts kept.</param>
internal sealed class HashSample<T>(int capacity)
{
    private readonly Dictionary<ulong, T> kept = [];
    private ulong threshold = ulong.MaxValue;

    /// <summary>The values kept.</summary>
    public IReadOnlyCollection<T> Values => kept.Values;

    /// <summary>How many texts each text kept stands for.</summary>
    public double Scale => threshold == ulong.MaxValue ? 1 : ulong.MaxValue / (double)threshold;

    /// <summary>Sets or changes the value of a text, if it is one of those kept.</summary>
    /// <param name="hash">The text's hash.</param>
    /// <param name="change">Gives the new value from the old one, or from the default.</param>
    public void Update(ulong hash, Func<T?, T> change)
    {
        ulong spread = NGramHash.Append(hash, 0);
        if (spread > threshold)
            return;
        ref T? value = ref CollectionsMarshal.GetValueRefOrAddDefault(kept, spread, out _);
        value = change(value);
        while (kept.Count > capacity)
        {
            threshold /= 2;
            foreach (ulong key in kept.Keys)
            {
                if (key > threshold)
                    kept.Remove(key);
            }
        }
    }
}
