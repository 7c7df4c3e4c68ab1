using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// SynthID-Text as Hugging Face transformers writes it: the same tournament, but a layer's bit is looked up in a table of
/// coin flips at the hash modulo the table's size (<c>SynthIDTextWatermarkLogitsProcessor</c>).
/// </summary>
/// <remarks>
/// Under random keys a bit is 1 with the exact probability ones/size of the table, and that is the null here, not 1/2. All
/// bits of an n-gram depend on its hash modulo the size alone, so of n distinct n-grams about n²/(2·size) pairs share their
/// coins. On average over texts the table compensates, since its autocorrelation sums to zero; for a single text only random
/// keys show the effect (<c>weak-hashes.md</c> has measurements).
/// </remarks>
public sealed record SynthIdHfScheme : SynthIdParameters
{
    private readonly int samplingTableSize = 65536;

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "synthid-hf",
        Summary = "SynthID-Text tournament sampling with the coin table of Hugging Face transformers.",
        Parameters =
        [
            .. SharedParameters,
            SchemeTable.Integer<SynthIdHfScheme>("samplingTableSize", 2, 1 << 24, "entries of the table of coin flips", scheme => scheme.SamplingTableSize, (scheme, value) => scheme with { SamplingTableSize = value }),
            ScoringParameter,
        ],
        Secret = "{\"keys\": [64-bit integers, one a layer, 1 to 64], \"samplingTableSeed\": 0}",
        Null = "Binomial(n·layers, ones/size of the table), or the exact weighted sum",
        Paper = "Dathathri et al., Scalable watermarking for identifying large language model outputs, Nature 634 (2024)",
        Engine = "Hugging Face transformers, SynthIDTextWatermarkingConfig (table drawn on a CPU)",
        Template = new SynthIdHfScheme(),
    };

    /// <summary>
    /// The row. A row's bits depend only on its hash modulo the size of the table. But the table is public and the same for
    /// every key: with enough text, counting each residue once would count the whole table, whose sum is fixed.
    /// </summary>
    public override CoinRule Coins => CoinRule.Row;

    /// <inheritdoc/>
    public override string Name => "synthid-hf";

    /// <summary>Entries of the table of coin flips. <value>2 to 2^24, default 65536.</value></summary>
    public int SamplingTableSize
    {
        get => samplingTableSize;
        init => samplingTableSize = Within(value, 2, 1 << 24, nameof(SamplingTableSize));
    }

    /// <summary>
    /// The seed of the table of coin flips. As with <see cref="SynthIdParameters.Depth"/>, the key file has it in the
    /// secret, where users of transformers keep it; <see cref="WatermarkScheme.WithKey"/> takes it from there, since the
    /// null needs the table's share of ones. <value>Default 0.</value>
    /// </summary>
    public ulong SamplingTableSeed { get; init; }

    /// <inheritdoc/>
    public override SecretShape SecretShape => new(
    [
        KeysField(Depth),
        new SecretField("samplingTableSeed", ulong.MinValue, ulong.MaxValue) { Default = SamplingTableSeed },
    ]);

    private protected override Fraction OnesFraction => CoinTable.Of(SamplingTableSeed, SamplingTableSize).OnesFraction;

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        long[] keys = KeysOf(secret);
        SynthIdHfScheme bound = this with { Depth = keys.Length, SamplingTableSeed = (ulong)secret.Value("samplingTableSeed") };
        return new KeyedSynthIdHf(bound, keys, secret);
    }
}
