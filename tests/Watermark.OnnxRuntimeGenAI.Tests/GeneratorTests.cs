using Microsoft.ML.OnnxRuntimeGenAI;
using Watermark.Embedding;
using Watermark.SampleModels;
using Watermark.Serving;

namespace Watermark.OnnxRuntimeGenAI.Tests;

[Collection(nameof(Engine))]
public sealed class GeneratorTests(Engine engine)
{
    public static TheoryData<string, bool, bool> Ways
    {
        get
        {
            var ways = new TheoryData<string, bool, bool>();
            foreach (string mark in (string[])["green-list", "synthid", "gumbel"])
            {
                foreach (bool half in (bool[])[false, true])
                {
                    ways.Add(mark, half, false);
                    ways.Add(mark, half, true);
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_reply_is_marked(string mark, bool half, bool managedOnly)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using Generator generator = engine.Generator(half: half);
        var marked = new WatermarkedGenerator(generator, [watermarker.NewSession()], new WatermarkedGeneratorOptions { Sampler = new SamplerOptions { Seed = 3 }, ManagedOnly = managedOnly });
        Assert.Equal(!managedOnly, marked.UsesEngineLogits);
        int[] prompt = Engine.Ids("Once upon a time");
        marked.Append(prompt);
        var reply = new List<int>();
        while (reply.Count < 500)
            reply.Add(marked.GenerateNextToken());

        Assert.Equal([.. prompt, .. reply], generator.GetSequence(0).ToArray());
        Assert.Equal([.. prompt, .. reply], marked.Sessions[0].Tokens.ToArray());
        Engine.Check(mark, watermarker, reply.ToArray());
    }

    [Fact]
    public void Both_ways_to_the_logits_give_the_same_tokens()
    {
        using Watermarker watermarker = Engine.Marked("gumbel");
        int[][] replies = [.. ((bool[])[false, true]).Select(managedOnly =>
        {
            using Generator generator = engine.Generator(half: true);
            var marked = new WatermarkedGenerator(generator, [watermarker.NewSession()], new WatermarkedGeneratorOptions { Sampler = new SamplerOptions { Seed = 3, TopK = 40, TopP = 0.9 }, ManagedOnly = managedOnly });
            marked.Append(Engine.Ids("Same?"));
            return Enumerable.Range(0, 200).Select(_ => marked.GenerateNextToken()).ToArray();
        })];
        Assert.Equal(replies[0], replies[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_engine_draws_with_its_own_sampler(bool half)
    {
        using Watermarker watermarker = Engine.Marked("green-list");
        using Generator generator = engine.Generator(half: half, topK: 30);
        var marked = new WatermarkedGenerator(generator, [watermarker.NewSession()]);
        marked.Append(Engine.Ids("Once upon a time"));
        int[] reply = [.. Enumerable.Range(0, 500).Select(_ => marked.GenerateNextToken())];
        Engine.Check("green-list", watermarker, reply);
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public void Every_sequence_of_a_batch_has_its_own_key(string mark)
    {
        // From the keys of other systems none derives, so there every sequence has an owner.
        using Watermarker first = Engine.Marked(mark, 11);
        using Watermarker second = Engine.Marked(mark, 12);
        using Watermarker third = Engine.Marked(mark, 13);
        bool derives = mark != "synthid";
        Watermarker[] watermarkers = derives ? [first, first, first] : [first, second, third];
        string?[] accounts = derives ? ["alice", "bob", null] : [null, null, null];
        string? epoch = derives ? "2026-11" : null;
        using Generator generator = engine.Generator(batch: 3);
        var marked = new WatermarkedGenerator(
            generator,
            [.. accounts.Select((account, i) => watermarkers[i].NewSession([], account, epoch))],
            new WatermarkedGeneratorOptions { Sampler = mark == "green-list" ? null : new SamplerOptions { Seed = 5 } });
        using var tokenizer = new Tokenizer(engine.Single);
        using Sequences prompts = tokenizer.EncodeBatch(["Hello", "A longer prompt, so that the others are padded", "And"]);
        marked.Append(prompts);
        int[][] replies = [.. accounts.Select(_ => new int[500])];
        int[] tokens = new int[3];
        for (int i = 0; i < 500; i++)
        {
            marked.GenerateNextTokens(tokens);
            for (int s = 0; s < 3; s++)
                replies[s][i] = tokens[s];
        }

        for (int s = 0; s < 3; s++)
        {
            Engine.Check(mark, watermarkers[s], replies[s], accounts[s], epoch);
            int next = (s + 1) % 3;
            Assert.True(watermarkers[next].Detector(accounts[next], epoch).Detect(replies[s]).LogP > -10);
            Assert.Equal([.. prompts[(ulong)s], .. replies[s]], marked.Sessions[s].Tokens.ToArray());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sequence_that_ended_takes_no_more_tokens(bool draws)
    {
        using Watermarker watermarker = Engine.Marked("green-list");
        using Generator generator = engine.Generator(batch: 2);
        using var tokenizer = new Tokenizer(engine.Single);
        var marked = new WatermarkedGenerator(
            generator,
            [watermarker.NewSession(), watermarker.NewSession()],
            new WatermarkedGeneratorOptions { Sampler = draws ? new SamplerOptions { Seed = 5 } : null, EndTokens = tokenizer.GetEosTokenIds().ToArray() });
        using Sequences prompts = tokenizer.EncodeBatch(["The end\n", "Go on"]);
        marked.Append(prompts);
        int[] tokens = new int[2];
        marked.GenerateNextTokens(tokens);
        Assert.Equal(TinyOnnx.EndToken, tokens[0]);
        for (int i = 0; i < 50; i++)
        {
            Assert.False(marked.IsDone);
            marked.GenerateNextTokens(tokens);
            Assert.Equal(-1, tokens[0]);
            Assert.InRange(tokens[1], ' ', '~');
        }

        Assert.Equal(prompts[0].Length + 1, marked.Sessions[0].Length);
        Assert.Equal(prompts[1].Length + 51, marked.Sessions[1].Length);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Tokens_are_taken_back_in_engine_and_session(string mark, bool half, bool managedOnly)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using Generator generator = engine.Generator(half: half);
        var marked = new WatermarkedGenerator(generator, [watermarker.NewSession()], new WatermarkedGeneratorOptions { Sampler = new SamplerOptions { Seed = 3 }, ManagedOnly = managedOnly });
        marked.Append(Engine.Ids("Once upon a time"));
        for (int i = 0; i < 300; i++)
            marked.GenerateNextToken();
        int[] kept = marked.Sessions[0].Tokens[..200].ToArray();
        marked.RewindTo(200);
        Assert.Equal(kept, generator.GetSequence(0).ToArray());
        marked.Append(Engine.Ids("Another turn."));
        for (int i = 0; i < 300; i++)
            marked.GenerateNextToken();

        Assert.Equal(marked.Sessions[0].Tokens.ToArray(), generator.GetSequence(0).ToArray());
        Engine.Check(mark, watermarker, marked.Sessions[0].Tokens);
        marked.RewindTo(0);
        marked.Append(Engine.Ids("Anew"));
        marked.GenerateNextToken();
        Assert.Equal(5, marked.Sessions[0].Length);
        Assert.Equal(5, generator.GetSequence(0).Length);
    }

    [Fact]
    public void The_sequence_ends_where_the_engine_allows_no_more()
    {
        using Watermarker watermarker = Engine.Marked("gumbel");
        using Generator generator = engine.Generator(maxLength: 20);
        var marked = new WatermarkedGenerator(generator, [watermarker.NewSession()], new WatermarkedGeneratorOptions { Sampler = new SamplerOptions { Seed = 3 } });
        marked.Append(Engine.Ids("Hello"));
        while (!marked.IsDone)
            marked.GenerateNextToken();
        Assert.Equal(20, marked.Sessions[0].Length);
        Assert.Throws<InvalidOperationException>(() => marked.GenerateNextToken());
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        using Watermarker green = Engine.Marked("green-list");
        using Watermarker gumbel = Engine.Marked("gumbel");
        using Generator generator = engine.Generator();
        Assert.Throws<ArgumentException>(() => new WatermarkedGenerator(generator, []));
        Assert.Throws<ArgumentException>(() => new WatermarkedGenerator(generator, [gumbel.NewSession()]));
        Assert.Throws<ArgumentException>(() => new WatermarkedGenerator(generator, [green.NewSession([1])]));
        Assert.Throws<NotSupportedException>(() => new WatermarkedGenerator(generator, [green.NewSession()], new WatermarkedGeneratorOptions { ManagedOnly = true }));
        var marked = new WatermarkedGenerator(generator, [green.NewSession()]);
        Assert.Throws<ArgumentException>(() => marked.Append([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => marked.Append([-1]));
        marked.Append([65, 66]);
        Assert.Throws<ArgumentOutOfRangeException>(() => marked.RewindTo(3));
        Assert.Throws<ArgumentException>(() => marked.GenerateNextTokens([]));
        Assert.Throws<ArgumentException>(() => new WatermarkedModel(engine.Single, gumbel).Generate(new int[] { 65 }, new WatermarkedReplyOptions { Sampler = null }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkedModel(engine.Single, gumbel).Generate(new int[] { 65 }, new WatermarkedReplyOptions { MaxTokens = 0 }));
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public void A_model_gives_marked_token_ids(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        (string? account, string? epoch) = mark == "synthid" ? (null, null) : ("alice", "2026-11");
        var options = new WatermarkedReplyOptions { Sampler = new SamplerOptions { Temperature = 0.9, Seed = 3 }, MaxTokens = 500, Account = account, Epoch = epoch };
        int[] reply = [.. new WatermarkedModel(engine.Single, watermarker).Generate(Engine.Ids("Hello?"), options)];
        Assert.Equal(500, reply.Length);
        Engine.Check(mark, watermarker, reply, account, epoch);
        int[] ended = [.. new WatermarkedModel(engine.Single, watermarker).Generate(Engine.Ids("Bye.\n"), options)];
        Assert.Equal([TinyOnnx.EndToken], ended);
    }

    [Fact]
    public void A_reply_can_be_cancelled()
    {
        using Watermarker watermarker = Engine.Marked("green-list");
        using var source = new CancellationTokenSource();
        int count = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (int token in new WatermarkedModel(engine.Single, watermarker).Generate(Engine.Ids("Hello?"), cancellationToken: source.Token))
            {
                if (++count == 5)
                    source.Cancel();
            }
        });
        Assert.Equal(5, count);
    }
}
