using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Canaries;

/// <summary>
/// Tests whether a suspect gives the keyed answers. Given its replies, whatever they are, the hits are independent: question i
/// is hit with probability u_i/m, where u_i of the m answers stand at the beginning of its replies. So p = P(PoissonBinomial(u/m) ≥
/// X) holds for every suspect that has nothing to do with the key, also for one that always says the same.
/// </summary>
/// <remarks>
/// With one reply a question the e-value is the mean over q in {.05, .1, .25, .5, .9}, as far as q ≥ 1/m, of ∏ [hit: q·m; miss:
/// (1 − q)/(1 − 1/m)]: a smaller q would have an expectation above 1 where a reply is none of the answers. With several replies it is ½·p^(−½).
/// </remarks>
public sealed class CanaryTest
{
    /// <summary>The statistic of its findings.</summary>
    public const string Statistic = "canaries/hits 1";

    /// <summary>The prior of the e-value with one reply a question.</summary>
    public const string GridPrior = "canary-grid 1";

    private static readonly double[] Strengths = [0.05, 0.1, 0.25, 0.5, 0.9];

    private readonly CanaryDesign design;
    private readonly IReadOnlyList<int> targets;

    /// <summary>Creates a test.</summary>
    /// <param name="design">The design.</param>
    /// <param name="claimKey">The claim's key; it is not kept.</param>
    /// <exception cref="InputFormatException">The key does not open the design's commitment.</exception>
    public CanaryTest(CanaryDesign design, WatermarkKey claimKey)
    {
        ArgumentNullException.ThrowIfNull(design);
        this.design = design;
        targets = design.Targets(claimKey);
    }

    /// <summary>Tests a suspect.</summary>
    /// <param name="suspect">Its replies to the questions (<see cref="CanaryDesign.IdOf"/>).</param>
    /// <param name="controls">Replies of models known to be innocent.</param>
    /// <param name="options">How the test is run.</param>
    public Finding Run(Transcript suspect, IReadOnlyList<Transcript> controls, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(controls);
        ArgumentNullException.ThrowIfNull(options);
        Hits hits = Count(suspect);
        var claim = new UnitClaim(
            Questions.Canaries,
            $"the suspect's answers depend on the targets that the key of claim '{design.ClaimId}' chose",
            "they do not",
            Statistic,
            hits.Single ? GridPrior : CalibratedE.Prior)
        {
            SupportCaveat = "H1 does not say how the answers reached the suspect; the public web, a shared data set, a proxy or a leaked table are to be excluded by other evidence.",
            NoSupportCaveat = "This is not innocence: canaries in the weights fade with other training, and canaries that were served may have been filtered.",
            Options =
            [
                new NamedValue("claim", design.ClaimId),
                new NamedValue("questions", design.Questions.Count.ToString(CultureInfo.InvariantCulture)),
                new NamedValue("answers", design.Answers.Count.ToString(CultureInfo.InvariantCulture)),
                new NamedValue("commitment", design.Commitment),
            ],
            Assumptions =
            [
                "The key of the claim was drawn at random, and committed to before the suspect's replies.",
                "The tests counted include every other key and claim that was tried.",
            ],
        };
        return Measure(suspect, hits, options).ToFinding(suspect.Title, claim, options)
            .WithControls([.. controls.Select(control => Measure(control, Count(control), options).ToControl(control.Title, options))]);
    }

    /// <summary>The e-value of hits with one reply a question.</summary>
    /// <param name="answers">m.</param>
    /// <param name="asked">Questions with a reply.</param>
    /// <param name="hits">Hits among them.</param>
    /// <returns>ln e.</returns>
    public static double LogE(int answers, int asked, int hits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(answers, 2);
        double[] logs =
        [
            .. Strengths.Where(q => q * answers >= 1)
                .Select(q => (hits * Math.Log(q * answers)) + ((asked - hits) * (Math.Log(1 - q) - Math.Log(1 - (1.0 / answers))))),
        ];
        return Multiplicity.LogMeanE(logs);
    }

    private Hits Count(Transcript model)
    {
        var index = design.Normalised.Index().ToDictionary(item => item.Item, item => item.Index, StringComparer.Ordinal);
        int[] lengths = [.. index.Keys.Select(answer => answer.Length).Distinct()];
        int asked = 0, answered = 0, hits = 0, most = 0, replies = 0, shown = 0;
        var chances = new List<double>();
        for (int i = 0; i < design.Questions.Count; i++)
        {
            IReadOnlyList<TranscriptReply> said = model.RepliesTo(CanaryDesign.IdOf(i));
            if (said.Count == 0)
                continue;
            asked++;
            replies += said.Count;
            most = Math.Max(most, said.Count);
            HashSet<int> seen = [];
            bool spoke = false;
            foreach (TranscriptReply reply in said)
            {
                string normalised = CanaryText.Normalise(reply.Text);
                spoke |= normalised.Length > 0;
                int answer = AnswerOf(normalised, index, lengths);
                if (answer < 0)
                    continue;
                if (reply.Before.Any(before => CanaryText.Normalise(before).Contains(design.Normalised[answer], StringComparison.Ordinal)))
                    shown++;
                else
                    seen.Add(answer);
            }

            answered += spoke ? 1 : 0;
            if (seen.Count == 0)
                continue;
            chances.Add((double)seen.Count / design.Answers.Count);
            hits += seen.Contains(targets[i]) ? 1 : 0;
        }

        return new Hits(asked, answered, hits, replies, shown, most <= 1, chances);
    }

