namespace Watermark.Forensics.Findings;

/// <summary>What a finding says. It follows from the finding's numbers and diagnostics and cannot be set.</summary>
public enum Outcome
{
    /// <summary>
    /// The findings do not distinguish the two propositions: too little text, a ratio below the threshold, a null that is
    /// only approximate, or a blocking diagnostic.
    /// </summary>
    Inconclusive,

    /// <summary>No support for H1, and an e-value against every effect as large as the one of interest.</summary>
    NoSupport,

    /// <summary>The findings support H1 over H0; the verbal scale says how strongly.</summary>
    Support,
}
