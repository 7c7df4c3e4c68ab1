using Watermark.Keys;

namespace Watermark.Schemes.SynthId;

/// <summary>
/// SynthID-Text as DeepMind released it: tournament sampling with a hash of 12 shifted multiplications per layer
/// (Dathathri et al., Nature 634, 2024; <c>google-deepmind/synthid-text</c>). The null of a total over n rows of m layers
/// is Binomial(n·m, 1/2), or the exact law of the weighted sum.
/// </summary>
public sealed record SynthIdScheme : SynthIdParameters
{
    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "synthid",
        Summary = "SynthID-Text tournament sampling with the hash of DeepMind's release.",
        Parameters =
        [
            .. SharedParameters,
            ScoringParameter,
        ],
        Secret = "{\"keys\": [64-bit integers, one a layer, 1 to 64; 30 in the release]}",
        Null = "Binomial(n·layers, 1/2), or the exact weighted sum",
        Paper = "Dathathri et al., Scalable watermarking for identifying large language model outputs, Nature 634 (2024)",
        Engine = "google-deepmind/synthid-text",
        Template = new SynthIdScheme(),
    };

    /// <summary>The row: a 64-bit hash of the whole context and the token decides every layer.</summary>
    public override CoinRule Coins => CoinRule.Row;

    /// <inheritdoc/>
    public override string Name => "synthid";

    /// <inheritdoc/>
    public override SecretShape SecretShape => new([KeysField(Depth)]);

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        long[] keys = KeysOf(secret);
        return new KeyedSynthId(this with { Depth = keys.Length }, keys, secret);
    }
}
