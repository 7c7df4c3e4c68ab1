using Microsoft.Extensions.AI;

namespace Watermark.Forensics.Tests.Cases.Collection;

/// <summary>A chat client that says what a test chooses.</summary>
/// <param name="answer">Answers the text of the last message.</param>
internal sealed class TestClient(Func<string, CancellationToken, Task<string>> answer) : IChatClient
{
    public TestClient(Func<string, string> answer)
        : this((prompt, _) => Task.FromResult(answer(prompt)))
    {
    }

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        string prompt = messages.Last().Text;
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, await answer(prompt, cancellationToken))) { ModelId = "said", FinishReason = ChatFinishReason.Stop };
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
