using System.Globalization;
using System.Text.Json;
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

    // extended_watermark_processor.py leaves its loop behind index 40.
    private const int CandidatesTried = 41;

    private readonly KgwSeeding seeding = KgwSeeding.Parse("lefthash");

    /// <summary>
    /// The seeding: <c>lefthash</c>, <c>selfhash</c>, <c>minhash</c>, <c>skipgram</c>, or
    /// <c>ff-&lt;hash&gt;-&lt;window&gt;-&lt;True or False&gt;</c> such as <c>ff-additive_prf-2-False</c>. The
    /// original lets a hash key follow as a fifth part; that is the secret, and here it stands with the secret alone.
    /// </summary>
    /// <value>Default <c>lefthash</c>; the original's default is <c>selfhash</c>.</value>
    /// <exception cref="ArgumentException">No such seeding.</exception>
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

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.HashKey;

    /// <summary>Distinct n-grams of each document: the original with <c>ignore_repeated_ngrams</c>, as its authors advise.</summary>
    public override NGramSelection PublishedSelection { get; } = new() { Scope = DistinctScope.Document, ExcludePromptContexts = false };

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Green lists of lm-watermarking (KGW) with PyTorch's CPU generator.",
        Parameters = "seeding (lefthash, selfhash, minhash, skipgram or ff-<hash>-<window>-<True or False>), gamma (fraction, default 1/4), delta (0 to 100, default 2), vocabularySize (2 to 4194304)",
        Secret = "{\"hashKey\": integer}",
        Null = "Binomial(n, G/V), G = int(gamma*V), exact for distinct contexts, marginally conservative for distinct n-grams, but for the weak hash",
        Paper = "Kirchenbauer et al. 2023, arXiv:2301.10226 and arXiv:2306.04634",
        Engine = "jwkirchenbauer/lm-watermarking, generator on CPU",
        Read = Read,
    };

    /// <summary>1 for <c>lefthash</c>, 3 for <c>selfhash</c> (its fourth token is the scored one), 4 for <c>minhash</c>, 5 for <c>skipgram</c>.</summary>
    private protected override int RowWidth => seeding.ContextWidth;

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteString("seeding", Seeding);
        WriteListParameters(writer);
    }

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} ({Seeding}, gamma {Gamma}, delta {Delta}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) =>
        new KeyedKgw(this, seeding, secret, seeding.SelfSalted ? CandidatesTried : 0);

    private static KgwScheme Read(SchemeParameters reader)
    {
        string seeding = reader.Text("seeding");
        Fraction gamma = reader.Probability("gamma", Fraction.Quarter);
        double delta = reader.Number("delta", 0, Native.GreenListScheme.MaximumDelta, 2);
        int vocabularySize = reader.WholeNumber("vocabularySize", 2, MaximumVocabularySize);
        var scheme = new KgwScheme { Seeding = seeding, Gamma = gamma, Delta = delta, VocabularySize = vocabularySize };
        scheme.Validate();
        return scheme;
    }
}
