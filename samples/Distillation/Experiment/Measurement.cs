namespace Distillation.Experiment;

/// <summary>One verdict, one line of the CSV file.</summary>
internal sealed record Measurement
{
    public required Case Case { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The mark it is tested for; a control is tested for all.</summary>
    public required int ContextWidth { get; init; }

    public required double Delta { get; init; }

    /// <summary><c>text</c>: the suspect's own replies; <c>reading</c>: its predictions on the owner's texts.</summary>
    public required string Mode { get; init; }

    public required Weighting Weighting { get; init; }

    public required long Tokens { get; init; }

    /// <summary>Distinct n-grams with a weight.</summary>
    public required long Scored { get; init; }

    /// <summary>The total in standard deviations from what H0 expects.</summary>
    public required double Z { get; init; }

    public required double LogP { get; init; }

    /// <summary>Tokens at which p first reached 1e-6, the median over orders of the replies; null: not within those at hand.</summary>
    public double? TokensNeeded { get; init; }

    public string CaseName => Case.IsControl ? $"{Case.ControlName}, key h={ContextWidth}{Case.Bias(Delta)}" : Case.Name;

    public string Series => $"{Mode}, {Weighting switch { Weighting.None => "distinct n-grams", Weighting.Filter => "filter", Weighting.Weights => "weights", _ => "comparison" }}";
}
