namespace Watermark.Tests;

/// <summary>Pearson's statistic.</summary>
internal static class ChiSquare
{
    /// <summary>The sum of (observed − expected)²/expected.</summary>
    public static double Of(int[] counts, double[] probabilities)
    {
        double total = counts.Sum();
        return counts.Zip(probabilities, (count, p) => (count - (total * p)) * (count - (total * p)) / (total * p)).Sum();
    }
}
