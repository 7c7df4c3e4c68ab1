using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Statistics;

namespace Watermark.Schemes.SynthId;

/// <summary>What the two SynthID-Text schemes share: public parameters, published counting and null.</summary>
public abstract record SynthIdParameters : ForeignScheme
{
    /// <summary>The largest number of layers allowed here; the release uses 30.</summary>
    public const int MaximumDepth = 64;

    /// <summary>The number of layers of a fresh secret, as in the release.</summary>
    public const int DefaultDepth = 30;

    private protected static readonly Int128[] ExampleKeys =
    [
        654, 400, 836, 123, 340, 443, 597, 160, 57, 29, 590, 639, 13, 715, 468,
        990, 966, 226, 324, 585, 118, 504, 421, 521, 129, 669, 732, 225, 90, 960,
    ];

    private readonly int ngramLength = 5;
    private readonly int contextHistorySize = 1024;
    private readonly int numLeaves = 2;
    private readonly int depth = DefaultDepth;

    /// <summary>Tokens of an n-gram with the scored token: context width plus 1. <value>2 to 17, default 5.</value></summary>
    public int NGramLength
    {
        get => ngramLength;
        init => ngramLength = Within(value, 2, 17, nameof(NGramLength));
    }

    /// <summary>How many earlier contexts are checked for a repetition. <value>1 or more, default 1024.</value></summary>
    public int ContextHistorySize
    {
        get => contextHistorySize;
        init => contextHistorySize = Within(value, 1, int.MaxValue, nameof(ContextHistorySize));
    }

    /// <summary>Leaves of each tournament match. <value>2 to 64, default 2: no distortion.</value></summary>
    public int NumLeaves
    {
        get => numLeaves;
        init => numLeaves = Within(value, 2, 64, nameof(NumLeaves));
    }

    /// <summary>How layers add up. <value>Default <see cref="SynthIdScoring.Mean"/>.</value></summary>
    public SynthIdScoring Scoring { get; init; }

    /// <summary>
    /// m, the number of layers. It is not a parameter of a key file: the secret has one key per layer, and
    /// <see cref="WatermarkScheme.WithKey"/> takes it from there. <value>1 to 64, default 30.</value>
    /// </summary>
    public int Depth
    {
        get => depth;
        init => depth = Within(value, 1, MaximumDepth, nameof(Depth));
    }

    /// <inheritdoc/>
    public sealed override int ContextWidth => NGramLength - 1;

    /// <inheritdoc/>
    public sealed override ScoreNull Null => Scoring == SynthIdScoring.Mean
        ? new BinomialNull(OnesFraction, Depth)
        : new WeightedBernoulliNull(SynthIdWeights.For(Scoring, Depth), OnesFraction);

    /// <summary>
    /// The released repetition mask: a position counts unless its context of n−1 tokens stood among the
    /// <see cref="ContextHistorySize"/> contexts before it in the same text. Masked contexts enter the history too, and
    /// the first position looked at is the first with a full context.
    /// </summary>
    public sealed override NGramSelection PublishedSelection => new()
    {
        Distinct = DistinctRule.Contexts,
        Scope = DistinctScope.Document,
        ExcludePromptContexts = false,
        ContextHistory = ContextHistorySize,
    };

    /// <summary>The exact probability that one layer's bit is 1 under a random key.</summary>
    private protected virtual Fraction OnesFraction => Fraction.Half;

    /// <summary>The parameters that both schemes begin with.</summary>
    private protected static IReadOnlyList<SchemeParameter> SharedParameters { get; } =
    [
        SchemeTable.Integer<SynthIdParameters>("ngramLength", 2, 17, "tokens of an n-gram, the scored one among them", scheme => scheme.NGramLength, (scheme, value) => scheme with { NGramLength = value }),
        SchemeTable.Integer<SynthIdParameters>("contextHistorySize", 1, int.MaxValue, "contexts among which a repetition is looked for", scheme => scheme.ContextHistorySize, (scheme, value) => scheme with { ContextHistorySize = value }),
        SchemeTable.Integer<SynthIdParameters>("numLeaves", 2, 64, "leaves of a tournament match", scheme => scheme.NumLeaves, (scheme, value) => scheme with { NumLeaves = value }),
    ];

    /// <summary>The parameter that both schemes end with.</summary>
    private protected static SchemeParameter ScoringParameter { get; } = SchemeTable.Choice<SynthIdParameters, SynthIdScoring>(
        "scoring",
        "how layers add up",
        [("mean", SynthIdScoring.Mean), ("weighted-mean", SynthIdScoring.WeightedMean)],
        scheme => scheme.Scoring,
        (scheme, value) => scheme with { Scoring = value }) with { Omitted = scoring => scoring == SynthIdScoring.Mean };

    private protected static SecretField KeysField(int depth) => new("keys", long.MinValue, long.MaxValue)
    {
        IsList = true,
        DrawnLength = depth,
        Published = [ExampleKeys, ExampleKeys[..9]],
    };

    private protected static long[] KeysOf(IntegerSecret secret)
    {
        Int128[] values = secret.Values("keys");
        if (values.Length > MaximumDepth)
            throw new ArgumentException($"The secret has {values.Length} keys; a tournament has at most {MaximumDepth} layers.", nameof(secret));
        var keys = new long[values.Length];
        for (int i = 0; i < keys.Length; i++)
            keys[i] = (long)values[i];
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(values.AsSpan()));
        return keys;
    }
}
