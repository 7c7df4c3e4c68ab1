using FsCheck.Xunit;
using Watermark.Embedding;
using Watermark.Randomness;

namespace Watermark.Tests.Embedding;

public sealed class NucleusTests
{
    /// <summary>The definition, one token after the other; single precision in the sum moves the share by less than 1e-6.</summary>
    [Property(MaxTest = 300)]
    public void The_nucleus_is_that_of_a_sorted_vocabulary(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        float[] logits = new float[1 + (int)random.NextBelow(3_000)];
        double scale = 0.01 + (12 * random.NextDouble());
        for (int v = 0; v < logits.Length; v++)
            logits[v] = random.NextBelow(9) == 0 ? float.NegativeInfinity : (float)(scale * Math.Round(random.NextDouble(), (int)random.NextBelow(7)));
        logits[random.NextBelow((ulong)logits.Length)] = (float)scale;
        double temperature = 0.05 + (3 * random.NextDouble());
        double share = random.NextBelow(5) == 0 ? 1 - 1e-9 : random.NextDouble();
        var candidates = new CandidateSet();
        candidates.EnsureCapacity(logits.Length);

        double kept = new Nucleus().Take(candidates, logits, logits.Max(), temperature, share);

        int[] sorted = [.. Enumerable.Range(0, logits.Length).Where(v => logits[v] > float.NegativeInfinity).OrderByDescending(v => logits[v]).ThenBy(v => v)];
        double[] weights = [.. sorted.Select(v => Math.Exp((logits[v] - (double)logits.Max()) / temperature))];
        double total = weights.Sum();
        Assert.Equal(sorted.Take(candidates.Count).Order(), candidates.Ids.ToArray());
        Assert.True(candidates.Count == sorted.Length || weights.Take(candidates.Count).Sum() >= (share - 1e-6) * total);
        Assert.True(weights.Take(candidates.Count - 1).Sum() <= (share + 1e-6) * total);
        Assert.Equal(weights.Take(candidates.Count).Sum(), kept, 1e-9 * kept);
    }

    [Fact]
    public void Sums_and_bins_are_those_of_one_token_after_the_other()
    {
        var random = new SeededRandomBits(7);
        Span<double> within = stackalloc double[6];
        for (int length = 0; length <= 257; length++)
        {
            float[] logits = [.. Enumerable.Range(0, length).Select(_ => (float)(-20 * random.NextDouble()))];
            double[] lanes = new double[16];
            for (int v = 0; v < length; v++)
                lanes[v % 16] += PortableExp.Of((logits[v] - 0.25f) * (float)(1 / 0.8));
            double sum = 0;
            foreach (double lane in lanes)
                sum += lane;
            Assert.Equal(sum, Nucleus.Sums(logits, 0.25f, 0.8, within));
            int[] bins = new int[length];
            Nucleus.SetBins(logits, 0.25f, 80, bins);
            for (int v = 0; v < length; v++)
                Assert.Equal((int)((0.25f - logits[v]) * 80f), bins[v]);
        }
    }

    [Fact]
    public void The_exponentials_are_close_to_the_true_ones_and_the_same_in_vectors()
    {
        float[] x = [.. Enumerable.Range(0, 4_000).Select(i => -i / 50f)];
        for (int i = 0; i < x.Length; i += 16)
        {
            System.Runtime.Intrinsics.Vector512<float> vector = PortableExp.Of(System.Runtime.Intrinsics.Vector512.Create<float>(x.AsSpan(i, 16)));
            for (int j = 0; j < 16; j++)
            {
                Assert.Equal(PortableExp.Of(x[i + j]), vector[j]);
                Assert.InRange(PortableExp.Of(x[i + j]) / Math.Exp(x[i + j]), 1 - 4e-7, 1 + 4e-7);
            }
        }

        Assert.Equal(0, PortableExp.Of(float.NaN));
        Assert.Equal(0, PortableExp.Of(float.NegativeInfinity));
        Assert.Equal(1, PortableExp.Of(0f));
    }

    [Fact]
    public void Nothing_is_allocated_once_the_buffers_fit()
    {
        var random = new SeededRandomBits(3);
        float[] logits = [.. Enumerable.Range(0, 20_000).Select(_ => (float)(4 * random.NextDouble()))];
        var sampler = new TokenSampler(new SamplerOptions { Temperature = 0.8, TopP = 0.95, Seed = 1 });
        for (int i = 0; i < 20; i++)
            sampler.Sample(null, logits);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
            sampler.Sample(null, logits);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
