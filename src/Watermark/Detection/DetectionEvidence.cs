namespace Watermark.Detection;

/// <summary>What scoring leaves of a text: integers that add up, in any order and on any machine, to the same sum.</summary>
/// <param name="Tokens">Token ids read.</param>
/// <param name="Scored">Rows scored.</param>
/// <param name="Total">Sum of their scores, in units of the scheme's null.</param>
/// <remarks>
/// Adding is associative and commutative with <c>default</c> as identity, but only for evidence of one scheme, key and
/// selection, and only where no row is in both parts: repetitions are removed before scoring, not after.
/// </remarks>
public readonly record struct DetectionEvidence(long Tokens, long Scored, Int128 Total)
{
    /// <summary>The evidence of two texts together.</summary>
    /// <param name="left">Evidence.</param>
    /// <param name="right">Evidence of the same scheme, key and selection.</param>
    public static DetectionEvidence operator +(DetectionEvidence left, DetectionEvidence right) => Add(left, right);

    /// <summary>The evidence of two texts together.</summary>
    /// <param name="left">Evidence.</param>
    /// <param name="right">Evidence of the same scheme, key and selection.</param>
    public static DetectionEvidence Add(DetectionEvidence left, DetectionEvidence right) =>
        new(left.Tokens + right.Tokens, left.Scored + right.Scored, left.Total + right.Total);
}
