using System.Globalization;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Schemes.Maryland;

/// <summary>
/// The Gumbel mark ("OpenAI") of three_bricks, radioactive-watermark and vLLM-Watermark: PyTorch's <c>rand(V)</c> from the
/// seed of <see cref="MarylandScheme"/>; the token with the largest r^(1/p) is written.
/// </summary>
/// <remarks>
/// Aaronson (2022); Fernandez et al., WIFS 2023 (arXiv:2308.00113). A row's score is −ln(1 − r) in units of 2^-32,
/// rounded down and bit-exact; the null Gamma(n, 1) is conservative. Payload 0, salt key 35317.
/// </remarks>
public sealed record GumbelTorchScheme : ContextWidthScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "gumbel-torch";

    /// <summary>Creates the scheme with a context of two tokens.</summary>
    public GumbelTorchScheme()
        : base(width: 2)
    {
    }

    /// <summary>h: tokens of context before the token (<c>ngram</c> in the engine).</summary>
    /// <value>Default 2; from 1 to 16.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public new int ContextWidth
    {
        get => Width;
        init => Width = Within(value, 1, MarylandSeed.MaximumContextWidth, nameof(ContextWidth));
    }

    /// <summary>
    /// V: the number of uniforms that the engine draws. Token v has the v-th uniform, so V only bounds the ids.
    /// </summary>
    /// <value>From 2 to 4194304.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public required int VocabularySize
    {
        get;
        init => field = Within(value, 2, TorchListScheme.MaximumVocabularySize, nameof(VocabularySize));
    }

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <summary>The seed, of which PyTorch keeps 32 bits, and the token: contexts of one seed have the same uniforms.</summary>
    public override CoinRule Coins => CoinRule.SeedOfContext;

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.Seed;

    /// <inheritdoc/>
    public override ScoreNull Null => new GammaNull();

    /// <summary>Distinct n-grams of each document ("v2"); the engine leaves out the first position that has a full context.</summary>
    public override NGramSelection PublishedSelection => MarylandSelection.ForWidth(ContextWidth);

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Gumbel-max sampling of three_bricks, radioactive-watermark and vLLM-Watermark.",
        Parameters =
        [
            SchemeTable.Integer<GumbelTorchScheme>("contextWidth", 1, MarylandSeed.MaximumContextWidth, "ngram of the engine", scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
            SchemeTable.Integer<GumbelTorchScheme>("vocabularySize", 2, TorchListScheme.MaximumVocabularySize, TorchListScheme.VocabularyHelp, scheme => scheme.VocabularySize, (scheme, value) => scheme with { VocabularySize = value }) with { IsRequired = true },
        ],
        Secret = "{\"seed\": integer}",
        Null = "Gamma(n, 1) for distinct coins, conservative",
        Paper = "Aaronson 2022; Fernandez et al. 2023, arXiv:2308.00113",
        Engine = "facebookresearch/three_bricks, radioactive-watermark; vLLM-Watermark",
        Template = new GumbelTorchScheme { VocabularySize = TorchListScheme.MaximumVocabularySize },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} (context width {ContextWidth}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedGumbelTorch(this, secret);
}
