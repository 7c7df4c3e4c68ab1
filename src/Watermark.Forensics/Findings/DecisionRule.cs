namespace Watermark.Forensics.Findings;

/// <summary>The thresholds that turn numbers into an outcome. They belong to the plan.</summary>
public sealed record DecisionRule
{
    /// <summary>
    /// The outcome is support from this e-value on, after division by the number of tests. <value>Default 1,000, at least
    /// 10: what the verbal scale calls "weak" is never support.</value>
    /// </summary>
    public double SupportThreshold { get; init; } = 1000;

    /// <summary>
    /// The outcome is no support from this e-value on against "the effect is at least <see cref="EffectOfInterest"/>". Of
    /// the suspects with such an effect, at most one in this number is acquitted. <value>Default 20, at least 2.</value>
    /// </summary>
    public double AcquittalThreshold { get; init; } = 20;

    /// <summary>
    /// The smallest effect that matters, in null standard deviations of one row's score. <value>Default 0.02, above 0 and at
    /// most 10: at gamma 1/4 a green fraction of 0.2587, that of a student trained on text of which 5 % was marked.</value>
    /// </summary>
    public double EffectOfInterest { get; init; } = 0.02;

    /// <summary>A sentence on what is wrong with the values, which names the field and what was expected, or null.</summary>
    public string? Fault()
    {
        if (!(SupportThreshold is >= 10 and <= 1e300))
            return Words.Fault("supportThreshold", SupportThreshold, "a number from 10 to 1e300");
        if (!(AcquittalThreshold is >= 2 and <= 1e300))
            return Words.Fault("acquittalThreshold", AcquittalThreshold, "a number from 2 to 1e300");
        return EffectOfInterest is > 0 and <= 10 ? null : Words.Fault("effectOfInterest", EffectOfInterest, "a number above 0 and at most 10");
    }
}
