namespace Watermark.NGrams;

/// <summary>Which repetitions of a row count. A rule looks at text, never at scores.</summary>
public enum DistinctRule
{
    /// <summary>
    /// Each coin once: the distinct n-grams are collected, and under a key all rows with the same coin count once. This is
    /// the only rule whose theoretical null holds for every scheme.
    /// </summary>
    Coins,

    /// <summary>
    /// Each (context, token) once, as publications count ("v2"). The null holds only for schemes that give every n-gram a coin
    /// of its own.
    /// </summary>
    NGrams,

    /// <summary>Each context once, with one of the tokens seen after it ("v1").</summary>
    Contexts,

    /// <summary>Every occurrence. The theoretical null does not hold: a repeated n-gram repeats the same coin.</summary>
    None,
}

/// <summary>Where a <see cref="DistinctRule"/> looks for repetitions.</summary>
public enum DistinctScope
{
    /// <summary>All documents together.</summary>
    Corpus,

    /// <summary>Each document by itself.</summary>
    Document,
}

/// <summary>The rule that decides which n-grams of a corpus are scored. Equal rules are equal records.</summary>
public sealed record NGramSelection
{
    /// <summary>Distinct coins over the whole corpus, contexts of the reply's own prompt excluded.</summary>
    public static NGramSelection Default { get; } = new();

    /// <summary>Which repetitions count. <value>Default <see cref="DistinctRule.Coins"/>.</value></summary>
    public DistinctRule Distinct { get; init; } = DistinctRule.Coins;

    /// <summary>Where repetitions are looked for. <value>Default <see cref="DistinctScope.Corpus"/>.</value></summary>
    public DistinctScope Scope { get; init; } = DistinctScope.Corpus;

    /// <summary>
    /// Whether contexts that occur in the reply's own prompt are left out: a clean model that copies a marked prompt
    /// looks guilty otherwise. <value>Default true.</value>
    /// </summary>
    public bool ExcludePromptContexts { get; init; } = true;

    /// <summary>
    /// The first token position of a document (0-based) that may be scored; positions without a full context are
    /// never scored unless <see cref="Padding"/> fills it. <value>Default 0.</value>
    /// </summary>
    public int FirstPosition { get; init; }

    /// <summary>The token that stands before the first, or null: no padding. <value>Default null.</value></summary>
    public int? Padding { get; init; }

    /// <summary>
    /// Where set (with <see cref="DistinctRule.Contexts"/> and <see cref="DistinctScope.Document"/>), a context counts
    /// as seen only while it is among this many contexts before it, as SynthID's repetition mask does.
    /// <value>Default null: always.</value>
    /// </summary>
    public int? ContextHistory { get; init; }

    /// <summary>Throws where the values contradict each other.</summary>
    /// <exception cref="ArgumentException">The values contradict each other; the message says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(FirstPosition);
        if (ContextHistory is { } history)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(history, 1, nameof(ContextHistory));
            if (Distinct != DistinctRule.Contexts || Scope != DistinctScope.Document)
                throw new ArgumentException("A context history needs distinct contexts within a document.", nameof(ContextHistory));
        }
    }

    /// <summary>The rule in a few words, for messages.</summary>
    public string Describe()
    {
        string distinct = Distinct switch
        {
            DistinctRule.Coins => "distinct coins",
            DistinctRule.NGrams => "distinct n-grams",
            DistinctRule.Contexts => "distinct contexts",
            _ => "every occurrence",
        };
        string scope = Distinct == DistinctRule.None ? string.Empty : Scope == DistinctScope.Corpus ? " of the corpus" : " of each document";
        string history = ContextHistory is { } length ? FormattableString.Invariant($" within {length} contexts") : string.Empty;
        string prompts = ExcludePromptContexts ? string.Empty : ", prompt contexts included";
        string first = FirstPosition == 0 ? string.Empty : FormattableString.Invariant($", from position {FirstPosition}");
        string padding = Padding is { } token ? FormattableString.Invariant($", padded with {token}") : string.Empty;
        return distinct + scope + history + prompts + first + padding;
    }
}
