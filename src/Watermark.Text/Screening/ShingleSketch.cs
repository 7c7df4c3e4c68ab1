namespace Watermark.Text.Screening;

/// <summary>
/// Estimates, in fixed memory, which part of the distinct word windows of all replies stands in prompts of other replies. Of
/// all windows those with the smallest hashes are kept, a uniform sample; so the estimate needs only one pass. Safe for
/// concurrent use; the result does not depend on the order.
/// </summary>
/// <param name="capacity">Windows kept of replies and of prompts, each. The standard error is at most 1 / (2 √capacity).</param>
internal sealed class ShingleSketch(int capacity = ShingleSketch.DefaultCapacity)
{
    private const int DefaultCapacity = 1 << 16;

    private readonly Lock gate = new();
    private readonly HashSet<ulong> foreign = [];
    private readonly HashSet<ulong> own = [];
    private readonly HashSet<ulong> prompts = [];
    private ulong threshold = ulong.MaxValue;

    /// <summary>Adds the windows of a reply and of its prompts.</summary>
    /// <param name="replyWindows">Hashes of the reply's windows.</param>
    /// <param name="promptWindows">Hashes of the windows of its prompts.</param>
    public void Add(IEnumerable<ulong> replyWindows, HashSet<ulong> promptWindows)
    {
        ulong limit = Volatile.Read(ref threshold);
        List<ulong> mine = [.. replyWindows.Select(Spread).Where(hash => hash <= limit)];
        HashSet<ulong> theirs = [.. promptWindows.Select(Spread).Where(hash => hash <= limit)];
        lock (gate)
        {
            foreach (ulong hash in mine)
            {
                // A window that stands in its own prompt once is no sign of a foreign prompt anywhere.
                if (theirs.Contains(hash))
                {
                    own.Add(hash);
                    foreign.Remove(hash);
                }
                else if (!own.Contains(hash))
                {
                    foreign.Add(hash);
                }
            }

            prompts.UnionWith(theirs);
            while (foreign.Count + own.Count > capacity || prompts.Count > capacity)
                Shrink();
        }
    }

    /// <summary>Distinct windows of replies, estimated.</summary>
    /// <returns>All, and those of them that stand in a prompt of another reply and not in their own.</returns>
    public (long All, long InOtherPrompts) Count()
    {
        lock (gate)
        {
            double scale = threshold == ulong.MaxValue ? 1 : ulong.MaxValue / (double)threshold;
            long found = foreign.Count(prompts.Contains);
            return ((long)((foreign.Count + own.Count) * scale), (long)(found * scale));
        }
    }

    private void Shrink()
    {
        threshold /= 2;
        foreign.RemoveWhere(hash => hash > threshold);
        own.RemoveWhere(hash => hash > threshold);
        prompts.RemoveWhere(hash => hash > threshold);
    }

    /// <summary>Mixes a hash once more, since the sample keeps the smallest.</summary>
    private static ulong Spread(ulong hash) => NGrams.NGramHash.Append(hash, 0);
}
