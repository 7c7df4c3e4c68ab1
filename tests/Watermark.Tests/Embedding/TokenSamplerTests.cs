using FsCheck.Xunit;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;

namespace Watermark.Tests.Embedding;

public sealed class TokenSamplerTests
{
    private const int Draws = 40_000;

    public static TheoryData<SamplerOptions> Truncations { get; } =
    [
        new() { Seed = 1 },
        new() { Seed = 2, Temperature = 0.7 },
        new() { Seed = 3, TopK = 4 },
        new() { Seed = 4, TopP = 0.8 },
        new() { Seed = 5, TopK = 6, TopP = 0.9, Temperature = 1.3 },
    ];

    // At most 9 degrees of freedom: the bound 46 is passed with probability below 10^-6.
    [Theory]
    [MemberData(nameof(Truncations))]
    public void Plain_draws_have_the_softmax_distribution(SamplerOptions options)
    {
        float[] logits = Logits(10);
        AssertDistribution(options, session: null, logits, logits);
    }

    // As above; the mark applies to every draw because the session is taken back after each.
    [Theory]
    [MemberData(nameof(Truncations))]
    public void Green_list_draws_have_the_biased_softmax_distribution(SamplerOptions options)
    {
        float[] logits = Logits(10);
        using var key = WatermarkKey.Draw(new SeededRandomBits(3));
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = 1 }.WithKey(key);
        var session = new WatermarkSession(scheme);
        session.Prime([7]);
        float[] biased = [.. logits];
        session.Apply(biased);
        session.Rewind(0);
        Assert.Contains(true, biased.Zip(logits, (after, before) => after != before));
        AssertDistribution(options, session, logits, biased);
    }

    // As above, over random keys: the keyed draw does not change the distribution.
    [Theory]
    [MemberData(nameof(Truncations))]
    public void Gumbel_draws_over_random_keys_have_the_softmax_distribution(SamplerOptions options)
    {
        float[] logits = Logits(10);
        double[] expected = Expected(logits, options);
        var counts = new int[logits.Length];
        var sampler = new TokenSampler(options);
        var random = new SeededRandomBits(9);
        for (int i = 0; i < Draws / 4; i++)
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            using KeyedScheme scheme = new GumbelScheme { ContextWidth = 0 }.WithKey(key);
            counts[sampler.Sample(new WatermarkSession(scheme), logits)]++;
        }

        AssertClose(counts, expected);
    }

    [Property(MaxTest = 200)]
    public void Candidates_draw_as_the_vocabulary_does_where_all_others_are_excluded(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        WatermarkScheme parameters = random.NextBelow(2) == 0 ? new GreenListScheme { ContextWidth = 1 } : new GumbelScheme { ContextWidth = 1 };
        using KeyedScheme scheme = parameters.WithKey(key);
        var options = new SamplerOptions { Seed = seed, TopK = (int)random.NextBelow(6), Temperature = random.NextBelow(3) * 0.6 };

        // Top-p alone looks a uniform up by id in a vocabulary, and by descending logit in candidates.
        if (options.TopK > 0 && random.NextBelow(2) == 0)
            options = options with { TopP = 0.7 };
        (WatermarkSession denseSession, WatermarkSession sparseSession) = (new WatermarkSession(scheme), new WatermarkSession(scheme));
        (TokenSampler dense, TokenSampler sparse) = (new TokenSampler(options), new TokenSampler(options));
        for (int step = 0; step < 30; step++)
        {
            float[] logits = new float[400];
            Array.Fill(logits, float.NegativeInfinity);
            int[] ids = [.. Enumerable.Range(0, logits.Length).Where(_ => random.NextBelow(20) == 0).Append(399).Distinct()];
            foreach (int id in ids)
                logits[id] = (float)Math.Round(6 * random.NextDouble(), 1);

            int expected = dense.Sample(denseSession, logits);

            Assert.Equal(expected, sparse.Sample(sparseSession, ids, Array.ConvertAll(ids, id => logits[id])));
        }
    }

    [Fact]
    public void Candidates_without_a_logit_each_are_refused()
    {
        var sampler = new TokenSampler(new SamplerOptions { Seed = 1 });

        Assert.Throws<ArgumentException>(() => sampler.Sample(null, [1, 2], [0f]));
        Assert.Throws<ArgumentException>(() => sampler.Sample(null, [], []));
        Assert.Throws<ArgumentException>(() => sampler.Sample(null, [1, 2], [float.NegativeInfinity, float.NegativeInfinity]));
        Assert.Equal(2, sampler.Sample(null, [1, 2], [float.NegativeInfinity, 0f]));
    }

    [Property(MaxTest = 200)]
    public bool Biasing_only_what_can_reach_the_top_k_draws_the_same_tokens(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = (int)random.NextBelow(5), Delta = random.NextDouble() * 4 }.WithKey(key);
        using var dense = new DenseOnly(scheme);
        var options = new SamplerOptions { Seed = seed, TopK = 1 + (int)random.NextBelow(40), TopP = 0.5 + (random.NextDouble() / 2), Temperature = random.NextBelow(3) * 0.6 };
        var first = new WatermarkSession(scheme);
        var second = new WatermarkSession(dense);
        var firstSampler = new TokenSampler(options);
        var secondSampler = new TokenSampler(options);
        var logits = new float[1 + (int)random.NextBelow(3000)];
        for (int i = 0; i < 20; i++)
        {
            // Coarse logits tie often; some tokens are excluded.
            for (int v = 0; v < logits.Length; v++)
                logits[v] = random.NextBelow(10) == 0 ? float.NegativeInfinity : (int)random.NextBelow(100) / 8f;
            logits[0] = 1;
            if (firstSampler.Sample(first, logits) != secondSampler.Sample(second, logits))
                return false;
        }

        return first.Tokens.SequenceEqual(second.Tokens);
    }

    [Fact]
    public void Temperature_zero_takes_the_greatest_biased_logit_and_the_lower_id_of_equals()
    {
        var sampler = new TokenSampler(new SamplerOptions { Temperature = 0 });
        Assert.Equal(1, sampler.Sample(null, [0f, 3f, 3f, -1f]));
        Assert.Equal(0, sampler.Sample(null, [-0f, 0f]));
        using var key = WatermarkKey.Draw(new SeededRandomBits(3));
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = 0, Delta = 50 }.WithKey(key);
        var session = new WatermarkSession(scheme);
        for (int i = 0; i < 20; i++)
            Assert.Equal(1, scheme.Score([], sampler.Sample(session, Logits(200))));
        using KeyedScheme gumbel = new GumbelScheme { ContextWidth = 0 }.WithKey(key);
        Assert.Equal(1, sampler.Sample(new WatermarkSession(gumbel), [0f, 3f, 3f, -1f]));
    }

    [Fact]
    public void Excluded_tokens_are_never_drawn()
    {
        var sampler = new TokenSampler(new SamplerOptions { Seed = 1 });
        using var key = WatermarkKey.Draw(new SeededRandomBits(3));
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = 0 }.WithKey(key);
        float[] logits = [float.NegativeInfinity, 0, float.NegativeInfinity, -2000, 0];
        for (int i = 0; i < 2_000; i++)
            Assert.Contains(sampler.Sample(i % 2 == 0 ? null : new WatermarkSession(scheme), logits), new[] { 1, 4 });
    }

    [Fact]
    public void Reshaped_probabilities_are_drawn_from()
    {
        using var mark = new LowestId();
        var session = new WatermarkSession(mark, RepeatedContextPolicy.Mark);
        var sampler = new TokenSampler(new SamplerOptions { Seed = 1, TopK = 3 });
        for (int i = 0; i < 100; i++)
            Assert.Equal(1, sampler.Sample(session, [0f, 3f, 5f, 4f]));
    }

    [Theory]
    [InlineData(new float[0], "There are no logits")]
    [InlineData(new[] { 1f, float.NaN }, "token 1 is not a number")]
    [InlineData(new[] { float.PositiveInfinity, 0f }, "token 0 is positive infinity")]
    [InlineData(new[] { float.NegativeInfinity, float.NegativeInfinity }, "no token is left")]
    public void Useless_logits_are_refused_in_one_sentence(float[] logits, string message)
    {
        var sampler = new TokenSampler(new SamplerOptions());
        ArgumentException exception = Assert.Throws<ArgumentException>(() => sampler.Sample(null, logits));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        foreach (SamplerOptions options in new SamplerOptions[]
        {
            new() { Temperature = -1 }, new() { Temperature = double.NaN }, new() { Temperature = double.PositiveInfinity },
            new() { TopK = -1 }, new() { TopP = 0 }, new() { TopP = 1.01 }, new() { TopP = double.NaN },
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new TokenSampler(options));
        }
    }

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(50, 1.0)]
    [InlineData(0, 0.9)]
    public void No_token_allocates_after_the_first(int topK, double topP)
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(3));
        foreach (WatermarkScheme scheme in new WatermarkScheme[] { new GreenListScheme(), new GumbelScheme { ContextWidth = 4 } })
        {
            using KeyedScheme keyed = scheme.WithKey(key);
            var session = new WatermarkSession(keyed);
            var sampler = new TokenSampler(new SamplerOptions { Seed = 1, TopK = topK, TopP = topP });
            float[] logits = Logits(1_000);
            for (int i = 0; i < 100; i++)
                sampler.Sample(session, logits);
            session.Reset();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
                sampler.Sample(session, logits);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated == 0 || AesPaths.Best == AesPath.Platform, $"{allocated} bytes");
        }
    }

    [Fact]
    public void The_vector_exponential_has_the_bits_of_the_scalar_one()
    {
        var random = new SeededRandomBits(41);
        float[] logits = [.. Enumerable.Range(0, 300).Select(i => i % 17 == 0 ? float.MinValue : (float)(-900 * random.NextDouble() * random.NextDouble()))];
        var results = new double[300];
        foreach (double temperature in (double[])[1, 0.7, 1e-3, 1e-300])
        {
            for (int length = 0; length <= 257; length++)
            {
                int start = length % 8;
                PortableExp.OfDifferences(logits.AsSpan(start, length), 0.25, temperature, results);
                for (int i = 0; i < length; i++)
                    Assert.Equal(BitConverter.DoubleToInt64Bits(PortableExp.Of((logits[start + i] - 0.25) / temperature)), BitConverter.DoubleToInt64Bits(results[i]));
            }
        }
    }

    [Fact]
    public void The_portable_exponential_is_right_to_the_last_places()
    {
        var random = new SeededRandomBits(5);
        for (int i = 0; i < 20_000; i++)
        {
            double x = -random.NextDouble() * (i % 2 == 0 ? 1 : 700);
            double expected = Math.Exp(x);
            Assert.InRange(PortableExp.Of(x), expected * (1 - 1e-15), expected * (1 + 1e-15));
        }

        Assert.Equal(1, PortableExp.Of(0));
        Assert.Equal(0, PortableExp.Of(-701));
        Assert.Equal(0, PortableExp.Of(double.NegativeInfinity));
        Assert.Equal(0, PortableExp.Of(double.NaN));
    }

    private static void AssertDistribution(SamplerOptions options, WatermarkSession? session, float[] logits, float[] final)
    {
        var sampler = new TokenSampler(options);
        var counts = new int[logits.Length];
        for (int i = 0; i < Draws; i++)
        {
            counts[sampler.Sample(session, logits)]++;
            session?.Rewind(1);
        }

        AssertClose(counts, Expected(final, options));
    }

    private static void AssertClose(int[] counts, double[] expected)
    {
        int[] possible = [.. Enumerable.Range(0, counts.Length).Where(v => expected[v] > 0)];
        Assert.Equal(counts.Sum(), possible.Sum(v => counts[v]));
        Assert.InRange(ChiSquare.Of([.. possible.Select(v => counts[v])], [.. possible.Select(v => expected[v])]), 0, 46);
    }

    /// <summary>Temperature, top-k, top-p by sorting.</summary>
    private static double[] Expected(float[] logits, SamplerOptions options)
    {
        int[] order = [.. Enumerable.Range(0, logits.Length).OrderByDescending(v => logits[v]).ThenBy(v => v)];
        if (options.TopK > 0)
            order = order[..options.TopK];
        double[] weights = [.. order.Select(v => Math.Exp(logits[v] / options.Temperature))];
        double mass = options.TopP * weights.Sum();
        int kept = 0;
        for (double sum = 0; kept < order.Length && sum < mass; kept++)
            sum += weights[kept];
        var result = new double[logits.Length];
        for (int i = 0; i < kept; i++)
            result[order[i]] = weights[i] / weights[..kept].Sum();
        return result;
    }

    private static float[] Logits(int count)
    {
        var random = new SeededRandomBits(8);
        var logits = new float[count];
        for (int v = 0; v < count; v++)
            logits[v] = (float)(3 * random.NextDouble());
        return logits;
    }
}
