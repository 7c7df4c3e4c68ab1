using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Statistics;

namespace Watermark.Schemes.Vllm;

/// <summary>
/// vLLM's <c>gumbel</c> mark: Gumbel-max sampling with Philox uniforms (Aaronson 2022; vLLM <c>v1/watermarking</c>). The
/// null of a total over n rows is Gamma(n, 1), conservative: 2^24 values of U make a score that is stochastically below
/// Exp(1).
/// </summary>
public sealed record VllmGumbelScheme : VllmScheme
{
    /// <summary>Creates the scheme with vLLM's defaults.</summary>
    public VllmGumbelScheme()
        : base(width: 4)
    {
    }

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "vllm-gumbel",
        Summary = "vLLM's Gumbel-max sampling with Philox uniforms.",
        Parameters =
        [
            SchemeTable.Integer<VllmGumbelScheme>("contextWidth", 1, MaximumContextWidth, WidthHelp, scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
            SchemeTable.Flag<VllmGumbelScheme>("dedup", "whether the published count counts each context once", scheme => scheme.Dedup, (scheme, value) => scheme with { Dedup = value }),
        ],
        Secret = "{\"key\": \"unsigned 64-bit integer, as a decimal string\"}",
        Null = "Gamma(n, 1), conservative",
        Paper = "Aaronson, My AI safety lecture for UT Effective Altruism (2022)",
        Engine = "vLLM, watermark 'gumbel' with the philox PRF",
        Template = new VllmGumbelScheme(),
    };

    /// <inheritdoc/>
    public override string Name => "vllm-gumbel";

    /// <summary>vLLM's <c>deduplicate_contexts</c>: whether the published count takes each context once. <value>Default true.</value></summary>
    public bool Dedup { get; init; } = true;

    /// <summary>The row: Philox reads the whole context and the token.</summary>
    public override CoinRule Coins => CoinRule.Row;

    /// <inheritdoc/>
    public override ScoreNull Null => new GammaNull();

    /// <inheritdoc/>
    public override NGramSelection PublishedSelection =>
        Dedup ? base.PublishedSelection : base.PublishedSelection with { Distinct = DistinctRule.None };

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedVllmGumbel(this, KeyOf(secret), secret);
}
