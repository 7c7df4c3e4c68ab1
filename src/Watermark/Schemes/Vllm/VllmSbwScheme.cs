using Watermark.Keys;
using Watermark.Statistics;

namespace Watermark.Schemes.Vllm;

/// <summary>
/// vLLM's <c>sbw</c> mark, a green list of independent draws: green iff a Philox word's low 31 bits are below
/// ⌊gamma·(2^31 − 1)⌋ (Ceppi and Sanchez, arXiv:2609.03844; vLLM <c>v1/watermarking</c>). The null of a total over n rows
/// is Binomial(n, ⌊gamma·(2^31 − 1)⌋/2^31).
/// </summary>
public sealed record VllmSbwScheme : VllmScheme
{
    private const int WordMaximum = int.MaxValue;

    private readonly Fraction gamma = Fraction.Half;
    private readonly double delta = 2;

    /// <summary>Creates the scheme with vLLM's defaults: seeding <c>selfhash</c>, h 4.</summary>
    public VllmSbwScheme()
        : base(width: 4)
    {
    }

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "vllm-sbw",
        Summary = "vLLM's stateless Bernoulli green list.",
        Parameters =
        [
            SchemeTable.Choice<VllmSbwScheme, VllmSeeding>(
                "seeding",
                "where the seed comes from",
                [("selfhash", VllmSeeding.SelfHash), ("lefthash", VllmSeeding.LeftHash), ("lefthash-detector", VllmSeeding.LeftHashDetector)],
                scheme => scheme.Seeding,
                (scheme, value) => scheme with { Seeding = value, ContextWidth = value == VllmSeeding.SelfHash ? 4 : 1 }),
            SchemeTable.Integer<VllmSbwScheme>("contextWidth", 1, MaximumContextWidth, WidthHelp, scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }) with { DefaultWords = "4 for selfhash, 1 otherwise" },
            SchemeTable.Fraction<VllmSbwScheme>("gamma", "the green share", scheme => scheme.Gamma, (scheme, value) => scheme with { Gamma = value }),
            SchemeTable.Number<VllmSbwScheme>("delta", 0, MaximumDelta, "what is added to green logits", scheme => scheme.Delta, (scheme, value) => scheme with { Delta = value }),
        ],
        Secret = "{\"key\": \"unsigned 64-bit integer, as a decimal string\"}",
        Null = "Binomial(n, ⌊gamma·(2^31 - 1)⌋/2^31) for distinct coins",
        Paper = "Ceppi and Sanchez, Flip, Don't Shuffle, arXiv:2609.03844",
        Engine = "vLLM, watermark 'sbw'",
        Template = new VllmSbwScheme(),
    };

    /// <summary>
    /// The 64-bit seed, which keys Philox, and the token: contexts with equal sums have the same seed, and <c>selfhash</c>
    /// takes the smallest product of the scored token with a token of the window.
    /// </summary>
    public override CoinRule Coins => Seeding == VllmSeeding.SelfHash ? CoinRule.SeedOfRow : CoinRule.SeedOfContext;

    /// <inheritdoc/>
    public override string Name => "vllm-sbw";

    /// <summary>Where the seed comes from. <value>Default <see cref="VllmSeeding.SelfHash"/>.</value></summary>
    public VllmSeeding Seeding { get; init; } = VllmSeeding.SelfHash;

    /// <summary>The green fraction as configured; the null uses <see cref="GreenFraction"/>. <value>Default 1/2.</value></summary>
    public Fraction Gamma
    {
        get => gamma;
        init => gamma = value.IsProperProbability && ThresholdOf(value) > 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Gamma), value, "Gamma must lie strictly between 0 and 1, at least 2^-31.");
    }

    /// <summary>What is added to the logit of a green token. <value>0 to 100, default 2.</value></summary>
    public double Delta
    {
        get => delta;
        init => delta = Within(value, 0, MaximumDelta, nameof(Delta));
    }

    /// <summary>The exact probability of green.</summary>
    public Fraction GreenFraction => new(Threshold, 1L << 31);

    /// <inheritdoc/>
    public override ScoreNull Null => new BinomialNull(GreenFraction);

    /// <summary>
    /// ⌊gamma·(2^31 − 1)⌋ with the product rounded to double, as vLLM computes it: one correctly rounded operation, the
    /// same on every machine.
    /// </summary>
    internal uint Threshold => ThresholdOf(Gamma);

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedVllmSbw(this, KeyOf(secret), secret);

    private static uint ThresholdOf(Fraction gamma) => (uint)(gamma.ToDouble() * WordMaximum);
}
