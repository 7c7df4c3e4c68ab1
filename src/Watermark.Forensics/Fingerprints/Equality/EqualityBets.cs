using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Equality;

/// <summary>The gains and contrasts of replies that are taken one after the other.</summary>
internal static class EqualityBets
{
    /// <summary>
    /// Bets round by round, prompt by prompt in the order of the design: f_t(z) = mean over s &lt; t of k(z, x_s) − k(z, y_s), gain
    /// g_t = f_t(x_t) − f_t(y_t), cut to [−1, 1]. Exchanging x_t and y_t changes the sign of g_t, so under H0 it is fair given the past.
    /// </summary>
    /// <param name="replies">The replies in the order of their numbers.</param>
    public static BettingEProcess Run(PairedReplies replies)
    {
        var process = new BettingEProcess();
        int[][] tables = [.. replies.Prompts.Select(prompt => prompt.Agreements())];
        int rounds = replies.Prompts.Count == 0 ? 0 : replies.Prompts.Max(prompt => Math.Min(prompt.First.Length, prompt.Second.Length));
        for (int t = 1; t < rounds; t++)
        {
            for (int p = 0; p < tables.Length; p++)
            {
                if (t < Math.Min(replies.Prompts[p].First.Length, replies.Prompts[p].Second.Length))
                    process.Bet(Gain(tables[p], replies.Prompts[p], t, replies.Length));
            }
        }

        return process;
    }

    /// <summary>g_t of a prompt.</summary>
    /// <param name="table">Its agreements.</param>
    /// <param name="prompt">Its replies.</param>
    /// <param name="t">The number of earlier pairs, at least 1.</param>
    /// <param name="length">L.</param>
    public static double Gain(int[] table, PromptReplies prompt, int t, int length)
    {
        int first = prompt.First.Length;
        int count = first + prompt.Second.Length;
        long gain = 0;
        for (int s = 0; s < t; s++)
            gain += table[(t * count) + s] - table[(t * count) + first + s] - table[((first + t) * count) + s] + table[((first + t) * count) + first + s];
        return Math.Clamp((double)gain / ((double)t * length), -1, 1);
    }

    /// <summary>
    /// Independent contrasts, each of two replies of either model: h = k(x, x') + k(y, y') − k(x, y') − k(x', y), whose expectation is the
    /// squared discrepancy at the prompt; at most 2.
    /// </summary>
    /// <param name="replies">The replies.</param>
    public static double[] Contrasts(PairedReplies replies)
    {
        var contrasts = new List<double>();
        foreach (PromptReplies prompt in replies.Prompts)
        {
            int[] table = prompt.Agreements();
            int first = prompt.First.Length;
            int count = first + prompt.Second.Length;
            for (int i = 0; i + 1 < Math.Min(first, prompt.Second.Length); i += 2)
            {
                int contrast = table[(i * count) + i + 1] + table[((first + i) * count) + first + i + 1] - table[(i * count) + first + i + 1] - table[((i + 1) * count) + first + i];
                contrasts.Add((double)contrast / replies.Length);
            }
        }

        return [.. contrasts];
    }
}
