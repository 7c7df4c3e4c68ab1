namespace Watermark.Extensions.AI;

/// <summary>Gives each reply a session under the key that is in use when the reply begins. Safe for concurrent use.</summary>
public interface IWatermarkKeyProvider
{
    /// <summary>The name of the epoch now; null where there are no epochs.</summary>
    string? Epoch { get; }

    /// <summary>A session for one reply. It keeps its key, whatever is rotated, until it is disposed.</summary>
    /// <param name="prompt">Token ids of everything before the reply, none negative.</param>
    /// <param name="account">The account that asked; null for none.</param>
    /// <returns>The session and its detector; dispose it when the reply has ended.</returns>
    /// <exception cref="ArgumentException">The account is empty, or the key is of a kind from which none derives.</exception>
    /// <exception cref="ObjectDisposedException">The provider was disposed.</exception>
    WatermarkLease NewSession(ReadOnlySpan<int> prompt = default, string? account = null);
}
