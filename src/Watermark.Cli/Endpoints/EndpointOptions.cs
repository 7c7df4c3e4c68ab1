namespace Watermark.Cli.Endpoints;

/// <summary>How an endpoint is asked.</summary>
internal sealed record EndpointOptions
{
    /// <summary>Further attempts after one that failed for a reason that may pass: 408, 429, 5xx, no connection, no answer in time. 0 … 100.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>The pause before the second attempt; doubled with each further one, with jitter. A <c>Retry-After</c> header goes before.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The time that one attempt may take.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Requests a minute, attempts counted; null for no limit.</summary>
    public int? RequestsPerMinute { get; init; }
}
