using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Serialization;
using LLama;
using LLama.Abstractions;
using LLama.Common;
using LLama.Native;
using LLama.Sampling;
using Watermark.Extensions.AI;
using Watermark.LLamaSharp;
using Watermark.NGrams;
using Watermark.Scoring;

namespace MinimalApi;

/// <summary>The part of a chat request that the sample reads.</summary>
internal sealed record ChatRequest(
    [property: JsonPropertyName("messages")] IReadOnlyList<ChatTurn> Messages,
    [property: JsonPropertyName("stream")] bool Stream = false,
    [property: JsonPropertyName("max_tokens")] int MaxTokens = 200,
    [property: JsonPropertyName("temperature")] float Temperature = 1);

/// <summary>One message.</summary>
internal sealed record ChatTurn([property: JsonPropertyName("role")] string Role, [property: JsonPropertyName("content")] string Content);

/// <summary>
/// The model: one reply at a time, each under the key of its account and of the epoch in which it began. Every context that the mark
/// used is in the log of that key before the reply ends: what 'watermark fingerprint novelty' needs.
/// </summary>
internal sealed class MarkedModel : IDisposable
{
    private readonly LLamaWeights weights;
    private readonly StatelessExecutor executor;
    private readonly IWatermarkKeyProvider keys;
    private readonly string logs;
    private readonly SemaphoreSlim turn = new(1);

    public MarkedModel(LLamaWeights weights, IContextParams parameters, IWatermarkKeyProvider keys, string logs)
    {
        (this.weights, this.keys, this.logs) = (weights, keys, logs);
        executor = new StatelessExecutor(weights, parameters);
        Directory.CreateDirectory(logs);
    }

    /// <summary>Contexts written to logs since the start.</summary>
    public long ContextsLogged { get; private set; }

    /// <summary>The reply to a request, part by part.</summary>
    public async IAsyncEnumerable<string> ReplyAsync(ChatRequest request, string account, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string prompt = string.Join('\n', request.Messages.Select(message => $"{message.Role}: {message.Content}").Append("assistant: "));
        await turn.WaitAsync(cancellation);
        try
        {
            // The executor reads the prompt with the same call, so the session has the engine's own token ids.
            int[] ids = [.. weights.Tokenize(prompt, add_bos: true, special: true, Encoding.UTF8).Select(token => (int)token)];
            using WatermarkLease lease = keys.NewSession(ids, account);
            using var sampling = new DefaultSamplingPipeline { Temperature = request.Temperature, TopK = 0, TopP = 0.95f, MinP = 0.02f };
            WatermarkedPipeline pipeline = sampling.WithWatermark(lease.Session);
            try
            {
                await foreach (string part in executor.InferAsync(prompt, new InferenceParams { MaxTokens = request.MaxTokens, SamplingPipeline = pipeline }, cancellation))
                    yield return part;
            }
            finally
            {
                Log(lease, account, ids.Length);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Tests a text for the key of an account in the present epoch.</summary>
    public DetectionResult Detect(string text, string account)
    {
        using WatermarkLease lease = keys.NewSession(account: account);
        return lease.Detector().Detect([.. weights.Tokenize(text, add_bos: false, special: false, Encoding.UTF8).Select(token => (int)token)]);
    }

    public void Dispose() => turn.Dispose();

    private void Log(WatermarkLease lease, string account, int promptLength)
    {
        // One log for each key; accounts may hold any characters, file names may not.
        string name = $"{lease.Epoch}-{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(account))}.contexts";
        var header = new ServedContextsHeader(lease.Epoch ?? "", lease.Scheme.KeyId, lease.Scheme.ContextWidth, TokenizerHash: "");
        using var log = ServedContextsLog.Open(File.Open(Path.Combine(logs, name), FileMode.OpenOrCreate, FileAccess.ReadWrite), header);
        log.Add(lease.Session.Tokens, promptLength);
        log.Flush();
        ContextsLogged += log.Logged;
    }
}
