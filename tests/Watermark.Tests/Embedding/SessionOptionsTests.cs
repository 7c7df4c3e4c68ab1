using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;

namespace Watermark.Tests.Embedding;

public sealed class SessionOptionsTests
{
    private const int Vocabulary = 400;

    [Fact]
    public void Exempt_tokens_keep_their_logits_and_all_others_are_biased()
    {
        using KeyedScheme scheme = Green();
        int[] exempt = [3, 17, 399, 5_000];
        float[] plain = Logits(1), expected = [.. plain], actual = [.. plain];
        Session(scheme, new SessionOptions()).Apply(expected);
        foreach (int id in exempt.Where(id => id < Vocabulary))
            expected[id] = plain[id];
        Assert.True(Session(scheme, new SessionOptions { ExemptTokens = exempt }).Apply(actual));
        Assert.Equal(expected, actual);

        int[] candidates = [399, 2, 17, 5];
        float[] some = [1, 2, 3, 4];
        Assert.True(Session(scheme, new SessionOptions { ExemptTokens = exempt }).Apply(candidates, some));
        Assert.Equal([1f, 2 + expected[2] - plain[2], 3, 4 + expected[5] - plain[5]], some);
    }

    /// <summary>Half of the tokens are exempt. Fixed seeds: 1,000 tokens at delta 3; a wrong key falls below -10 once in 22,000.</summary>
    [Fact]
    public void Detection_finds_the_mark_with_the_list_and_without_it()
    {
        using KeyedScheme scheme = Green();
        int[] exempt = [.. Enumerable.Range(0, Vocabulary / 2).Select(i => 2 * i)];
        WatermarkSession session = Session(scheme, new SessionOptions { ExemptTokens = exempt });
        int[] text = Write(session, 1_000);
        DetectionResult with = new WatermarkDetector(scheme, exemptTokens: exempt).Detect(text);
        DetectionResult without = new WatermarkDetector(scheme).Detect(text);
        Assert.True(with.LogP < without.LogP && without.LogP < -20, $"{with.LogP} and {without.LogP}");
        Assert.Equal(text.Skip(2).Count(id => id % 2 == 1), with.Scored, 30.0);
        using KeyedScheme other = new GreenListScheme { Delta = 3 }.WithKey(WatermarkKey.Draw(new SeededRandomBits(9)));
        Assert.True(new WatermarkDetector(other, exemptTokens: exempt).Detect(text).LogP > -10);
    }

    /// <summary>400 keys that have nothing to do with the text: the mean of z has a standard error of 0.05, the bound is four of them.</summary>
    [Fact]
    public void The_null_stays_exact_where_tokens_are_left_out()
    {
        var random = new SeededRandomBits(4);
        int[] text = [.. Enumerable.Range(0, 1_000).Select(_ => (int)random.NextBelow(Vocabulary))];
        int[] exempt = [.. Enumerable.Range(0, 100)];
        double sum = 0;
        int small = 0;
        for (int i = 0; i < 400; i++)
        {
            using KeyedScheme scheme = new GreenListScheme().WithKey(WatermarkKey.Draw(random));
            DetectionResult result = new WatermarkDetector(scheme, exemptTokens: exempt).Detect(text);
            sum += result.Z;
            small += result.LogP < Math.Log(0.05) ? 1 : 0;
        }

        Assert.InRange(sum / 400, -0.2, 0.2);
        Assert.InRange(small, 4, 38);
    }

    [Fact]
    public void Positions_that_the_model_is_sure_of_are_not_marked()
    {
        using KeyedScheme scheme = Green();
        var options = new SessionOptions { LargestProbability = 0.9 };
        float[] sure = new float[Vocabulary];
        sure[7] = 9;

        // 1/(1 + 399·e^-9) = 0.953; with 8 it is 0.882.
        WatermarkSession session = Session(scheme, options);
        float[] logits = [.. sure];
        Assert.False(session.Apply(logits));
        Assert.Equal(sure, logits);
        session.Accept(7);
        logits[7] = 8;
        Assert.True(session.Apply(logits));

        using KeyedScheme gumbel = new GumbelScheme().WithKey(WatermarkKey.Draw(new SeededRandomBits(1)));
        session = Session(gumbel, options);
        Assert.False(session.TryChoose([1, 2], [0.95f, 0.05f], 0, out _));
        Assert.True(session.TryChoose([1, 2], [0.5f, 0.5f], 0, out _));
    }

    [Fact]
    public void A_sampler_with_top_k_asks_the_gate_about_the_whole_vocabulary()
    {
        using KeyedScheme scheme = new GreenListScheme { Delta = 60, ContextWidth = 0 }.WithKey(WatermarkKey.Draw(new SeededRandomBits(1)));
        float[] logits = new float[Vocabulary];
        int red = Enumerable.Range(0, Vocabulary).First(id => scheme.Score([], id) == 0);
        logits[red] = 12;
        var sampler = new TokenSampler(new SamplerOptions { TopK = 5, Seed = 1 });
        Assert.Equal(red, sampler.Sample(new WatermarkSession(scheme, new SessionOptions { LargestProbability = 0.99 }), logits));
        Assert.NotEqual(red, sampler.Sample(new WatermarkSession(scheme, new SessionOptions()), logits));
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using KeyedScheme scheme = Green();
        using KeyedScheme gumbel = new GumbelScheme().WithKey(WatermarkKey.Draw(new SeededRandomBits(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkSession(scheme, new SessionOptions { LargestProbability = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkSession(scheme, new SessionOptions { LargestProbability = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkSession(scheme, new SessionOptions { ExemptTokens = [-1] }));
        Assert.Throws<ArgumentException>(() => new WatermarkSession(gumbel, new SessionOptions { ExemptTokens = [1] }));
        Assert.Equal(RepeatedContextPolicy.SamplePlainly, new WatermarkSession(scheme, new SessionOptions { RepeatedContexts = RepeatedContextPolicy.SamplePlainly }).RepeatedContexts);
    }

    private static KeyedScheme Green() => new GreenListScheme { Delta = 3 }.WithKey(WatermarkKey.Draw(new SeededRandomBits(1)));

    private static WatermarkSession Session(KeyedScheme scheme, SessionOptions options)
    {
        var session = new WatermarkSession(scheme, options);
        session.Prime([1, 2]);
        return session;
    }

    private static float[] Logits(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ => (float)(3 * random.NextDouble()))];
    }

    private static int[] Write(WatermarkSession session, int tokens)
    {
        var sampler = new TokenSampler(new SamplerOptions { Seed = 2 });
        var text = new int[tokens];
        for (int i = 0; i < tokens; i++)
            text[i] = sampler.Sample(session, Logits((ulong)(100 + i)));
        return text;
    }
}
