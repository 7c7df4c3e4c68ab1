using System.Text.Json;
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

    /// <summary>What the catalogue says about it.</summary>
    public static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "vllm-gumbel",
        Summary = "vLLM's Gumbel-max sampling with Philox uniforms.",
        Parameters = "contextWidth (1 to 16, default 4), dedup (true or false, default true: whether the published count takes each context once)",
        Secret = "{\"key\": \"unsigned 64-bit integer, as a decimal string\"}",
        Null = "Gamma(n, 1), conservative",
        Paper = "Aaronson, My AI safety lecture for UT Effective Altruism (2022)",
        Engine = "vLLM, watermark 'gumbel' with the philox PRF",
        Read = parameters => new VllmGumbelScheme
        {
            ContextWidth = parameters.WholeNumber("contextWidth", 1, MaximumContextWidth, 4),
            Dedup = parameters.Flag("dedup", true),
        },
    };

    /// <inheritdoc/>
    public override string Name => "vllm-gumbel";

    /// <summary>vLLM's <c>deduplicate_contexts</c>: whether the published count takes each context once. <value>Default true.</value></summary>
    public bool Dedup { get; init; } = true;

    /// <inheritdoc/>
    public override ScoreNull Null => new GammaNull();

    /// <inheritdoc/>
    public override NGramSelection PublishedSelection =>
        Dedup ? base.PublishedSelection : base.PublishedSelection with { Distinct = DistinctRule.None };

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("contextWidth", ContextWidth);
        writer.WriteBoolean("dedup", Dedup);
    }

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedVllmGumbel(this, KeyOf(secret), secret.IdFor(this));
}
