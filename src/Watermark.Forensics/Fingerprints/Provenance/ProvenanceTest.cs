using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Provenance;

/// <summary>A suspect compared with one control.</summary>
/// <param name="Control">The control.</param>
/// <param name="Agreements">Prompts to which the suspect gave the control's answer.</param>
/// <param name="ReferenceOnly">b: prompts with the answer of the reference and not the control's.</param>
/// <param name="ControlOnly">d: prompts with the control's answer and not the reference's.</param>
/// <param name="LogP">ln P(Bin(b + d, ½) ≥ b); 0 where b + d = 0.</param>
/// <param name="AdjustedLogP">The same after Holm's method over all controls.</param>
public sealed record ControlComparison(string Control, long Agreements, long ReferenceOnly, long ControlOnly, double LogP, double AdjustedLogP);

/// <summary>
/// Tests whether a suspect's answers agree with the reference more often than with every control. Supporting only: the result depends
/// on which controls and null suspects were chosen, and agreement is not distillation.
/// </summary>
/// <remarks>
/// Paired sign tests p_j = P(Bin(b_j + d_j, ½) ≥ b_j) (McNemar), p = max_j p_j for "closer than to every control" (intersection-union,
/// Berger 1982), and the rank of the lead Δ among null suspects, (1 + #{Δ(h_i) ≥ Δ(g)})/(M + 1). The larger p-value is the headline.
/// After Nikolic, Baluta and Saxena, "Model provenance testing for large language models", arXiv:2502.00706, whose unpaired z-test
/// rejects too often where the answers of reference and control are about the same prompts.
/// </remarks>
public sealed class ProvenanceTest
{
    /// <summary>The <see cref="Finding.Question"/> of its findings.</summary>
    public const string Question = Questions.Provenance;

    /// <summary>The statistic with its version.</summary>
    public const string Statistic = "paired-agreement/iut-rank 1";

    /// <summary>The prior of the e-value with its version.</summary>
    public const string Prior = CalibratedE.Prior;

    private const string Agree = "agree:";
    private const string ReferenceOnly = "referenceOnly:";
    private const string ControlOnly = "controlOnly:";

    private static readonly BinomialNull Coin = new(Fraction.Half);

    private readonly ProvenanceDesign design;

    /// <summary>Creates a test.</summary>
    /// <param name="design">The design.</param>
    /// <exception cref="ArgumentException">The design is not valid.</exception>
    public ProvenanceTest(ProvenanceDesign design)
    {
        ArgumentNullException.ThrowIfNull(design);
        design.Validate();
        this.design = design;
    }

    /// <summary>The comparisons with the controls that a finding of this test holds; empty for other findings.</summary>
    /// <param name="finding">The finding.</param>
    public static IReadOnlyList<ControlComparison> Comparisons(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        Dictionary<string, long> counts = finding.Counts.Others.GroupBy(count => count.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First().Value, StringComparer.Ordinal);
        string[] names = [.. finding.Counts.Others.Where(count => count.Name.StartsWith(ReferenceOnly, StringComparison.Ordinal)).Select(count => count.Name[ReferenceOnly.Length..])];
        (long Only, long Control)[] pairs = [.. names.Select(name => (counts[ReferenceOnly + name], counts.GetValueOrDefault(ControlOnly + name)))];
        double[] logP = [.. pairs.Select(pair => LogSign(pair.Only, pair.Control))];
        double[] adjusted = Multiplicity.Holm(logP);
        return [.. names.Select((name, j) => new ControlComparison(name, counts.GetValueOrDefault(Agree + name), pairs[j].Only, pairs[j].Control, logP[j], adjusted[j]))];
    }

