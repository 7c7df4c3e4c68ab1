using Watermark.Cli.Demo;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Cli.Tests.Demo;

public sealed class ReplySamplerTests
{
    private const int End = 99;

    private static readonly NGramLanguageModel Model = NGramTrainer.Train([[1, 2, 3, 4], [1, 2, 4, 3], [2, 2, 5, 6], [1, 3, 5, 2]], End);

    [Fact]
    public void Tokens_come_as_often_as_the_model_says()
    {
        var sampler = new ReplySampler(Model, null, 20);
        var random = new SeededRandomBits(11);
        var candidates = new CandidateBuffer(20);
        Model.Predict([1, 2], candidates);
        var counts = new Dictionary<int, int>();
        const int Draws = 20_000;
        for (int i = 0; i < Draws; i++)
        {
            int[] reply = sampler.Sample([1, 2], 1, random);
            int token = reply.Length == 0 ? End : reply[0];
            counts[token] = counts.GetValueOrDefault(token) + 1;
        }

        double chiSquare = 0;
        for (int i = 0; i < candidates.Count; i++)
        {
            double expected = Draws * Math.Exp(candidates.Logits[i]);
            double difference = counts.GetValueOrDefault(candidates.Tokens[i]) - expected;
            chiSquare += difference * difference / expected;
        }

        // Seven candidates: chi-square with 6 degrees of freedom exceeds 35 with probability 4e-6.
        Assert.Equal(7, candidates.Count);
        Assert.InRange(chiSquare, 0, 35);
    }

    [Fact]
    public void A_strong_mark_leaves_only_green_tokens_where_there_are_any()
    {
        using var key = new HashGreenList(3, delta: 60);
        var sampler = new ReplySampler(Model, key, 20);
        var candidates = new CandidateBuffer(20);
        for (ulong seed = 0; seed < 200; seed++)
        {
            int[] ids = [1, 2, .. sampler.Sample([1, 2], 6, new SeededRandomBits(seed))];
            for (int i = 2; i < ids.Length; i++)
            {
                int[] context = ids[(i - 2)..i];
                Model.Predict(ids.AsSpan(0, i), candidates);
                bool anyGreen = candidates.Tokens.ToArray().Any(token => key.Score(context, token) == 1);
                Assert.Equal(anyGreen ? 1 : 0, key.Score(context, ids[i]));
            }
        }
    }

    [Fact]
    public void The_first_tokens_are_not_marked_while_the_context_is_too_short()
    {
        using var key = new HashGreenList(3, delta: 60);
        var marked = new ReplySampler(Model, key, 20);
        var plain = new ReplySampler(Model, null, 20);
        for (ulong seed = 0; seed < 50; seed++)
            Assert.Equal(plain.Sample([], 2, new SeededRandomBits(seed)), marked.Sample([], 2, new SeededRandomBits(seed)));
    }

    [Fact]
    public void A_scheme_that_cannot_be_embedded_is_refused()
    {
        using var mark = new NoLogits();

        Assert.Throws<ArgumentException>(() => new ReplySampler(Model, mark, 20));
    }

    private sealed class NoLogits() : KeyedScheme(new HashGreenListScheme(2), "0000000000000000")
    {
        public override void ScoreRows(NGramRows rows, Span<long> scores) => scores.Clear();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
