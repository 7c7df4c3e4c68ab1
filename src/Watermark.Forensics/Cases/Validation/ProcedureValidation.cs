using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Cases.Validation;

/// <summary>
/// How often the whole procedure was wrong on text known to be independent of the key, and how often it found a mark that was
/// planted: <c>validation.json</c> (<c>validation-json.md</c> beside this class). A p-value holds if the procedure does what
/// it says; this measures whether it does.
/// </summary>
/// <remarks>
/// Each run tests one corpus under one key, with one test counted: a finding that counts more needs a larger e-value and is
/// wrong less often. Every run but the first of a corpus has a random key of its own, so that runs differ by the key and the
/// bound speaks of keys drawn at random on these corpora; many runs on few corpora are not many models.
/// </remarks>
public sealed record ProcedureValidation
{
    /// <summary>The number of runs that a validation is asked to have.</summary>
    public const int EnoughRuns = 300;

    /// <summary>The confidence of <see cref="UpperBound"/>.</summary>
    public const double Confidence = 0.95;

    /// <summary>What was run.</summary>
    public required ValidatedProcedure Procedure { get; init; }

    /// <summary>The seed of the random keys and of the planted marks.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The corpora, at least one.</summary>
    public required IReadOnlyList<ValidatedCorpus> Corpora { get; init; }

    /// <summary>The corpora that could not be judged and do not count, with the reason.</summary>
    public IReadOnlyList<LeftOutCorpus> LeftOut { get; init; } = [];

    /// <summary>Runs with a p-value of at most 1 %.</summary>
    public required long AtMostOnePercent { get; init; }

    /// <summary>Runs with a p-value of at most 0.1 %.</summary>
    public required long AtMostOnePerMille { get; init; }

    /// <summary>
    /// The largest distance between the distribution function of the runs' p-values and that of uniform ones (Kolmogorov and
    /// Smirnov), 0 … 1. For exact p-values it exceeds 1.36/√runs in one of twenty validations.
    /// </summary>
    public required double Distance { get; init; }

    /// <summary>The runs with a planted mark, by the share of rows that it has; empty where none were made.</summary>
    public IReadOnlyList<SpikeResult> Spikes { get; init; } = [];

    /// <summary>Runs of the procedure on text that is independent of the key.</summary>
    public long Runs => Corpora.Sum(corpus => corpus.Runs);

    /// <summary>Keys: the owner's, and a random one for every further run.</summary>
    public long Keys => Runs - Corpora.Count + 1;

    /// <summary>Runs that ended in support.</summary>
    public long FalsePositives => Corpora.Sum(corpus => corpus.FalsePositives);

    /// <summary>The 95 % upper bound of the false-positive rate (Clopper and Pearson); 1 − 0.05^(1/N) for 0 of N.</summary>
    public double UpperBound => ClopperPearson.UpperBound(Runs, FalsePositives, Confidence);

    /// <summary>What was measured, on what, and the bound: one sentence to stand beside a p-value.</summary>
    public string Sentence
    {
        get
        {
            string corpora = Corpora.Count == 1
                ? string.Create(CultureInfo.InvariantCulture, $"1 corpus of {Corpora[0].Scored:N0} scored tokens")
                : string.Create(CultureInfo.InvariantCulture, $"{Corpora.Count:N0} corpora of {Corpora.Min(corpus => corpus.Scored):N0} to {Corpora.Max(corpus => corpus.Scored):N0} scored tokens");
            string few = Runs < EnoughRuns ? string.Create(CultureInfo.InvariantCulture, $"; fewer than {EnoughRuns} runs") : string.Empty;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Of {Runs:N0} runs of the whole procedure on text known to be independent of the key ({corpora}, under the owner's key and {Keys - 1:N0} random ones), {FalsePositives:N0} ended in support: its false-positive rate is at most {Words.Number(100 * UpperBound)} % (95 % confidence, over keys and not over models{few}).");
        }
    }

    /// <summary>Says why the measured rates do not apply to a finding, one sentence; null where they apply.</summary>
    /// <param name="finding">The finding.</param>
    public string? AppliesTo(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return Procedure.Difference(ValidatedProcedure.Of(finding)) is { } difference
            ? $"The measured error rates are of another procedure: {difference}."
            : null;
    }

    /// <summary>Reads a validation.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">The JSON is not a validation; the message names the field and what was expected.</exception>
    public static ProcedureValidation Read(ReadOnlyMemory<byte> json) => ValidationJson.Read(json);

    /// <summary>Writes the validation as indented UTF-8 JSON with a final line feed; equal validations give equal bytes.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <exception cref="ArgumentException">The validation contradicts itself.</exception>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (Fault() is { } fault)
            throw new ArgumentException(fault);
        ValidationJson.Write(this, stream);
    }

    /// <summary>A sentence on how the validation contradicts itself, or null.</summary>
    internal string? Fault()
    {
        if (Corpora.Count == 0)
            return "The field 'corpora' is empty; at least one corpus was expected.";
        if (Corpora.FirstOrDefault(corpus => corpus.Runs < 1 || corpus.FalsePositives > corpus.Runs || corpus.Scored < 1) is { } wrong)
            return $"The corpus '{wrong.Name}' needs a scored token, a run and at most as many false positives as runs.";
        if (Corpora.Select(corpus => corpus.Sha256).Distinct(StringComparer.Ordinal).Count() != Corpora.Count)
            return "The field 'corpora' names a text twice; each was expected once.";
        if (AtMostOnePerMille > AtMostOnePercent || AtMostOnePercent > Runs)
            return "The field 'pValues' counts more small p-values than it can; at most those up to 1 % and at most the runs were expected.";
        if (!(Distance is >= 0 and <= 1))
            return Words.Fault("pValues.distance", Distance, "a number from 0 to 1");
        if (Procedure.Rule.Fault() is { } rule)
            return rule;
        return Spikes.Any(spike => !spike.IsValid) ? "The field 'spikes' has a share or a power outside of 0 to 1, or more successes than runs." : null;
    }
}

/// <summary>A corpus known to be independent of the key.</summary>
/// <param name="Name">Its file or folder.</param>
/// <param name="Sha256">The digest of its sample.</param>
/// <param name="Documents">Documents read.</param>
/// <param name="Scored">Tokens scored under the owner's key.</param>
/// <param name="Runs">Runs on it: one under the owner's key, the others under random ones.</param>
/// <param name="FalsePositives">Those that ended in support.</param>
public sealed record ValidatedCorpus(string Name, string Sha256, long Documents, long Scored, long Runs, long FalsePositives);

/// <summary>A corpus that says nothing about the procedure's errors.</summary>
/// <param name="Name">Its file or folder.</param>
/// <param name="Reason">Why, one sentence.</param>
public sealed record LeftOutCorpus(string Name, string Reason);

/// <summary>Runs on the same corpora with a planted mark.</summary>
/// <param name="Share">The share of rows whose token was replaced by a green one, above 0 and at most 1.</param>
/// <param name="Runs">Runs.</param>
/// <param name="Supported">Those that ended in support.</param>
/// <param name="StatedPower">The mean of the probabilities of support that the findings' nulls state for what was planted, 0 … 1.</param>
public sealed record SpikeResult(double Share, long Runs, long Supported, double StatedPower)
{
    internal bool IsValid => Share is > 0 and <= 1 && StatedPower is >= 0 and <= 1 && Runs >= 1 && Supported >= 0 && Supported <= Runs;
}
