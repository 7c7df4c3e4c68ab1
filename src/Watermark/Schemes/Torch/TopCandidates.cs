namespace Watermark.Schemes.Torch;

/// <summary>
/// The candidates with the largest logits, in descending order; among equal logits the lower id first, NaN never.
/// </summary>
internal static class TopCandidates
{
    /// <summary>Finds them in one pass.</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="ids">Their token ids, or empty where the index is the id.</param>
    /// <param name="best">Filled with indices; its length says how many to find.</param>
    /// <returns>How many were found.</returns>
    public static int Find(ReadOnlySpan<float> logits, ReadOnlySpan<int> ids, Span<int> best)
    {
        int found = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            float logit = logits[i];
            if (float.IsNaN(logit) || (found == best.Length && logit < logits[best[^1]]))
                continue;
            int id = ids.IsEmpty ? i : ids[i];
            int place = found;
            for (; place > 0; place--)
            {
                int other = best[place - 1];
                if (logits[other] > logit || (logits[other] == logit && (ids.IsEmpty ? other : ids[other]) < id))
                    break;
            }

            if (place == best.Length)
                continue;
            if (found < best.Length)
                found++;
            best[place..(found - 1)].CopyTo(best[(place + 1)..]);
            best[place] = i;
        }

        return found;
    }
}
