namespace Watermark.Forensics.Findings;

/// <summary>
/// The e-value of a p-value, for tests that have no e-value of their own: e = ½·p^(−½). Its expectation under H0 is at most 1.
/// </summary>
/// <remarks>Vovk and Wang, "E-values: calibration, combination and applications", Annals of Statistics 2021 (arXiv:1912.06116), section 2, with κ = ½.</remarks>
internal static class CalibratedE
{
    /// <summary>The name of the prior in findings.</summary>
    public const string Prior = "p-to-e 1";

    /// <summary>ln e = −ln 2 − ½·ln p; NaN for NaN.</summary>
    /// <param name="logP">ln p, at most 0.</param>
    public static double Of(double logP) => -Math.Log(2) - (0.5 * logP);

    /// <summary>The largest ln p that gives an e-value.</summary>
    /// <param name="logE">ln of the e-value.</param>
    public static double LogPOf(double logE) => -2 * (logE + Math.Log(2));
}
