using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Variants;

/// <summary>
/// Tests whether a suspect leans to the variants that were served. Its replies are fixed; only the key's assignment is random.
/// The statistic is T = Σ_u s(u, served variant), where s is the containment of the variant's character 5-grams in the suspect's
/// replies; its distribution over all assignments is known exactly (<see cref="RandomizationNull"/>).
/// </summary>
/// <remarks>
/// It keeps the randomisation of STAMP (Rastogi et al. 2025, arXiv:2504.13416) and replaces its t-test by the exact distribution. The
/// variants need not be equally likely under any model.
/// </remarks>
public sealed class VariantTest
{
    /// <summary>The statistic of its findings.</summary>
    public const string Statistic = "variants/containment-sum 1";

    private const int FinestScale = 1000;
    private const double SumsAffordable = 2e9;

    private readonly VariantDesign design;
    private readonly IReadOnlyList<int> assignment;
    private readonly IReadOnlyList<int> ties;

    /// <summary>Creates a test.</summary>
    /// <param name="design">The design.</param>
    /// <param name="claimKey">The claim's key; it is not kept.</param>
    /// <exception cref="InputFormatException">The key does not open the design's commitment.</exception>
    public VariantTest(VariantDesign design, WatermarkKey claimKey)
    {
        ArgumentNullException.ThrowIfNull(design);
        this.design = design;
        assignment = design.Assignment(claimKey);

        // A number for every unit that breaks ties between best variants; from another message than the assignment.
        ties = [.. design.Units.Select(unit => KeyedIndex.Of(claimKey, [.. "tie"u8, .. KeyedIndex.LengthPrefixed(unit.Id)], int.MaxValue))];
    }

    /// <summary>Tests a suspect.</summary>
    /// <param name="suspect">Its replies to the prompts, by the ids of the units.</param>
    /// <param name="controls">Replies of models known to be innocent.</param>
    /// <param name="options">How the test is run.</param>
    public Finding Run(Transcript suspect, IReadOnlyList<Transcript> controls, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(controls);
        ArgumentNullException.ThrowIfNull(options);
        var claim = new UnitClaim(
            Questions.Variants,
            $"the suspect's replies depend on which variants the key of claim '{design.ClaimId}' chose to be served",
            "they do not",
            Statistic,
            RandomizationNull.Prior)
        {
            SupportCaveat = "H1 does not say how the served variants reached the suspect; the public web, a shared data set, a proxy or a leaked table are to be excluded by other evidence.",
            NoSupportCaveat = "This is not innocence: wording fades when replies are rewritten, and other training weakens it.",
            Options =
            [
                new NamedValue("claim", design.ClaimId),
                new NamedValue("units", design.Units.Count.ToString(CultureInfo.InvariantCulture)),
                new NamedValue("variants", design.Choices.ToString(CultureInfo.InvariantCulture)),
                new NamedValue("commitment", design.Commitment),
            ],
            Assumptions =
            [
                "The key of the claim was drawn at random, and committed to before the suspect's replies.",
                "Every unit was served with the variant that the key chose, and units were not chosen by the assignment or by scores.",
            ],
        };
        return Measure(suspect, options).ToFinding(suspect.Title, claim, options).WithControls([.. controls.Select(control => Measure(control, options).ToControl(control.Title, options))]);
    }

    /// <summary>
    /// ln of the e-value of the top-1 count: the mean over q in {1.1, 1.5, 2}/K, as far as q is below 1, of ∏ [top-1: q·K; else (1 − q)·K/(K − 1)].
    /// </summary>
    /// <param name="choices">K.</param>
    /// <param name="units">Units.</param>
    /// <param name="first">Units whose best variant was the served one.</param>
    public static double TopLogE(int choices, int units, int first) => Multiplicity.LogMeanE(
    [
        .. new[] { 1.1, 1.5, 2 }.Select(factor => factor / choices).Where(q => q < 1)
            .Select(q => (first * Math.Log(q * choices)) + ((units - first) * Math.Log((1 - q) * choices / (choices - 1)))),
    ]);

