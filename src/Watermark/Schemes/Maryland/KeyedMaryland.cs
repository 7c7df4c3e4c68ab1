using Watermark.Keys;
using Watermark.Schemes.Torch;

namespace Watermark.Schemes.Maryland;

/// <summary>A Maryland list under its seed.</summary>
internal sealed class KeyedMaryland : KeyedTorchList
{
    private ulong seed;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret; copied.</param>
    public KeyedMaryland(MarylandScheme scheme, IntegerSecret secret)
        : base(scheme, secret, candidatesTried: 0) => seed = (ulong)secret.Value("seed");

    /// <inheritdoc/>
    protected override uint SeedOf(ReadOnlySpan<int> window) => MarylandSeed.Of(window, seed);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => seed = 0;
}
