using Watermark.Statistics;

namespace Watermark.Forensics.Findings;

/// <summary>How several tests are combined.</summary>
public enum CombinationRule
{
    /// <summary>The mean of the e-values over all tests that could have been reported; holds under any dependence.</summary>
    MeanE,

    /// <summary>
    /// Each finding is decided by its e-value, and in addition its p-value, adjusted by Holm's method over all tests, must
    /// be at most alpha; holds under any dependence.
    /// </summary>
    Holm,

    /// <summary>
    /// Fisher's method over all tests: the combined p-value must be at most alpha, and its e-value decides. Only for tests that
    /// read marks, canaries and variants under separate subkeys, each kind once: their p-values are independent if H0 is true.
    /// </summary>
    Fisher,
}

/// <summary>
/// Everything that is fixed before the data are seen. What a plan leaves open can still be chosen afterwards, and a result
/// chosen among several means less than it seems.
/// </summary>
public sealed record Plan
{
    /// <summary>The value of <see cref="Keys"/> for a test without a key.</summary>
    public const string NoKey = "none";

    /// <summary>The alpha of a plan that fixes none.</summary>
    internal const double DefaultAlpha = 0.001;

    /// <summary>The name of a finding's option that holds the SHA-256 of its design.</summary>
    internal const string DesignOption = "design";

    /// <summary>
    /// The name of a finding's option, before a model's name, that says in which role the test compared that model with the suspect.
    /// </summary>
    internal const string ComparedOption = "compared:";

    /// <summary>The keys, by public id or by commitment; <see cref="NoKey"/> alone for a test without a key.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>How many keys, epochs, accounts, suspects and other choices are tested.</summary>
    public TestCount Tests { get; init; } = TestCount.One;

    /// <summary>The statistic with its version.</summary>
    public required string Statistic { get; init; }

    /// <summary>The prior of the e-value with its version.</summary>
    public required string Prior { get; init; }

    /// <summary>The largest adjusted p-value under <see cref="CombinationRule.Holm"/>, and the largest combined one under <see cref="CombinationRule.Fisher"/>.
    /// <value>Default <see cref="DefaultAlpha"/>, between 0 and 1.</value></summary>
    public double Alpha { get; init; } = DefaultAlpha;

    /// <summary>The thresholds.</summary>
    public DecisionRule Rule { get; init; } = new();

    /// <summary>The number of random keys. <value>Default 1,000, 0 … 10,000,000.</value></summary>
    public int RandomKeys { get; init; } = 1000;

    /// <summary>The seed of everything random. <value>Default 0.</value></summary>
    public ulong Seed { get; init; }

    /// <summary>Controls that each finding needs, each with the text to show an effect. <value>Default 1, 0 … 1,000.</value></summary>
    public int ControlsRequired { get; init; } = 1;

    /// <summary>How the findings are combined.</summary>
    public CombinationRule Combination { get; init; }

    /// <summary>The selection of rows, as in the finding's option <c>selection</c>; null where it is left open.</summary>
    public string? Selection { get; init; }

    /// <summary>The context width, 0 … 64; null where it is left open.</summary>
    public int? ContextWidth { get; init; }

    /// <summary>The green fraction; null where it is left open or the scheme has none.</summary>
    public Fraction? Gamma { get; init; }

    /// <summary>The name of the case for readers; empty for none.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>When the plan was fixed, UTC to the second, as its author states it; null where it is not stated.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>SHA-256 of the file with the prompts, 64 lower-case hexadecimal digits; null where it is left open.</summary>
    public string? PromptsSha256 { get; init; }

    /// <summary>Replies collected for each prompt and subject. <value>Default 1, 1 … 1,000.</value></summary>
    public int RepliesPerPrompt { get; init; } = 1;

    /// <summary>Every suspect and control by name; empty where they are left open.</summary>
    public IReadOnlyList<PlannedSubject> Subjects { get; init; } = [];

    /// <summary>Whether rows may have weights; null where it is left open.</summary>
    public bool? Weighted { get; init; }

    /// <summary>When the collection ends; null where it is left open.</summary>
    public StoppingRule? Stopping { get; init; }

    /// <summary>
    /// SHA-256 of every file with text that is not scored where replies repeat it; null where it is left open, empty for none.
    /// </summary>
    public IReadOnlyList<string>? Exclusions { get; init; }

