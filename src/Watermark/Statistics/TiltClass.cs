namespace Watermark.Statistics;

/// <summary>Rows that share a positive whole weight and the probability of a one.</summary>
internal readonly record struct TiltClass(int Weight, long Count, SuccessProbability P)
{
    /// <summary>The rows with ones and zeros exchanged.</summary>
    public TiltClass Complement() => this with { P = P.Complement() };
}
