namespace Distillation.Experiment;

/// <summary>One verdict, one line of the CSV file.</summary>
internal sealed record Measurement
{
    public required string Suspect { get; init; }

    public required bool IsControl { get; init; }

    public required int ContextWidth { get; init; }

    public required double Delta { get; init; }

    public required StudentPlan Plan { get; init; }

    public required double Temperature { get; init; }

    /// <summary><c>text</c>: the suspect's own replies; <c>reading</c>: its predictions on the owner's text.</summary>
    public required string Mode { get; init; }

    /// <summary><c>none</c>, <c>filter</c> or <c>weights</c>.</summary>
    public required string Weighting { get; init; }

    public required long Tokens { get; init; }

    public required long Scored { get; init; }

    public required double GreenFraction { get; init; }

    public required double LogP { get; init; }
}
