namespace Distillation.Experiment;

/// <summary>One reply of a model: token ids of the prompt and of what followed it.</summary>
internal sealed record Reply(int[] Prompt, int[] Text)
{
    public int[] Whole => [.. Prompt, .. Text];

    /// <summary>The first replies that together have so many tokens.</summary>
    public static IEnumerable<Reply> Take(IEnumerable<Reply> replies, double tokens)
    {
        double taken = 0;
        foreach (Reply reply in replies)
        {
            if (taken >= tokens)
                yield break;
            taken += reply.Text.Length;
            yield return reply;
        }
    }
}
