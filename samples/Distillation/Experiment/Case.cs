namespace Distillation.Experiment;

/// <summary>One student and the key it is tested under.</summary>
/// <param name="ContextWidth">h of the mark.</param>
/// <param name="Delta">The mark's bias.</param>
/// <param name="Plan">The student.</param>
/// <param name="Temperature">Of the suspect's replies.</param>
internal sealed record Case(int ContextWidth, double Delta, StudentPlan Plan, double Temperature = 1)
{
    /// <summary>A student that saw no marked text.</summary>
    public bool IsControl => Plan.Share == 0;

    public string Name => Text($"{Plan.Architecture} h={ContextWidth} {100 * Plan.Share:0.#}%") + Bias(Delta) + Treatment;

    /// <summary>A control's name does not speak of the mark, which it never saw.</summary>
    public string ControlName => $"{Plan.Architecture} control{Treatment}";

    private string Treatment =>
        (Plan.Noise > 0 ? $", {100 * Plan.Noise:0}% replaced" : "")
        + (Plan.CleanSteps > 0 ? $", {Plan.CleanSteps} clean steps" : "")
        + (Temperature == 1 ? "" : Text($", T={Temperature}"));

    /// <summary>The bias, where it is not the usual one.</summary>
    public static string Bias(double delta) => delta == Presets.Delta ? "" : Text($", delta={delta}");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
