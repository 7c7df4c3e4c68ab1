namespace Watermark.Forensics.Distillation;

/// <summary>How a distillation test is run. Fix it before looking at the suspect: the choices belong to the plan.</summary>
public sealed record DistillationTestOptions
{
    /// <summary>Fresh keys that score the same text as a calibration panel. <value>Default 1,000; 0 leaves the panel out.</value></summary>
    public int RandomKeys { get; init; } = 1000;

    /// <summary>Seed of the panel's keys, so that the verdict repeats bit for bit. <value>Default 0.</value></summary>
    public ulong RandomKeySeed { get; init; }

    /// <summary>The p-value at which power is stated. <value>Default 1e-6, strictly between 0 and 1.</value></summary>
    public double Alpha { get; init; } = 1e-6;

    /// <summary>The power at which the smallest detectable effect is stated. <value>Default 0.9, between 0 and 1.</value></summary>
    public double Power { get; init; } = 0.9;

    /// <summary>
    /// The effect that a negative verdict must have been able to see, in null standard deviations of one token's
    /// score; below it the verdict is "inconclusive". <value>Default 0.05: at gamma 1/4 a green fraction of 0.2717.</value>
    /// </summary>
    public double EffectOfInterest { get; init; } = 0.05;

    /// <summary>
    /// The likelihood ratio from which the outcome is "support". By Ville's inequality at most one unrelated suspect in
    /// this many reaches it, however often one looks. <value>Default 1,000.</value>
    /// </summary>
    public double SupportThreshold { get; init; } = 1000;

    /// <summary>Threads. The verdict does not depend on it. <value>Default the number of processors.</value></summary>
    public int DegreeOfParallelism { get; init; } = Environment.ProcessorCount;

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is; the message names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(RandomKeys, nameof(RandomKeys));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RandomKeys, 10_000_000, nameof(RandomKeys));
        ThrowUnlessBetween(Alpha, 0, 1, nameof(Alpha));
        ThrowUnlessBetween(Power, 0, 1, nameof(Power));
        ThrowUnlessBetween(EffectOfInterest, 0, 10, nameof(EffectOfInterest));
        ThrowUnlessBetween(SupportThreshold, 1, double.MaxValue, nameof(SupportThreshold));
        ArgumentOutOfRangeException.ThrowIfLessThan(DegreeOfParallelism, 1, nameof(DegreeOfParallelism));
    }

    private static void ThrowUnlessBetween(double value, double low, double high, string name)
    {
        if (!(value > low && value < high))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie strictly between {low} and {high}.");
    }
}
