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

    public string Name => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Plan.Architecture} h={ContextWidth} {100 * Plan.Share:0.#}%")
        + (Plan.Noise > 0 ? $", {100 * Plan.Noise:0}% replaced" : "")
        + (Plan.CleanSteps > 0 ? $", {Plan.CleanSteps} clean steps" : "")
        + (Temperature == 1 ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $", T={Temperature}"));
}
