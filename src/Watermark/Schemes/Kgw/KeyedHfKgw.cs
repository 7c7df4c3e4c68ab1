using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Torch;

namespace Watermark.Schemes.Kgw;

/// <summary>A list of Hugging Face transformers under its hash key.</summary>
internal sealed class KeyedHfKgw : KeyedTorchList
{
    private readonly TorchHashTable? table;
    private long hashKey;
    private bool erased;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret; copied.</param>
    /// <param name="candidatesTried">See <see cref="KeyedTorchList"/>.</param>
    public KeyedHfKgw(HfKgwScheme scheme, IntegerSecret secret, int candidatesTried)
        : base(scheme, secret.IdFor(scheme), candidatesTried)
    {
        hashKey = (long)secret.Value("hashKey");
        if (candidatesTried > 0)
            table = new TorchHashTable(TorchRandom.EffectiveSeed((ulong)hashKey));
    }

    /// <inheritdoc/>
    protected override uint SeedOf(ReadOnlySpan<int> window) => table is null
        ? TorchSeed.Of((Int128)hashKey * window[^1])
        : TorchSeed.Of(KgwSeeding.AnchoredMinHash(table, window, hashKey));

    /// <inheritdoc/>
    protected override void ThrowIfErased() => ObjectDisposedException.ThrowIf(erased, this);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        erased = true;
        hashKey = 0;
        table?.Erase();
    }
}
