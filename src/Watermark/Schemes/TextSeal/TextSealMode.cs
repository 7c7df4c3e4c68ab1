namespace Watermark.Schemes.TextSeal;

/// <summary>What TextSeal's uniform decides.</summary>
public enum TextSealMode
{
    /// <summary>A green list: the token is green iff u &lt; gamma ("binary" in the release).</summary>
    GreenList,

    /// <summary>Gumbel-max sampling: the score is −ln(1 − u) ("uniform" in the release).</summary>
    Gumbel,
}
