namespace Watermark.Forensics.Distillation;

/// <summary>What a distillation test found.</summary>
public enum VerdictOutcome
{
    /// <summary>
    /// The text cannot answer: too little of it to have seen the effect of interest, or a control that shows the
    /// signal too.
    /// </summary>
    Inconclusive,

    /// <summary>No support for a dependence on the key, though the effect of interest would have been seen.</summary>
    NoSupport,

    /// <summary>The findings support a dependence on the key; the verbal scale says how strongly.</summary>
    Support,
}
