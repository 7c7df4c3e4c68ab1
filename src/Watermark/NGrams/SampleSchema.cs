namespace Watermark.NGrams;

/// <summary>How the rows of a sample were made.</summary>
public enum SampleKind
{
    /// <summary>The suspect wrote the tokens.</summary>
    Text,

    /// <summary>The suspect was shown a text, and the tokens are its predictions.</summary>
    Reading,

    /// <summary>The suspect was compared with the owner's unmarked model; the rows have weights.</summary>
    Comparison,
}

/// <summary>What is known of the text that was shown to a suspect (<see cref="SampleKind.Reading"/>) or compared.</summary>
public enum TextOrigin
{
    /// <summary>Nothing is known, or nothing was shown.</summary>
    Unknown,

    /// <summary>Text written without the key: then only the suspect can make the sample depend on the key.</summary>
    Unmarked,

    /// <summary>Text marked with the key: its content depends on the key, so a test of it is approximate.</summary>
    Marked,
}

/// <summary>
/// What a sample holds. Only samples of equal schemas are merged, compared or tested against each other, since others would
/// mix different tests.
/// </summary>
public sealed record SampleSchema
{
    /// <summary>The widest context a sample holds.</summary>
    public const int MaximumContextWidth = 16;

    /// <summary>h, tokens of context per row, 0 … <see cref="MaximumContextWidth"/>.</summary>
    public required int ContextWidth { get; init; }

    /// <summary>How the rows were made. <value>Default <see cref="SampleKind.Text"/>.</value></summary>
    public SampleKind Kind { get; init; } = SampleKind.Text;

    /// <summary>Whether the text shown to the suspect was marked. <value>Default <see cref="TextOrigin.Unknown"/>.</value></summary>
    public TextOrigin Origin { get; init; } = TextOrigin.Unknown;

    /// <summary>Which n-grams were collected. <value>Default <see cref="NGramSelection.Default"/>.</value></summary>
    public NGramSelection Selection { get; init; } = NGramSelection.Default;

    /// <summary>
    /// The tokenizer's name, for readers. <value>Default <c>ids</c>: documents brought their token ids.</value>
    /// </summary>
    public string Tokenizer { get; init; } = "ids";

    /// <summary>
    /// SHA-256 of the tokenizer's content, lower-case hexadecimal, by which tokenizers are compared; empty where documents
    /// brought their token ids.
    /// </summary>
    public string TokenizerHash { get; init; } = string.Empty;

    /// <summary>Token ids that are not text; windows that contain one are left out. Any order.</summary>
    public IReadOnlyList<int> SpecialTokens { get; init; } = [];

    /// <summary>
    /// The largest number of rows kept. Of more rows, those with the smallest <see cref="NGramHash"/> are kept, a uniform
    /// sample (with distinct contexts over the corpus, the hash of the context). <value>Default null: all rows.</value>
    /// </summary>
    public long? RowLimit { get; init; }

    /// <summary>
    /// Whether the rows of the prompts are kept too, by document. Schemes in which different contexts share coins need them
    /// to leave out the coins that a prompt decided. <value>Default true.</value>
    /// </summary>
    public bool KeepsPrompts { get; init; } = true;

    /// <summary>
    /// What was done to the text before it became tokens, in words, such as a normalisation; empty for nothing. Samples of
    /// differently prepared text are not compared. <value>Default empty.</value>
    /// </summary>
    public string Preparation { get; init; } = string.Empty;

    /// <summary>Whether a row counts as often as it occurs; then no theoretical null holds.</summary>
    public bool CountsOccurrences => Selection.Distinct == DistinctRule.None || Selection.Scope == DistinctScope.Document;

    /// <summary>Whether rows that share a coin under a key count once.</summary>
    public bool CountsCoins => Selection is { Distinct: DistinctRule.Coins, Scope: DistinctScope.Corpus };

    /// <summary>Whether rows are distinguished by their context only.</summary>
    internal bool KeyedByContext => Selection is { Distinct: DistinctRule.Contexts, Scope: DistinctScope.Corpus };

    /// <summary>Throws where the values contradict each other.</summary>
    /// <exception cref="ArgumentException">The values contradict each other; the message says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ContextWidth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ContextWidth, MaximumContextWidth);
        ArgumentNullException.ThrowIfNull(Selection);
        ArgumentException.ThrowIfNullOrEmpty(Tokenizer);
        ArgumentNullException.ThrowIfNull(TokenizerHash);
        ArgumentNullException.ThrowIfNull(Preparation);
        ArgumentNullException.ThrowIfNull(SpecialTokens);
        if (RowLimit is { } limit)
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(RowLimit));
        Selection.Validate();
    }

    /// <summary>Value equality; special tokens as a set, tokenizers by their content.</summary>
    /// <param name="other">The other schema.</param>
    public bool Equals(SampleSchema? other) => other is not null && Difference(other) is null;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ContextWidth, Kind, Origin, Selection, TokenizerHash, RowLimit, KeepsPrompts);

    /// <summary>The first member in which two schemas differ, in words; null where they are equal.</summary>
    /// <param name="other">The other schema.</param>
    public string? Difference(SampleSchema other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Difference(other, rowLimits: true) is { } difference)
            return difference;
        return KeepsPrompts == other.KeepsPrompts ? null : "one keeps the rows of its prompts and the other does not";
    }

    /// <summary>Why a suspect and a control cannot be tested by the same test, in words; null where they can.</summary>
    /// <param name="other">The other schema. Row limits and kept prompts may differ.</param>
    public string? TestDifference(SampleSchema other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Difference(other, rowLimits: false);
    }

    private string? Difference(SampleSchema other, bool rowLimits)
    {
        if (TokenizerHash != other.TokenizerHash || (TokenizerHash.Length == 0 && Tokenizer != other.Tokenizer))
            return $"the tokenizer is '{other.Tokenizer}' ({Short(other.TokenizerHash)}), not '{Tokenizer}' ({Short(TokenizerHash)})";
        if (ContextWidth != other.ContextWidth)
            return $"the context width is {other.ContextWidth}, not {ContextWidth}";
        if (Kind != other.Kind)
            return $"the kind is {NameOf(other.Kind)}, not {NameOf(Kind)}";
        if (Origin != other.Origin)
            return $"the text shown is {NameOf(other.Origin)}, not {NameOf(Origin)}";
        if (Selection != other.Selection)
            return $"the selection rule is {other.Selection.Describe()}, not {Selection.Describe()}";
        if (Preparation != other.Preparation)
            return $"the text was prepared by '{Prepared(other.Preparation)}', not by '{Prepared(Preparation)}'";
        if (rowLimits && RowLimit != other.RowLimit)
            return $"the row limit is {Text(other.RowLimit)}, not {Text(RowLimit)}";
        return SpecialTokens.ToHashSet().SetEquals(other.SpecialTokens) ? null : "the special tokens differ";
    }

    /// <summary>The kind's name in files.</summary>
    internal static string NameOf(SampleKind kind) => kind switch
    {
        SampleKind.Text => "text",
        SampleKind.Reading => "reading",
        _ => "comparison",
    };

    /// <summary>The origin's name in files.</summary>
    internal static string NameOf(TextOrigin origin) => origin switch
    {
        TextOrigin.Unmarked => "unmarked",
        TextOrigin.Marked => "marked",
        _ => "unknown",
    };

    private static string Text(long? limit) => limit?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none";

    private static string Prepared(string preparation) => preparation.Length == 0 ? "nothing" : preparation;

    private static string Short(string hash) => hash.Length == 0 ? "no hash" : hash[..Math.Min(12, hash.Length)] + "…";
}
