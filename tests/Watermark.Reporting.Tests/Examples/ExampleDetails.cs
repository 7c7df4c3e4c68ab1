using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Reporting.Tests.Examples;

/// <summary>The data of a finding's figures, of the size and shape that a test gives.</summary>
internal static class ExampleDetails
{
    private const int Points = 200;
    private const int Bins = 50;
    private const int TokensPerReply = 120;
    private static readonly BinomialNull Null = new(ExampleFindings.Gamma);

    public static FindingDetails Of(long scored, long green, double logThreshold) => new()
    {
        Progress = [.. Enumerable.Range(1, Points).Select(i => Point(scored, green, i))],
        Documents = Documents(scored, green),
        PowerCurve = [.. Enumerable.Range(1, 40).Select(i => Power(i * 0.001, scored, logThreshold))],
        Sensitivity =
        [
            Row("first-half", "Only the first half of the replies, in the order of their hashes.", scored / 2, green / 2 + 6),
            Row("second-half", "Only the second half.", scored / 2, green / 2 - 6),
            Row("strongest-dropped", "Without the reply that speaks most for H1.", scored - TokensPerReply, green - 47),
            Row("weakest-dropped", "Without the reply that speaks most against H1.", scored - TokensPerReply, green - 19),
            Row("occurrences", "Repetitions counted each time: they share a coin, so no distribution is known.", scored * 6 / 5, green * 6 / 5 + 40) with { IsValidTest = false, LogP = double.NaN, LogE = double.NaN },
        ],
        Missing = [new("weights", "The rows have no weights.")],
    };

    /// <summary>The green count so far wanders around its line, as counts do; the last point is the whole.</summary>
    private static ProgressPoint Point(long scored, long green, int i)
    {
        long rows = scored * i / Points;
        double wander = Math.Sqrt(rows * 0.1875) * 0.5 * Math.Sin(i / 9.0) * (Points - i) / Points;
        long ones = (long)Math.Round(((double)green * i / Points) + wander);
        return new ProgressPoint(rows / TokensPerReply, rows, Null.LogE(rows, ones));
    }

    private static DocumentHistogram Documents(long scored, long green)
    {
        long documents = scored / TokensPerReply;
        double[] expected = Bell(0.25, documents);
        int[] counts = [.. Bell((double)green / scored, documents).Select((count, i) => (int)Math.Round(count * (1 + (0.2 * Math.Sin(i * 2.3)))))];
        return new DocumentHistogram(counts, expected, [.. expected.Select(count => Math.Max(0, count - (1.96 * Math.Sqrt(count))))], [.. expected.Select(count => count + (1.96 * Math.Sqrt(count)))]);
    }

    private static double[] Bell(double mean, long documents)
    {
        double deviation = Math.Sqrt(0.1875 / TokensPerReply);
        return [.. Enumerable.Range(0, Bins).Select(i => documents / (Bins * deviation) * 0.39894 * Math.Exp(-Math.Pow((((i + 0.5) / Bins) - mean) / deviation, 2) / 2))];
    }

    private static PowerPoint Power(double effect, long scored, double logThreshold)
    {
        double z = (effect * Math.Sqrt(scored / 0.1875)) - Math.Sqrt(2 * logThreshold);
        return new PowerPoint(effect, (long)(0.1875 * Math.Pow((Math.Sqrt(2 * logThreshold) + 1.28) / effect, 2)), 1 / (1 + Math.Exp(-1.7 * z)));
    }

    private static SensitivityRow Row(string name, string change, long scored, long green)
    {
        ScoreTest test = Null.Test(scored, green);
        return new SensitivityRow
        {
            Name = name, Change = change, IsValidTest = true, Scored = scored, Effect = (double)green / scored, LogP = test.LogP, LogE = test.LogE, LogEAgainstInterest = Null.LogEAgainstEffect(scored, green, 0.02),
        };
    }
}
