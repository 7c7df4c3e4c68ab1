using System.Globalization;
using System.Text.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Schemes.Kgw;

/// <summary>The green list of Hugging Face transformers (<c>WatermarkingConfig</c>), as written with a generator on a CPU.</summary>
/// <remarks>
/// After Kirchenbauer et al., arXiv:2301.10226 and arXiv:2306.04634. Differs from <see cref="KgwScheme"/> in two ways:
/// the table of <c>selfhash</c> is drawn from the key, and <c>lefthash</c> reads the last token alone whatever
/// <c>context_width</c> says. Bit-exact.
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
    /// <exception cref="ArgumentException">No such seeding.</exception>
    public string Seeding
    {
        get;
        init => field = Seedings.Contains(value, StringComparer.Ordinal)
            ? value
            : throw new ArgumentException("The seeding must be lefthash or selfhash.", nameof(Seeding));
    } = "lefthash";

    /// <summary>
    /// <c>context_width</c> as the engine counts it, the member <c>contextWidth</c> of key files: with
    /// <c>selfhash</c> it includes the scored token; with <c>lefthash</c> it only tells the first position that the
    /// engine's detector scores.
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

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.HashKey;

    /// <summary>
    /// Every occurrence, from the first full window: the engine's <c>ignore_repeated_ngrams</c> does nothing, set or
    /// not. Reproduces its counts; its z and p-values, and any p-value of these counts, do not hold.
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
        Parameters = "seeding (lefthash, selfhash), contextWidth (context_width of the engine, 1 to 16, default 1), gamma (greenlist_ratio, default 1/4), delta (bias, 0 to 100, default 2), vocabularySize (2 to 4194304)",
        Secret = "{\"hashKey\": integer}",
        Null = "Binomial(n, G/V), G = int(gamma*V), exact for distinct contexts, marginally conservative for distinct n-grams, but for the weak hash",
        Paper = "Kirchenbauer et al. 2023, arXiv:2301.10226 and arXiv:2306.04634",
        Engine = "huggingface/transformers WatermarkLogitsProcessor, generator on CPU",
        Read = Read,
    };

    /// <summary>
    /// The tokens that a score depends on: always 1 for <c>lefthash</c>, or n-grams that share their coin would count
    /// as distinct; <see cref="Window"/> − 1 for <c>selfhash</c>.
    /// </summary>
    private protected override int RowWidth => IsSelfHash ? Window - 1 : 1;

    private bool IsSelfHash => Seeding == "selfhash";

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteString("seeding", Seeding);
        writer.WriteNumber("contextWidth", Window);
        WriteListParameters(writer);
    }

    /// <summary>The name and the parameters.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name} ({Seeding}, context_width {Window}, gamma {Gamma}, delta {Delta}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedHfKgw(this, secret, IsSelfHash ? CandidatesTried : 0);

    private static HfKgwScheme Read(SchemeParameters reader)
    {
        string seeding = reader.Choice("seeding", Seedings, "lefthash");
        int window = reader.WholeNumber("contextWidth", 1, MaximumWindow, 1);
        Fraction gamma = reader.Probability("gamma", Fraction.Quarter);
        double delta = reader.Number("delta", 0, Native.GreenListScheme.MaximumDelta, 2);
        int vocabularySize = reader.WholeNumber("vocabularySize", 2, MaximumVocabularySize);
        var scheme = new HfKgwScheme { Seeding = seeding, Window = window, Gamma = gamma, Delta = delta, VocabularySize = vocabularySize };
        scheme.Validate();
        return scheme;
    }
}
