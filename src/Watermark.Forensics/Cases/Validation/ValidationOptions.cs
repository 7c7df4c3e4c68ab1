using Watermark.Forensics.Distillation;

namespace Watermark.Forensics.Cases.Validation;

/// <summary>How the error rates of a procedure are measured.</summary>
public sealed record ValidationOptions
{
    /// <summary>The largest number of runs.</summary>
    public const int MostRuns = 1_000_000;

    /// <summary>Runs on text that is independent of the key; at least one for each corpus. <value>Default 300.</value></summary>
    public int Runs { get; init; } = ProcedureValidation.EnoughRuns;

    /// <summary>The shares of rows to which a mark is planted, each above 0 and at most 1. <value>Default 0.02 and 0.05.</value></summary>
    public IReadOnlyList<double> Spikes { get; init; } = [0.02, 0.05];

    /// <summary>Runs for each share; at most <see cref="Runs"/> are made. <value>Default 100.</value></summary>
    public int SpikedRuns { get; init; } = 100;

    /// <summary>The options of each test. Its seed is also that of the random keys and the planted marks.</summary>
    public DistillationTestOptions Test { get; init; } = new();

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Runs, 1, nameof(Runs));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Runs, MostRuns, nameof(Runs));
        ArgumentOutOfRangeException.ThrowIfLessThan(SpikedRuns, 1, nameof(SpikedRuns));
        if (Spikes.Any(share => !(share is > 0 and <= 1)))
            throw new ArgumentOutOfRangeException(nameof(Spikes), "Each share must be above 0 and at most 1.");
        Test.Validate();
    }
}
