using System.Globalization;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Relay;

/// <summary>
/// Splits the rows of a text into those whose context the owner's service served (V) and those it never served (U), and tests U:
/// the values of the keyed function at unserved contexts never influenced anything outside the house, so for every student,
/// spoofer or key stealer, however clever, k_U ~ Binomial(n_U, gamma). A signal in U means live access to the key, or a log that is
/// not complete.
/// </summary>
/// <remarks>
/// <para>Which row is in U is decided by the log and the text, never by the row's own bit. Rows are distinct and contexts have at least
/// two tokens.</para>
/// <para>For a text that is claimed to be genuine the sensitivity row <c>forgery</c> asks the opposite question: given k_U + k_V, k_U is
/// hypergeometric if both parts are marked alike, and a forger's U is not marked: the lower tail.</para>
/// </remarks>
public static class NoveltyTest
{
    /// <summary>The statistic of its findings.</summary>
    public const string Statistic = "novelty/unserved-rows 1";

    /// <summary>Gaps of the log block a finding from this share of its sessions on.</summary>
    public const double ShareOfGaps = 0.001;

    /// <summary>Tests a text.</summary>
    /// <param name="keyed">A scheme of green bits whose rows are its coins, with its key.</param>
    /// <param name="identity">The key's identity.</param>
    /// <param name="served">The log of the key's epoch.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">How the test is run.</param>
    /// <exception cref="ArgumentException">The scheme or the sample is not so, or the log is of another key.</exception>
    public static Finding Run(KeyedScheme keyed, KeyIdentity identity, ServedContexts served, TitledSample text, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(keyed);
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(served);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        Check(keyed, served, text.Sample);
        Split split = Count(keyed, served, text.Sample);
        Fraction gamma = keyed.Scheme.Null.Gamma!.Value;
        TotalNull null0 = TotalNull.For(keyed.Scheme.Null, split.Unserved);
        TotalTest test = null0.Test(split.GreenUnserved);
        Effect effect = null0.Effect(split.GreenUnserved);
        double deviation = Math.Sqrt(keyed.Scheme.Null.Variance);
        double interest = options.Rule.EffectOfInterest * deviation;
        var finding = new Finding
        {
            Question = Questions.Novelty,
            Title = text.Title,
            Alternative = $"the text carries the mark of key {keyed.KeyId} in contexts that the owner's service never served",
            Null = "it does not",
            SupportCaveat = "H1 means live access to the service or to the key, or contexts that are missing from the log; which of these is to be established by other evidence.",
            NoSupportCaveat = "A mark in served contexts can be learned or forged; the part of the text in served contexts is the question of the distillation test.",
            Statistic = Statistic,
            Prior = null0.Prior,
            Rule = options.Rule,
            Tests = options.Tests,
            Key = identity,
            Options =
            [
                .. options.Shown,
                new NamedValue("epoch", served.Header.Epoch),
                new NamedValue("loggedContexts", served.Logged.ToString(CultureInfo.InvariantCulture)),
                new NamedValue("distinctContexts", served.Count.ToString(CultureInfo.InvariantCulture)),
                new NamedValue("selection", text.Sample.Schema.Selection.Describe()),
                new NamedValue("tokenizerHash", text.Sample.Schema.TokenizerHash),
            ],
            Assumptions =
            [
                "The log holds every context that the service evaluated under this key: across the end of the prompt, in hidden reasoning, in retries and in cancelled replies.",
                "The key was drawn at random, and nobody chose the text after seeing its score.",
            ],
            ToolVersion = options.ToolVersion,
            NullName = null0.Name,
            NullDescription = $"Binomial(n, {gamma}) over rows in unserved contexts",
            LogP = test.LogP,
            LogPMethod = test.Method,
            LogE = test.LogE,
            Effect = new EffectEstimate(effect.Estimate, effect.Null, "green fraction", effect.Interval is { } interval ? new EffectInterval(interval.Low, interval.High) : null),
            Power = new PowerStatement(
                options.LogThreshold, options.Power, null0.SmallestEffect(options.LogThreshold, options.Power), interest, null0.RowsNeeded(interest, options.LogThreshold, options.Power), null0.LogEAgainstEffect(split.GreenUnserved, options.Rule.EffectOfInterest)),
            Counts = new MeasurementCounts
            {
                Documents = text.Sample.Documents,
                Tokens = text.Sample.Tokens,
                Rows = text.Sample.RowCount,
                Scored = split.Unserved,
                Others =
                [
                    new NamedCount("unservedRows", split.Unserved), new NamedCount("unservedGreen", split.GreenUnserved), new NamedCount("servedRows", split.Served), new NamedCount("servedGreen", split.GreenServed),
                    new NamedCount("logSessions", served.Sessions), new NamedCount("logGaps", served.Gaps), new NamedCount("unread", text.Sample.Provenance.Unread),
                ],
            },
            Inputs = SampleInputs.Of(text.Sample, "suspect"),
            Details = new FindingDetails { Sensitivity = [.. Sensitivity(keyed.Scheme.Null, split)] },
        };
        var own = new SampleScore { Rows = split.Unserved, Total = split.GreenUnserved };
        return finding.With([.. Coverage(served), .. SampleDiagnostics.Of(text.Sample, keyed.Scheme, own, test.LogE).Where(diagnostic => diagnostic.Code != DiagnosticCodes.SpoofingPossible)]);
    }

