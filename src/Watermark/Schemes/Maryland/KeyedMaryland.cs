using Watermark.Keys;
using Watermark.Schemes.Torch;

namespace Watermark.Schemes.Maryland;

/// <summary>A Maryland list under its seed.</summary>
internal sealed class KeyedMaryland : KeyedTorchList
{
    private ulong seed;
    private bool erased;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret; copied.</param>
    public KeyedMaryland(MarylandScheme scheme, IntegerSecret secret)
        : base(scheme, secret.IdFor(scheme), candidatesTried: 0) => seed = (ulong)secret.Value("seed");

    /// <inheritdoc/>
    protected override uint SeedOf(ReadOnlySpan<int> window) => MarylandSeed.Of(window, seed);

    /// <inheritdoc/>
    protected override void ThrowIfErased() => ObjectDisposedException.ThrowIf(erased, this);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        erased = true;
        seed = 0;
    }
}
