using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Equality;

/// <summary>
/// Tests whether an endpoint serves another model, or other settings, than a reference: do their replies to the same prompts differ in
/// distribution? It knows nothing of training.
/// </summary>
/// <remarks>
/// Under H0 the replies of both to a prompt are exchangeable, so every exchange of labels within prompts is equally likely
/// (<see cref="PermutationTest"/>), and a bet on the next pair of replies is fair (<see cref="BettingEProcess"/>).
/// </remarks>
public sealed class EqualityTest
{
    /// <summary>The <see cref="Finding.Question"/> of its findings.</summary>
    public const string Question = Questions.Equality;

    /// <summary>The largest p-value of a positive control that counts as told apart.</summary>
    public const double ControlAlpha = 0.01;

    /// <summary>The standard deviation of one contrast under H0 that turns the effect of interest into a squared discrepancy; a round figure.</summary>
    private const double UnitDeviation = 0.25;

    private const double LargestContrast = 2;

    private readonly EqualityDesign design;

    /// <summary>Creates a test.</summary>
    /// <param name="design">The design.</param>
    /// <exception cref="ArgumentException">The design is not valid.</exception>
    public EqualityTest(EqualityDesign design)
    {
        ArgumentNullException.ThrowIfNull(design);
        design.Validate();
        this.design = design;
    }

    /// <summary>Tests an endpoint.</summary>
    /// <param name="suspect">Its replies.</param>
    /// <param name="others">The replies of the reference and of the positive control, under the names of the design.</param>
    /// <param name="options">How the test is run.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InputFormatException">The replies are not those of the models that the design names.</exception>
    public Finding Run(Transcript suspect, IReadOnlyList<Transcript> others, FingerprintOptions options, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(others);
        ArgumentNullException.ThrowIfNull(options);
        IReadOnlyDictionary<string, Transcript> models = ComparedModels.Find(design.Names, suspect, others);
        Transcript reference = models[design.Reference];
        Compared own = Compare(reference, suspect, options, progress, cancellationToken);
        Compared? control = design.PositiveControl is { } name ? Compare(reference, models[name], options, null, cancellationToken) : null;
        bool toldApart = control is { RepeatingSide: null } && control.LogP <= Math.Log(ControlAlpha);
        double interest = options.Rule.EffectOfInterest * UnitDeviation;
        return new Finding
        {
            Question = Question,
            Title = suspect.Title,
            Alternative = $"the endpoint {suspect.Title} serves another model than {design.Reference}, or the same model with other settings",
            Null = "its replies come from the same distribution",
            SupportCaveat = "H1 says that replies differ, not why: another temperature, system prompt, quantisation or length limit makes them differ too. It says nothing about training.",
            NoSupportCaveat = "This does not show that the models are the same: a difference that these prompts do not bring out stays hidden.",
            Statistic = design.Statistic,
            Prior = design.Prior,
            Rule = options.Rule,
            Tests = options.Tests,
            Key = options.Key,
            Options = Options(options),
            Seed = options.Seed,
            ToolVersion = options.ToolVersion,
            NullName = design.Anytime ? "betting" : "permutation",
            NullDescription = own.NullDescription,
            LogP = own.LogP,
            LogE = own.LogE,
            Effect = new EffectEstimate(own.Discrepancy, 0, "squared discrepancy of the replies"),
            Power = Power(own, options, interest, toldApart),
            Counts = Counts(suspect, reference, own),
            Inputs = [.. suspect.Inputs, .. models.SelectMany(model => ComparedModels.Inputs(model.Value, model.Key == design.Reference ? "reference" : "positive-control"))],
            Diagnostics = [.. Diagnostics(suspect, models, own, control, toldApart)],
            Assumptions = Assumptions(),
        };
    }

    private Compared Compare(Transcript first, Transcript second, FingerprintOptions options, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        PairedReplies replies = PairedReplies.Of(design, first, second);
        if (replies.Prompts.Count == 0)
            return new Compared(replies, 0, 0, double.NaN, "no prompt with two replies of each model", 0, double.NaN);
        var statistic = new MmdStatistic(replies);
        double discrepancy = statistic.ToSquaredDiscrepancy((double)statistic.Observed);
        if (design.Anytime)
        {
            BettingEProcess bets = EqualityBets.Run(replies);
            return new Compared(replies, bets.LogP, bets.LogWealth, discrepancy, string.Create(CultureInfo.InvariantCulture, $"{bets.Bets:N0} bets on the next pair of replies, each fair if H0 is true"), bets.Bets, double.NaN);
        }

        bool all = statistic.Labellings <= design.Permutations + 1L;
        PermutationResult result = all
            ? PermutationTest.Complete(statistic.Observed, statistic.All())
            : PermutationTest.Sampled(statistic.Observed, statistic.Draw(design.Permutations, options.Seed, progress, cancellationToken));
        long labellings = all ? statistic.Labellings : design.Permutations + 1L;
        return new Compared(
            replies,
            result.LogP,
            result.LogE,
            discrepancy,
            string.Create(CultureInfo.InvariantCulture, $"replies of both models exchanged within prompts, {(all ? "all" : "the observed and random")} labellings, {labellings:N0} in all"),
            labellings,
            statistic.ToSquaredDiscrepancy(result.StandardDeviation));
    }

