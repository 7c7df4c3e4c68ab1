using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntimeGenAI;
using Watermark.Embedding;
using Watermark.Serving;

namespace Watermark.OnnxRuntimeGenAI;

/// <summary>Who is served by a chat client, how, and what is done with what was served.</summary>
public sealed record WatermarkedOnnxChatOptions
{
    /// <summary>The account whose key marks, asked before each reply. <value>Default null: none.</value></summary>
    public Func<string?>? Account { get; init; }

    /// <summary>The epoch whose key marks, asked before each reply. <value>Default null: none.</value></summary>
    public Func<string?>? Epoch { get; init; }

    /// <summary>
    /// How tokens are drawn where <see cref="ChatOptions"/> does not say: temperature, top-k, top-p, seed.
    /// <value>Default: temperature 1, the whole vocabulary.</value>
    /// </summary>
    public SamplerOptions Sampler { get; init; } = new();

    /// <summary>The most tokens of a reply where <see cref="ChatOptions"/> does not say, 1 or more. <value>Default 1024.</value></summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>
    /// Sets more search options of the engine, such as penalties or guidance. They take part in the draw only under schemes on
    /// logits. <value>Default null.</value>
    /// </summary>
    public Action<GeneratorParams, ChatOptions?>? Configure { get; init; }

    /// <summary>Writes the messages as a prompt; null for the chat template of the model's tokenizer. <value>Default null.</value></summary>
    public Func<IEnumerable<ChatMessage>, ChatOptions?, string>? PromptFormatter { get; init; }

    /// <summary>Called after each reply, also one that was cancelled: the place for a log of served contexts. <value>Default null.</value></summary>
    public Action<ServedReply>? Served { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Sampler);
        Sampler.Validate();
        if (MaxTokens < 1)
            throw new ArgumentOutOfRangeException(nameof(MaxTokens), MaxTokens, "A reply has at most 1 token or more.");
    }
}

/// <summary>A reply that was served.</summary>
/// <param name="Tokens">The token ids of the prompt, then of the reply.</param>
/// <param name="PromptLength">The number of tokens before the reply.</param>
/// <param name="Account">The account; null for none.</param>
/// <param name="Epoch">The epoch; null for none.</param>
public sealed record ServedReply(ReadOnlyMemory<int> Tokens, int PromptLength, string? Account, string? Epoch);

/// <summary>A chat with a model of ONNX Runtime GenAI whose replies are marked.</summary>
/// <remarks>
/// Every call carries the whole conversation, so it needs no state; replies may be asked for concurrently. Under schemes on logits
/// the engine draws, with its own sampler; under the others <see cref="TokenSampler"/> does. Of <see cref="ChatOptions"/> it follows
/// MaxOutputTokens, Temperature, TopK, TopP, Seed, StopSequences and Instructions.
/// </remarks>
public sealed class WatermarkedOnnxChatClient : IChatClient
{
    private readonly Model model;
    private readonly Tokenizer tokenizer;
    private readonly int[] endTokens;
    private readonly Watermarker watermarker;
    private readonly WatermarkedOnnxChatOptions options;
    private readonly ChatClientMetadata metadata = new("onnx");

    /// <summary>Joins a model with a key.</summary>
    /// <param name="model">The model; the caller disposes it.</param>
    /// <param name="watermarker">The key; the caller disposes it.</param>
    /// <param name="options">Who is served and how; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="OnnxRuntimeGenAIException">The model's tokenizer cannot be read.</exception>
    public WatermarkedOnnxChatClient(Model model, Watermarker watermarker, WatermarkedOnnxChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(watermarker);
        this.options = options ?? new WatermarkedOnnxChatOptions();
        this.options.Validate();
        (this.model, this.watermarker) = (model, watermarker);
        tokenizer = new Tokenizer(model);
        endTokens = tokenizer.GetEosTokenIds().ToArray();
    }

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        SamplerOptions sampler = this.options.Sampler with
        {
            Temperature = options?.Temperature ?? this.options.Sampler.Temperature,
            TopK = options?.TopK ?? this.options.Sampler.TopK,
            TopP = options?.TopP ?? this.options.Sampler.TopP,
            Seed = options?.Seed is { } seed ? (ulong)seed : this.options.Sampler.Seed,
        };
        sampler.Validate();
        int most = options?.MaxOutputTokens ?? this.options.MaxTokens;
        if (most < 1)
            throw new ArgumentOutOfRangeException(nameof(options), most, "MaxOutputTokens is 1 or more.");
        return Stream(messages, options, sampler, most, cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(ChatClientMetadata))
            return metadata;
        if (serviceType == typeof(Model))
            return model;
        if (serviceType == typeof(Tokenizer))
            return tokenizer;
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Frees the tokenizer; model and key stay the caller's.</summary>
    public void Dispose() => tokenizer.Dispose();

