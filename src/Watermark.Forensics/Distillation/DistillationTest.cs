using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Torch;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>A sample with a name for readers.</summary>
/// <param name="Title">The name, such as the suspect's.</param>
/// <param name="Sample">The sample.</param>
public sealed record TitledSample(string Title, Sample Sample);

/// <summary>
/// Tests whether the suspect was trained on text marked with this key. Scores each coin of the suspect's sample once, tests
/// the total against the deciding null, and also scores the same text under random keys.
/// </summary>
/// <remarks>
/// The prompts must not depend on the key, or must be recorded with their replies: coins that a reply's own prompt decided
/// are left out, since a clean model that copies a marked prompt would look marked. The e-value decides, not the p-value.
/// </remarks>
public sealed class DistillationTest
{
    /// <summary>The <see cref="Finding.Question"/> of its findings.</summary>
    public const string Question = Questions.Distillation;

    /// <summary>The option that says how often one may look while text is added: <see cref="AnyLooks"/> or <c>one</c>.</summary>
    internal const string LooksOption = "looks";

    /// <summary>However often one looks, the e-value holds.</summary>
    internal const string AnyLooks = "any";

    private const double ReplyConfidence = 0.95;

    private readonly IScoreSource scores;
    private readonly WatermarkScheme scheme;
    private readonly KeyIdentity key;
    private readonly DistillationTestOptions options;
    private readonly IReadOnlyList<Diagnostic> keyDiagnostics;
    private readonly RandomKeyScores randomKeys;

    /// <summary>Creates a test.</summary>
    /// <param name="scheme">The owner's scheme and key; the caller disposes it.</param>
    /// <param name="key">Its identity, for the finding.</param>
    /// <param name="options">How the test is run.</param>
    /// <param name="keyDiagnostics">Diagnostics about the key, such as that it was published; null for none.</param>
    /// <param name="randomKeys">Scores under random keys that tests of other keys made; null for none.</param>
    public DistillationTest(
        KeyedScheme scheme, KeyIdentity key, DistillationTestOptions options, IReadOnlyList<Diagnostic>? keyDiagnostics = null, RandomKeyScores? randomKeys = null)
        : this(new KeyedScores(scheme), key, options, keyDiagnostics, randomKeys)
    {
    }

    /// <summary>
    /// Creates a test without the key: it gives the same finding as the test with the key that made the row scores. Random
    /// keys are public and scored again.
    /// </summary>
    /// <param name="rowScores">The row scores of the suspect's sample and of each control's; at least one, all of one key.</param>
    /// <param name="options">How the test is run.</param>
    /// <param name="keyDiagnostics">Diagnostics about the key, such as that it was published; null for none.</param>
    /// <param name="randomKeys">Scores under random keys that other tests made; null for none.</param>
    /// <exception cref="InputFormatException">The row scores are of several keys, or there are none.</exception>
    public DistillationTest(
        IReadOnlyList<RowScores> rowScores, DistillationTestOptions options, IReadOnlyList<Diagnostic>? keyDiagnostics = null, RandomKeyScores? randomKeys = null)
        : this(new GivenScores(rowScores), rowScores[0].Key, options, keyDiagnostics, randomKeys)
    {
    }

