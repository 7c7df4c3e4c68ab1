using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes.Native;

/// <summary>
/// The p-values of text that no key has touched, over 20,000 keys. The text repeats phrases heavily; its distinct
/// n-grams are scored. Rejections at 1% have standard deviation 0.07 points, at 0.1% 0.022 points: the bounds are passed
/// with probability below 10^-7 and 2·10^-4 where the p-values are uniform; seeds are fixed.
/// </summary>
public sealed class CalibrationTests
{
    private const int Keys = 20_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Green_list_rejections_have_their_nominal_rate(int width)
    {
        var known = new Dictionary<Int128, double>();
        double[] logP = LogPValues(new GreenListScheme { ContextWidth = width }, known);
        AssertRates(logP);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Gumbel_p_values_are_uniform(int width)
    {
        double[] logP = LogPValues(new GumbelScheme { ContextWidth = width }, known: null);
        AssertRates(logP);

        // Kolmogorov and Smirnov: √n·D above 2.5 has probability 7·10^-6.
        double[] sorted = [.. logP.Select(Math.Exp).Order()];
        double distance = 0;
        for (int i = 0; i < sorted.Length; i++)
            distance = Math.Max(distance, Math.Max(((i + 1.0) / sorted.Length) - sorted[i], sorted[i] - ((double)i / sorted.Length)));
        Assert.InRange(Math.Sqrt(sorted.Length) * distance, 0, 2.5);
    }

    private static void AssertRates(double[] logP)
    {
        Assert.InRange(logP.Count(value => value <= Math.Log(0.01)) / (double)Keys, 0.006, 0.014);
        Assert.InRange(logP.Count(value => value <= Math.Log(0.001)) / (double)Keys, 0.0003, 0.002);
    }

    private static double[] LogPValues(WatermarkScheme scheme, Dictionary<Int128, double>? known)
    {
        (int[] data, int count) = DistinctRows(scheme.ContextWidth);
        var random = new SeededRandomBits(2026, (ulong)scheme.ContextWidth);
        var result = new double[Keys];
        for (int i = 0; i < Keys; i++)
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            using KeyedScheme keyed = scheme.WithKey(key);
            Int128 total = keyed.SumScores(new NGramRows(data, count, scheme.ContextWidth, count));
            if (known is null || !known.TryGetValue(total, out result[i]))
            {
                result[i] = scheme.Null.Test(count, total).LogP;
                known?.Add(total, result[i]);
            }
        }

        return result;
    }

    /// <summary>About 2,000 distinct rows of a text of 12,000 tokens in which two of three phrases were said before.</summary>
    private static (int[] Data, int Count) DistinctRows(int width)
    {
        var random = new SeededRandomBits(12);
        var text = new List<int>();
        while (text.Count < 12_000)
        {
            if (text.Count > 200 && random.NextBelow(6) != 0)
            {
                text.AddRange(text.GetRange((int)random.NextBelow((ulong)text.Count - 30), 5 + (int)random.NextBelow(25)));
                continue;
            }

            for (int i = 0; i < 12; i++)
                text.Add((int)(50_000 * random.NextDouble() * random.NextDouble() * random.NextDouble()));
        }

        var seen = new HashSet<string>();
        List<int[]> rows = [];
        for (int i = width; i < text.Count; i++)
        {
            int[] row = [.. text.GetRange(i - width, width + 1)];
            if (seen.Add(string.Join(' ', row)))
                rows.Add(row);
        }

        Assert.InRange(rows.Count, 1_000, 6_000);
        var data = new int[(width + 1) * rows.Count];
        for (int column = 0; column <= width; column++)
        {
            for (int i = 0; i < rows.Count; i++)
                data[(column * rows.Count) + i] = rows[i][column];
        }

        return (data, rows.Count);
    }
}
