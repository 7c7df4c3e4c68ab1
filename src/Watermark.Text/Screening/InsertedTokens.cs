using System.Runtime.InteropServices;

namespace Watermark.Text.Screening;

/// <summary>
/// Recognises text into which one token was inserted again and again, which separates every context of a mark. In ordinary
/// text the most frequent token takes less than a tenth of all places.
/// </summary>
internal static class InsertedTokens
{
    private const int FewestTokens = 50;
    private const double Share = 0.2;

    /// <summary>Whether one token takes more than a fifth of a text, spread over all of it.</summary>
    /// <param name="ids">The token ids of a reply.</param>
    public static bool Look(ReadOnlySpan<int> ids)
    {
        if (ids.Length < FewestTokens)
            return false;
        var counts = new Dictionary<int, int>();
        int most = 0;
        int token = 0;
        foreach (int id in ids)
        {
            int count = ++CollectionsMarshal.GetValueRefOrAddDefault(counts, id, out _);
            if (count > most)
                (most, token) = (count, id);
        }

        if (most <= Share * ids.Length)
            return false;

        // A run of one token, such as a line of dashes or a loop, is no insertion: it must stand between others.
        int apart = 0;
        for (int i = 0; i < ids.Length; i++)
            apart += ids[i] == token && (i == 0 || ids[i - 1] != token) ? 1 : 0;
        return apart > Share * ids.Length;
    }
}
