using System.Globalization;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Schemes.Native;

/// <summary>
/// The native Gumbel mark: keyed uniforms replace the sampler's own draw, so over random keys every token has exactly
/// its model probability ("distortion-free"). A row's score is −ln(1 − U) of its token.
/// </summary>
/// <remarks>
/// Aaronson, "My AI safety lecture for UT Effective Altruism" (2022); Kuditipudi et al., arXiv:2307.15593. Within one
/// sequence a repeated context repeats the same uniforms; see <c>RepeatedContextPolicy</c>.
/// Scores are in units of 2^-32, correctly rounded and bit-exact; <c>prf.md</c> defines every bit.
/// </remarks>
public sealed record GumbelScheme : NativeScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "gumbel";

    /// <summary>h: tokens of context before the token; 0 gives every position the same uniforms.</summary>
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
    public override ScoreNull Null { get; } = new GammaNull();

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "AES uniforms replace the sampler's draw (Gumbel trick); no change of the distribution.",
        Parameters =
        [
            SchemeTable.Integer<GumbelScheme>("contextWidth", 0, MaximumContextWidth, WidthHelp, scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
        ],
        Secret = "base64 text of 32 bytes",
        Null = "Gamma(n, 1) for distinct n-grams",
        Paper = "Aaronson 2022; Kuditipudi et al. 2023, arXiv:2307.15593",
        Engine = "this library",
        Template = new GumbelScheme(),
    };

    /// <inheritdoc/>
    public override KeyedScheme WithKey(WatermarkSecret secret) => WithKey(secret, AesPaths.Best);

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>The name and the parameters.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} (context width {ContextWidth})");

    /// <summary>Joins the parameters with a secret on a chosen path.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="path">How AES is computed.</param>
    internal KeyedGumbel WithKey(WatermarkSecret secret, AesPath path) => new(this, NativeKey(secret), path);
}
