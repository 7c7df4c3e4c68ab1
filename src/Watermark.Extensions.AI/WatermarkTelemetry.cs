using System.Diagnostics;
using System.Diagnostics.Metrics;
using Watermark.Scoring;

namespace Watermark.Extensions.AI;

/// <summary>
/// The names under which services see what happens. No metric or trace holds a text, a secret, a key's id or an account.
/// </summary>
public static class WatermarkTelemetry
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Name = "Watermark.Extensions.AI";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Replies = Meter.CreateCounter<long>("watermark.detection.replies", "{reply}", "Replies scored.");
    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>("watermark.detection.tokens", "{token}", "Tokens of the scored replies.");
    private static readonly Counter<long> Scored = Meter.CreateCounter<long>("watermark.detection.scored", "{token}", "Tokens that counted in a score.");
    private static readonly Histogram<double> LogP = Meter.CreateHistogram<double>("watermark.detection.ln_p", "1", "Natural logarithm of the p-value of a reply.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("watermark.detection.duration", "us", "Time to tokenize and score a reply.");
    private static readonly Counter<long> Failures = Meter.CreateCounter<long>("watermark.detection.failures", "{reply}", "Replies that could not be scored; the tag error.type says why.");
    private static readonly Counter<long> Sessions = Meter.CreateCounter<long>("watermark.sessions", "{session}", "Sessions given to replies.");
    private static readonly Counter<long> Loads = Meter.CreateCounter<long>("watermark.key.loads", "{load}", "Key files loaded, the first included.");
    private static readonly Counter<long> LoadFailures = Meter.CreateCounter<long>("watermark.key.load_failures", "{load}", "Changed key files that could not be loaded; the key before stays in use.");

    internal static void Detected(in DetectionResult result, TimeSpan elapsed, Activity? activity)
    {
        Replies.Add(1);
        Tokens.Add(result.Tokens);
        Scored.Add(result.Scored);
        LogP.Record(result.LogP);
        Duration.Record(elapsed.TotalMicroseconds);
        activity?.SetTag("watermark.tokens", result.Tokens);
        activity?.SetTag("watermark.scored", result.Scored);
        activity?.SetTag("watermark.ln_p", result.LogP);
    }

    internal static void Failed(string type, Activity? activity)
    {
        Failures.Add(1, new KeyValuePair<string, object?>("error.type", type));
        activity?.SetStatus(ActivityStatusCode.Error);
        activity?.SetTag("error.type", type);
    }

    internal static void SessionGiven() => Sessions.Add(1);

    internal static void KeyLoaded() => Loads.Add(1);

    internal static void KeyLoadFailed() => LoadFailures.Add(1);
}
