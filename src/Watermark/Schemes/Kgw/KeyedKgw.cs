using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Torch;

namespace Watermark.Schemes.Kgw;

/// <summary>A list of lm-watermarking under its hash key.</summary>
internal sealed class KeyedKgw : KeyedTorchList
{
    private readonly KgwSeeding seeding;
    private long hashKey;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="seeding">Its seeding.</param>
    /// <param name="secret">The secret; copied.</param>
    /// <param name="candidatesTried">See <see cref="KeyedTorchList"/>.</param>
    public KeyedKgw(KgwScheme scheme, KgwSeeding seeding, IntegerSecret secret, int candidatesTried)
        : base(scheme, secret, candidatesTried)
    {
        this.seeding = seeding;
        hashKey = (long)secret.Value("hashKey");
    }

    /// <inheritdoc/>
    protected override uint SeedOf(ReadOnlySpan<int> window) => seeding.SeedOf(window, hashKey);

    /// <inheritdoc/>
    protected override bool IsKeyless(ReadOnlySpan<int> window) => seeding.IsKeyless(window, hashKey);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => hashKey = 0;
}

/// <summary>A list of Hugging Face transformers under its hash key.</summary>
internal sealed class KeyedHfKgw : KeyedTorchList
{
    private readonly TorchHashTable? table;
    private long hashKey;

    /// <summary>Keys the scheme.</summary>
    /// <param name="scheme">The parameters.</param>
    /// <param name="secret">The secret; copied.</param>
    /// <param name="candidatesTried">See <see cref="KeyedTorchList"/>.</param>
    public KeyedHfKgw(HfKgwScheme scheme, IntegerSecret secret, int candidatesTried)
        : base(scheme, secret, candidatesTried)
    {
        hashKey = (long)secret.Value("hashKey");
        if (candidatesTried > 0)
            table = new TorchHashTable(TorchRandom.EffectiveSeed((ulong)hashKey));
    }

    /// <inheritdoc/>
    protected override uint SeedOf(ReadOnlySpan<int> window) => table is null
        ? TorchSeed.Of((Int128)hashKey * window[^1])
        : TorchSeed.Of(KgwSeeding.AnchoredMinHash(table, window, hashKey));

    /// <summary><c>lefthash</c> after token 0: the seed is 0. The table's hashes are never 0, so <c>selfhash</c> always has a coin.</summary>
    protected override bool IsKeyless(ReadOnlySpan<int> window) => table is null && window[^1] == 0;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        hashKey = 0;
        table?.Erase();
    }
}
