namespace Watermark.Forensics.Findings;

/// <summary>
/// The answer to one question about one suspect, for any kind of evidence: two propositions, a statistic, the null that
/// decides, and everything needed to compute it again.
/// </summary>
/// <remarks>
/// <see cref="Outcome"/> and <see cref="Strength"/> follow from the numbers and the diagnostics, so they cannot contradict
/// each other: only findings that support H1 have a strength other than "none".
/// </remarks>
public sealed record Finding : Measurement
{
    /// <summary>The <see cref="Strength"/> of every finding that does not support H1.</summary>
    public const string NoStrength = "none";

    /// <summary>The kind of question, such as <c>distillation</c>.</summary>
    public required string Question { get; init; }

    /// <summary>H1 as a clause: "the suspect's outputs depend on key 42…".</summary>
    public required string Alternative { get; init; }

    /// <summary>H0 as a clause that can follow H1: "they do not".</summary>
    public required string Null { get; init; }

    /// <summary>
    /// What else could make H1 true, and what support does not mean: whole sentences for the end of a supporting answer.
    /// </summary>
    public string SupportCaveat { get; init; } = string.Empty;

    /// <summary>What no support does not mean: whole sentences for the end of such an answer.</summary>
    public string NoSupportCaveat { get; init; } = string.Empty;

    /// <summary>The statistic with its version, such as <c>green-list/coins 2</c>.</summary>
    public required string Statistic { get; init; }

    /// <summary>The prior of the e-value with its version, such as <c>log-grid 1</c>.</summary>
    public required string Prior { get; init; }

    /// <summary>The thresholds.</summary>
    public DecisionRule Rule { get; init; } = new();

    /// <summary>How many tests could have been reported, including this one.</summary>
    public TestCount Tests { get; init; } = TestCount.One;

    /// <summary>The key and its scheme; null for evidence without a key.</summary>
    public KeyIdentity? Key { get; init; }

    /// <summary>Options that change the numbers, in a fixed order.</summary>
    public IReadOnlyList<NamedValue> Options { get; init; } = [];

    /// <summary>The seed of everything random in the test; null where nothing is.</summary>
    public ulong? Seed { get; init; }

    /// <summary>
    /// What must be true for the numbers to mean what they say, one sentence each, including those of the waivers.
    /// </summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];

    /// <summary>The options by which a person took responsibility for something that blocks a finding otherwise.</summary>
    public IReadOnlyList<string> Waivers { get; init; } = [];

    /// <summary>The controls, each with its own null and power.</summary>
    public IReadOnlyList<ControlFinding> Controls { get; init; } = [];

    /// <summary>The data of figures and the sensitivity of the numbers; null where they were not asked for.</summary>
    public FindingDetails? Details { get; init; }

    /// <summary>The version of the program that made the finding.</summary>
    public string ToolVersion { get; init; } = string.Empty;

    /// <summary>When it was made, UTC; null where the caller gave no time.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>ln of the e-value that support needs: the threshold times the number of tests.</summary>
    public double LogThreshold => Math.Log(Rule.SupportThreshold) + Tests.LogM;

    /// <summary>ln of the e-value divided by the number of tests; NaN where there is no e-value.</summary>
    public double AdjustedLogE => LogE - Tests.LogM;

    /// <summary>What the finding says.</summary>
    public Outcome Outcome => OutcomeOf(Counts.Scored, LogE, Power.LogEAgainstInterest);

    /// <summary>
    /// Where the outcome is support, the word of the verbal scale for <see cref="AdjustedLogE"/>, else "none".
    /// </summary>
    public string Strength => Outcome == Outcome.Support ? VerbalScale.Word(AdjustedLogE) : NoStrength;

    /// <summary>
    /// The answer in words: the probability of the findings under the two propositions, never the probability of a
    /// proposition.
    /// </summary>
    public string Sentence => FindingSentence.Write(this);

    /// <summary>
    /// The number of controls that had enough text to show the relevant effect, and are not the suspect itself.
    /// </summary>
    public int AdequateControls => Controls.Count(control => control.CouldShow(ControlEffect) && !control.SharesInput(this));

    /// <summary>
    /// The effect that a control must be able to show: the suspect's own effect where it is strong enough for support; else
    /// the larger of the suspect's effect and the effect of interest, since nobody is accused.
    /// </summary>
    private double ControlEffect => LogE >= LogThreshold || Effect.Excess > Power.EffectOfInterest ? Effect.Excess : Power.EffectOfInterest;

    /// <summary>
    /// What the finding would say if the numbers of this row were its own: inconclusive where the row is no valid test.
    /// </summary>
    /// <param name="row">A row of <see cref="FindingDetails.Sensitivity"/>.</param>
    public Outcome OutcomeOf(SensitivityRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.IsValidTest ? OutcomeOf(row.Scored, row.LogE, row.LogEAgainstInterest) : Outcome.Inconclusive;
    }

