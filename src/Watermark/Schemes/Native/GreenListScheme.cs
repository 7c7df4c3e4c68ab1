using System.Globalization;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Schemes.Native;

/// <summary>
/// The native green list, the default mark: a keyed coin decides for each (context, token) whether the token is green,
/// and marking adds delta to green logits. A row's score is 1 where its token is green.
/// </summary>
/// <remarks>
/// After Kirchenbauer et al., "A Watermark for Large Language Models", ICML 2023 (arXiv:2301.10226), algorithm 2, with
/// a cryptographic coin per token instead of a permutation of the vocabulary: distinct n-grams of unrelated text are
/// green with probability exactly gamma, independently. Bit-exact; <c>prf.md</c> defines every bit.
/// </remarks>
public sealed record GreenListScheme : NativeScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "green-list";

    /// <summary>The grid that gamma is rounded to: lanes have 16 bits.</summary>
    internal const int LaneValues = 1 << 16;

    /// <summary>Gamma: the green share of the tokens, the null probability of a green token.</summary>
    /// <value>
    /// Default 1/4. Rounded to the nearest multiple of 1/65536, from 1/65536 to 65535/65536; this property shows the rounded
    /// value: 1/10 becomes 3277/32768.
    /// </value>
    /// <exception cref="ArgumentOutOfRangeException">The rounded value is not strictly between 0 and 1.</exception>
    public Fraction Gamma
    {
        get;
        init
        {
            Fraction rounded = value.IsProperProbability ? value.RoundToGrid(LaneValues) : value;
            if (!rounded.IsProperProbability)
                throw new ArgumentOutOfRangeException(nameof(Gamma), value.ToString(), "Gamma must lie from 1/65536 to 65535/65536.");
            field = rounded;
        }
    } = Fraction.Quarter;

    /// <summary>Delta: what marking adds to the logit of a green token, natural-log scale. Detection does not use it.</summary>
    /// <value>Default 2; from 0 to 100.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range, or not a number.</exception>
    public double Delta
    {
        get;
        init
        {
            if (!(value is >= 0 and <= MaximumDelta))
                throw new ArgumentOutOfRangeException(nameof(Delta), value, $"Delta must lie from 0 to {MaximumDelta}.");
            field = value;
        }
    } = 2;

    /// <summary>h: tokens of context before the token; 0 is one list for all contexts ("unigram").</summary>
    /// <value>Default 2; from 0 to 8.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public new int ContextWidth
    {
        get => Width;
        init => Width = value;
    }

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <inheritdoc/>
    public override ScoreNull Null => new BinomialNull(Gamma);

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "AES coin for each (context, token); marking adds delta to green logits. The default.",
        Parameters =
        [
            SchemeTable.Fraction<GreenListScheme>("gamma", "the green share of the tokens, rounded to a multiple of 1/65536", scheme => scheme.Gamma, (scheme, value) => scheme with { Gamma = value }),
            SchemeTable.Number<GreenListScheme>("delta", 0, MaximumDelta, "what is added to green logits", scheme => scheme.Delta, (scheme, value) => scheme with { Delta = value }),
            SchemeTable.Integer<GreenListScheme>("contextWidth", 0, MaximumContextWidth, WidthHelp, scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
        ],
        Secret = "base64 text of 32 bytes",
        Null = "Binomial(n, gamma), exact for distinct n-grams",
        Paper = "Kirchenbauer et al. 2023, arXiv:2301.10226, with a keyed coin instead of a permutation",
        Engine = "this library",
        Template = new GreenListScheme(),
    };

    /// <summary>G: a token is green where its lane is below this.</summary>
    internal int Threshold => (int)(Gamma.Numerator * (LaneValues / Gamma.Denominator));

    /// <inheritdoc/>
    public override KeyedScheme WithKey(WatermarkSecret secret) => WithKey(secret, AesPaths.Best);

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} (gamma {Gamma}, delta {Delta}, context width {ContextWidth})");

    /// <summary>Joins the parameters with a secret on a chosen path.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="path">How AES is computed.</param>
    internal KeyedGreenList WithKey(WatermarkSecret secret, AesPath path) => new(this, NativeKey(secret), path);
}
