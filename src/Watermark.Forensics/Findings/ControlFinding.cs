namespace Watermark.Forensics.Findings;

/// <summary>
/// The same test of text known to be independent of the key, under a null of the same kind as the suspect's. A control that
/// could not have shown an effect like the suspect's does not count. Its power is stated for the support threshold, not
/// multiplied by the number of tests, since a control is never selected for its result.
/// </summary>
public sealed record ControlFinding : Measurement
{
    private static readonly double LogAlarm = Math.Log(1e-3);

    /// <summary>
    /// Whether the control shows the signal: p at most 1/1,000, or above all random keys where they decide (fewer than
    /// 999 of them cannot give such a p-value).
    /// </summary>
    public bool ShowsSignal => LogP <= LogAlarm || (NullName == RandomKeysNull && Panel is { Rank: 1 });

    /// <summary>Whether the control had enough text to show an effect.</summary>
    /// <param name="effect">The effect, an excess over H0.</param>
    public bool CouldShow(double effect) => Counts.Scored > 0 && !IsBlocked && Power.SmallestEffect <= effect;

    /// <summary>Whether the control and another measurement share an input.</summary>
    /// <param name="other">The other measurement.</param>
    public bool SharesInput(Measurement other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Inputs.Any(mine => mine.Sha256.Length > 0 && other.Inputs.Any(theirs => theirs.Sha256 == mine.Sha256));
    }
}
