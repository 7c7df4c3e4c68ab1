using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>Weighs the findings: which test decides, how strong it is, what must be said with it.</summary>
internal sealed class VerdictBuilder(KeyedScheme scheme, DistillationTestOptions options)
{
    /// <summary>A control this improbable under the null says that something other than training marks the text.</summary>
    private const double ControlAlarm = 1e-3;

    public DistillationVerdict Build(NGramTable table, CorpusFinding suspect, CorpusFinding? control, RandomKeySummary? panel, string? keyWeakness)
    {
        ScoreNull scoreNull = scheme.Scheme.Null;
        bool repeats = table.UsesMultiplicity;
        bool byPanel = repeats || scheme.Scheme.NullCaveat is not null || panel is { AgreesWithTheory: false };
        double smallest = PowerOf.SmallestEffect(scoreNull, suspect.Result.Scored, options);
        double interest = options.EffectOfInterest * Math.Sqrt(scoreNull.Variance);
        var sentences = new VerdictSentences(scheme, options)
        {
            TokensNeeded = PowerOf.RowsNeeded(scoreNull, interest, options),
            EffectOfInterest = interest,
            SmallestEffect = smallest,
        };

        double logRatio = byPanel ? panel?.LogE ?? 0 : suspect.Result.LogE;
        bool controlFails = control is not null && control.Result.LogP < Math.Log(ControlAlarm);
        VerdictOutcome outcome = Outcome(suspect.Result.Scored, logRatio, smallest <= interest, controlFails, byPanel && panel is null);
        return new DistillationVerdict
        {
            KeyId = scheme.KeyId,
            Scheme = scheme.Scheme,
            Tokenizer = table.Schema.Tokenizer,
            TokenizerHash = table.Schema.TokenizerHash,
            Suspect = suspect,
            Control = control,
            RandomKeys = panel,
            DecidedByRandomKeys = byPanel,
            Outcome = outcome,
            LogLikelihoodRatio = logRatio,
            Strength = VerbalScale.Word(logRatio),
            SmallestDetectableEffect = smallest,
            Alpha = options.Alpha,
            Power = options.Power,
            TokensNeeded = sentences.TokensNeeded,
            Sentence = sentences.Write(outcome, suspect.Result.Scored, logRatio, controlFails, byPanel && panel is null),
            Warnings = Warnings(table, repeats, control, controlFails, panel, keyWeakness),
        };
    }

    private VerdictOutcome Outcome(long scored, double logRatio, bool wouldHaveSeen, bool controlFails, bool noValidTest)
    {
        if (scored == 0 || controlFails || noValidTest)
            return VerdictOutcome.Inconclusive;
        if (logRatio >= Math.Log(options.SupportThreshold))
            return VerdictOutcome.Support;
        return logRatio < Math.Log(2) && wouldHaveSeen ? VerdictOutcome.NoSupport : VerdictOutcome.Inconclusive;
    }

    private List<string> Warnings(
        NGramTable table, bool repeats, CorpusFinding? control, bool controlFails, RandomKeySummary? panel, string? keyWeakness)
    {
        var warnings = new List<string>();
        if (keyWeakness is not null)
            warnings.Add(keyWeakness);
        if (scheme.Scheme.NullCaveat is { } caveat)
            warnings.Add(caveat);
        if (controlFails)
            warnings.Add("The control shows the signal too, so the suspect's cannot be laid to training.");
        if (control is null)
            warnings.Add("No control corpus was scored: the same test on a model known to be independent of the key is missing.");
        if (panel is { AgreesWithTheory: false })
            warnings.Add("The scores under random keys spread wider than the theoretical null, so the random-key test decides and logP is not to be relied on.");
        if (repeats)
            warnings.Add("Repetitions were counted more than once over the corpus, so the theoretical null does not hold and the random-key test decides.");
        if (!table.Schema.Selection.ExcludePromptContexts)
            warnings.Add("Contexts of the prompts were not left out: a model that copies a marked prompt looks guilty.");
        return warnings;
    }
}
