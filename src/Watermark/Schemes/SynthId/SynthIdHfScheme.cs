using System.Text.Json;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// SynthID-Text as Hugging Face transformers writes it: the same tournament, but a layer's bit is looked up in a table of
/// coin flips at the hash modulo the table's size (<c>SynthIDTextWatermarkLogitsProcessor</c>).
/// </summary>
/// <remarks>
/// Under random keys a bit is 1 with the exact probability ones/size of the table, which is the null here and not 1/2.
/// All bits of an n-gram depend on its hash modulo the size alone, so of n distinct n-grams about n²/(2·size) pairs share
/// their coins. On average over texts the table makes up for it, its autocorrelation summing to zero; for one text only
/// random keys tell (<c>weak-hashes.md</c> has measurements).
/// </remarks>
public sealed record SynthIdHfScheme : SynthIdParameters
{
    private readonly int samplingTableSize = 65536;

    /// <summary>What the catalogue says about it.</summary>
    public static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "synthid-hf",
        Summary = "SynthID-Text tournament sampling with the coin table of Hugging Face transformers.",
        Parameters = "ngramLength (2 to 17, default 5), contextHistorySize (default 1024), numLeaves (2 to 64, default 2), samplingTableSize (2 to 16777216, default 65536), scoring (mean or weighted-mean, default mean)",
        Secret = "{\"keys\": [64-bit integers, one a layer, 1 to 64], \"samplingTableSeed\": 0}",
        Null = "Binomial(n·layers, ones/size of the table), or the exact weighted sum",
        Paper = "Dathathri et al., Scalable watermarking for identifying large language model outputs, Nature 634 (2024)",
        Engine = "Hugging Face transformers, SynthIDTextWatermarkingConfig (table drawn on a CPU)",
        Read = parameters => new SynthIdHfScheme
        {
            NGramLength = parameters.WholeNumber("ngramLength", 2, 17, 5),
            ContextHistorySize = parameters.WholeNumber("contextHistorySize", 1, int.MaxValue, 1024),
            NumLeaves = parameters.WholeNumber("numLeaves", 2, 64, 2),
            SamplingTableSize = parameters.WholeNumber("samplingTableSize", 2, 1 << 24, 65536),
            Scoring = ReadScoring(parameters),
        },
    };

    /// <inheritdoc/>
    public override string Name => "synthid-hf";

    /// <summary>Entries of the table of coin flips. <value>2 to 2^24, default 65536.</value></summary>
    public int SamplingTableSize
    {
        get => samplingTableSize;
        init => samplingTableSize = Within(value, 2, 1 << 24, nameof(SamplingTableSize));
    }

    /// <summary>
    /// The seed of the table of coin flips. Like <see cref="SynthIdParameters.Depth"/> it stands in the secret, where
    /// transformers' users keep it, and <see cref="WatermarkScheme.WithKey"/> takes it from there: the null needs the
    /// table's share of ones. <value>Default 0.</value>
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
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        WriteShared(writer);
        writer.WriteNumber("samplingTableSize", SamplingTableSize);
        WriteScoring(writer);
    }

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        long[] keys = KeysOf(secret);
        SynthIdHfScheme bound = this with { Depth = keys.Length, SamplingTableSeed = (ulong)secret.Value("samplingTableSeed") };
        return new KeyedSynthIdHf(bound, keys, secret.IdFor(this));
    }
}
