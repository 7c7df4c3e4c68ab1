using LLama;
using LLama.Batched;
using LLama.Native;
using LLama.Sampling;
using Watermark.Embedding;
using Watermark.SampleModels;
using Watermark.Serving;

namespace Watermark.LLamaSharp.Tests;

[Collection(nameof(Engine))]
public sealed class PipelineTests(Engine engine)
{
    private static readonly int[] Prompt = [1, .. "Tell me a story.".Select(TinyLlama.TokenOf)];

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_users_pipeline_marks(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using WatermarkedPipeline pipeline = Pipeline(watermarker, 3);
        int[] reply = await Generate(pipeline, 400);
        Engine.Check(mark, watermarker, reply);
    }

    [Fact]
    public async Task Logits_are_the_models_again_after_a_token()
    {
        using Watermarker watermarker = Engine.Marked("green-list");
        using var executor = new BatchedExecutor(engine.Weights, engine.Parameters());
        using Conversation conversation = executor.Create();
        conversation.Prompt(Prompt.Select(id => (LLamaToken)id).ToList());
        await executor.Infer();
        float[] before = conversation.Sample().ToArray();
        using WatermarkedPipeline pipeline = Pipeline(watermarker, 3);
        conversation.Sample(pipeline);
        Assert.Equal(before, executor.Context.NativeHandle.GetLogitsIth(conversation.GetSampleIndex()).ToArray());
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_grammar_and_a_mark_hold_together(string mark)
    {
        // Any number of letters in brackets, as JSON has them.
        var grammar = new Grammar("root ::= \"[\" [a-z]+ \"]\"", "root");
        using Watermarker watermarker = Engine.Marked(mark);
        using var pipeline = new DefaultSamplingPipeline { Seed = 5, Temperature = 1, TopK = 0, TopP = 1, MinP = 0, Grammar = grammar, LogitBias = NoEnd }.WithWatermark(watermarker.NewSession(Prompt), 5);
        int[] reply = await Generate(pipeline, 500);
        string text = new([.. reply.Select(id => (char)(' ' + id - TinyLlama.TokenOf(' ')))]);
        Assert.Matches("^\\[[a-z]+$", text);
        Engine.Check(mark, watermarker, reply);
    }

    [Theory]
    [InlineData(DefaultSamplingPipeline.GrammarOptimizationMode.None)]
    [InlineData(DefaultSamplingPipeline.GrammarOptimizationMode.Basic)]
    [InlineData(DefaultSamplingPipeline.GrammarOptimizationMode.Extended)]
    public async Task Every_way_of_applying_a_grammar_keeps_the_mark(DefaultSamplingPipeline.GrammarOptimizationMode mode)
    {
        var grammar = new Grammar("root ::= [a-z]+", "root");
        using Watermarker watermarker = Engine.Marked("green-list");
        using var pipeline = new DefaultSamplingPipeline { Seed = 5, Grammar = grammar, GrammarOptimization = mode, TopK = 0, MinP = 0, TopP = 1 }.WithWatermark(watermarker.NewSession(Prompt));
        Engine.Check("green-list", watermarker, await Generate(pipeline, 300));
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task Penalties_see_the_tokens(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using var pipeline = new DefaultSamplingPipeline { Seed = 5, Temperature = 1, TopK = 0, TopP = 1, MinP = 0, RepeatPenalty = 1.3f, PresencePenalty = 2, PenaltyCount = 8 }.WithWatermark(watermarker.NewSession(Prompt), 5);
        int[] reply = await Generate(pipeline, 400);

        // Of the eight tokens before it a token repeats one less often than without penalties.
        using WatermarkedPipeline free = Pipeline(watermarker, 3);
        Assert.True(Repeats(reply) < 0.7 * Repeats(await Generate(free, 400)));
        Engine.Check(mark, watermarker, reply, least: -30);
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task Forked_conversations_share_logits_and_each_has_its_mark(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using var executor = new BatchedExecutor(engine.Weights, engine.Parameters(2048));
        Conversation first = executor.Create();
        first.Prompt(Prompt.Select(id => (LLamaToken)id).ToList());
        await executor.Infer();
        using WatermarkedPipeline one = Pipeline(watermarker, 3);
        using WatermarkedPipeline two = one.Fork(Chain(4), 4);
        Conversation second = first.Fork();
        await Run(executor, [(first, one), (second, two)], 300);
        Engine.Check(mark, watermarker, one.Session.Tokens[Prompt.Length..]);
        Engine.Check(mark, watermarker, two.Session.Tokens[Prompt.Length..]);
        Assert.NotEqual(one.Session.Tokens.ToArray(), two.Session.Tokens.ToArray());
        first.Dispose();
        second.Dispose();
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_rewound_conversation_goes_on_as_if_nothing_had_been(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using var executor = new BatchedExecutor(engine.Weights, engine.Parameters());
        using Conversation conversation = executor.Create();
        conversation.Prompt(Prompt.Select(id => (LLamaToken)id).ToList());
        await executor.Infer();
        using WatermarkedPipeline pipeline = Pipeline(watermarker, 3);
        await Run(executor, [(conversation, pipeline)], 60);

        // The last token was sampled and prompted: 20 tokens are taken back, and the last of the rest is evaluated again.
        conversation.Rewind(21);
        int again = pipeline.Session.Tokens[^21];
        pipeline.Session.Rewind(20);
        conversation.Prompt(again);
        await executor.Infer();
        await Run(executor, [(conversation, pipeline)], 300);
        int[] reply = pipeline.Session.Tokens[Prompt.Length..].ToArray();
        Assert.Equal(340, reply.Length);
        Engine.Check(mark, watermarker, reply);
    }

    [Fact]
    public async Task A_batch_has_a_key_for_each_conversation()
    {
        using Watermarker watermarker = Engine.Marked("green-list");
        using var executor = new BatchedExecutor(engine.Weights, engine.Parameters(4096));
        (string Account, string Epoch)[] served = [("alice", "2026-10"), ("alice", "2026-11"), ("bob", "2026-10"), ("bob", "2026-11")];
        var running = new List<(Conversation Conversation, WatermarkedPipeline Pipeline)>();
        for (int i = 0; i < served.Length; i++)
        {
            Conversation conversation = executor.Create();
            conversation.Prompt(Prompt.Select(id => (LLamaToken)id).ToList());
            running.Add((conversation, Chain((uint)i).WithWatermark(watermarker.NewSession(Prompt, served[i].Account, served[i].Epoch))));
        }

        await executor.Infer();
        await Run(executor, running, 300);
        for (int i = 0; i < served.Length; i++)
        {
            ReadOnlySpan<int> reply = running[i].Pipeline.Session.Tokens[Prompt.Length..];
            Engine.Check("green-list", watermarker, reply, served[i].Account, served[i].Epoch);
            Assert.True(watermarker.Detector(served[(i + 1) % 4].Account, served[(i + 1) % 4].Epoch).Detect(reply).LogP > -10);
            running[i].Pipeline.Dispose();
            running[i].Conversation.Dispose();
        }
    }

    [Fact]
    public void A_pipeline_that_hides_its_candidates_is_refused_for_marks_that_draw()
    {
        using Watermarker gumbel = Engine.Marked("gumbel");
        using var hidden = new Hidden();
        Assert.Contains("BaseSamplingPipeline", Assert.Throws<ArgumentException>(() => hidden.WithWatermark(gumbel.NewSession())).Message, StringComparison.Ordinal);
    }

    private static Dictionary<LLamaToken, float> NoEnd { get; } = new() { [(LLamaToken)2] = float.NegativeInfinity, [(LLamaToken)TinyLlama.TokenOf(']')] = float.NegativeInfinity };

    private static DefaultSamplingPipeline Chain(uint seed) => new() { Seed = seed, Temperature = 1, TopK = 0, TopP = 0.95f, MinP = 0 };

    private static WatermarkedPipeline Pipeline(Watermarker watermarker, uint seed) => Chain(seed).WithWatermark(watermarker.NewSession(Prompt), seed);

    private static double Repeats(int[] reply) => Enumerable.Range(8, reply.Length - 8).Count(i => reply.AsSpan(i - 8, 8).Contains(reply[i])) / (reply.Length - 8.0);

    private async Task<int[]> Generate(WatermarkedPipeline pipeline, int tokens)
    {
        using var executor = new BatchedExecutor(engine.Weights, engine.Parameters());
        using Conversation conversation = executor.Create();
        conversation.Prompt(Prompt.Select(id => (LLamaToken)id).ToList());
        await executor.Infer();
        await Run(executor, [(conversation, pipeline)], tokens);
        return pipeline.Session.Tokens[Prompt.Length..].ToArray();
    }

    private static async Task Run(BatchedExecutor executor, IReadOnlyList<(Conversation Conversation, WatermarkedPipeline Pipeline)> running, int tokens)
    {
        for (int i = 0; i < tokens; i++)
        {
            foreach ((Conversation conversation, WatermarkedPipeline pipeline) in running)
                conversation.Prompt(conversation.Sample(pipeline));
            await executor.Infer();
        }
    }

    private sealed class Hidden : ISamplingPipeline
    {
        public LLamaToken Sample(SafeLLamaContextHandle ctx, int index) => 0;

        public void Apply(SafeLLamaContextHandle ctx, LLamaTokenDataArray data)
        {
        }

        public void Reset()
        {
        }

        public void Accept(LLamaToken token)
        {
        }

        public void Dispose()
        {
        }
    }
}
