using Watermark.Randomness;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Tests.Statistics;

public sealed class WeightQuantizationTests
{
    [Theory]
    [InlineData(100, 1)]
    [InlineData(2835, 1)]
    [InlineData(20_000, 1)]
    [InlineData(20_000, 20)]
    public void Boilerplate_a_thousand_times_the_size_leaves_the_other_rows_their_say(int rows, int boilerplate)
    {
        double[] numbers = Numbers(rows, out double[] plain);
        for (int i = 0; i < boilerplate; i++)
            numbers[i] = 1000;
        double without = EffectiveRows(WeightQuantization.Quantize(plain, 127, out _));
        double with = EffectiveRows(WeightQuantization.Quantize(numbers, 127, out double clip));
        Assert.InRange(with / without, 0.95, 1.05);
        Assert.InRange(clip, 0.5, 6);

        // Scaled to the largest, all the others round to 0.
        Assert.InRange(EffectiveRows(WeightQuantization.Quantize(numbers, 127, out double largest, 1)), 0, boilerplate);
        Assert.Equal(1000, largest);
    }

    [Fact]
    public void A_signal_that_boilerplate_buried_is_found_again()
    {
        // 20,000 rows whose green probability is 1/4 + 0.08·number, twenty of them a thousand times too large and telling
        // nothing. Within the key's chance (sd 1) z is 19 with clipping, and within 3 of 0 scaled to the largest.
        const int Rows = 20_000;
        double[] numbers = Numbers(Rows, out double[] plain);
        var random = new SeededRandomBits(42);
        bool[] green = [.. plain.Select((number, i) => random.NextDouble() < (i < 20 ? 0.25 : Math.Clamp(0.25 + (0.08 * number), 0, 1)))];
        for (int i = 0; i < 20; i++)
            numbers[i] = i % 2 == 0 ? 1000 : -1000;
        double clipped = Z(WeightQuantization.Quantize(numbers, 127, out _), green);
        Assert.Equal(Z(WeightQuantization.Quantize(plain, 127, out _), green), clipped, 1.0);
        Assert.InRange(clipped, 15, 24);
        Assert.InRange(Z(WeightQuantization.Quantize(numbers, 127, out _, 1), green), -3, 3);
    }

    [Fact]
    public void Weights_are_the_nearest_whole_numbers()
    {
        Assert.Equal([10, -5, 0, 0, 3], WeightQuantization.Quantize([2.0, -1.0, 0, 0.04, 0.5], 10, out double clip, 1));
        Assert.Equal(2, clip);
        // Five sizes above 0, rank ⌊0.5·4⌋ = 2: those of 3 and more become the largest weight.
        Assert.Equal([4, -4, 4, 3, 1], WeightQuantization.Quantize([90.0, -30, 3, 2, 1], 4, out clip, 0.5));
        Assert.Equal(3, clip);
        Assert.Equal([0, 0], WeightQuantization.Quantize([0.0, 0.0], 127, out clip));
        Assert.Equal(0, clip);
        Assert.Empty(WeightQuantization.Quantize([], 127, out _));
        Assert.Equal([-127], WeightQuantization.Quantize([-1e-300], 127, out _));
    }

    [Fact]
    public void A_few_rows_of_great_weight_keep_it_up_to_their_share_of_the_variance()
    {
        // 100,000 rows of 0.01, 100 of 1: the quantile would cut at 0.01. Each of the hundred has 1/110 of Σx² = 110 uncut, more than
        // 1/500; c² = (10/500)/(1 − 100/500) = 0.025.
        double[] numbers = [.. Enumerable.Repeat(0.01, 100_000), .. Enumerable.Repeat(1.0, 100)];
        sbyte[] weights = WeightQuantization.Quantize(numbers, 127, out double clip);
        double squares = weights.Sum(weight => (double)weight * weight);

        Assert.Equal(Math.Sqrt(0.025), clip, 12);
        Assert.Equal(WeightQuantization.LargestShare, 127 * 127 / squares, 0.0002);

        // Six hundred such rows have 1/600 each: nothing is cut off.
        WeightQuantization.Quantize([.. Enumerable.Repeat(0.01, 1000), .. Enumerable.Repeat(1.0, 600)], 127, out clip);
        Assert.Equal(1, clip);
    }

    [Fact]
    public void Impossible_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WeightQuantization.Quantize([double.NaN], 1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightQuantization.Quantize([1], 0, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightQuantization.Quantize([1], 128, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightQuantization.Quantize([1], 1, out _, 0));
    }

    private static double[] Numbers(int rows, out double[] plain)
    {
        var random = new SeededRandomBits(41);
        plain = [.. Enumerable.Range(0, rows).Select(_ => (2 * random.NextDouble()) - 0.5)];
        return [.. plain];
    }

    private static double EffectiveRows(sbyte[] weights) =>
        Math.Pow(weights.Sum(weight => (double)Math.Abs((int)weight)), 2) / weights.Sum(weight => (double)weight * weight);

    private static double Z(sbyte[] weights, bool[] green)
    {
        TotalNull coins = TotalNull.Weighted(Fraction.Quarter, weights.Select(weight => new WeightClass(weight, 1)));
        return coins.Standardise(weights.Select((weight, i) => green[i] ? weight : 0L).Sum());
    }
}