    /// <summary>The answer that a reply begins with, or −1. No answer begins another, so at most one fits.</summary>
    private static int AnswerOf(string reply, Dictionary<string, int> index, int[] lengths)
    {
        foreach (int length in lengths)
        {
            if (length <= reply.Length && index.TryGetValue(reply[..length], out int answer) && CanaryText.Begins(reply, reply[..length]))
                return answer;
        }

        return -1;
    }

    private UnitMeasurement Measure(Transcript model, Hits found, FingerprintOptions options)
    {
        int answers = design.Answers.Count;
        double chance = 1.0 / answers;
        double logP = PoissonBinomial.LogUpperTail([.. found.Chances], found.Count);
        ConfidenceInterval interval = ClopperPearson.Interval(found.Asked, found.Count);
        double interest = options.Rule.EffectOfInterest * Math.Sqrt(chance * (1 - chance));
        double strength = Math.Min(chance + interest, 0.999);
        return new UnitMeasurement
        {
            NullName = "poisson-binomial",
            NullDescription = string.Create(CultureInfo.InvariantCulture, $"Poisson-binomial: {found.Chances.Count} replies among {answers} answers"),
            LogP = logP,
            LogE = found.Single ? LogE(answers, found.Asked, found.Count) : CalibratedE.Of(logP),
            Effect = new EffectEstimate(
                found.Asked == 0 ? double.NaN : (double)found.Count / found.Asked, found.Asked == 0 ? chance : found.Chances.Sum() / found.Asked, "share of questions answered with the target", new EffectInterval(interval.Low, interval.High)),
            Power = logThreshold => Power(logThreshold, found, interest, strength, options.Power),
            Counts = new MeasurementCounts
            {
                Documents = found.Replies,
                Tokens = 0,
                Rows = design.Questions.Count,
                Scored = found.Asked,
                Others = [new NamedCount("hits", found.Count), new NamedCount("repliesAmongAnswers", found.Chances.Count), new NamedCount("notAsked", design.Questions.Count - found.Asked), new NamedCount("shownBefore", found.Shown), new NamedCount("unread", model.Unread)],
            },
            Inputs = model.Inputs,
            Diagnostics = UnitMeasurement.DiagnosticsOf(found.Asked, "No question has a reply.", found.Shown),
            Details = Details(found),
        };
    }

    /// <summary>The tail that does not look at the replies, as a second way to test; only with one reply a question.</summary>
    private FindingDetails? Details(Hits found)
    {
        if (!found.Single || found.Asked == 0)
            return null;
        double logP = new BinomialNull(new Fraction(1, design.Answers.Count)).Test(found.Asked, found.Count).LogP;
        return new FindingDetails
        {
            Sensitivity =
            [
                new SensitivityRow
                {
                    Name = "unconditional",
                    Change = "Every question counts as if its reply were one of the answers: Binomial(k, 1/m), which is larger.",
                    IsValidTest = true,
                    Scored = found.Asked,
                    Effect = (double)found.Count / found.Asked,
                    LogP = logP,
                    LogE = CalibratedE.Of(logP),
                },
            ],
        };
    }

    private PowerStatement Power(double logThreshold, Hits found, double interest, double strength, double power)
    {
        int answers = design.Answers.Count;
        double smallest = found.Asked == 0 ? double.NaN : SmallestStrength(answers, found.Asked, HitsNeeded(answers, found.Asked, logThreshold), power) - (1.0 / answers);
        double against = found.Single && found.Answered > 0
            ? (found.Count * (Math.Log(1.0 / answers) - Math.Log(strength))) + ((found.Answered - found.Count) * (Math.Log(1 - (1.0 / answers)) - Math.Log(1 - strength)))
            : double.NaN;
        return new PowerStatement(logThreshold, power, smallest, interest, QuestionsNeeded(answers, strength, logThreshold, power), against);
    }

    /// <summary>The fewest hits of so many questions whose e-value reaches a threshold; one more than there are where none does.</summary>
    /// <param name="answers">m.</param>
    /// <param name="asked">Questions with a reply.</param>
    /// <param name="logThreshold">ln of the e-value.</param>
    public static int HitsNeeded(int answers, int asked, double logThreshold)
    {
        for (int hits = 0; hits <= asked; hits++)
        {
            if (LogE(answers, asked, hits) >= logThreshold)
                return hits;
        }

        return asked + 1;
    }

    /// <summary>The smallest probability of a hit with which so many hits, or more, come with a given power; NaN where none does.</summary>
    /// <param name="answers">m.</param>
    /// <param name="asked">Questions with a reply.</param>
    /// <param name="hits">Hits needed.</param>
    /// <param name="power">The power.</param>
    public static double SmallestStrength(int answers, int asked, int hits, double power)
    {
        if (hits > asked)
            return double.NaN;
        (double low, double high) = (1.0 / answers, 1);
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (Reaches(middle, asked, hits, power))
                high = middle;
            else
                low = middle;
        }

        return high;
    }

    private static long? QuestionsNeeded(int answers, double strength, double logThreshold, double power)
    {
        for (int asked = 1; asked <= 4096; asked *= 2)
        {
            int hits = HitsNeeded(answers, asked, logThreshold);
            if (hits <= asked && Reaches(strength, asked, hits, power))
                return asked;
        }

        return null;
    }

    /// <summary>Whether so many hits, or more, have at least a given probability; the strength is rounded to 10^-9.</summary>
    private static bool Reaches(double strength, int asked, int hits, double power)
    {
        long billionths = Math.Clamp((long)Math.Round(strength * 1e9), 1, 999_999_999);
        return Math.Exp(new BinomialNull(new Fraction(billionths, 1_000_000_000)).Test(asked, hits).LogP) >= power;
    }

    private sealed record Hits(int Asked, int Answered, int Count, int Replies, int Shown, bool Single, IReadOnlyList<double> Chances);
}
