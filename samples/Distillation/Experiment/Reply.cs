namespace Distillation.Experiment;

/// <summary>One reply of a model: token ids of the prompt and of what followed it.</summary>
internal sealed record Reply(int[] Prompt, int[] Text)
{
    public int[] Whole => [.. Prompt, .. Text];
}
