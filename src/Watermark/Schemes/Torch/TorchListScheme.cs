using Watermark.Statistics;

namespace Watermark.Schemes.Torch;

/// <summary>
/// A green list that is the head of a random permutation of the vocabulary, drawn by PyTorch's generator on a CPU from
/// a seed that depends on key and context.
/// </summary>
/// <remarks>
/// <para>
/// The list has <see cref="GreenCount"/> tokens, and a token of unrelated text is green with probability
/// <see cref="GreenCount"/>/<see cref="VocabularySize"/>, which is not gamma where gamma·V is no integer. The binomial is
/// exact for one token per seed; several distinct tokens of one seed are drawn without replacement, which makes it
/// marginally conservative.
/// </para>
/// <para>
/// The seeds of these schemes are weak hashes of 32 effective bits: many contexts have the same seed and so the same list.
/// Counted by coin (<see cref="WatermarkScheme.Coins"/>) this does no harm; <c>weak-hashes.md</c> shows the effect on other
/// ways of counting.
/// </para>
/// </remarks>
public abstract record TorchListScheme : ForeignScheme
{
    /// <summary>The largest vocabulary.</summary>
    public const int MaximumVocabularySize = 1 << 22;

    /// <summary>The help text of the vocabulary size.</summary>
    internal const string VocabularyHelp = "token ids that the engine drew for";

    private protected TorchListScheme()
    {
    }

    /// <summary>Gamma: the green share of the vocabulary that the engine was given.</summary>
    /// <value>Default 1/4; strictly between 0 and 1.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public Fraction Gamma
    {
        get;
        init => field = value.IsProperProbability
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Gamma), value.ToString(), "Gamma must lie strictly between 0 and 1.");
    } = Fraction.Quarter;

    /// <summary>Delta: what marking adds to the logit of a green token, natural-log scale. Detection does not use it.</summary>
    /// <value>Default 2; from 0 to 100.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range, or not a number.</exception>
    public double Delta
    {
        get;
        init => field = value is >= 0 and <= MaximumDelta
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Delta), value, $"Delta must lie from 0 to {MaximumDelta}.");
    } = 2;

    /// <summary>V: the number of token ids that the engine permuted; another V gives other lists.</summary>
    /// <value>From 2 to <see cref="MaximumVocabularySize"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public required int VocabularySize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 2, nameof(VocabularySize));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaximumVocabularySize, nameof(VocabularySize));
            field = value;
        }
    }

    /// <summary>
    /// G: the number of green tokens, computed as the engines do: <c>int(gamma * V)</c> in double precision. That is
    /// ⌊gamma·V⌋, unless the product is an integer and rounding gives a value just below it: 0.29·100 gives 28 in the
    /// engines, so their mark has 28 green tokens, and so has this scheme.
    /// </summary>
    /// <exception cref="ArgumentException">Gamma and V leave no green token or no token that is not green.</exception>
    public int GreenCount
    {
        get
        {
            // One division and one multiplication, correctly rounded on every machine, so the same count everywhere.
            int count = (int)(Gamma.ToDouble() * VocabularySize);
            return count >= 1 && count < VocabularySize
                ? count
                : throw new ArgumentException($"Gamma {Gamma} of {VocabularySize} tokens leaves no green or no other token.");
        }
    }

    /// <inheritdoc/>
    public sealed override int ContextWidth => RowWidth;

    /// <inheritdoc/>
    public sealed override ScoreNull Null => new BinomialNull(new Fraction(GreenCount, VocabularySize));

    /// <summary>Gamma, delta and vocabulary size.</summary>
    private protected static IReadOnlyList<SchemeParameter> ListParameters { get; } =
    [
        SchemeTable.Fraction<TorchListScheme>("gamma", "the green share of the vocabulary", scheme => scheme.Gamma, (scheme, value) => scheme with { Gamma = value }),
        SchemeTable.Number<TorchListScheme>("delta", 0, MaximumDelta, "what is added to green logits", scheme => scheme.Delta, (scheme, value) => scheme with { Delta = value }),
        SchemeTable.Integer<TorchListScheme>("vocabularySize", 2, MaximumVocabularySize, VocabularyHelp, scheme => scheme.VocabularySize, (scheme, value) => scheme with { VocabularySize = value }) with { IsRequired = true },
    ];

    /// <summary>h.</summary>
    private protected abstract int RowWidth { get; }

    /// <summary>Throws where the parameters contradict each other.</summary>
    internal void Validate() => _ = GreenCount;
}
