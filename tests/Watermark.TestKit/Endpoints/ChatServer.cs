using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Watermark.TestKit.Endpoints;

/// <summary>What a client sent.</summary>
/// <param name="Model">The model it asks for.</param>
/// <param name="Prompt">The text of its last message.</param>
/// <param name="Body">The exact bytes of the body.</param>
/// <param name="Path">The path and query of the request.</param>
/// <param name="Authorization">The header; null where it sent none.</param>
public sealed record ChatCall(string Model, string Prompt, byte[] Body, string Path, string? Authorization);

/// <summary>What the server answers.</summary>
/// <param name="Status">The HTTP status; 0 closes the connection without an answer.</param>
/// <param name="Body">The exact bytes of the body.</param>
/// <param name="Headers">Further headers, each with its line end.</param>
public sealed record ChatAnswer(int Status, byte[] Body, string Headers = "")
{
    /// <summary>A chat completion, in the shape of OpenAI's API.</summary>
    /// <param name="call">The call.</param>
    /// <param name="text">The text of the reply.</param>
    public static ChatAnswer Of(ChatCall call, string text)
    {
        ArgumentNullException.ThrowIfNull(call);
        string body = $$$"""
            {"id":"chatcmpl-{{{call.Body.Length}}}","object":"chat.completion","created":1700000000,"model":{{{Quoted(call.Model)}}},
              "choices":[{"index":0,"message":{"role":"assistant","content":{{{Quoted(text)}}}},"finish_reason":"stop"}],
              "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}
            """;
        return new ChatAnswer(200, Encoding.UTF8.GetBytes(body), "x-request-id: req-1\r\n");
    }

    /// <summary>A refusal.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="headers">Further headers, each with its line end.</param>
    public static ChatAnswer Refusal(int status, string headers = "Retry-After: 0\r\n") => new(status, "{\"error\":{\"message\":\"not now\"}}"u8.ToArray(), headers);

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}

/// <summary>An OpenAI-compatible endpoint on this machine, with an answer that the test chooses.</summary>
public sealed class ChatServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ending = new();
    private readonly Func<ChatCall, ChatAnswer> answer;

    /// <summary>Starts the server.</summary>
    /// <param name="answer">Answers a call; may be asked by several threads at once.</param>
    public ChatServer(Func<ChatCall, ChatAnswer> answer)
    {
        this.answer = answer;
        listener.Start(backlog: 128);
        _ = AcceptAsync();
    }

    /// <summary>The base address of the API.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");

    /// <summary>What was asked, in the order of arrival.</summary>
    public ConcurrentQueue<ChatCall> Calls { get; } = new();

    public void Dispose()
    {
        ending.Cancel();
        listener.Dispose();
        ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(ending.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } call)
                {
                    Calls.Enqueue(call);
                    ChatAnswer said = answer(call);
                    if (said.Status == 0)
                        return;
                    string head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {said.Status} Said\r\nContent-Type: application/json\r\nContent-Length: {said.Body.Length}\r\n{said.Headers}\r\n");
                    await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. said.Body]);
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
            {
                // The client went away, as killed ones do.
            }
        }
    }

    /// <summary>Reads a request; null where the client closed the connection.</summary>
    private static async Task<ChatCall?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (!EndsHead(head))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n");
        byte[] body = new byte[int.Parse(Header(lines, "Content-Length") ?? "0", CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        using JsonDocument document = JsonDocument.Parse(body);
        JsonElement content = document.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
        string prompt = content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
        return new ChatCall(document.RootElement.GetProperty("model").GetString()!, prompt, body, lines[0].Split(' ')[1], Header(lines, "Authorization"));
    }

    private static bool EndsHead(List<byte> head) => head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';

    private static string? Header(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}
