using System.Globalization;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes.Native;
using Watermark.Statistics;

namespace Watermark.Schemes.Payload;

/// <summary>
/// A mark that carries a number: four colours of a quarter each, and at every position of a code the colour that the payload
/// names is favoured. A row's score is 1 where its token has the colour that this scheme's <see cref="Payload"/> names.
/// </summary>
/// <remarks>
/// Each context has a position; four positions make one symbol of a Reed-Solomon code over GF(256) that encodes the payload.
/// With position and colour from the same keyed function as the green list, the rows of unrelated text have the named colour
/// with probability exactly 1/4, independently. Bit-exact; <c>payload.md</c> defines every bit. After the colour lists of
/// Fernandez et al., "Three Bricks to Consolidate Watermarks for Large Language Models", 2023 (arXiv:2308.00113), section 5, with
/// a code in place of one list for each message.
/// </remarks>
public sealed record PayloadScheme : NativeScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "payload";

    /// <summary>The fewest bits of a payload.</summary>
    public const int FewestBits = 16;

    /// <summary>The most bits of a payload.</summary>
    public const int MostBits = 64;

    /// <summary>The default number of symbols of a codeword.</summary>
    public const int DefaultSymbols = 24;

    private const int BitsPerSymbol = 8;

    /// <summary>Delta: what marking adds to the logit of a token of the named colour, natural-log scale.</summary>
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

    /// <summary>h: tokens of context before the token.</summary>
    /// <value>Default 2; from 0 to 8.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public new int ContextWidth
    {
        get => Width;
        init => Width = value;
    }

    /// <summary>N: symbols of a codeword, four positions each. More symbols correct more errors and need more text.</summary>
    /// <value>Default 24; from 2 to 255, and at least as many as the payload has.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside 2 to 255.</exception>
    public int Symbols
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2, nameof(Symbols));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ReedSolomon.LongestCodeword, nameof(Symbols));
            field = value;
        }
    } = DefaultSymbols;

    /// <summary>The number that is embedded: 4 to 16 hexadecimal digits, an even number of them; their number fixes k, the bits.</summary>
    /// <value>Default "0000", 16 bits; lower case.</value>
    /// <exception cref="ArgumentException">Not such digits.</exception>
    public string Payload
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value, nameof(Payload));
            if (value.Length % 2 != 0 || value.Length * 4 is < FewestBits or > MostBits || !value.All(char.IsAsciiHexDigit))
                throw new ArgumentException($"A payload has an even number of hexadecimal digits, from {FewestBits / 4} to {MostBits / 4}.", nameof(Payload));
            field = value.ToLowerInvariant();
        }
    } = "0000";

    /// <summary>k: the bits of the payload.</summary>
    public int Bits => Payload.Length * 4;

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <inheritdoc/>
    public override ScoreNull Null { get; } = new BinomialNull(Fraction.Quarter);

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Four colours; marking favours the colour that a payload of 16 to 64 bits names.",
        Parameters =
        [
            SchemeTable.Number<PayloadScheme>("delta", 0, MaximumDelta, "what is added to logits of the named colour", scheme => scheme.Delta, (scheme, value) => scheme with { Delta = value }),
            SchemeTable.Integer<PayloadScheme>("contextWidth", 0, MaximumContextWidth, WidthHelp, scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
            SchemeTable.Integer<PayloadScheme>("symbols", 2, ReedSolomon.LongestCodeword, "symbols of the code, four positions each", scheme => scheme.Symbols, (scheme, value) => scheme with { Symbols = value }),
            SchemeTable.Text<PayloadScheme>("payload", "the number that is embedded, 4 to 16 hexadecimal digits", scheme => scheme.Payload, (scheme, value) => scheme with { Payload = value }),
        ],
        Validate = scheme => ((PayloadScheme)scheme).Check(),
        Secret = "base64 text of 32 bytes",
        Null = "Binomial(n, 1/4), exact for distinct n-grams; a payload that was read costs a factor 2^k",
        Paper = "Fernandez et al. 2023, arXiv:2308.00113, with a Reed-Solomon code",
        Engine = "this library",
        Template = new PayloadScheme(),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>Positions of the code.</summary>
    internal int Positions => 4 * Symbols;

    /// <inheritdoc/>
    public override KeyedScheme WithKey(WatermarkSecret secret) => WithKey(secret, AesPaths.Best);

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} (payload {Payload}, delta {Delta}, context width {ContextWidth}, symbols {Symbols})");

    /// <summary>Joins the parameters with a secret on a chosen path.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="path">How AES is computed.</param>
    internal KeyedPayload WithKey(WatermarkSecret secret, AesPath path)
    {
        Check();
        return new KeyedPayload(this, NativeKey(secret), path);
    }

    /// <summary>The colour of each position for a payload.</summary>
    /// <param name="payload">The payload's bytes, most significant first.</param>
    /// <param name="colours">One colour for each of the 4·N positions.</param>
    internal void Colours(ReadOnlySpan<byte> payload, Span<byte> colours)
    {
        Span<byte> codeword = stackalloc byte[Symbols];
        ReedSolomon.Encode(payload, codeword);
        for (int i = 0; i < colours.Length; i++)
            colours[i] = (byte)((codeword[i / 4] >> (6 - (2 * (i % 4)))) & 3);
    }

    private void Check()
    {
        if (Bits / BitsPerSymbol > Symbols)
            throw new ArgumentException($"A payload of {Bits} bits needs at least {Bits / BitsPerSymbol} symbols; the scheme has {Symbols}.");
    }
}
