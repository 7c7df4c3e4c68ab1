namespace Watermark.NGrams;

/// <summary>What a table holds. Only tables of equal schemas merge: anything else would mix different tests.</summary>
public sealed record NGramTableSchema
{
    /// <summary>The widest context a table holds.</summary>
    public const int MaximumContextWidth = 16;

    /// <summary>h, tokens of context a row, 0 … <see cref="MaximumContextWidth"/>.</summary>
    public required int ContextWidth { get; init; }

    /// <summary>Which n-grams were collected. <value>Default <see cref="NGramSelection.Default"/>.</value></summary>
    public NGramSelection Selection { get; init; } = NGramSelection.Default;

    /// <summary>The tokenizer's name. <value>Default <c>ids</c>: token ids made elsewhere.</value></summary>
    public string Tokenizer { get; init; } = "ids";

    /// <summary>SHA-256 of the tokenizer's content, lower-case hexadecimal; empty for ids made elsewhere.</summary>
    public string TokenizerHash { get; init; } = string.Empty;

    /// <summary>Token ids that stand for no text; windows that touch one are left out. Any order.</summary>
    public IReadOnlyList<int> SpecialTokens { get; init; } = [];

    /// <summary>
    /// The most rows kept: of more, those with the smallest <see cref="NGramHash"/> (of the context, with distinct
    /// contexts over the corpus), a uniform sample. <value>Default null: all.</value>
    /// </summary>
    public long? RowLimit { get; init; }

    /// <summary>Whether a row counts as often as it occurs: then the theoretical null does not hold over the corpus.</summary>
    public bool UsesMultiplicity => Selection.Distinct == DistinctRule.None || Selection.Scope == DistinctScope.Document;

    /// <summary>Whether a row is found by its context alone.</summary>
    internal bool KeyedByContext => Selection is { Distinct: DistinctRule.Contexts, Scope: DistinctScope.Corpus };

    /// <summary>Throws where the values do not go together.</summary>
    /// <exception cref="ArgumentException">They do not; the message says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ContextWidth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ContextWidth, MaximumContextWidth);
        ArgumentNullException.ThrowIfNull(Selection);
        ArgumentException.ThrowIfNullOrEmpty(Tokenizer);
        ArgumentNullException.ThrowIfNull(TokenizerHash);
        ArgumentNullException.ThrowIfNull(SpecialTokens);
        if (RowLimit is { } limit)
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(RowLimit));
        Selection.Validate();
    }

    /// <summary>Value equality; special tokens as a set.</summary>
    /// <param name="other">The other schema.</param>
    public bool Equals(NGramTableSchema? other) => other is not null && Difference(other) is null;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ContextWidth, Selection, Tokenizer, TokenizerHash, RowLimit);

    /// <summary>The first member in which two schemas differ, in words; null where they are equal.</summary>
    /// <param name="other">The other schema.</param>
    internal string? Difference(NGramTableSchema other)
    {
        if (TokenizerHash != other.TokenizerHash || Tokenizer != other.Tokenizer)
            return $"the tokenizer is '{other.Tokenizer}' ({Short(other.TokenizerHash)}), not '{Tokenizer}' ({Short(TokenizerHash)})";
        if (ContextWidth != other.ContextWidth)
            return $"the context width is {other.ContextWidth}, not {ContextWidth}";
        if (Selection != other.Selection)
            return $"the selection rule is {other.Selection.Describe()}, not {Selection.Describe()}";
        if (RowLimit != other.RowLimit)
            return $"the row limit is {other.RowLimit?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}, not {RowLimit?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}";
        return SpecialTokens.ToHashSet().SetEquals(other.SpecialTokens) ? null : "the special tokens differ";
    }

    private static string Short(string hash) => hash.Length == 0 ? "no hash" : hash[..Math.Min(12, hash.Length)] + "…";
}