    private async IAsyncEnumerable<ChatResponseUpdate> Stream(
        IEnumerable<ChatMessage> messages, ChatOptions? chat, SamplerOptions sampler, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The engine computes on the thread that asks, so that thread is not the caller's.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        (string? account, string? epoch) = (options.Account?.Invoke(), options.Epoch?.Invoke());
        WatermarkSession session = watermarker.NewSession([], account, epoch);
        bool engineDraws = session.Place == MarkPlace.Logits;
        using Sequences prompt = tokenizer.Encode(options.PromptFormatter?.Invoke(messages, chat) ?? Template(messages, chat));
        int promptLength = prompt[0].Length;
        using var parameters = new GeneratorParams(model);
        if (engineDraws)
            Search(parameters, sampler);
        options.Configure?.Invoke(parameters, chat);
        using var generator = new Generator(model, parameters);
        var marked = new WatermarkedGenerator(generator, [session], new WatermarkedGeneratorOptions { Sampler = engineDraws ? null : sampler, EndTokens = endTokens });
        using TokenizerStream decoder = tokenizer.CreateStream();
        var text = new StoppedText(chat?.StopSequences);
        string id = Guid.NewGuid().ToString("N");
        bool stopped = false;
        try
        {
            marked.Append(prompt);
            int count = 0;
            for (; count < most && !stopped && !marked.IsDone; count++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                int token = marked.GenerateNextToken();
                stopped = Array.IndexOf(endTokens, token) >= 0;
                string part = stopped ? "" : text.Add(decoder.Decode(token), out stopped);
                if (part.Length > 0)
                    yield return Update(id, new TextContent(part));
            }

            if (text.Rest() is { Length: > 0 } rest)
                yield return Update(id, new TextContent(rest));
            var usage = new UsageDetails { InputTokenCount = promptLength, OutputTokenCount = count, TotalTokenCount = promptLength + count };
            ChatResponseUpdate last = Update(id, new UsageContent(usage));
            last.FinishReason = stopped ? ChatFinishReason.Stop : ChatFinishReason.Length;
            yield return last;
        }
        finally
        {
            options.Served?.Invoke(new ServedReply(session.Tokens.ToArray(), promptLength, account, epoch));
        }
    }

    private static ChatResponseUpdate Update(string id, AIContent content) =>
        new() { Role = ChatRole.Assistant, Contents = [content], MessageId = id, ResponseId = id };

    private static void Search(GeneratorParams parameters, SamplerOptions sampler)
    {
        // Temperature 0 is no value for the engine: it takes the largest logit where it does not sample.
        parameters.SetSearchOption("do_sample", sampler.Temperature > 0);
        if (sampler.Temperature > 0)
            parameters.SetSearchOption("temperature", sampler.Temperature);
        parameters.SetSearchOption("top_k", sampler.TopK);
        parameters.SetSearchOption("top_p", sampler.TopP);
        if (sampler.Seed is { } seed)
            parameters.SetSearchOption("random_seed", (double)(seed % int.MaxValue));
    }

    /// <summary>The messages as the model's own template writes them.</summary>
    private string Template(IEnumerable<ChatMessage> messages, ChatOptions? chat)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            if (chat?.Instructions is { Length: > 0 } instructions)
                Write(json, ChatRole.System.Value, instructions);
            foreach (ChatMessage message in messages)
                Write(json, message.Role.Value, message.Text);
            json.WriteEndArray();
        }

        return tokenizer.ApplyChatTemplate(null, Encoding.UTF8.GetString(buffer.WrittenSpan), null, true);

        static void Write(Utf8JsonWriter json, string role, string content)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteString("content", content);
            json.WriteEndObject();
        }
    }

    /// <summary>Text up to the first stop sequence; what could be the beginning of one is held back.</summary>
    private sealed class StoppedText(IList<string>? stops)
    {
        private readonly int held = stops is { Count: > 0 } ? stops.Max(stop => stop.Length) - 1 : 0;
        private string waiting = "";

        public string Add(string part, out bool stopped)
        {
            waiting += part;
            int end = -1;
            foreach (string stop in stops ?? [])
            {
                int at = stop.Length == 0 ? -1 : waiting.IndexOf(stop, StringComparison.Ordinal);
                if (at >= 0 && (end < 0 || at < end))
                    end = at;
            }

            stopped = end >= 0;
            int safe = stopped ? end : Math.Max(0, waiting.Length - Math.Max(0, held));
            string given = waiting[..safe];
            waiting = stopped ? "" : waiting[safe..];
            return given;
        }

        public string Rest() => waiting;
    }
}
