using LLama;
using LLama.Abstractions;
using LLama.Common;
using LLama.Sampling;
using Microsoft.Extensions.AI;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.SampleModels;
using Watermark.Serving;

namespace Watermark.LLamaSharp.Tests;

[Collection(nameof(Engine))]
public sealed class ExecutorTests(Engine engine)
{
    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task Every_reply_of_an_executor_without_state_is_a_sequence_of_its_own(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        var served = new List<ServedReply>();

        // From the keys of other systems none derives.
        (string? account, string? epoch) = mark == "synthid" ? (null, null) : ("alice", "2026-11");
        var executor = new WatermarkedExecutor(new StatelessExecutor(engine.Weights, engine.Parameters()), watermarker, new WatermarkedExecutorOptions { Account = account, Epoch = () => epoch, Served = served.Add, Seed = 3 });
        await Read(executor, "First question?", Params(3, 300));
        await Read(executor, "Second question?", Params(4, 300));

        Assert.Equal(2, served.Count);
        Assert.Equal(1 + "First question?".Length, served[0].PromptLength);
        Assert.Equal(1, served[0].Tokens.Span[0]);
        Assert.Equal(TinyLlama.TokenOf('?'), served[1].Tokens.Span[served[1].PromptLength - 1]);
        foreach (ServedReply reply in served)
        {
            Engine.Check(mark, watermarker, reply.Tokens.Span[reply.PromptLength..], account, epoch);
            if (account is not null)
                Assert.True(watermarker.Detector("bob", "2026-11").Detect(reply.Tokens.Span[reply.PromptLength..]).LogP > -10);
        }
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_conversation_of_several_turns_is_marked_from_the_users_last_token_on(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using LLamaContext context = engine.Weights.CreateContext(engine.Parameters());
        var served = new List<ServedReply>();
        var executor = new WatermarkedExecutor(new InteractiveExecutor(context), watermarker, new WatermarkedExecutorOptions { Served = served.Add, Seed = 3 });
        foreach (string turn in (string[])["Hello.", "Tell me more.", "And then?"])
            await Read(executor, turn, Params(3, 200));

        Assert.Equal(3, served.Count);
        int[] all = served[2].Tokens.ToArray();
        for (int i = 0; i < served.Count; i++)
            Engine.Check(mark, watermarker, served[i].Tokens.Span[served[i].PromptLength..], least: -25);

        // The engine's own record of what it read stands between the replies.
        Assert.Equal(served[1].Tokens.ToArray(), all[..served[1].Tokens.Length]);
        int[] secondTurn = all[served[0].Tokens.Length..served[1].PromptLength];
        Assert.Equal("Tell me more.".Select(TinyLlama.TokenOf), secondTurn.Take("Tell me more.".Length));

        // The first tokens of a turn have the end of the user's text as context, so a detector that sees it scores them.
        Assert.True(watermarker.Detector().Detect(all).Scored > served.Sum(reply => reply.Tokens.Length - reply.PromptLength));
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_shifted_context_keeps_the_mark(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        using LLamaContext context = engine.Weights.CreateContext(engine.Parameters(256));
        var executor = new WatermarkedExecutor(new InteractiveExecutor(context), watermarker, new WatermarkedExecutorOptions { Seed = 3 });
        InferenceParams parameters = Params(3, 600) with { OverflowStrategy = ContextOverflowStrategy.TruncateAndReprefill };
        await Read(executor, "Go on for ever.", parameters);
        Engine.Check(mark, watermarker, executor.Session!.Tokens[16..]);
        Assert.True(executor.Session.Length > 600);
        int length = executor.Session.Length;
        await Read(executor, "More.", parameters with { MaxTokens = 20 });
        Assert.Contains("More.", Text(executor.Session.Tokens.Slice(length, 8)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_changes_with_the_epoch_and_the_sequence_goes_on()
    {
        string epoch = "2026-10";
        using Watermarker watermarker = Engine.Marked("green-list");
        using LLamaContext context = engine.Weights.CreateContext(engine.Parameters());
        var served = new List<ServedReply>();
        var executor = new WatermarkedExecutor(new InteractiveExecutor(context), watermarker, new WatermarkedExecutorOptions { Epoch = () => epoch, Served = served.Add });
        await Read(executor, "Hello.", Params(3, 250));
        epoch = "2026-11";
        await Read(executor, "And now?", Params(4, 250));
        Engine.Check("green-list", watermarker, served[0].Tokens.Span[served[0].PromptLength..], epoch: "2026-10");
        Engine.Check("green-list", watermarker, served[1].Tokens.Span[served[1].PromptLength..], epoch: "2026-11");
        Assert.True(served[1].PromptLength > served[0].Tokens.Length);
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_chat_client_marks_its_answers(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        var served = new List<ServedReply>();
        var executor = new WatermarkedExecutor(new StatelessExecutor(engine.Weights, engine.Parameters()), watermarker, new WatermarkedExecutorOptions { Served = served.Add, Seed = 3 });
        using IChatClient client = executor.AsChatClient();
        var options = new ChatOptions { MaxOutputTokens = 400, Temperature = 1, TopP = 0.95f, TopK = 0, Seed = 3, StopSequences = [] };
        ChatResponse response = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Hello?"), new ChatMessage(ChatRole.Assistant, "Yes."), new ChatMessage(ChatRole.User, "Who are you?")], options);
        Assert.NotEmpty(response.Text);
        ServedReply reply = Assert.Single(served);
        Assert.Contains("Who are you?", Text(reply.Tokens.Span[..reply.PromptLength]), StringComparison.Ordinal);
        Engine.Check(mark, watermarker, reply.Tokens.Span[reply.PromptLength..], least: -25);
    }

    [Fact]
    public async Task A_cancelled_reply_is_reported_too()
    {
        using Watermarker watermarker = Engine.Marked("green-list");
        var served = new List<ServedReply>();
        var executor = new WatermarkedExecutor(new StatelessExecutor(engine.Weights, engine.Parameters()), watermarker, new WatermarkedExecutorOptions { Served = served.Add });
        int parts = 0;
        await foreach (string part in executor.InferAsync("Hello.", Params(3, 300)))
        {
            if (++parts == 10)
                break;
        }

        Assert.InRange(Assert.Single(served).Tokens.Length - served[0].PromptLength, 10, 20);
    }

    private static InferenceParams Params(uint seed, int tokens) =>
        new() { MaxTokens = tokens, SamplingPipeline = new DefaultSamplingPipeline { Seed = seed, Temperature = 1, TopK = 0, TopP = 0.95f, MinP = 0 } };

    private static string Text(ReadOnlySpan<int> ids)
    {
        var text = new System.Text.StringBuilder();
        foreach (int id in ids)
        {
            if (id >= TinyLlama.TokenOf(' '))
                text.Append((char)(' ' + id - TinyLlama.TokenOf(' ')));
        }

        return text.ToString();
    }

    private static async Task<string> Read(ILLamaExecutor executor, string text, InferenceParams parameters)
    {
        string reply = "";
        await foreach (string part in executor.InferAsync(text, parameters))
            reply += part;
        return reply;
    }
}