    /// <summary>Tests a suspect.</summary>
    /// <param name="suspect">Its replies; the first one to each prompt counts.</param>
    /// <param name="others">The replies of all models that the design names.</param>
    /// <param name="options">How the test is run.</param>
    /// <exception cref="InputFormatException">The replies are not those of the models that the design names.</exception>
    public Finding Run(Transcript suspect, IReadOnlyList<Transcript> others, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyDictionary<string, Transcript> models = ComparedModels.Find(design.Names, suspect, others);
        Transcript[] nulls = [.. design.NullSuspects.Select(name => models[name])];
        Transcript[] named = [models[design.Reference], .. design.Controls.Select(name => models[name]), .. nulls];
        var table = new AnswerTable(design, [.. named, suspect]);
        Agreement own = table.Of(named.Length);
        Agreement[] nullAgreements = [.. nulls.Select((_, i) => table.Of(design.Controls.Count + 1 + i))];
        int asExtreme = nullAgreements.Count(agreement => agreement.Lead >= own.Lead);
        double logUnion = LogUnion(own);
        double logRank = Math.Log((1.0 + asExtreme) / (nulls.Length + 1.0));
        double logP = table.Count == 0 ? 0 : Math.Max(logUnion, logRank);
        double interest = Interest(own, table.Count, options);
        ControlFinding[] controls = [.. nulls.Select((transcript, i) => Control(transcript, nullAgreements[i], table, interest, options))];
        return new Finding
        {
            Question = Question,
            Title = suspect.Title,
            Alternative = $"the suspect {suspect.Title} answers as {design.Reference} does more often than as any control does",
            Null = "there is a control that it agrees with as often",
            SupportCaveat = "Agreement is not distillation: common data, a common base model or tokenizer and public copies of the reference's replies make models agree.",
            NoSupportCaveat = "A suspect that was changed enough drifts towards the controls.",
            Statistic = Statistic,
            Prior = Prior,
            Rule = options.Rule,
            Tests = options.Tests,
            Key = options.Key,
            Options =
            [
                .. options.Shown,
                ComparedModels.Compared(design.Reference, "reference"),
                .. design.Controls.Select(name => ComparedModels.Compared(name, "control")),
                .. design.NullSuspects.Select(name => ComparedModels.Compared(name, "null suspect")),
                new NamedValue("answer", "first word, lower case"),
            ],
            ToolVersion = options.ToolVersion,
            NullName = "paired-sign",
            NullDescription = string.Create(CultureInfo.InvariantCulture, $"the larger of the largest of {design.Controls.Count} paired sign tests, p = {Math.Exp(logUnion):G4}, and the rank of the lead among {nulls.Length} null suspects, p = {Math.Exp(logRank):G4}"),
            LogP = logP,
            LogE = table.Count == 0 ? 0 : CalibratedE.Of(logP),
            Effect = Effect(own, table.Count),
            Power = new PowerStatement(options.LogThreshold, options.Power, double.NaN, interest, null, double.NaN),
            Counts = Counts(suspect, table, own, asExtreme),
            Inputs =
            [
                .. suspect.Inputs,
                .. ComparedModels.Inputs(named[0], "reference"),
                .. design.Controls.SelectMany(name => ComparedModels.Inputs(models[name], "compared")),
            ],
            Controls = controls,
            Diagnostics = [.. Diagnostics(suspect, named, table), .. ControlDiagnostics(controls, Math.Max((double)own.Lead / Math.Max(1, table.Count), interest))],
            Assumptions =
            [
                "The controls and the null suspects were chosen before the suspect was asked, and none was dropped afterwards.",
                "Prompts were drawn at random, and the answers to different prompts are independent given the models.",
                "The suspect and the null suspects are exchangeable if H0 is true; a shared base model or tokenizer with the reference breaks that.",
            ],
        };
    }

    private static double LogSign(long referenceOnly, long controlOnly) => Coin.Test(referenceOnly + controlOnly, referenceOnly).LogP;

    private static double LogUnion(Agreement agreement) => agreement.ReferenceOnly.Zip(agreement.ControlOnly, LogSign).Max();

    private static EffectEstimate Effect(Agreement agreement, int prompts) =>
        new(prompts == 0 ? double.NaN : (double)agreement.Lead / prompts, 0, "lead of the reference over the nearest control in the share of equal answers");

    /// <summary>The effect of interest as a lead: one prompt counts 1, 0 or −1, and not 0 where reference and control differ in agreement.</summary>
    private static double Interest(Agreement agreement, int prompts, FingerprintOptions options) =>
        options.Rule.EffectOfInterest * Math.Sqrt((double)Math.Max(1, Hardest(agreement)) / Math.Max(1, prompts));

    /// <summary>b + d of the control with the largest p-value.</summary>
    private static long Hardest(Agreement agreement)
    {
        int hardest = Enumerable.Range(0, agreement.Controls.Length).MaxBy(j => LogSign(agreement.ReferenceOnly[j], agreement.ControlOnly[j]));
        return agreement.ReferenceOnly[hardest] + agreement.ControlOnly[hardest];
    }

