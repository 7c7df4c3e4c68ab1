using System.Globalization;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Schemes.Kgw;

/// <summary>The green list of lm-watermarking, the code of its authors, as written with a generator on a CPU.</summary>
/// <remarks>
/// Kirchenbauer et al., "A Watermark for Large Language Models", ICML 2023 (arXiv:2301.10226), and "On the
/// Reliability of Watermarks for Large Language Models" (arXiv:2306.04634), from which all seedings but
/// <c>lefthash</c> come. Bit-exact: lists, counts and marks are those of <c>extended_watermark_processor.py</c>.
/// </remarks>
public sealed record KgwScheme : TorchListScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "kgw";

    // extended_watermark_processor.py leaves its loop after index 40.
    private const int CandidatesTried = 41;

    private readonly KgwSeeding seeding = KgwSeeding.Parse("lefthash");

    /// <summary>
    /// The seeding: <c>lefthash</c>, <c>selfhash</c>, <c>minhash</c>, <c>skipgram</c>, or
    /// <c>ff-&lt;hash&gt;-&lt;window&gt;-&lt;True or False&gt;</c> such as <c>ff-additive_prf-2-False</c>. In the original a
    /// hash key may follow as a fifth part. That is the secret; here it is given only with the secret.
    /// </summary>
    /// <value>Default <c>lefthash</c>; the original's default is <c>selfhash</c>.</value>
    /// <exception cref="ArgumentException">There is no such seeding.</exception>
    public string Seeding
    {
        get;
        init
        {
            seeding = KgwSeeding.Parse(value);
            field = value;
        }
    } = "lefthash";

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <summary>
    /// The seed, of which PyTorch keeps 32 bits, and the token: sums, minima and skips read less than the context, and
    /// self-salted seedings (<c>selfhash</c>) read the scored token too.
    /// </summary>
    public override CoinRule Coins => seeding.SelfSalted ? CoinRule.SeedOfRow : CoinRule.SeedOfContext;

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.HashKey;

    /// <summary>
    /// Distinct n-grams of each document, as the original counts with <c>ignore_repeated_ngrams</c>, which its authors
    /// recommend.
    /// </summary>
    public override NGramSelection PublishedSelection { get; } = new() { Distinct = DistinctRule.NGrams, Scope = DistinctScope.Document, ExcludePromptContexts = false };

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Green lists of lm-watermarking (KGW) with PyTorch's CPU generator.",
        Parameters =
        [
            SchemeTable.Text<KgwScheme>("seeding", "where the seed comes from: lefthash, selfhash, minhash, skipgram, or ff-<hash>-<window>-<True or False>", scheme => scheme.Seeding, (scheme, value) => scheme with { Seeding = value }) with { IsRequired = true },
            .. ListParameters,
        ],
        Secret = "{\"hashKey\": integer}",
        Null = "Binomial(n, G/V), G = int(gamma*V), for distinct coins: exact for one coin per seed, marginally conservative for several",
        Paper = "Kirchenbauer et al. 2023, arXiv:2301.10226 and arXiv:2306.04634",
        Engine = "jwkirchenbauer/lm-watermarking, generator on CPU",
        Template = new KgwScheme { VocabularySize = MaximumVocabularySize },
        Validate = scheme => ((KgwScheme)scheme).Validate(),
    };

    /// <summary>1 for <c>lefthash</c>, 3 for <c>selfhash</c> (its fourth token is the scored one), 4 for <c>minhash</c>, 5 for <c>skipgram</c>.</summary>
    private protected override int RowWidth => seeding.ContextWidth;

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} ({Seeding}, gamma {Gamma}, delta {Delta}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) =>
        new KeyedKgw(this, seeding, secret, seeding.SelfSalted ? CandidatesTried : 0);
}
