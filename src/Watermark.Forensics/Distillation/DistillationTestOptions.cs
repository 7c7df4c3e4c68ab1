using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Distillation;

/// <summary>How a distillation test is run. Fix it before looking at the suspect: the choices belong to the plan.</summary>
public sealed record DistillationTestOptions
{
    /// <summary>
    /// Number of fresh keys that score the same text. They check the theoretical null, or decide where there is none.
    /// <value>Default 1,000; 0 leaves them out.</value>
    /// </summary>
    public int RandomKeys { get; init; } = 1000;

    /// <summary>Seed of the random keys and of resampling, so that the finding repeats bit for bit. <value>Default 0.</value></summary>
    public ulong Seed { get; init; }

    /// <summary>The thresholds.</summary>
    public DecisionRule Rule { get; init; } = new();

    /// <summary>How many tests could have been reported, including this one.</summary>
    public TestCount Tests { get; init; } = TestCount.One;

    /// <summary>The probability for which power is stated. <value>Default 0.9, between 0 and 1.</value></summary>
    public double Power { get; init; } = 0.9;

    /// <summary>
    /// Whether the finding has the data of figures and the sensitivity of its numbers (<see cref="Finding.Details"/>).
    /// <value>Default false.</value>
    /// </summary>
    public bool Details { get; init; }

    /// <summary>Threads. The finding does not depend on it. <value>Default the number of processors.</value></summary>
    public int DegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>The version of the program, for the finding.</summary>
    public string ToolVersion { get; init; } = string.Empty;

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(RandomKeys, nameof(RandomKeys));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RandomKeys, 10_000_000, nameof(RandomKeys));
        if (!(Power is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Power), Power, "Power must lie strictly between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(DegreeOfParallelism, 1, nameof(DegreeOfParallelism));
        if ((Rule.Fault() ?? Tests.Fault()) is { } fault)
            throw new ArgumentException(fault);
    }
}