    private DistillationTest(
        IScoreSource scores, KeyIdentity key, DistillationTestOptions options, IReadOnlyList<Diagnostic>? keyDiagnostics, RandomKeyScores? randomKeys)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.scores = scores;
        scheme = scores.Scheme;
        this.key = key;
        this.options = options;
        this.keyDiagnostics = keyDiagnostics ?? [];
        this.randomKeys = randomKeys ?? new RandomKeyScores();
    }

    /// <summary>The statistic of a finding with its version, as a plan fixes it.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="selection">How rows are counted.</param>
    /// <param name="weighted">Whether rows have weights.</param>
    public static string StatisticOf(WatermarkScheme scheme, NGramSelection selection, bool weighted)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(selection);
        return $"{scheme.Name}/{(weighted ? "weighted-" : string.Empty)}{Counted(selection)} 2";
    }

    /// <summary>Tests a suspect.</summary>
    /// <param name="suspect">The suspect's sample.</param>
    /// <param name="controls">Samples known to be independent of the key, collected in the same way; null for none.</param>
    /// <param name="progress">Receives the part of the random keys done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>The finding; the same inputs and options give the same finding.</returns>
    /// <exception cref="ArgumentException">A sample has another context width than the key, or a control was collected in another way; the message says which.</exception>
    /// <exception cref="InputFormatException">The test was made from row scores, and those of a sample are missing or cannot be its scores.</exception>
    public Finding Run(TitledSample suspect, IReadOnlyList<TitledSample>? controls = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        foreach (TitledSample control in controls ?? [])
        {
            if (suspect.Sample.Schema.TestDifference(control.Sample.Schema) is { } difference)
                throw new ArgumentException($"The control {control.Title} cannot be compared with {suspect.Title}: {difference}.", nameof(controls));
        }

        scores.Check(suspect);
        foreach (TitledSample control in controls ?? [])
            scores.Check(control);
        Measured measured = Measure(suspect.Sample, forceRandomKeys: false, progress, cancellationToken);
        bool byRandomKeys = measured.Null.DecidesByRandomKeys;
        Finding finding = Finding(suspect, measured);
        return finding.WithControls([.. (controls ?? []).Select(control => Control(control, Measure(control.Sample, byRandomKeys, null, cancellationToken)))]);
    }

    private Measured Measure(Sample sample, bool forceRandomKeys, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        SampleScore own = scores.Score(sample, options.DegreeOfParallelism, cancellationToken);
        IReadOnlyList<SampleScore> others = options.RandomKeys == 0 || own.Rows == 0
            ? []
            : randomKeys.Of(sample, scheme, options, progress, cancellationToken);
        return new Measured(own, new DecidingNull(sample, scheme, own, others, forceRandomKeys), new Lazy<ScoredRows>(() => scores.ScoreEach(sample)));
    }

    private Finding Finding(TitledSample suspect, Measured measured)
    {
        Sample sample = suspect.Sample;
        TotalTest test = measured.Test;
        bool weighted = sample.HasWeights;
        var finding = new Finding
        {
            Question = Question,
            Title = suspect.Title,
            Alternative = $"the suspect's outputs depend on key {key.Id}",
            Null = "they do not",
            SupportCaveat = "H1 does not say how the key's text reached the suspect; the public web, a shared data set, a proxy or a leaked key are to be excluded by other evidence.",
            NoSupportCaveat = "This is not innocence: paraphrasing and neutralisation can remove an inherited mark.",
            Statistic = StatisticOf(scheme, sample.Schema.Selection, weighted),
            Prior = measured.Null.Null.Prior,
            Rule = options.Rule,
            Tests = options.Tests,
            Key = key,
            Options = Options(sample, measured),
            Seed = options.Seed,
            ToolVersion = options.ToolVersion,
            NullName = measured.Null.Null.Name,
            NullDescription = measured.Null.Null.Description,
            LogP = test.LogP,
            LogPMethod = test.Method,
            LogE = test.LogE,
            Effect = Effect(sample, measured),
            Power = Power(sample, measured, options.Tests.LogM),
            Counts = Counts(sample, measured.Own),
            Inputs = SampleInputs.Of(sample, "suspect"),
            Panel = measured.Null.Panel,
            Assumptions = Assumptions(sample, measured),
            Details = options.Details ? DistillationDetails.Of(sample, scheme, measured.Rows.Value, measured.Own, measured.Null, Power(sample, measured, options.Tests.LogM), options.Rule, Scale(sample)) : null,
        };
        return finding.With([.. keyDiagnostics, .. measured.Null.Diagnostics, .. SampleDiagnostics.Of(sample, scheme, measured.Own, test.LogE)]);
    }

    private ControlFinding Control(TitledSample control, Measured measured) => new()
    {
        Title = control.Title,
        NullName = measured.Null.Null.Name,
        NullDescription = measured.Null.Null.Description,
        LogP = measured.Test.LogP,
        LogPMethod = measured.Test.Method,
        LogE = measured.Test.LogE,
        Effect = Effect(control.Sample, measured),
        Power = Power(control.Sample, measured, 0),
        Counts = Counts(control.Sample, measured.Own),
        Inputs = SampleInputs.Of(control.Sample, "control"),
        Panel = measured.Null.Panel,
        Diagnostics = [.. measured.Null.Diagnostics],
    };

    /// <summary>Power of the rule that decides, under the null that decides; effects in the unit of the effect.</summary>
    private PowerStatement Power(Sample sample, Measured measured, double logM)
    {
        double scale = Scale(sample);
        TotalNull null0 = measured.Null.Null;
        double logThreshold = Math.Log(options.Rule.SupportThreshold) + logM;
        double rowDeviation = null0.Rows == 0 ? Math.Sqrt(scheme.Null.Variance) : measured.Own.TheoryNull(scheme).StandardDeviation / Math.Sqrt(null0.Rows);
        double interest = options.Rule.EffectOfInterest * rowDeviation;
        return new PowerStatement(
            logThreshold,
            options.Power,
            null0.SmallestEffect(logThreshold, options.Power) * scale,
            interest * scale,
            null0.RowsNeeded(interest, logThreshold, options.Power),
            null0.LogEAgainstEffect(measured.Own.Total, options.Rule.EffectOfInterest));
    }

    private EffectEstimate Effect(Sample sample, Measured measured)
    {
        Effect effect = measured.Null.Null.Effect(measured.Own.Total);
        ScoreNull rowNull = scheme.Null;
        string unit = sample.HasWeights ? "mean weight of green coins" : rowNull.CountsOnes ? "green fraction" : "mean score";

        double scale = Scale(sample);
        EffectInterval? interval = measured.Null.DecidesByRandomKeys || effect.Interval is not { } exact ? null : new EffectInterval(exact.Low * scale, exact.High * scale);
        return new EffectEstimate(effect.Estimate * scale, effect.Null * scale, unit, interval, ReplyInterval(sample, measured));
    }

    /// <summary>
    /// The effect's unit in points per row: where a row has several bits, the common unit is the share of ones.
    /// </summary>
    private double Scale(Sample sample) => scheme.Null.CountsOnes && !sample.HasWeights ? 1.0 / scheme.Null.TrialsPerRow : 1;

    /// <summary>
    /// The interval that treats whole replies as independent, not tokens: the tokens of one reply resemble each other, and
    /// an interval that treats them as independent is too narrow.
    /// </summary>
    private EffectInterval? ReplyInterval(Sample sample, Measured measured)
    {
        if (!scheme.Null.CountsOnes || sample.Schema.Kind != SampleKind.Text)
            return null;
        IReadOnlyList<KeyTotal> documents = measured.Rows.Value.Documents(sample);
        int trials = scheme.Null.TrialsPerRow;
        ConfidenceInterval? interval = ClusterBootstrap.Interval(
            [.. documents.Select(document => (long)document.Total)], [.. documents.Select(document => document.Rows * trials)], ReplyConfidence, options.Seed);
        return interval is { } bounds ? new EffectInterval(bounds.Low, bounds.High) : null;
    }

    private static MeasurementCounts Counts(Sample sample, SampleScore own) => new()
    {
        Documents = sample.Documents,
        Tokens = sample.Tokens,
        Rows = sample.RowCount,
        Scored = own.Rows,
        LeftOutByPrompts = own.PromptedRows,
        Others =
        [
            new NamedCount("documentsWithPrompts", sample.Provenance.DocumentsWithPrompts),
            new NamedCount("sharedCoins", own.RepeatedRows),
            new NamedCount("keylessRows", own.KeylessRows),
            new NamedCount("unread", sample.Provenance.Unread),
            .. sample.IsLimited ? [new NamedCount("distinctRowsEstimate", sample.DistinctRows)] : Array.Empty<NamedCount>(),
            .. sample.Provenance.Reading.Select(count => new NamedCount(count.Key, count.Value)),
        ],
    };

    private NamedValue[] Options(Sample sample, Measured measured) =>
    [
        new NamedValue("kind", sample.Schema.Kind.ToString().ToLowerInvariant()),
        new NamedValue("origin", sample.Schema.Origin.ToString().ToLowerInvariant()),
        new NamedValue("selection", sample.Schema.Selection.Describe()),
        new NamedValue("promptsKept", sample.Schema.KeepsPrompts ? "true" : "false"),
        new NamedValue("rowLimit", sample.Schema.RowLimit?.ToString(CultureInfo.InvariantCulture) ?? "none"),
        .. sample.Schema.Preparation.Length > 0 ? [new NamedValue("preparation", sample.Schema.Preparation)] : Array.Empty<NamedValue>(),
        new NamedValue("tokenizer", sample.Schema.Tokenizer),
        new NamedValue("tokenizerHash", sample.Schema.TokenizerHash),
        new NamedValue("randomKeys", options.RandomKeys.ToString(CultureInfo.InvariantCulture)),
        new NamedValue(LooksOption, IsAnytime(sample, measured) ? AnyLooks : "one"),
    ];

    /// <summary>Whether the e-value holds however often one looks while text is added.</summary>
    private bool IsAnytime(Sample sample, Measured measured) =>
        !measured.Null.DecidesByRandomKeys && measured.Null.Null.IsAnytime && !sample.IsLimited && scheme is not TorchListScheme;

    private List<string> Assumptions(Sample sample, Measured measured)
    {
        List<string> assumptions =
        [
            "The key was drawn at random, and nobody chose it or the text after seeing a score.",
            "The prompts do not depend on the key, or stand in the recorded prompts of their replies.",
        ];
        assumptions.Add(measured.Null.DecidesByRandomKeys
            ? "The random keys were drawn as the key was; the e-value holds for this one look."
            : IsAnytime(sample, measured)
                ? "Given its coins, the scheme's generator makes distinct ones independent; the e-value holds however often one looks while text is added."
                : "Given its coins, the scheme's generator makes distinct ones independent; the e-value holds for this one look at a size that was fixed beforehand.");
        if (sample.HasWeights)
            assumptions.Add("The weights do not depend on anything that depends on the key.");
        return assumptions;
    }

    private static string Counted(NGramSelection selection) => selection.Distinct switch
    {
        DistinctRule.Coins => "coins",
        DistinctRule.NGrams => "n-grams",
        DistinctRule.Contexts => "contexts",
        _ => "occurrences",
    };

    private sealed record Measured(SampleScore Own, DecidingNull Null, Lazy<ScoredRows> Rows)
    {
        public TotalTest Test { get; } = Null.Null.Test(Own.Total);
    }
}
