using System.Globalization;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Schemes.Kgw;

/// <summary>
/// The green list of MarkLLM's <c>KGW</c>, window scheme <c>left</c>, as written with a generator on a CPU.
/// </summary>
/// <remarks>
/// Pan et al., "MarkLLM: An Open-Source Toolkit for LLM Watermarking", EMNLP 2024 (arXiv:2405.10051), after Kirchenbauer et
/// al., arXiv:2301.10226. With P the permutation of the V token ids that PyTorch draws from the hash key, and x the number
/// that <see cref="Seeding"/> makes of the last tokens, the seed of a list is <c>hash_key · P[x]</c>, reduced modulo V in
/// MarkLLM's present code (<see cref="SeedRange"/>). Bit-exact. The window scheme <c>self</c> is not supported.
/// </remarks>
public sealed record MarkLlmKgwScheme : TorchListScheme
{
    /// <summary>The name in key files.</summary>
    public const string SchemeName = "markllm-kgw";

    /// <summary>The longest prefix.</summary>
    public const int MaximumPrefix = 16;

    private static readonly (string Word, MarkLlmHash Value)[] Hashes =
        [("time", MarkLlmHash.Time), ("additive", MarkLlmHash.Additive), ("skip", MarkLlmHash.Skip), ("min", MarkLlmHash.Min)];

    private static readonly (string Word, bool IsReduced)[] Ranges = [("vocabulary", true), ("full", false)];

    /// <summary>Creates the scheme with the engine's defaults; gamma is 1/2.</summary>
    public MarkLlmKgwScheme() => Gamma = Fraction.Half;

    /// <summary>The engine's <c>f_scheme</c>: <c>time</c>, <c>additive</c>, <c>skip</c> or <c>min</c>.</summary>
    /// <value>Default <c>time</c>.</value>
    /// <exception cref="ArgumentException">There is no such seeding.</exception>
    public string Seeding
    {
        get;
        init => field = Hashes.Any(item => item.Word == value)
            ? value
            : throw new ArgumentException("The seeding must be time, additive, skip or min.", nameof(Seeding));
    } = "time";

    /// <summary>The engine's <c>prefix_length</c>, the member <c>contextWidth</c> of key files: how many tokens before the scored one are read.</summary>
    /// <value>Default 1; from 1 to 16.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public int Prefix
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Prefix));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumPrefix, nameof(Prefix));
            field = value;
        }
    } = 1;

    /// <summary>
    /// What becomes of <c>hash_key · P[x]</c>: <c>vocabulary</c> where the engine reduces it modulo V, as its present code
    /// does, so that there are at most V lists; <c>full</c> where it does not, as in an earlier version.
    /// </summary>
    /// <value>Default <c>vocabulary</c>.</value>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public string SeedRange
    {
        get;
        init => field = Ranges.Any(item => item.Word == value)
            ? value
            : throw new ArgumentException("The seed range must be vocabulary or full.", nameof(SeedRange));
    } = "vocabulary";

    /// <inheritdoc/>
    public override string Name => SchemeName;

    /// <summary>The seed, of which PyTorch keeps 32 bits, and the token: products, sums, minima and skips read less than the context.</summary>
    public override CoinRule Coins => CoinRule.SeedOfContext;

    /// <inheritdoc/>
    public override SecretShape SecretShape => TorchSecrets.HashKey;

    /// <summary>Every occurrence from the first full prefix, as the engine counts; p-values of these counts are not valid.</summary>
    public override NGramSelection PublishedSelection => new()
    {
        Distinct = DistinctRule.None,
        Scope = DistinctScope.Document,
        ExcludePromptContexts = false,
    };

    /// <summary>How key files hold the scheme.</summary>
    internal static SchemeDescriptor Descriptor { get; } = new()
    {
        Name = SchemeName,
        Summary = "Green lists of MarkLLM's KGW, window scheme left, with PyTorch's CPU generator.",
        Parameters =
        [
            SchemeTable.Choice<MarkLlmKgwScheme, string>("seeding", "f_scheme of the engine", Array.ConvertAll(Hashes, item => (item.Word, item.Word)), scheme => scheme.Seeding, (scheme, value) => scheme with { Seeding = value }),
            SchemeTable.Integer<MarkLlmKgwScheme>("contextWidth", 1, MaximumPrefix, "prefix_length of the engine", scheme => scheme.Prefix, (scheme, value) => scheme with { Prefix = value }),
            SchemeTable.Choice<MarkLlmKgwScheme, string>("seedRange", "whether seeds are reduced modulo the vocabulary size", Array.ConvertAll(Ranges, item => (item.Word, item.Word)), scheme => scheme.SeedRange, (scheme, value) => scheme with { SeedRange = value }),
            .. ListParameters,
        ],
        Secret = "{\"hashKey\": integer}",
        Null = "Binomial(n, G/V), G = int(gamma*V), for distinct coins: exact for one coin per seed, marginally conservative for several",
        Paper = "Pan et al. 2024, arXiv:2405.10051, after Kirchenbauer et al. 2023, arXiv:2301.10226",
        Engine = "THU-BPM/MarkLLM KGW with window_scheme left, generator on CPU",
        Template = new MarkLlmKgwScheme { VocabularySize = MaximumVocabularySize },
        Validate = scheme => ((MarkLlmKgwScheme)scheme).Validate(),
    };

    /// <inheritdoc/>
    private protected override int RowWidth => Prefix;

    internal MarkLlmHash Hash => Array.Find(Hashes, item => item.Word == Seeding).Value;

    internal bool ReducesSeeds => Array.Find(Ranges, item => item.Word == SeedRange).IsReduced;

    /// <inheritdoc/>
    public override IReadOnlyList<SchemeParameter> Parameters => Descriptor.Parameters;

    /// <summary>The name and the parameters.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name} ({Seeding}, prefix_length {Prefix}, seed range {SeedRange}, gamma {Gamma}, delta {Delta}, vocabulary {VocabularySize})");

    /// <inheritdoc/>
    protected override KeyedScheme WithKey(IntegerSecret secret) => new KeyedMarkLlmKgw(this, secret);
}

/// <summary>How MarkLLM makes a number of the last tokens (its <c>f_scheme</c>), P its permutation.</summary>
internal enum MarkLlmHash
{
    /// <summary><c>time</c>: P of their product modulo V.</summary>
    Time,

    /// <summary><c>additive</c>: P of their sum modulo V.</summary>
    Additive,

    /// <summary><c>skip</c>: P of the oldest.</summary>
    Skip,

    /// <summary><c>min</c>: the least of their P.</summary>
    Min,
}
