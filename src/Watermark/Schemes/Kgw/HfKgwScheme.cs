using System.Globalization;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Schemes.Kgw;

/// <summary>The green list of Hugging Face transformers (<c>WatermarkingConfig</c>), as written with a generator on a CPU.</summary>
/// <remarks>
/// After Kirchenbauer et al., arXiv:2301.10226 and arXiv:2306.04634. Differs from <see cref="KgwScheme"/> in two ways: the
/// table of <c>selfhash</c> is drawn from the key, and <c>lefthash</c> reads only the last token, for every
/// <c>context_width</c>. Bit-exact.
/// </remarks>
public sealed record HfKgwScheme : TorchListScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "hf-kgw";

    /// <summary>The widest window.</summary>
    public const int MaximumWindow = KgwSeeding.MaximumWindow;

    private const int CandidatesTried = 40;

    private static readonly string[] Seedings = ["lefthash", "selfhash"];

    /// <summary>The seeding: <c>lefthash</c> or <c>selfhash</c>.</summary>
    /// <value>Default <c>lefthash</c>.</value>
    /// <exception cref="ArgumentException">There is no such seeding.</exception>
    public string Seeding
    {
        get;
        init => field = Seedings.Contains(value, StringComparer.Ordinal)
            ? value
            : throw new ArgumentException("The seeding must be lefthash or selfhash.", nameof(Seeding));
    } = "lefthash";

    /// <summary>
    /// <c>context_width</c> as the engine counts it, the member <c>contextWidth</c> of key files: with <c>selfhash</c> it
    /// includes the scored token; with <c>lefthash</c> it only determines the first position that the engine's detector
    /// scores.
    /// </summary>
    /// <value>Default 1; from 1 to 16.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public int Window
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Window));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumWindow, nameof(Window));
            field = value;
        }
    } = 1;

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <summary>The seed, of which PyTorch keeps 32 bits, and the token; <c>selfhash</c> seeds with the scored token too.</summary>
    public override CoinRule Coins => IsSelfHash ? CoinRule.SeedOfRow : CoinRule.SeedOfContext;

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.HashKey;

    /// <summary>
    /// Every occurrence, from the first full window, since the engine's <c>ignore_repeated_ngrams</c> has no effect. This
    /// reproduces the engine's counts; its z and p-values, and all other p-values of these counts, are not valid.
    /// </summary>
    public override NGramSelection PublishedSelection => new()
    {
        Distinct = DistinctRule.None,
        Scope = DistinctScope.Document,
        ExcludePromptContexts = false,
        FirstPosition = IsSelfHash ? Window - 1 : Window,
    };

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Green lists of Hugging Face transformers with PyTorch's CPU generator.",
        Parameters =
        [
            SchemeTable.Choice<HfKgwScheme, string>("seeding", "where the seed comes from", Array.ConvertAll(Seedings, word => (word, word)), scheme => scheme.Seeding, (scheme, value) => scheme with { Seeding = value }),
            SchemeTable.Integer<HfKgwScheme>("contextWidth", 1, MaximumWindow, "context_width of the engine", scheme => scheme.Window, (scheme, value) => scheme with { Window = value }),
            .. ListParameters,
        ],
        Secret = "{\"hashKey\": integer}",
        Null = "Binomial(n, G/V), G = int(gamma*V), for distinct coins: exact for one coin per seed, marginally conservative for several",
        Paper = "Kirchenbauer et al. 2023, arXiv:2301.10226 and arXiv:2306.04634",
        Engine = "huggingface/transformers WatermarkLogitsProcessor, generator on CPU",
        Template = new HfKgwScheme { VocabularySize = MaximumVocabularySize },
        Validate = scheme => ((HfKgwScheme)scheme).Validate(),
    };

    /// <summary>
    /// The tokens that a score depends on: always 1 for <c>lefthash</c>, since otherwise n-grams that share their coin would
    /// count as distinct; <see cref="Window"/> − 1 for <c>selfhash</c>.
    /// </summary>
    private protected override int RowWidth => IsSelfHash ? Window - 1 : 1;

    private bool IsSelfHash => Seeding == "selfhash";

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} ({Seeding}, context_width {Window}, gamma {Gamma}, delta {Delta}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedHfKgw(this, secret, IsSelfHash ? CandidatesTried : 0);
}
