using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TorchSharp.Sampling;

namespace Watermark.TorchSharp.Tests.Sampling;

public sealed class CausalGeneratorTests
{
    private static readonly int[][] Prompts = [[3, 1, 4], [1], [5, 9, 2, 6, 5], [3, 5]];

    [Theory]
    [InlineData("none")]
    [InlineData("green")]
    [InlineData("gumbel")]
    public void Batches_of_any_size_give_the_replies_of_a_plain_loop_over_the_sampler(string mark)
    {
        using KeyedScheme? scheme = Scheme(mark);
        var model = new TorchTableModel(40);
        var options = new GenerationOptions { Sampler = new SamplerOptions { Temperature = 0.9, TopK = 20, TopP = 0.95, Seed = 8 }, MaximumTokens = 30, StopTokens = [7, 8], ExcludedTokens = [0, 39] };
        var generator = new CausalGenerator(model, scheme, options);
        int[][] together = generator.Generate(Prompts);

        for (int i = 0; i < Prompts.Length; i++)
        {
            Assert.Equal(PlainLoop(model, scheme, options, Prompts[i], i), together[i]);
            Assert.Equal(together[i], generator.Generate([Prompts[i]], firstReply: i)[0]);
        }

        Assert.Contains(together, reply => reply[^1] is 7 or 8);
        Assert.DoesNotContain(together, reply => reply.Any(id => id is 0 or 39));
        Assert.Equal(0, model.OpenDecoders);
    }

    [Fact]
    public async Task Streams_give_the_same_tokens_one_by_one()
    {
        var model = new TorchTableModel(40);
        var generator = new CausalGenerator(model, null, new GenerationOptions { Sampler = new SamplerOptions { Seed = 2 }, MaximumTokens = 12, StopTokens = [7] });
        int[][] expected = generator.Generate(Prompts);
        List<GeneratedToken> streamed = [.. generator.Stream(Prompts)];
        var asynchronous = new List<GeneratedToken>();
        await foreach (GeneratedToken token in generator.StreamAsync(Prompts))
            asynchronous.Add(token);

        Assert.Equal(streamed, asynchronous);
        for (int row = 0; row < Prompts.Length; row++)
        {
            GeneratedToken[] tokens = [.. streamed.Where(token => token.Row == row)];
            Assert.Equal(expected[row], tokens.Select(token => token.Token));
            Assert.Equal(Enumerable.Range(0, tokens.Length), tokens.Select(token => token.Position));
            Assert.Equal(tokens.Length - 1, Assert.Single(tokens, token => token.IsLast).Position);
        }
    }

    [Fact]
    public async Task Cancelling_stops_between_tokens_and_frees_the_decoder()
    {
        var model = new TorchTableModel(20) { MaximumPositions = 1_000_000 };
        var generator = new CausalGenerator(model, null, new GenerationOptions { MaximumTokens = 500_000 });
        using var source = new CancellationTokenSource();
        int seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GeneratedToken _ in generator.StreamAsync([[1]], cancellationToken: source.Token))
            {
                if (++seen == 5)
                    await source.CancelAsync();
            }
        });
        Assert.Equal(5, seen);
        Assert.Throws<OperationCanceledException>(() => generator.Generate([[1]], cancellationToken: source.Token));
        Assert.Equal(0, model.OpenDecoders);
    }

    [Fact]
    public void A_reply_ends_where_the_model_takes_no_more()
    {
        var model = new TorchTableModel(20) { MaximumPositions = 10 };
        var generator = new CausalGenerator(model, null, new GenerationOptions());
        Assert.All(generator.Generate(Prompts).Zip(Prompts), pair => Assert.Equal(10, pair.First.Length + pair.Second.Length));
        Assert.Empty(generator.Generate([]));
        Assert.Throws<ArgumentException>(() => generator.Generate([[]]));
        Assert.Throws<ArgumentException>(() => generator.Generate([new int[10]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CausalGenerator(model, null, new GenerationOptions { ExcludedTokens = [20] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CausalGenerator(model, null, new GenerationOptions { MaximumTokens = 0 }));
    }

    [Fact]
    public void Marked_replies_carry_the_mark_and_plain_ones_do_not()
    {
        using KeyedScheme scheme = Scheme("green")!;
        var model = new TorchTableModel(200);
        var options = new GenerationOptions { Sampler = new SamplerOptions { Seed = 4 }, MaximumTokens = 60 };
        int[][] prompts = [.. Enumerable.Range(0, 40).Select(i => new[] { i, i + 1 })];

        // A false alarm of the second line has probability 1e-3, and the seeds are fixed.
        Assert.True(LogP(scheme, new CausalGenerator(model, scheme, options).Generate(prompts)) < -200);
        Assert.True(LogP(scheme, new CausalGenerator(model, null, options).Generate(prompts)) > Math.Log(1e-3));
    }

    private static double LogP(KeyedScheme scheme, int[][] replies)
    {
        var builder = new NGrams.SampleBuilder(new NGrams.SampleSchema { ContextWidth = scheme.ContextWidth });
        foreach (int[] reply in replies)
            builder.AddDocument(reply, hasPrompt: true);
        SampleScore score = Scorer.Score(builder.Build(), scheme);
        return score.TheoryNull(scheme.Scheme).Test(score.Total).LogP;
    }

    private static int[] PlainLoop(TorchTableModel model, KeyedScheme? scheme, GenerationOptions options, int[] prompt, int number)
    {
        var sampler = new TokenSampler(options.Sampler with { Seed = new SeededRandomBits(options.Sampler.Seed!.Value, (ulong)number).NextUInt64() });
        WatermarkSession? session = scheme is null ? null : new WatermarkSession(scheme);
        session?.Prime(prompt);
        List<int> sequence = [.. prompt];
        do
        {
            float[] logits = model.LogitsAfter(sequence.ToArray());
            foreach (int id in options.ExcludedTokens)
                logits[id] = float.NegativeInfinity;
            sequence.Add(sampler.Sample(session, logits));
        }
        while (!options.StopTokens.Contains(sequence[^1]) && sequence.Count < prompt.Length + options.MaximumTokens);
        return [.. sequence.Skip(prompt.Length)];
    }

    private static KeyedScheme? Scheme(string mark)
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(42));
        return mark switch
        {
            "green" => new GreenListScheme { ContextWidth = 1 }.WithKey(key),
            "gumbel" => new GumbelScheme().WithKey(key),
            _ => null,
        };
    }
}
