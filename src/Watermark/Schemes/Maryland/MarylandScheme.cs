using System.Globalization;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Schemes.Maryland;

/// <summary>
/// The "Maryland" green list of three_bricks, radioactive-watermark and vLLM-Watermark: the KGW list with a seed that
/// is a polynomial in the context.
/// </summary>
/// <remarks>
/// Fernandez et al., "Three Bricks to Consolidate Watermarks for Large Language Models", WIFS 2023 (arXiv:2308.00113);
/// Sander et al., "Watermarking Makes Language Models Radioactive", NeurIPS 2024 (arXiv:2402.14904). Bit-exact for
/// <c>seeding="hash"</c>, salt key 35317, payload 0; the engine's other seedings use a table that is drawn without a seed,
/// so nobody can verify them later.
/// </remarks>
public sealed record MarylandScheme : TorchListScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "maryland";

    /// <summary>The widest context.</summary>
    public const int MaximumContextWidth = MarylandSeed.MaximumContextWidth;

    /// <summary>h: tokens of context before the token (<c>ngram</c> in the engine).</summary>
    /// <value>Default 2; from 1 to 16.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public new int ContextWidth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(ContextWidth));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumContextWidth, nameof(ContextWidth));
            field = value;
        }
    } = 2;

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <summary>The seed, of which PyTorch keeps 32 bits, and the token: contexts of one seed have the same lists.</summary>
    public override CoinRule Coins => CoinRule.SeedOfContext;

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.Seed;

    /// <summary>Distinct n-grams of each document ("v2"); the engine leaves out the first position that has a full context.</summary>
    public override NGramSelection PublishedSelection => MarylandSelection.ForWidth(ContextWidth);

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Green lists of three_bricks, radioactive-watermark and vLLM-Watermark.",
        Parameters =
        [
            SchemeTable.Integer<MarylandScheme>("contextWidth", 1, MaximumContextWidth, "ngram of the engine", scheme => scheme.ContextWidth, (scheme, value) => scheme with { ContextWidth = value }),
            .. ListParameters,
            SchemeTable.Choice<MarylandScheme, string>("seeding", "where the seed comes from; no other can be verified later", [("hash", "hash")], _ => "hash", (scheme, _) => scheme),
        ],
        Secret = "{\"seed\": integer}",
        Null = "Binomial(n, G/V), G = int(gamma*V), for distinct coins: exact for one coin per seed, marginally conservative for several",
        Paper = "Fernandez et al. 2023, arXiv:2308.00113; Sander et al. 2024, arXiv:2402.14904",
        Engine = "facebookresearch/three_bricks, radioactive-watermark; vLLM-Watermark",
        Template = new MarylandScheme { VocabularySize = MaximumVocabularySize },
        Validate = scheme => ((MarylandScheme)scheme).Validate(),
    };

    /// <inheritdoc/>
    private protected override int RowWidth => ContextWidth;

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} (context width {ContextWidth}, gamma {Gamma}, delta {Delta}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedMaryland(this, secret);
}