    /// <summary>ln of the lower hypergeometric tail of k_U given both parts: small where the served part is marked and the unserved one is not.</summary>
    /// <param name="unserved">n_U.</param>
    /// <param name="greenUnserved">k_U.</param>
    /// <param name="served">n_V.</param>
    /// <param name="greenServed">k_V.</param>
    public static double ForgeryLogP(long unserved, long greenUnserved, long served, long greenServed) =>
        HypergeometricTail.LogLowerTail(unserved + served, greenUnserved + greenServed, unserved, greenUnserved);

    private static void Check(KeyedScheme keyed, ServedContexts served, Sample sample)
    {
        if (!keyed.Scheme.Null.CountsOnes || keyed.Scheme.Null.TrialsPerRow != 1 || keyed.Scheme.Coins != CoinRule.Row)
            throw new ArgumentException($"The scheme '{keyed.Scheme.Name}' does not score one green bit for each row.", nameof(keyed));
        if (keyed.ContextWidth < 2)
            throw new ArgumentException("A context of at least two tokens was expected: narrower ones are all served soon.", nameof(keyed));
        if (served.Header.ContextWidth != keyed.ContextWidth || served.Header.KeyId != keyed.KeyId)
            throw new ArgumentException($"The log is of key {served.Header.KeyId} and context width {served.Header.ContextWidth}; key {keyed.KeyId} and {keyed.ContextWidth} were expected.", nameof(served));
        if (sample.HasWeights || sample.Schema.CountsOccurrences || sample.Schema.ContextWidth != keyed.ContextWidth)
            throw new ArgumentException("Distinct rows without weights, of the key's context width, were expected.", nameof(sample));
        if (served.Header.TokenizerHash.Length > 0 && sample.Schema.TokenizerHash.Length > 0 && served.Header.TokenizerHash != sample.Schema.TokenizerHash)
            throw new ArgumentException("The log and the text were tokenized by different tokenizers.", nameof(served));
    }

    private static Split Count(KeyedScheme keyed, ServedContexts served, Sample sample)
    {
        NGramRows rows = sample.Rows;
        var scores = new long[rows.Count];
        keyed.ScoreRows(rows, scores);
        Span<int> row = stackalloc int[keyed.ContextWidth + 1];
        long u = 0, greenU = 0, v = 0, greenV = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            rows.CopyRow(i, row);
            if (served.Contains(row[..^1]))
            {
                v++;
                greenV += scores[i];
            }
            else
            {
                u++;
                greenU += scores[i];
            }
        }

        return new Split(u, greenU, v, greenV);
    }

    private static IEnumerable<SensitivityRow> Sensitivity(ScoreNull rowNull, Split split)
    {
        if (split.Served > 0)
        {
            TotalTest test = TotalNull.For(rowNull, split.Served).Test(split.GreenServed);
            yield return new SensitivityRow
            {
                Name = "served", Change = "The rows in contexts that were served: a signal here can be learned or forged.", IsValidTest = true, Scored = split.Served, Effect = (double)split.GreenServed / split.Served, LogP = test.LogP, LogE = test.LogE,
            };
        }

        if (split.Served > 0 && split.Unserved > 0)
        {
            double logP = ForgeryLogP(split.Unserved, split.GreenUnserved, split.Served, split.GreenServed);
            yield return new SensitivityRow
            {
                Name = "forgery", Change = "For a text claimed to be genuine: whether fewer unserved rows are green than served ones, as a forger leaves it.", IsValidTest = true, Scored = split.Served + split.Unserved, Effect = (double)split.GreenUnserved / split.Unserved, LogP = logP, LogE = CalibratedE.Of(logP),
            };
        }
    }

    private static IEnumerable<Diagnostic> Coverage(ServedContexts served)
    {
        string message = string.Create(CultureInfo.InvariantCulture, $"The log of epoch {served.Header.Epoch} holds {served.Logged:N0} contexts of {served.Sessions:N0} sessions, of which {served.Gaps:N0} did not end as they should: contexts that were served in them may be missing.");
        yield return served.Gaps == 0 ? Diagnostic.Note(DiagnosticCodes.LogCoverage, message)
            : served.Gaps > ShareOfGaps * served.Sessions ? Diagnostic.Blocking(DiagnosticCodes.LogCoverage, message)
            : Diagnostic.Warning(DiagnosticCodes.LogCoverage, message);
    }

    private sealed record Split(long Unserved, long GreenUnserved, long Served, long GreenServed);
}
