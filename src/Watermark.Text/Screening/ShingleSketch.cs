using System.Buffers;
using System.Runtime.InteropServices;
using Watermark.NGrams;

namespace Watermark.Text.Screening;

/// <summary>
/// Estimates, in fixed memory, which part of the distinct word windows of all replies stands in prompts of other
/// conversations. Of all windows those with the smallest hashes are kept, a uniform sample; so the estimate needs only one
/// pass. Safe for concurrent use; the result does not depend on the order.
/// </summary>
/// <param name="capacity">Windows kept of replies and of prompts, each. The standard error is at most 1 / (2 √capacity).</param>
internal sealed class ShingleSketch(int capacity = ShingleSketch.DefaultCapacity)
{
    private const int DefaultCapacity = 1 << 16;
    private const ulong Several = 0;
    private const ulong Own = 1;

    private readonly Lock gate = new();

    // The conversation of each window: several, or one; for replies also those that their own prompt holds.
    private readonly Dictionary<ulong, ulong> replies = [];
    private readonly Dictionary<ulong, ulong> prompts = [];
    private ulong threshold = ulong.MaxValue;

    /// <summary>Adds the windows of a reply and of its prompts.</summary>
    /// <param name="conversation">A hash of the conversation: in it, replies are prompts of later ones.</param>
    /// <param name="replyWindows">Hashes of the reply's windows.</param>
    /// <param name="promptWindows">Hashes of the windows of its prompts.</param>
    public void Add(ulong conversation, ReadOnlySpan<ulong> replyWindows, HashSet<ulong> promptWindows)
    {
        ulong place = Math.Max(conversation, Own + 1);
        ulong limit = Volatile.Read(ref threshold);

        // In a long corpus nearly all windows lie above the threshold, and are dropped before the lock.
        ulong[] kept = ArrayPool<ulong>.Shared.Rent(replyWindows.Length + promptWindows.Count);
        int mine = 0;
        foreach (ulong window in replyWindows)
        {
            if (Spread(window) <= limit)
                kept[mine++] = window;
        }

        int all = mine;
        foreach (ulong window in promptWindows)
        {
            if (Spread(window) <= limit)
                kept[all++] = window;
        }

        if (all > 0)
            Add(place, kept.AsSpan(..mine), kept.AsSpan(mine..all), promptWindows);
        ArrayPool<ulong>.Shared.Return(kept);
    }

    private void Add(ulong place, ReadOnlySpan<ulong> mine, ReadOnlySpan<ulong> theirs, HashSet<ulong> ownPrompt)
    {
        lock (gate)
        {
            // Meanwhile another thread may have lowered the threshold.
            foreach (ulong window in mine)
            {
                if (Spread(window) > threshold)
                    continue;

                // A window that stands in its own prompt once is no sign of a foreign prompt anywhere.
                ref ulong known = ref CollectionsMarshal.GetValueRefOrAddDefault(replies, Spread(window), out bool exists);
                known = ownPrompt.Contains(window) || (exists && known == Own) ? Own : Joined(known, place, exists);
            }

            foreach (ulong window in theirs)
            {
                if (Spread(window) > threshold)
                    continue;
                ref ulong known = ref CollectionsMarshal.GetValueRefOrAddDefault(prompts, Spread(window), out bool exists);
                known = Joined(known, place, exists);
            }

            while (replies.Count > capacity || prompts.Count > capacity)
                Shrink();
        }
    }

    /// <summary>Distinct windows of replies, estimated.</summary>
    /// <returns>All, and those of them that stand in a prompt of another conversation and not in their own.</returns>
    public (long All, long InOtherPrompts) Count()
    {
        lock (gate)
        {
            double scale = threshold == ulong.MaxValue ? 1 : ulong.MaxValue / (double)threshold;
            long found = replies.Count(window => window.Value != Own && prompts.TryGetValue(window.Key, out ulong place) && (place == Several || place != window.Value));
            return ((long)(replies.Count * scale), (long)(found * scale));
        }
    }

    private static ulong Joined(ulong known, ulong place, bool exists) => !exists || known == place ? place : Several;

    private void Shrink()
    {
        threshold /= 2;
        foreach (Dictionary<ulong, ulong> windows in new[] { replies, prompts })
        {
            foreach (ulong hash in windows.Keys)
            {
                if (hash > threshold)
                    windows.Remove(hash);
            }
        }
    }

    /// <summary>Mixes a hash once more, since the sample keeps the smallest.</summary>
    private static ulong Spread(ulong hash) => NGramHash.Append(hash, 0);
}
