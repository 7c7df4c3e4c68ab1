using System.ClientModel;
using System.ClientModel.Primitives;
using System.Threading.RateLimiting;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Http.Resilience;
using OpenAI;
using OpenAI.Chat;
using Polly;
using Polly.Retry;
using Watermark.Forensics.Cases.Collection;

namespace Watermark.Cli.Endpoints;

/// <summary>
/// A subject behind an OpenAI-compatible endpoint. Attempts that fail for a reason that may pass are repeated after a pause,
/// and every attempt is recorded.
/// </summary>
internal sealed class ChatEndpoint : IDisposable
{
    /// <summary>The environment variable with the API key where none is named.</summary>
    public const string DefaultKeyVariable = "OPENAI_API_KEY";

    // The client wants a key where the endpoint wants none; the header is taken off again.
    private const string NoKey = "none";

    private readonly HttpClient http;
    private readonly RateLimiter? limiter;

    private ChatEndpoint(SubjectSettings settings, Uri address, string? apiKey, EndpointOptions options)
    {
        limiter = options.RequestsPerMinute is { } rate ? Limiter(rate) : null;
        http = new HttpClient(new ResilienceHandler(Pipeline(options, limiter))
        {
            InnerHandler = new WireHandler(apiKey, new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var client = new ChatClient(settings.Model, new ApiKeyCredential(apiKey ?? NoKey), new OpenAIClientOptions
        {
            Endpoint = address,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        });
        Subject = new CollectionSubject(settings.Name, settings.Role, client.AsIChatClient())
        {
            Model = settings.Model!,
            Endpoint = WireExchange.Redacted(address),
            Parameters = settings.Parameters,
            RecordsWire = true,
        };
    }

    /// <summary>The subject.</summary>
    public CollectionSubject Subject { get; }

    /// <summary>Opens an endpoint; nothing is sent yet.</summary>
    /// <param name="settings">How the subject is reached; its endpoint and model are known.</param>
    /// <param name="options">How it is asked.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <exception cref="InputFormatException">The address is no address, or the named variable holds no API key.</exception>
    public static ChatEndpoint Open(SubjectSettings settings, EndpointOptions options, Func<string, string?> variable)
    {
        if (settings.Endpoint is not { Length: > 0 } endpoint)
            throw new InputFormatException($"The subject '{settings.Name}' has no endpoint; give --endpoint, or name it in the plan or in --subjects.");
        if (settings.Model is not { Length: > 0 })
            throw new InputFormatException($"The subject '{settings.Name}' has no model; give --model, or name it in the plan or in --subjects.");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw new InputFormatException($"The endpoint of '{settings.Name}' is not an http or https address without a user name.");
        string? key = ApiKey(settings, variable);
        if (key is not null && endpoint.Contains(key, StringComparison.Ordinal))
            throw new InputFormatException($"The endpoint of '{settings.Name}' holds the API key; an address without it was expected.");
        return new ChatEndpoint(settings, address, key, options);
    }

    public void Dispose()
    {
        Subject.Client.Dispose();
        http.Dispose();
        limiter?.Dispose();
    }

    private static string? ApiKey(SubjectSettings settings, Func<string, string?> variable)
    {
        string? key = variable(settings.ApiKeyVariable ?? DefaultKeyVariable);
        if (string.IsNullOrEmpty(key))
        {
            return settings.ApiKeyVariable is null
                ? null
                : throw new InputFormatException($"The environment variable {settings.ApiKeyVariable} is not set; the API key of '{settings.Name}' was expected in it.");
        }

        return key.All(letter => letter is > ' ' and < '\x7f')
            ? key
            : throw new InputFormatException($"The environment variable {settings.ApiKeyVariable ?? DefaultKeyVariable} holds characters that no API key has, such as a space or a line break.");
    }

    private static TokenBucketRateLimiter Limiter(int rate) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 1,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1) / rate,
        QueueLimit = int.MaxValue,
    });

    /// <summary>Retries around the limit of rate around the time of one attempt.</summary>
    private static ResiliencePipeline<HttpResponseMessage> Pipeline(EndpointOptions options, RateLimiter? limiter)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage>();
        if (options.Retries > 0)
        {
            builder.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = true,
            });
        }

        if (limiter is not null)
            builder.AddRateLimiter(limiter);
        return builder.AddTimeout(new HttpTimeoutStrategyOptions { Timeout = options.AttemptTimeout }).Build();
    }
}