    /// <summary>
    /// SHA-256 of the file with the design of a fingerprint test, 64 lower-case hexadecimal digits; null where there is none.
    /// </summary>
    public string? DesignSha256 { get; init; }

    /// <summary>The planned subjects of a role.</summary>
    /// <param name="role">The role.</param>
    public IEnumerable<PlannedSubject> Planned(SubjectRole role) => Subjects.Where(subject => subject.Role == role);

    /// <summary>A sentence on what is wrong with the plan, which names the field and what was expected, or null.</summary>
    public string? Fault()
    {
        if (Keys.Count == 0 || Keys.Any(string.IsNullOrWhiteSpace))
            return "The field 'keys' must list at least one key id or commitment, none of them empty.";
        if (Keys.Distinct(StringComparer.Ordinal).Count() != Keys.Count)
            return "The field 'keys' names a key twice; each was expected once.";
        if ((Tests.Fault() ?? Rule.Fault()) is { } fault)
            return fault;
        if (Tests.Stated is null && Tests.Keys < Keys.Count)
            return Words.Fault("multiplicity.keys", Tests.Keys, $"at least the {Keys.Count} that 'keys' lists");
        if (string.IsNullOrWhiteSpace(Statistic))
            return "The field 'statistic' is empty; the name and version of a statistic was expected.";
        if (string.IsNullOrWhiteSpace(Prior))
            return "The field 'prior' is empty; the name and version of a prior was expected.";
        if (!(Alpha is > 0 and < 1))
            return Words.Fault("alpha", Alpha, "a number between 0 and 1");
        if (RandomKeys is < 0 or > 10_000_000)
            return Words.Fault("randomKeys", RandomKeys, "a whole number from 0 to 10,000,000");
        if (ControlsRequired is < 0 or > 1000)
            return Words.Fault("controlsRequired", ControlsRequired, "a whole number from 0 to 1,000");
        if (Selection is { } selection && string.IsNullOrWhiteSpace(selection))
            return "The field 'selection' is empty; a selection or null was expected.";
        if (ContextWidth is < 0 or > 64)
            return Words.Fault("contextWidth", ContextWidth.Value, "a whole number from 0 to 64");
        return (Subjects.Select(subject => subject.Fault()).FirstOrDefault(fault => fault is not null) ?? Stopping?.Fault() ?? CollectionFault()) is { } found
            ? found
            : Gamma is { IsProperProbability: false } ? $"The field 'gamma' is {Gamma}; a fraction between 0 and 1 was expected." : null;
    }

    private string? CollectionFault()
    {
        if (RepliesPerPrompt is < 1 or > 1000)
            return Words.Fault("repliesPerPrompt", RepliesPerPrompt, "a whole number from 1 to 1,000");
        if (Subjects.Select(subject => subject.Name).Distinct(StringComparer.Ordinal).Count() != Subjects.Count)
            return "The field 'subjects' names a subject twice; each was expected once.";
        if (Subjects.Count > 0 && !Planned(SubjectRole.Suspect).Any())
            return "The field 'subjects' names no suspect; at least one was expected.";
        if (Tests.Stated is null && Tests.Suspects < Planned(SubjectRole.Suspect).Count())
            return Words.Fault("multiplicity.suspects", Tests.Suspects, $"at least the {Planned(SubjectRole.Suspect).Count()} that 'subjects' lists");
        foreach ((string field, string digest) in (Exclusions ?? []).Select(digest => ("exclusions", digest)).Concat(PromptsSha256 is { } prompts ? [("promptsSha256", prompts)] : []).Concat(DesignSha256 is { } design ? [("designSha256", design)] : []))
        {
            if (digest.Length != 64 || !digest.All(char.IsAsciiHexDigitLower))
                return $"The field '{field}' holds '{digest}'; a SHA-256 of 64 lower-case hexadecimal digits was expected.";
        }

        return null;
    }

    /// <summary>Throws where the plan is not valid.</summary>
    /// <exception cref="ArgumentException">The plan is not valid; the message is <see cref="Fault"/>.</exception>
    public void Validate()
    {
        if (Fault() is { } fault)
            throw new ArgumentException(fault);
    }
}
