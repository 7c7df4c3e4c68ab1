using System.Buffers.Binary;
using System.Security.Cryptography;
using Watermark.Keys;
using Watermark.Statistics;

namespace Watermark.Schemes.Vllm;

/// <summary>
/// vLLM's <c>dual_key_gumbel</c> mark: each token is drawn under key A, or with probability alpha under key B, both derived
/// from one key; the score is (1 − alpha)·s_A + alpha·s_B (TextSeal, arXiv:2605.12456, section 3.1; vLLM
/// <c>v1/watermarking</c>).
/// </summary>
/// <remarks>
/// With alpha = a/b, scores are the integers (b − a)·s_A + a·s_B in units of 1/(b·2^32). The null is the exact distribution
/// of the sum of two scaled Gammas, never a moment-matched Gamma. Alpha 0 or 1 is <c>vllm-gumbel</c> under the derived key.
/// </remarks>
public sealed record VllmDualGumbelScheme : VllmScheme
{
    /// <summary>The largest denominator of alpha, so that scores stay far below 2^63.</summary>
    public const int MaximumAlphaDenominator = 1_000_000;

    private readonly Fraction alpha = new(1, 10);

    /// <summary>Creates the scheme with vLLM's defaults.</summary>
    public VllmDualGumbelScheme()
        : base(width: 4)
    {
    }

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = "vllm-dual-gumbel",
        Summary = "vLLM's Gumbel-max sampling; each token uses one of two derived keys.",
        Parameters =
        [
            SchemeTable.Integer<VllmDualGumbelScheme>("contextWidth", 1, MaximumContextWidth, WidthHelp, scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
            SchemeTable.Fraction<VllmDualGumbelScheme>("alpha", "share of key B", scheme => scheme.Alpha, (scheme, value) => scheme with { Alpha = value }, MaximumAlphaDenominator),
        ],
        Secret = "{\"key\": \"unsigned 64-bit integer, as a decimal string\"}",
        Null = "(1 - alpha)·Gamma(n, 1) + alpha·Gamma(n, 1), conservative",
        Paper = "TextSeal, arXiv:2605.12456",
        Engine = "vLLM, watermark 'dual_key_gumbel' with the philox PRF",
        Template = new VllmDualGumbelScheme(),
    };

    /// <inheritdoc/>
    public override string Name => "vllm-dual-gumbel";

    /// <summary>The probability, and the weight, of key B. <value>Strictly between 0 and 1, default 1/10.</value></summary>
    public Fraction Alpha
    {
        get => alpha;
        init => alpha = value.IsProperProbability && value.Denominator <= MaximumAlphaDenominator
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Alpha), value, $"Alpha must lie strictly between 0 and 1 with a denominator up to {MaximumAlphaDenominator}.");
    }

    /// <summary>The row: Philox reads the whole context and the token.</summary>
    public override CoinRule Coins => CoinRule.Row;

    /// <inheritdoc/>
    public override ScoreNull Null => new DualGammaNull(Alpha);

    /// <summary>
    /// Key A or B: the first 8 bytes, big-endian, of SHA-256 of <c>key_a</c> or <c>key_b</c> and the key as 8 big-endian
    /// bytes.
    /// </summary>
    /// <param name="key">The scheme's key.</param>
    /// <param name="second">Whether to derive key B instead of key A.</param>
    public static ulong DeriveKey(ulong key, bool second)
    {
        Span<byte> message = stackalloc byte[13];
        (second ? "key_b"u8 : "key_a"u8).CopyTo(message);
        BinaryPrimitives.WriteUInt64BigEndian(message[5..], key);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        ulong derived = BinaryPrimitives.ReadUInt64BigEndian(digest);
        CryptographicOperations.ZeroMemory(message);
        CryptographicOperations.ZeroMemory(digest);
        return derived;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedVllmDualGumbel(this, KeyOf(secret), secret);
}
