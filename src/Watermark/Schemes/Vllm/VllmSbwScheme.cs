using System.Text.Json;
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

    /// <summary>What the catalogue says about it.</summary>
    public static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "vllm-sbw",
        Summary = "vLLM's stateless Bernoulli green list.",
        Parameters = "seeding (selfhash, lefthash or lefthash-detector, default selfhash), contextWidth (1 to 16, default 4 for selfhash, 1 otherwise), gamma (default 1/2), delta (0 to 100, default 2)",
        Secret = "{\"key\": \"unsigned 64-bit integer, as a decimal string\"}",
        Null = "Binomial(n, ⌊gamma·(2^31 - 1)⌋/2^31)",
        Paper = "Ceppi and Sanchez, Flip, Don't Shuffle, arXiv:2609.03844",
        Engine = "vLLM, watermark 'sbw'",
        Read = Read,
    };

    /// <inheritdoc/>
    public override string? NullCaveat => Seeding == VllmSeeding.SelfHash ? SharedCoins : null;

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
        init => delta = Within(value, 0, Native.GreenListScheme.MaximumDelta, nameof(Delta));
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
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteString("seeding", SeedingName(Seeding));
        writer.WriteNumber("contextWidth", ContextWidth);
        writer.WriteString("gamma", Gamma.ToString());
        writer.WriteNumber("delta", Delta);
    }

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedVllmSbw(this, KeyOf(secret), secret.IdFor(this));

    private static VllmSbwScheme Read(SchemeParameters parameters)
    {
        VllmSeeding seeding = parameters.Choice("seeding", ["selfhash", "lefthash", "lefthash-detector"], "selfhash") switch
        {
            "selfhash" => VllmSeeding.SelfHash,
            "lefthash" => VllmSeeding.LeftHash,
            _ => VllmSeeding.LeftHashDetector,
        };
        return new VllmSbwScheme
        {
            Seeding = seeding,
            ContextWidth = parameters.WholeNumber("contextWidth", 1, MaximumContextWidth, seeding == VllmSeeding.SelfHash ? 4 : 1),
            Gamma = parameters.Probability("gamma", Fraction.Half),
            Delta = parameters.Number("delta", 0, Native.GreenListScheme.MaximumDelta, 2),
        };
    }

    private static string SeedingName(VllmSeeding seeding) => seeding switch
    {
        VllmSeeding.SelfHash => "selfhash",
        VllmSeeding.LeftHash => "lefthash",
        _ => "lefthash-detector",
    };

    private static uint ThresholdOf(Fraction gamma) => (uint)(gamma.ToDouble() * WordMaximum);
}
