using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Statistics;

namespace Watermark.Schemes.TextSeal;

/// <summary>
/// TextSeal's green list and Gumbel marks (arXiv:2605.12456 and <c>facebookresearch/textseal</c>): both read the same
/// keyed uniform u = h/8191. The dual-key and entropy-weighted tests of that paper are not this scheme.
/// </summary>
/// <remarks>
/// Green list: the null of a total over n rows is Binomial(n, ⌈8191·gamma⌉/8191), not Binomial(n, gamma). Gumbel:
/// Gamma(n, 1), conservative, because −ln(1 − u) over 8191 values is stochastically below Exp(1).
/// </remarks>
public sealed record TextSealScheme : ContextWidthScheme
{
    private static readonly SecretShape Shape = new([new SecretField("secretKey", long.MinValue, long.MaxValue) { Published = [[42], [0]] }]);

    private readonly Fraction gamma = Fraction.Half;
    private readonly double delta = 2;

    /// <summary>Creates the scheme with the release's defaults.</summary>
    public TextSealScheme()
        : base(width: 1)
    {
    }

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "textseal",
        Summary = "TextSeal's keyed uniforms, as a green list or as Gumbel-max sampling.",
        Parameters =
        [
            SchemeTable.Integer<TextSealScheme>("contextWidth", 1, TextSealHash.MaximumContextWidth, "ngram of the release", scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
            SchemeTable.Choice<TextSealScheme, TextSealMode>("mode", "what the uniform decides", [("green-list", TextSealMode.GreenList), ("gumbel", TextSealMode.Gumbel)], scheme => scheme.Mode, (scheme, value) => scheme with { Mode = value }),
            SchemeTable.Fraction<TextSealScheme>("gamma", "the green share", scheme => scheme.Gamma, (scheme, value) => scheme with { Gamma = value }) with { When = IsGreenList, Condition = "mode green-list" },
            SchemeTable.Number<TextSealScheme>("delta", 0, MaximumDelta, "what is added to green logits", scheme => scheme.Delta, (scheme, value) => scheme with { Delta = value }) with { When = IsGreenList, Condition = "mode green-list" },
        ],
        Secret = "{\"secretKey\": 64-bit integer}",
        Null = "green-list: Binomial(n, ⌈8191·gamma⌉/8191); gumbel: Gamma(n, 1), conservative",
        Paper = "TextSeal, arXiv:2605.12456",
        Engine = "facebookresearch/textseal",
        Template = new TextSealScheme(),
        Validate = scheme => ((TextSealScheme)scheme).CheckGamma(),
    };

    /// <inheritdoc/>
    public override string Name => "textseal";

    /// <summary>h, the release's <c>ngram</c>. <value>1 to 10, default 1.</value></summary>
    public new int ContextWidth
    {
        get => Width;
        init => Width = Within(value, 1, TextSealHash.MaximumContextWidth, nameof(ContextWidth));
    }

    /// <summary>What the uniform decides. <value>Default <see cref="TextSealMode.Gumbel"/>.</value></summary>
    public TextSealMode Mode { get; init; } = TextSealMode.Gumbel;

    /// <summary>The green fraction as configured; the null uses <see cref="GreenFraction"/>. <value>Default 1/2.</value></summary>
    public Fraction Gamma
    {
        get => gamma;
        init => gamma = value.IsProperProbability
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Gamma), value, "Gamma must lie strictly between 0 and 1.");
    }

    /// <summary>What is added to the logit of a green token. <value>0 to 100, default 2.</value></summary>
    public double Delta
    {
        get => delta;
        init => delta = Within(value, 0, MaximumDelta, nameof(Delta));
    }

    /// <summary>The exact probability of green: the number of green values of h over 8191.</summary>
    public Fraction GreenFraction => new(GreenThreshold, TextSealHash.Modulus);

    /// <summary>
    /// The row: the 64-bit sum weighs every token by its place, and rows with equal sums are too rare to matter.
    /// </summary>
    public override CoinRule Coins => CoinRule.Row;

    /// <inheritdoc/>
    public override ScoreNull Null => Mode == TextSealMode.GreenList ? new BinomialNull(GreenFraction) : new GammaNull();

    /// <summary>Distinct n-grams within a document from position h + 1 (the release skips the first full window).</summary>
    public override NGramSelection PublishedSelection => new()
    {
        Distinct = DistinctRule.NGrams,
        Scope = DistinctScope.Document,
        ExcludePromptContexts = false,
        FirstPosition = ContextWidth + 1,
    };

    /// <inheritdoc/>
    public override SecretShape SecretShape => Shape;

    internal int GreenThreshold => TextSealScores.GreenThreshold(Gamma.ToDouble());

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ulong term = unchecked((ulong)(long)secret.Value("secretKey") * TextSealHash.KeyFactor);
        return Mode == TextSealMode.GreenList ? new KeyedTextSealGreenList(this, term, secret) : new KeyedTextSealGumbel(this, term, secret);
    }

    private static bool IsGreenList(TextSealScheme scheme) => scheme.Mode == TextSealMode.GreenList;

    private void CheckGamma()
    {
        if (IsGreenList(this) && GreenThreshold is 0 or TextSealHash.Modulus)
            throw SchemeParameter.Wrong("gamma", "such that some and not all of the 8191 values are below it");
    }
}

/// <summary>What TextSeal's uniform decides.</summary>
public enum TextSealMode
{
    /// <summary>A green list: the token is green iff u &lt; gamma ("binary" in the release).</summary>
    GreenList,

    /// <summary>Gumbel-max sampling: the score is −ln(1 − u) ("uniform" in the release).</summary>
    Gumbel,
}
