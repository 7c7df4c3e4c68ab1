using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Statistics;

namespace Watermark.Tests.Embedding;

public sealed class MarkCostTests
{
    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.1, 1)]
    [InlineData(0.9, 4)]
    public void Two_tokens_cost_what_the_closed_form_says(double green, double delta)
    {
        var cost = new MarkCost();
        float[] plain = [(float)Math.Log(green / (1 - green)), 0];
        cost.Add(plain, [plain[0] + (float)delta, 0]);

        double p = 1 / (1 + Math.Exp(-plain[0]));
        double z = 1 + ((Math.Exp(delta) - 1) * p);
        double q = Math.Exp(delta) * p / z;
        Assert.Equal(q, cost.GreenShare, 1e-6);
        Assert.Equal((delta * q) - Math.Log(z), cost.Divergence, 1e-6);
        Assert.Equal((q - p) * Math.Log((1 - p) / p), cost.SurprisalIncrease, 1e-6);
        Assert.Equal(-(p * Math.Log(p)) - ((1 - p) * Math.Log(1 - p)), cost.Entropy, 1e-6);
    }

    [Fact]
    public void A_uniform_vocabulary_loses_no_probability_under_the_plain_model()
    {
        var cost = new MarkCost();
        var marked = new float[100];
        marked.AsSpan(0, 25).Fill(2);
        cost.Add(new float[100], marked);

        double z = 1 + ((Math.Exp(2) - 1) / 4);
        Assert.Equal((2 * Math.Exp(2) / 4 / z) - Math.Log(z), cost.Divergence, 1e-6);
        Assert.Equal(1, cost.PerplexityRatio, 1e-6);
        Assert.Equal(Math.Log(100), cost.Entropy, 1e-6);
    }

    [Fact]
    public void Tokens_that_cannot_come_count_nowhere_and_impossible_marks_are_refused()
    {
        var cost = new MarkCost();
        cost.Add([0, float.NegativeInfinity, 0], [1, float.NegativeInfinity, 0]);
        var other = new MarkCost();
        other.Add([0, 0], [1, 0]);

        Assert.Equal(other.Divergence, cost.Divergence, 1e-12);
        Assert.Throws<ArgumentException>(() => cost.Add([0, float.NegativeInfinity], [0, 0]));
        Assert.Throws<ArgumentException>(() => cost.Add([0, float.NaN], [0, 0]));
        Assert.Throws<ArgumentException>(() => cost.Add([float.NegativeInfinity], [0]));
        Assert.Throws<ArgumentException>(() => cost.Add([0, 0], [0]));
        cost.Add(other);
        Assert.Equal(2, cost.Tokens);
        Assert.Equal(other.GreenShare, cost.GreenShare, 1e-12);
    }

    [Theory]
    [InlineData(1, 4, 2)]
    [InlineData(1, 2, 5)]
    [InlineData(1, 8, 0.5)]
    public void A_forecast_is_the_average_over_all_lists(int numerator, int denominator, double delta)
    {
        double[] row = [0.5, 0.25, 0.15, 0.07, 0.03];
        var gamma = new Fraction(numerator, denominator);
        MarkForecast forecast = MarkForecast.GreenList(gamma, delta);
        forecast.Add(row);

        double g = gamma.ToDouble(), divergence = 0, share = 0;
        var mean = new double[row.Length];
        for (int list = 0; list < 32; list++)
        {
            double weight = 1, green = 0;
            for (int i = 0; i < row.Length; i++)
            {
                bool isGreen = (list >> i & 1) == 1;
                weight *= isGreen ? g : 1 - g;
                green += isGreen ? row[i] : 0;
            }

            double z = 1 + ((Math.Exp(delta) - 1) * green);
            double q = Math.Exp(delta) * green / z;
            share += weight * q;
            divergence += weight * ((delta * q) - Math.Log(z));
            for (int i = 0; i < row.Length; i++)
                mean[i] += weight * row[i] * ((list >> i & 1) == 1 ? Math.Exp(delta) : 1) / z;
        }

        Assert.Equal(share, forecast.Score, 1e-7);
        Assert.Equal(divergence, forecast.Divergence, 1e-7);
        Assert.Equal(Math.Exp(row.Select((p, i) => (p - mean[i]) * Math.Log(p)).Sum()), forecast.PerplexityRatio, 1e-7);
        Assert.Equal(divergence - row.Select((p, i) => mean[i] * Math.Log(mean[i] / p)).Sum(), forecast.Information, 1e-7);
    }

    [Fact]
    public void A_forecast_agrees_with_the_cost_measured_under_the_real_scheme()
    {
        // 4,000 contexts under one key. The bounds are 5 standard errors of a mean of numbers between 0 and 2 with spread
        // below 0.3: 5·0.3/√4000 < 0.024. Chance alone breaks one in 1.7 million.
        double[] row = [.. Enumerable.Range(1, 50).Select(i => 1.0 / i)];
        double sum = row.Sum();
        row = [.. row.Select(p => p / sum)];
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(5));
        using KeyedScheme scheme = new GreenListScheme().WithKey(key);
        var session = new WatermarkSession(scheme);
        var cost = new MarkCost();
        float[] plain = [.. row.Select(p => (float)Math.Log(p))];
        var marked = new float[plain.Length];
        session.Prime([0, 1]);
        for (int i = 0; i < 4000; i++)
        {
            plain.CopyTo(marked, 0);
            session.Apply(marked);
            cost.Add(plain, marked);
            session.Accept(i + 2);
        }

        MarkForecast forecast = MarkForecast.GreenList(Fraction.Quarter, 2);
        forecast.Add(row);
        Assert.Equal(forecast.Score, cost.GreenShare, 0.024);
        Assert.Equal(forecast.Divergence, cost.Divergence, 0.024);
        Assert.Equal(forecast.Entropy, cost.Entropy, 1e-5);
    }

    [Fact]
    public void What_a_row_leaves_out_is_spread_evenly()
    {
        MarkForecast given = MarkForecast.GreenList(Fraction.Quarter, 2);
        given.Add([.. Enumerable.Repeat(0.01, 100)]);
        MarkForecast missing = MarkForecast.GreenList(Fraction.Quarter, 2);
        missing.Add([.. Enumerable.Repeat(0.01, 40)]);

        Assert.Equal(given.Divergence, missing.Divergence, 1e-9);
        Assert.Equal(given.Entropy, missing.Entropy, 1e-9);
        Assert.Equal(given.Score, missing.Score, 1e-9);
    }

    [Fact]
    public void A_race_scores_the_harmonic_number_and_tells_the_entropy()
    {
        MarkForecast gumbel = MarkForecast.Gumbel();
        gumbel.Add([0.5, 0.25, 0.25]);

        Assert.Equal((0.5 * 1.5) + (0.5 * (1 + (1 / 2.0) + (1 / 3.0) + (1 / 4.0))), gumbel.Score, 1e-9);
        Assert.Equal(gumbel.Entropy, gumbel.Information, 1e-12);
        Assert.Equal((0.0, 1.0), (gumbel.Divergence, gumbel.PerplexityRatio));
    }

    [Fact]
    public void One_layer_of_a_tournament_scores_what_the_collision_probability_says()
    {
        // 8,000 plays of S(1 − S), which lies between 0 and 1/4: five standard errors are below 5·0.125/√8000 = 0.007.
        MarkForecast one = MarkForecast.Tournament(1);
        for (int i = 0; i < 1000; i++)
            one.Add([0.5, 0.3, 0.2]);

        Assert.Equal(0.655, one.Score, 0.007);
    }

    [Fact]
    public void Half_of_marked_texts_of_the_forecast_length_reach_the_level()
    {
        // 400 texts; the count lies within 5 standard deviations (50) of a half but for one run in 1.7 million, and the
        // number of tokens is whole and the counts are coarse: a margin of 40 more.
        double[] row = [0.4, 0.3, 0.2, 0.1];
        MarkForecast forecast = MarkForecast.GreenList(Fraction.Quarter, 2);
        forecast.Add(row);
        long tokens = forecast.TokensNeeded(1, Math.Log(1e-6), 0.5)!.Value;
        var random = new SeededRandomBits(11);
        int reached = 0;
        for (int text = 0; text < 400; text++)
        {
            long green = 0;
            for (long i = 0; i < tokens; i++)
            {
                double plain = row.Sum(p => random.NextBelow(4) == 0 ? p : 0);
                double boosted = Math.Exp(2) * plain;
                green += random.NextDouble() * (boosted + 1 - plain) < boosted ? 1 : 0;
            }

            reached += BinomialTail.LogUpperTail(tokens, green, Fraction.Quarter) <= Math.Log(1e-6) ? 1 : 0;
        }

        Assert.InRange(reached, 110, 290);
        Assert.True(forecast.TokensNeeded(0.1, Math.Log(1e-6), 0.5) > 50 * tokens);
    }

    [Fact]
    public void Arguments_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => MarkForecast.GreenList(Fraction.Quarter, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => MarkForecast.Tournament(0));
        MarkForecast forecast = MarkForecast.Gumbel();
        Assert.Throws<ArgumentException>(() => forecast.Add([0.7, 0.7]));
        Assert.Throws<ArgumentException>(() => forecast.Add([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => forecast.TokensNeeded(0, -1, 0.5));
        Assert.Null(forecast.TokensNeeded(1, -1, 0.5));
    }
}
