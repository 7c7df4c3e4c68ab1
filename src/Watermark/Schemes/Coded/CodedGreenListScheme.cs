using System.Globalization;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Native;
using Watermark.Statistics;

namespace Watermark.Schemes.Coded;

/// <summary>
/// A green list whose green tokens come in two halves, A and B. Text for an account leans to one half or the other, as the
/// account's codeword says at the position of the context, so that its accounts can be traced; the mark itself is tested as
/// that of a green list. A row's score is 1 where its token is green.
/// </summary>
/// <remarks>
/// The green list is that of Kirchenbauer et al., ICML 2023 (arXiv:2301.10226), with a keyed coin per token. Given that a
/// token is green, its half is a fair coin of its own, so the trace says nothing about the mark and the mark nothing about
/// the trace. Bit-exact; <c>coded.md</c> defines every bit.
/// </remarks>
public sealed record CodedGreenListScheme : NativeScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "coded-green-list";

    /// <summary>L: the positions of a codeword.</summary>
    public const int Positions = 4096;

    // A lane has 16 bits; the lowest one is the half, so that the threshold is even.
    private const int GammaValues = 1 << 15;

    /// <summary>Gamma: the green share of the tokens, the null probability of a green token.</summary>
    /// <value>Default 1/4. Rounded to the nearest multiple of 1/32768, from 1/32768 to 32767/32768; this property shows the rounded value.</value>
    /// <exception cref="ArgumentOutOfRangeException">The rounded value is not strictly between 0 and 1.</exception>
    public Fraction Gamma
    {
        get;
        init
        {
            Fraction rounded = value.IsProperProbability ? value.RoundToGrid(GammaValues) : value;
            if (!rounded.IsProperProbability)
                throw new ArgumentOutOfRangeException(nameof(Gamma), value.ToString(), "Gamma must lie from 1/32768 to 32767/32768.");
            field = rounded;
        }
    } = Fraction.Quarter;

    /// <summary>Delta: what marking adds to the logit of a green token, natural-log scale.</summary>
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

    /// <summary>
    /// Eta: for an account, marking adds delta + eta to green tokens of the half that its codeword names, and delta − eta to
    /// those of the other half.
    /// </summary>
    /// <value>Default 1; from 0 to delta.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to 100, or not a number.</exception>
    public double Eta
    {
        get;
        init
        {
            if (!(value is >= 0 and <= MaximumDelta))
                throw new ArgumentOutOfRangeException(nameof(Eta), value, $"Eta must lie from 0 to {MaximumDelta}.");
            field = value;
        }
    } = 1;

    /// <summary>h: tokens of context before the token.</summary>
    /// <value>Default 2; from 0 to 8. With 0 there is one context and one position, so accounts cannot be told apart.</value>
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
        Summary = "A green list in two halves; text for an account leans to the half that its code names.",
        Parameters =
        [
            SchemeTable.Fraction<CodedGreenListScheme>("gamma", "the green share of the tokens, rounded to a multiple of 1/32768", scheme => scheme.Gamma, (scheme, value) => scheme with { Gamma = value }),
            SchemeTable.Number<CodedGreenListScheme>("delta", 0, MaximumDelta, "what is added to green logits", scheme => scheme.Delta, (scheme, value) => scheme with { Delta = value }),
            SchemeTable.Number<CodedGreenListScheme>("eta", 0, MaximumDelta, "what is added for an account to one half of the green logits and taken from the other, at most delta", scheme => scheme.Eta, (scheme, value) => scheme with { Eta = value }),
            SchemeTable.Integer<CodedGreenListScheme>("contextWidth", 0, MaximumContextWidth, WidthHelp, scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
        ],
        Validate = scheme => ((CodedGreenListScheme)scheme).Check(),
        Secret = "base64 text of 32 bytes",
        Null = "Binomial(n, gamma), exact for distinct n-grams; given the green rows, a fair coin each for an account",
        Paper = "Kirchenbauer et al. 2023, arXiv:2301.10226, with a keyed coin and a code for accounts",
        Engine = "this library",
        Template = new CodedGreenListScheme(),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>G: a token is green where its lane is below this; even.</summary>
    internal int Threshold => (int)(Gamma.Numerator * (2 * GammaValues / Gamma.Denominator));

    /// <summary>Joins the parameters with a secret, for text of no account: every green token gets delta.</summary>
    /// <param name="secret">The secret.</param>
    public override KeyedScheme WithKey(WatermarkSecret secret) => WithKey(secret, null, AesPaths.Best);

    /// <summary>Joins the parameters with a secret, for text of one account.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="account">The account's id, compared byte by byte as UTF-8; not empty.</param>
    /// <returns>A scheme with the same key id and the same scores as without an account; only what it adds to logits differs.</returns>
    /// <exception cref="ArgumentException">The id is empty, the secret is of another kind, or eta is above delta.</exception>
    public KeyedScheme ForAccount(WatermarkSecret secret, string account)
    {
        ArgumentException.ThrowIfNullOrEmpty(account);
        return WithKey(secret, account, AesPaths.Best);
    }

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} (gamma {Gamma}, delta {Delta}, eta {Eta}, context width {ContextWidth})");

    /// <summary>Joins the parameters with a secret on a chosen path.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="account">The account; null for none.</param>
    /// <param name="path">How AES is computed.</param>
    internal KeyedCodedGreenList WithKey(WatermarkSecret secret, string? account, AesPath path)
    {
        Check();
        return new KeyedCodedGreenList(this, NativeKey(secret), account, path);
    }

    private void Check()
    {
        if (Eta > Delta)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"Eta is {Eta}; it must be at most delta, {Delta}."));
    }
}