    /// <summary>
    /// The deviation of the total falls with the root of the number of prompts. "No support" needs a positive control that this test
    /// told apart, and a number of replies that was fixed beforehand.
    /// </summary>
    private PowerStatement Power(Compared own, FingerprintOptions options, double interest, bool toldApart)
    {
        double smallest = double.IsNaN(own.Deviation) ? double.NaN : PermutationTest.SmallestMean(own.Deviation, own.Labellings, options.LogThreshold, options.Power);
        double ratio = smallest / interest;
        return new PowerStatement(
            options.LogThreshold,
            options.Power,
            smallest,
            interest,
            double.IsNaN(ratio) ? null : Math.Max(1, (long)Math.Ceiling(own.Replies.Prompts.Count * Math.Min(1e6, ratio * ratio))),
            toldApart && !design.Anytime && own.Replies.Prompts.Count > 0 ? BettingEProcess.LogEAgainstMean(EqualityBets.Contrasts(own.Replies), interest, LargestContrast) : double.NaN);
    }

    private MeasurementCounts Counts(Transcript suspect, Transcript reference, Compared own) => new()
    {
        Documents = suspect.Replies.Count,
        Tokens = 0,
        Rows = design.Prompts.Count,
        Scored = own.Replies.Prompts.Count,
        Others =
        [
            new NamedCount("repliesCompared", own.Replies.Prompts.Sum(prompt => prompt.Second.Length)),
            new NamedCount("referenceReplies", reference.Replies.Count),
            new NamedCount("referenceRepliesCompared", own.Replies.Prompts.Sum(prompt => prompt.First.Length)),
            new NamedCount("promptsDropped", own.Replies.Dropped),
            new NamedCount(design.Anytime ? "bets" : "labellings", own.Labellings),
            new NamedCount("unread", suspect.Unread),
        ],
    };

    private NamedValue[] Options(FingerprintOptions options) =>
    [
        .. options.Shown,
        ComparedModels.Compared(design.Reference, "reference"),
        .. design.PositiveControl is { } control ? [ComparedModels.Compared(control, "positive control")] : Array.Empty<NamedValue>(),
        new NamedValue("repliesPerPrompt", design.RepliesPerPrompt.ToString(CultureInfo.InvariantCulture)),
        new NamedValue("length", design.Length.ToString(CultureInfo.InvariantCulture)),
        new NamedValue("permutations", design.Permutations.ToString(CultureInfo.InvariantCulture)),
        new NamedValue("looks", design.Anytime ? "any" : "one"),
    ];

    /// <summary>
    /// The prompts that one text of the suspect answers, where these are at least three, more than a twentieth, and the reference
    /// never gives that text; 0 where there is no such text.
    /// </summary>
    private static int SameWords(Transcript suspect, Transcript reference)
    {
        int asked = suspect.Replies.Select(reply => reply.Prompt).Distinct(StringComparer.Ordinal).Count();
        return suspect.Replies.GroupBy(reply => reply.Text.Trim(), StringComparer.Ordinal)
            .Select(same => (Text: same.Key, Prompts: same.Select(reply => reply.Prompt).Distinct(StringComparer.Ordinal).Count()))
            .Where(same => same.Prompts >= 3 && same.Prompts * 20 > asked)
            .Where(same => !reference.Replies.Any(reply => reply.Text.Trim() == same.Text))
            .Select(same => same.Prompts).DefaultIfEmpty(0).Max();
    }

    private IEnumerable<Diagnostic> Diagnostics(Transcript suspect, IReadOnlyDictionary<string, Transcript> models, Compared own, Compared? control, bool toldApart)
    {
        if (own.Replies.Prompts.Count == 0)
            yield return Diagnostic.Blocking(DiagnosticCodes.NothingScored, "No prompt has at least two replies of both models, so nothing was compared.");
        foreach (Transcript model in models.Values.Where(model => ComparedModels.ShareInput(suspect, model)))
            yield return Diagnostic.Blocking(DiagnosticCodes.ControlIsSuspect, $"The model {model.Title} and the suspect share an input, so nothing is compared.");
        if (own.RepeatingSide is { } side)
            yield return Diagnostic.Blocking(DiagnosticCodes.RepeatedReplies, $"The replies of {(side == 0 ? design.Reference : suspect.Title)} to a prompt repeat, as at temperature 0 or from a cache: they are no independent samples, and the test does not hold for them.");
        else if (own.Replies.Prompts.Count > 0 && own.Replies.Prompts.All(prompt => prompt.IsOneReply))
            yield return Diagnostic.Warning(DiagnosticCodes.RepeatedReplies, "Both models gave one and the same reply to each prompt, as at temperature 0: the test then sees nothing.");
        if (models.TryGetValue(design.Reference, out Transcript? reference) && SameWords(suspect, reference) is > 0 and int prompts)
            yield return Diagnostic.Warning(DiagnosticCodes.RepeatedReplies, string.Create(CultureInfo.InvariantCulture, $"{suspect.Title} gives the same words to {prompts} different prompts, and {design.Reference} never does: if these are messages of errors or limits, they are no replies of a model, and the finding is about them."));
        if (control is null)
            yield return Diagnostic.Warning(DiagnosticCodes.ControlMissing, "No positive control was compared, a model that is known to differ: replies that the test cannot tell apart then say nothing.");
        else if (!toldApart)
            yield return Diagnostic.Warning(DiagnosticCodes.ControlUnderpowered, $"The positive control {design.PositiveControl} was not told apart from {design.Reference}, so the test cannot say that the endpoint does not differ.");
    }

    private string[] Assumptions() =>
    [
        "Replies are independent samples of their model: no cache, the same settings and prompts for both, a temperature above 0.",
        "Both models were asked in the same period, in random order, so that a change in time affects both.",
        design.Anytime ? "The numbers of the replies are the order in which they came; the e-value holds however often one looks." : "The number of replies was fixed beforehand; the e-value holds for this one look.",
    ];

    private sealed record Compared(PairedReplies Replies, double LogP, double LogE, double Discrepancy, string NullDescription, long Labellings, double Deviation)
    {
        public int? RepeatingSide { get; } = Replies.RepeatingSide();
    }
}
