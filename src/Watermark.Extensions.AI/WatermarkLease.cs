using Watermark.Embedding;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Extensions.AI;

/// <summary>A session of one reply, which keeps its key in memory until it is disposed.</summary>
public sealed class WatermarkLease : IDisposable
{
    private Action? ended;

    /// <summary>Creates a lease.</summary>
    /// <param name="session">The session.</param>
    /// <param name="scheme">The scheme under which it marks.</param>
    /// <param name="epoch">The epoch of its key; null for none.</param>
    /// <param name="ended">Called once when the lease is disposed; null for nothing.</param>
    /// <exception cref="ArgumentNullException">The session or scheme is null.</exception>
    public WatermarkLease(WatermarkSession session, KeyedScheme scheme, string? epoch, Action? ended = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(scheme);
        (Session, Scheme, Epoch, this.ended) = (session, scheme, epoch, ended);
    }

    /// <summary>The session; not safe for concurrent use.</summary>
    public WatermarkSession Session { get; }

    /// <summary>The scheme under which the session marks; do not dispose it.</summary>
    public KeyedScheme Scheme { get; }

    /// <summary>The epoch in which the reply began; null for none.</summary>
    public string? Epoch { get; }

    /// <summary>A detector for this reply, valid as long as the lease.</summary>
    /// <returns>A detector with the scheme's usual selection.</returns>
    public WatermarkDetector Detector() => new(Scheme);

    /// <summary>Ends the reply. A key that was replaced meanwhile is erased with its last lease.</summary>
    public void Dispose() => Interlocked.Exchange(ref ended, null)?.Invoke();
}
