using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;
using Watermark.Scoring;

namespace Watermark.Extensions.AI;

/// <summary>
/// Scores every reply of another chat client under a key and reports the result; the reply passes unchanged. N-grams that the
/// request's own messages hold are left out of the score, so a model that copies a marked prompt does not look marked.
/// </summary>
/// <remarks>
/// The result is in the additional properties of the response under <see cref="ResultProperty"/>; <see cref="ResultOf"/> finds it. A streamed reply is passed on
/// update by update and scored after its last one; the result then comes in one more update, which has no content. A stream
/// that its reader leaves early is not scored, nor is a reply whose request was cancelled. Where scoring fails, the reply
/// passes without a result and <c>watermark.detection.failures</c> counts it. Safe for concurrent use.
/// </remarks>
public sealed class WatermarkDetectionChatClient : DelegatingChatClient
{
    /// <summary>The additional property that holds a <see cref="DetectionResult"/>.</summary>
    public const string ResultProperty = "watermark.detection";

    private readonly WatermarkDetectionOptions options;

    /// <summary>Creates the client.</summary>
    /// <param name="innerClient">The client whose replies are scored.</param>
    /// <param name="options">The tokenizer, the detector and who is told.</param>
    /// <exception cref="ArgumentNullException">An argument or a delegate of the options is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit of characters is below 1.</exception>
    public WatermarkDetectionChatClient(IChatClient innerClient, WatermarkDetectionOptions options)
        : base(innerClient)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
    }

    /// <summary>The result of a response, also of one that was put together from a stream; null where it was not scored.</summary>
    /// <param name="response">A response of this client.</param>
    public static DetectionResult? ResultOf(ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return new[] { response.AdditionalProperties }.Concat(response.Messages.Select(message => message.AdditionalProperties))
            .Select(properties => properties?.GetValueOrDefault(ResultProperty) as DetectionResult?).LastOrDefault(result => result is not null);
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        IList<ChatMessage> sent = messages as IList<ChatMessage> ?? [.. messages];
        ChatResponse response = await base.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
        if (!cancellationToken.IsCancellationRequested && Detect(sent, response.Text, options) is { } result)
            (response.AdditionalProperties ??= [])[ResultProperty] = result;
        return response;
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        IList<ChatMessage> sent = messages as IList<ChatMessage> ?? [.. messages];
        var text = new StringBuilder();
        ChatResponseUpdate? last = null;
        await foreach (ChatResponseUpdate update in base.GetStreamingResponseAsync(sent, options, cancellationToken).ConfigureAwait(false))
        {
            string part = update.Text;
            text.Append(part, 0, Math.Min(part.Length, this.options.MaximumCharacters - text.Length));
            last = update;
            yield return update;
        }

        if (last is null || cancellationToken.IsCancellationRequested || Detect(sent, text.ToString(), options) is not { } result)
            yield break;
        yield return new ChatResponseUpdate
        {
            Role = last.Role,
            MessageId = last.MessageId,
            ResponseId = last.ResponseId,
            ConversationId = last.ConversationId,
            AdditionalProperties = new() { [ResultProperty] = result },
        };
    }

    private DetectionResult? Detect(IEnumerable<ChatMessage> messages, string text, ChatOptions? chatOptions)
    {
        using Activity? activity = WatermarkTelemetry.Source.StartActivity("watermark.detect");
        long start = TimeProvider.System.GetTimestamp();
        try
        {
            if (text.Length > options.MaximumCharacters)
                text = text[..options.MaximumCharacters];
            int[] prompt = options.Encode(string.Join('\n', messages.Select(message => message.Text)));
            DetectionResult result = options.DetectorFor(chatOptions).Detect(options.Encode(text), [prompt]);
            WatermarkTelemetry.Detected(result, TimeProvider.System.GetElapsedTime(start), activity);
            options.OnDetected?.Invoke(result);
            return result;
        }
#pragma warning disable CA1031 // Whatever goes wrong while scoring, the reply is the caller's and passes.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Only the type: a message may hold text or a path.
            WatermarkTelemetry.Failed(exception.GetType().Name, activity);
            return null;
        }
    }
}