    private UnitMeasurement Measure(Transcript model, FingerprintOptions options)
    {
        int shown = 0;
        (int Unit, IReadOnlyList<string> Replies)[] asked = [.. design.Units.Select((unit, i) => (i, model.Unprompted(unit.Id, unit.Texts, ref shown))).Where(item => item.Item2.Count > 0)];
        int scale = Scale(asked.Length);
        int[][] scores = [.. asked.Select(item => design.Units[item.Unit].Texts.Select(text => GramOverlap.Parts(item.Replies, text, scale)).ToArray())];
        var null0 = new RandomizationNull(scores);
        long total = asked.Select((item, i) => (long)scores[i][assignment[item.Unit]]).Sum();
        double logP = null0.LogUpperTail(total);
        double unitDeviation = null0.Units == 0 ? 0 : null0.StandardDeviation / Math.Sqrt(null0.Units);
        double each = Math.Max(1, asked.Length) * (double)scale;
        return new UnitMeasurement
        {
            NullName = "randomisation",
            NullDescription = string.Create(CultureInfo.InvariantCulture, $"all {design.Choices}^{null0.Units} assignments of variants, each as probable"),
            LogP = logP,
            LogE = null0.LogE(total),
            Effect = new EffectEstimate(asked.Length == 0 ? double.NaN : total / each, null0.Mean / each, "mean containment of the served variant"),
            Power = logThreshold => Power(logThreshold, null0, unitDeviation / scale, asked.Length, options),
            Counts = new MeasurementCounts
            {
                Documents = asked.Sum(item => (long)item.Replies.Count),
                Tokens = 0,
                Rows = design.Units.Count,
                Scored = null0.Units,
                Others = [new NamedCount("asked", asked.Length), new NamedCount("topOne", Top(asked, scores).First), new NamedCount("topOneUnits", Top(asked, scores).Units), new NamedCount("shownBefore", shown), new NamedCount("unread", model.Unread)],
            },
            Inputs = model.Inputs,
            Diagnostics = UnitMeasurement.DiagnosticsOf(null0.Units, "No unit has replies that resemble one variant more than another.", shown),
            Details = Details(asked, scores),
        };
    }

    /// <summary>The parts of a containment: as fine as the sums of that many units can be counted.</summary>
    private static int Scale(int units) => units == 0 ? FinestScale : (int)Math.Clamp(SumsAffordable / ((double)units * units), 1, FinestScale);

    /// <summary>Units whose best variant is the served one, of those with a best variant; ties are broken by the key.</summary>
    private (int First, int Units) Top((int Unit, IReadOnlyList<string> Replies)[] asked, int[][] scores)
    {
        int first = 0, units = 0;
        for (int i = 0; i < asked.Length; i++)
        {
            int best = scores[i].Max();
            if (best == 0)
                continue;
            int[] among = [.. Enumerable.Range(0, design.Choices).Where(choice => scores[i][choice] == best)];
            units++;
            first += among[ties[asked[i].Unit] % among.Length] == assignment[asked[i].Unit] ? 1 : 0;
        }

        return (first, units);
    }

    private FindingDetails? Details((int Unit, IReadOnlyList<string> Replies)[] asked, int[][] scores)
    {
        (int first, int units) = Top(asked, scores);
        if (units == 0)
            return null;
        return new FindingDetails
        {
            Sensitivity =
            [
                new SensitivityRow
                {
                    Name = "top-one",
                    Change = "Counts the units whose best variant is the served one: Binomial(n, 1/K), ties broken by the key.",
                    IsValidTest = true,
                    Scored = units,
                    Effect = double.NaN,
                    LogP = new BinomialNull(new Fraction(1, design.Choices)).Test(units, first).LogP,
                    LogE = TopLogE(design.Choices, units, first),
                },
            ],
        };
    }

    private static PowerStatement Power(double logThreshold, RandomizationNull null0, double unitDeviation, int asked, FingerprintOptions options) => new(
        logThreshold,
        options.Power,
        null0.Units == 0 ? double.NaN : RandomizationNull.SmallestEffect(null0.Units, logThreshold, options.Power) * unitDeviation * null0.Units / asked,
        options.Rule.EffectOfInterest * unitDeviation,
        RandomizationNull.UnitsNeeded(options.Rule.EffectOfInterest, logThreshold, options.Power),
        double.NaN);
}
