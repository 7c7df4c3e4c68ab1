using Watermark.Randomness;
using Watermark.Schemes.Vllm;

namespace Watermark.Tests.Schemes.Vllm;

public sealed class VllmScoresTests
{
    private const double Units = 1L << 32;

    [Fact]
    public void The_score_is_the_published_one_above_one_half_and_just_below_it_under_one_half()
    {
        var random = new SeededRandomBits(31);
        for (int i = 0; i < 200_000; i++)
        {
            uint word = i < 512 ? (uint)i << 8 : i < 1024 ? uint.MaxValue - ((uint)(i - 512) << 8) : (uint)random.NextUInt64();
            float u = (float)(((word >> 8) + 1.0) / ((1 << 24) + 1));
            double published = -double.LogP1(-(double)u);
            double ours = VllmScores.OfComplement(word) / Units;
            Assert.InRange(published - ours, -1e-11, (u >= 0.5f ? 0 : 6e-8) + (2 / Units) + 1e-11);
        }
    }

    [Fact]
    public void The_score_never_exceeds_the_logarithm_of_the_coarse_uniform()
    {
        var random = new SeededRandomBits(32);
        for (int i = 0; i < 200_000; i++)
        {
            uint word = i < 512 ? (uint)i << 8 : i < 1024 ? uint.MaxValue - ((uint)(i - 512) << 8) : (uint)random.NextUInt64();
            double m = (1 << 24) - (word >> 8);
            double exact = -Math.Log(m / (1 << 24)) * Units;
            Assert.InRange(VllmScores.OfComplement(word), exact - 2.001, exact + 1e-4);
        }
    }

    [Fact]
    public void The_cost_is_the_logarithm_of_the_uniform()
    {
        foreach (uint word in new[] { 0u, 255u, 256u, 0x7FFFFFFFu, 0x80000000u, uint.MaxValue - 256, uint.MaxValue })
        {
            double u = ((word >> 8) + 1.0) / ((1 << 24) + 1);
            double expected = u > 0.99 ? -double.LogP1(-((1 << 24) - (double)(word >> 8)) / ((1 << 24) + 1)) : -Math.Log(u);
            Assert.Equal(1, VllmScores.Of(word) / (expected * Math.ScaleB(1, 58)), 1e-8);
        }
    }

    [Fact]
    public void Jenkins_hash_sends_padding_to_zero_and_ordinary_tokens_elsewhere()
    {
        Assert.Equal(0, VllmSeeds.Jenkins(-1));
        Assert.All(Enumerable.Range(0, 262_144), token => Assert.True(VllmSeeds.Jenkins(token) > 0));
    }
}
