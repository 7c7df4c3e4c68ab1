using System.Globalization;

namespace Distillation.Experiment;

/// <summary>One mark of a figure.</summary>
/// <param name="Case">The place on the horizontal axis.</param>
/// <param name="Series">The kind of mark.</param>
/// <param name="Height">The place on the vertical axis, 0 (bottom) … 1.</param>
/// <param name="Title">What a pointer that rests on it is told.</param>
internal sealed record FigurePoint(string Case, string Series, double Height, string Title);

/// <summary>What a figure shows: points, and lines across with a text.</summary>
internal sealed record Figure(string Title, IReadOnlyList<FigurePoint> Points, IReadOnlyList<(double Height, string Text)> Lines)
{
    private static readonly double[] Exponents = [0, 1, 3, 6, 15, 40, 100, 300, 1000];

    /// <summary>
    /// P-values. The scale is the logarithm of −log₁₀ p, stretched so that p = 1 lies at the bottom: 1e-3 and 1e-300 fit
    /// one page.
    /// </summary>
    public static Figure OfPValues(IReadOnlyList<Measurement> measurements)
    {
        double largest = Math.Max(15, measurements.Max(MinusLog10));
        double Height(double exponent) => Math.Log(1 + exponent) / Math.Log(1 + largest);
        return new Figure(
            "p-values of students under the owner's key",
            [.. measurements.Select(item => new FigurePoint(item.CaseName, item.Series, Height(MinusLog10(item)), FormattableString.Invariant($"{item.Series}: ln p = {item.LogP:F1}")))],
            [.. Exponents.Where(exponent => exponent <= largest).Select(exponent => (Height(exponent), exponent == 0 ? "p = 1" : FormattableString.Invariant($"1e-{exponent}")))]);
    }

    /// <summary>Tokens until p = 1e-6, on a logarithmic scale; at the top those for which the tokens at hand were not enough.</summary>
    public static Figure OfTokens(IReadOnlyList<Measurement> measurements)
    {
        const double Least = 100;
        const double Most = 500_000;
        static double Height(double tokens) => Math.Clamp(Math.Log(tokens / Least) / Math.Log(Most / Least), 0, 1);
        double[] marks = [100, 300, 1000, 3000, 10_000, 30_000, 100_000];
        return new Figure(
            "Tokens until p = 1e-6",
            [.. measurements.Where(item => !item.Case.IsControl).Select(item => new FigurePoint(item.CaseName, item.Series, item.TokensNeeded is { } tokens ? Height(tokens) : 1, FormattableString.Invariant($"{item.Series}, seed {item.Seed}: {item.TokensNeeded:N0}")))],
            [.. marks.Select(tokens => (Height(tokens), tokens.ToString("N0", CultureInfo.InvariantCulture))), (1, "not enough")]);
    }

    private static double MinusLog10(Measurement item) => Math.Max(0, -item.LogP / Math.Log(10));
}
