using Watermark.Keys;
using Watermark.Schemes.Torch;

namespace Watermark.Schemes.Kgw;

/// <summary>A list of lm-watermarking under its hash key.</summary>
internal sealed class KeyedKgw : KeyedTorchList
{
    private readonly KgwSeeding seeding;
    private long hashKey;
    private bool erased;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="seeding">Its seeding.</param>
    /// <param name="secret">The secret; copied.</param>
    /// <param name="candidatesTried">See <see cref="KeyedTorchList"/>.</param>
    public KeyedKgw(KgwScheme scheme, KgwSeeding seeding, IntegerSecret secret, int candidatesTried)
        : base(scheme, secret.IdFor(scheme), candidatesTried)
    {
        this.seeding = seeding;
        hashKey = (long)secret.Value("hashKey");
    }

    /// <inheritdoc/>
    protected override uint SeedOf(ReadOnlySpan<int> window) => seeding.SeedOf(window, hashKey);

    /// <inheritdoc/>
    protected override void ThrowIfErased() => ObjectDisposedException.ThrowIf(erased, this);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        erased = true;
        hashKey = 0;
    }
}