    /// <summary>The paired tests of a null suspect, without the rank.</summary>
    private static ControlFinding Control(Transcript transcript, Agreement agreement, AnswerTable table, double interest, FingerprintOptions options)
    {
        double logThreshold = Math.Log(options.Rule.SupportThreshold);
        long pairs = Hardest(agreement);
        double? share = BinomialPower.DetectableEffect(pairs, Fraction.Half, CalibratedE.LogPOf(logThreshold), options.Power);
        double logP = LogUnion(agreement);
        return new ControlFinding
        {
            Title = transcript.Title,
            NullName = "paired-sign",
            NullDescription = "the largest of the paired sign tests",
            LogP = logP,
            LogE = CalibratedE.Of(logP),
            Effect = Effect(agreement, table.Count),
            Power = new PowerStatement(logThreshold, options.Power, share is { } found && table.Count > 0 ? ((2 * found) - 1) * pairs / table.Count : double.NaN, interest, null, double.NaN),
            Counts = new MeasurementCounts
            {
                Documents = transcript.Replies.Count,
                Tokens = 0,
                Rows = table.Count,
                Scored = table.Count,
                Others = [new NamedCount("agreeReference", agreement.Reference), new NamedCount("agreeNearestControl", agreement.Controls.Max()), new NamedCount("unread", transcript.Unread)],
            },
            Inputs = [.. ComparedModels.Inputs(transcript, "control")],
        };
    }

    private MeasurementCounts Counts(Transcript suspect, AnswerTable table, Agreement own, int asExtreme) => new()
    {
        Documents = suspect.Replies.Count,
        Tokens = 0,
        Rows = design.Prompts.Count,
        Scored = table.Count,
        Others =
        [
            new NamedCount("unansweredPrompts", table.Unanswered),
            new NamedCount("tooCommonPrompts", table.TooCommon),
            new NamedCount("nullSuspects", design.NullSuspects.Count),
            new NamedCount("nullSuspectsAsExtreme", asExtreme),
            new NamedCount("agreeReference", own.Reference),
            .. design.Controls.SelectMany((name, j) => new[]
            {
                new NamedCount(Agree + name, own.Controls[j]),
                new NamedCount(ReferenceOnly + name, own.ReferenceOnly[j]),
                new NamedCount(ControlOnly + name, own.ControlOnly[j]),
            }),
            new NamedCount("unread", suspect.Unread),
        ],
    };

    private static IEnumerable<Diagnostic> Diagnostics(Transcript suspect, Transcript[] named, AnswerTable table)
    {
        yield return Diagnostic.Warning(DiagnosticCodes.SupportingOnly, "The result depends on which controls and null suspects were chosen; it can add to other findings and supports nothing alone.");
        if (table.Count == 0)
            yield return Diagnostic.Blocking(DiagnosticCodes.NothingScored, "No prompt is left to compare: either a model did not reply, or most models gave the same answer.");
        if (table.Unanswered > 0)
            yield return Diagnostic.Warning(DiagnosticCodes.UnreadRecords, string.Create(CultureInfo.InvariantCulture, $"{table.Unanswered:N0} prompts were left out for all models, since a model has no reply to them."));
        Transcript[] all = [.. named, suspect];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                if (ComparedModels.ShareInput(all[i], all[j]))
                    yield return Diagnostic.Blocking(DiagnosticCodes.ControlIsSuspect, $"The models {all[j].Title} and {all[i].Title} share an input, so they are not compared.");
            }
        }
    }

    /// <summary>One sentence for all null suspects that could not have shown an effect: there are many of them.</summary>
    private static IEnumerable<Diagnostic> ControlDiagnostics(ControlFinding[] controls, double effect)
    {
        if (controls.Length == 0)
            yield return Diagnostic.Warning(DiagnosticCodes.ControlMissing, "There are no null suspects, so nothing shows how far models that do not come from the reference lead: the p-value is 1.");
        foreach (ControlFinding control in controls.Where(control => control.ShowsSignal))
            yield return Diagnostic.Blocking(DiagnosticCodes.ControlShowsSignal, $"The null suspect {control.Title} is closer to the reference than to every control too, so something other than learning from it causes that.");
        int weak = controls.Count(control => !control.CouldShow(effect));
        if (weak > 0)
            yield return Diagnostic.Warning(DiagnosticCodes.ControlUnderpowered, string.Create(CultureInfo.InvariantCulture, $"The paired tests of {weak:N0} of {controls.Length:N0} null suspects could not have shown a lead like the suspect's; the rank counts them all the same."));
    }
}