    /// <summary>The finding with controls and the diagnostics that follow from them.</summary>
    /// <param name="controls">The controls; none gives a warning.</param>
    public Finding WithControls(IReadOnlyList<ControlFinding> controls)
    {
        ArgumentNullException.ThrowIfNull(controls);
        Finding judged = this with { Controls = controls };
        var diagnostics = new List<Diagnostic>(Diagnostics);
        foreach (ControlFinding control in controls)
        {
            if (control.SharesInput(this))
                diagnostics.Add(Diagnostic.Blocking(DiagnosticCodes.ControlIsSuspect, $"The control {control.Title} and the suspect share an input, so it is not a control."));
            else if (control.ShowsSignal)
                diagnostics.Add(Diagnostic.Blocking(DiagnosticCodes.ControlShowsSignal, $"The control {control.Title} shows the signal too, so something other than training causes it."));
            else if (!control.CouldShow(judged.ControlEffect))
                diagnostics.Add(Diagnostic.Warning(DiagnosticCodes.ControlUnderpowered, $"The control {control.Title} has too little text to show an effect like the suspect's, and counts as missing."));
        }

        if (judged.AdequateControls == 0)
            diagnostics.Add(Diagnostic.Warning(DiagnosticCodes.ControlMissing, "No control was scored that could have shown an effect like the suspect's: the same test of a model known to be independent of the key is missing."));
        return judged with { Diagnostics = diagnostics };
    }

    /// <summary>
    /// The finding after a person takes responsibility for what blocks it: blocking diagnostics with the code become
    /// warnings, and the finding records the waiver and its assumption. It is recorded
    /// once, and also if nothing with the code blocks: somebody vouched for it.
    /// </summary>
    /// <param name="code">The code of the diagnostics.</param>
    /// <param name="option">The option as it was given, such as <c>--without-prompts</c>.</param>
    /// <param name="assumption">What is now assumed, one sentence.</param>
    public Finding Waive(string code, string option, string assumption)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        ArgumentException.ThrowIfNullOrEmpty(option);
        ArgumentException.ThrowIfNullOrEmpty(assumption);
        string assumed = $"{assumption} (Waived by {option}.)";
        return this with
        {
            Diagnostics = [.. Diagnostics.Select(diagnostic => diagnostic.Code == code && diagnostic.Severity == DiagnosticSeverity.Blocking ? diagnostic with { Severity = DiagnosticSeverity.Warning } : diagnostic)],
            Waivers = Waivers.Contains(option) ? Waivers : [.. Waivers, option],
            Assumptions = Assumptions.Contains(assumed) ? Assumptions : [.. Assumptions, assumed],
        };
    }

    /// <summary>
    /// The finding as one of another number of tests: thresholds follow; the smallest effect and the rows needed were computed
    /// for the old threshold and are no longer stated.
    /// </summary>
    /// <param name="tests">The tests counted.</param>
    public Finding CountedAmong(TestCount tests)
    {
        ArgumentNullException.ThrowIfNull(tests);
        if (tests == Tests)
            return this;
        Finding counted = this with { Tests = tests };
        return counted with { Power = Power with { LogThreshold = counted.LogThreshold, SmallestEffect = double.NaN, RowsNeeded = null } };
    }

    /// <summary>The finding with additional diagnostics; those it already has are not repeated.</summary>
    /// <param name="diagnostics">The diagnostics to add.</param>
    public Finding With(IEnumerable<Diagnostic> diagnostics)
    {
        ArgumentNullException.ThrowIfNull(diagnostics);
        Diagnostic[] added = [.. diagnostics.Where(diagnostic => !Diagnostics.Contains(diagnostic)).Distinct()];
        return added.Length == 0 ? this : this with { Diagnostics = [.. Diagnostics, .. added] };
    }

    /// <summary>The finding of a test whose design was fixed before the data.</summary>
    /// <param name="sha256">SHA-256 of the design's file, 64 lower-case hexadecimal digits.</param>
    public Finding UnderDesign(string sha256) => this with { Options = [.. Options.Where(option => option.Name != Plan.DesignOption), new NamedValue(Plan.DesignOption, sha256)] };

    private Outcome OutcomeOf(long scored, double logE, double logEAgainstInterest)
    {
        if (IsBlocked || IsApproximate || IsSupportingOnly || scored == 0)
            return Outcome.Inconclusive;
        if (logE >= LogThreshold)
            return Outcome.Support;
        return logE < Math.Log(2) && logEAgainstInterest >= Math.Log(Rule.AcquittalThreshold) ? Outcome.NoSupport : Outcome.Inconclusive;
    }

    /// <summary>A sentence on how the finding contradicts itself, or null.</summary>
    public string? Fault()
    {
        if (Rule.Fault() is { } ruleFault)
            return ruleFault;
        if (Tests.Fault() is { } testsFault)
            return testsFault;
        if (LogP > 0)
            return Words.Fault("logP", LogP, "a number up to 0");
        if (double.IsInfinity(LogP))
            return Words.Fault("logP", LogP, "a finite number");
        if (double.IsInfinity(LogE))
            return Words.Fault("logE", LogE, "a finite number");
        if (double.IsPositiveInfinity(Power.LogEAgainstInterest))
            return Words.Fault("power.logEAgainstInterest", Power.LogEAgainstInterest, "a finite number");
        if (Options.Select(option => option.Name).Distinct(StringComparer.Ordinal).Count() != Options.Count)
            return "The field 'options' names an option twice; each was expected once.";
        return Math.Abs(Power.LogThreshold - LogThreshold) <= 1e-9
            ? null
            : Words.Fault("power.logThreshold", Power.LogThreshold, $"ln of the support threshold times the number of tests, {Words.Exact(LogThreshold)},");
    }
}
