using System.Text;

namespace Watermark.Forensics.Fingerprints.Equality;

/// <summary>The replies of two models to the same prompts, as the code points that are compared.</summary>
/// <param name="prompts">The prompts to which both models have at least two replies, in the order of the design.</param>
/// <param name="dropped">Prompts that were left out.</param>
/// <param name="length">Code points that are compared.</param>
internal sealed class PairedReplies(IReadOnlyList<PromptReplies> prompts, int dropped, int length)
{
    private const int Pad = -1;

    /// <summary>The prompts that count.</summary>
    public IReadOnlyList<PromptReplies> Prompts => prompts;

    /// <summary>Prompts that were left out, since a model has fewer than two replies to them.</summary>
    public int Dropped => dropped;

    /// <summary>L.</summary>
    public int Length => length;

    /// <summary>
    /// Prepares replies, which are in Unicode's form NFC: line feeds alone, no white space at either end, the first L code points,
    /// padded with −1. An endpoint that only drops a space or writes other line ends then looks the same.
    /// </summary>
    /// <param name="design">The design.</param>
    /// <param name="first">X.</param>
    /// <param name="second">Y.</param>
    public static PairedReplies Of(EqualityDesign design, Transcript first, Transcript second)
    {
        var kept = new List<PromptReplies>();
        foreach (string prompt in design.Prompts.Select(prompt => prompt.Id))
        {
            int[][] x = [.. first.To(prompt).Take(design.RepliesPerPrompt).Select(text => Points(text, design.Length))];
            int[][] y = [.. second.To(prompt).Take(design.RepliesPerPrompt).Select(text => Points(text, design.Length))];
            if (x.Length >= 2 && y.Length >= 2)
                kept.Add(new PromptReplies(x, y));
        }

        return new PairedReplies(kept, design.Prompts.Count - kept.Count, design.Length);
    }

    /// <summary>
    /// The side whose replies repeat: at most half of them are distinct in more than half of the prompts, prompts with one and the
    /// same reply of both models aside. Then they are no independent samples: temperature 0, a cache, or a file that was read twice.
    /// </summary>
    /// <returns>0 for the first model, 1 for the second, null for neither.</returns>
    public int? RepeatingSide()
    {
        PromptReplies[] varied = [.. prompts.Where(prompt => !prompt.IsOneReply)];
        if (varied.Count(prompt => Repeats(prompt.First)) * 2 > varied.Length)
            return 0;
        return varied.Count(prompt => Repeats(prompt.Second)) * 2 > varied.Length ? 1 : null;
    }

    private static bool Repeats(int[][] replies) => replies.DistinctBy(reply => string.Join(',', reply), StringComparer.Ordinal).Count() * 2 <= replies.Length;

    private static int[] Points(string text, int length)
    {
        string plain = text.ReplaceLineEndings("\n").Trim();
        int[] points = new int[length];
        Array.Fill(points, Pad);
        int at = 0;
        foreach (Rune rune in plain.EnumerateRunes())
        {
            if (at == length)
                break;
            points[at++] = rune.Value;
        }

        return points;
    }
}

/// <summary>The replies of two models to one prompt.</summary>
/// <param name="First">X, each of L code points.</param>
/// <param name="Second">Y.</param>
internal sealed record PromptReplies(int[][] First, int[][] Second)
{
    /// <summary>Whether all replies of both models are the same.</summary>
    public bool IsOneReply => First.Concat(Second).All(reply => reply.AsSpan().SequenceEqual(First[0]));

    /// <summary>
    /// Positions at which two replies agree, for every pair of X followed by Y, row by row; 0 on the diagonal, which counts in no sum.
    /// </summary>
    public int[] Agreements()
    {
        int[][] all = [.. First, .. Second];
        int[] table = new int[all.Length * all.Length];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < i; j++)
                table[(i * all.Length) + j] = table[(j * all.Length) + i] = Agree(all[i], all[j]);
        }

        return table;
    }

    private static int Agree(int[] first, int[] second)
    {
        int count = 0;
        for (int t = 0; t < first.Length; t++)
            count += first[t] == second[t] ? 1 : 0;
        return count;
    }
}
