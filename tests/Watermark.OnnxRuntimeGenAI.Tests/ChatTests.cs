using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntimeGenAI;
using Watermark.Serving;

namespace Watermark.OnnxRuntimeGenAI.Tests;

[Collection(nameof(Engine))]
public sealed class ChatTests(Engine engine)
{
    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_chat_of_several_turns_is_marked(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        (string? account, string? epoch) = mark == "synthid" ? (null, null) : ("alice", "2026-11");
        var served = new List<ServedReply>();
        using IChatClient client = new WatermarkedOnnxChatClient(engine.Single, watermarker, new WatermarkedOnnxChatOptions { Account = () => account, Epoch = () => epoch, Served = served.Add });
        var options = new ChatOptions { MaxOutputTokens = 400, Temperature = 1, TopP = 0.98f, Instructions = "Be brief." };
        var messages = new List<ChatMessage>();
        string expected = "system: Be brief. / ";
        foreach ((int turn, string question) in ((string[])["Hello.", "Tell me more.", "And then?"]).Index())
        {
            options.Seed = turn + 1;
            messages.Add(new ChatMessage(ChatRole.User, question));
            ChatResponse response = await client.GetResponseAsync(messages, options);
            messages.AddMessages(response);
            expected += $"user: {question} / assistant: ";
            ServedReply reply = served[^1];
            ReadOnlyMemory<int> tokens = reply.Tokens[reply.PromptLength..];
            Assert.Equal(expected, Text(reply.Tokens.Span[..reply.PromptLength]));
            Assert.Equal(Text(tokens.Span), response.Text);
            Assert.Equal(ChatFinishReason.Length, response.FinishReason);
            Assert.Equal((reply.PromptLength, 400L), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
            Assert.Equal((account, epoch), (reply.Account, reply.Epoch));
            Engine.Check(mark, watermarker, tokens.Span, account, epoch);
            expected += $"{response.Text} / ";
        }

        Assert.Equal(3, served.Count);
        Assert.All(messages.Where(message => message.Role == ChatRole.Assistant), message => Assert.Equal(400, message.Text.Length));
    }

    [Theory]
    [MemberData(nameof(Engine.Marks), MemberType = typeof(Engine))]
    public async Task A_cancelled_reply_is_reported(string mark)
    {
        using Watermarker watermarker = Engine.Marked(mark);
        var served = new List<ServedReply>();
        using var client = new WatermarkedOnnxChatClient(engine.Single, watermarker, new WatermarkedOnnxChatOptions { Served = served.Add });
        using var source = new CancellationTokenSource();
        int parts = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "Hello.")], null, source.Token))
            {
                if (++parts == 10)
                    await source.CancelAsync();
            }
        });
        Assert.Equal(10, parts);
        Assert.Equal(served[0].PromptLength + 10, Assert.Single(served).Tokens.Length);
    }

    [Fact]
    public async Task A_reply_stops_at_its_end_and_before_a_stop_sequence()
    {
        using Watermarker watermarker = Engine.Marked("gumbel");
        var options = new WatermarkedOnnxChatOptions { PromptFormatter = (messages, _) => messages.Last().Text, MaxTokens = 300 };
        using var client = new WatermarkedOnnxChatClient(engine.Single, watermarker, options);
        ChatResponse ended = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Bye.\n")]);
        Assert.Equal(("", ChatFinishReason.Stop), (ended.Text, ended.FinishReason));

        var chat = new ChatOptions { Seed = 4 };
        ChatResponse whole = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Hello")], chat);
        string stop = whole.Text.Substring(100, 4);
        chat.StopSequences = ["never written by the model", stop];
        ChatResponse stopped = await client.GetResponseAsync([new ChatMessage(ChatRole.User, "Hello")], chat);
        Assert.Equal(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
        Assert.True(whole.Text.Length == 300 && whole.FinishReason == ChatFinishReason.Length);
    }

    [Fact]
    public async Task Arguments_and_services_are_checked()
    {
        using Watermarker watermarker = Engine.Marked("green-list");
        using IChatClient client = new WatermarkedOnnxChatClient(engine.Half, watermarker);
        Assert.Same(engine.Half, client.GetService<Model>());
        Assert.Equal("onnx", client.GetService<ChatClientMetadata>()!.ProviderName);
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<Uri>());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync("Hello", new ChatOptions { MaxOutputTokens = 0 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => client.GetResponseAsync("Hello", new ChatOptions { TopP = 0 }));
        ChatResponse greedy = await client.GetResponseAsync("Hello", new ChatOptions { MaxOutputTokens = 20, Temperature = 0 });
        ChatResponse again = await client.GetResponseAsync("Hello", new ChatOptions { MaxOutputTokens = 20, Temperature = 0 });
        Assert.Equal(greedy.Text, again.Text);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkedOnnxChatClient(engine.Half, watermarker, new WatermarkedOnnxChatOptions { MaxTokens = 0 }));
    }

    private static string Text(ReadOnlySpan<int> ids)
    {
        var text = new System.Text.StringBuilder();
        foreach (int id in ids)
            text.Append((char)id);
        return text.ToString();
    }
}
