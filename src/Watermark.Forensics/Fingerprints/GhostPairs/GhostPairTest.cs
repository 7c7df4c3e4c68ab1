using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.GhostPairs;

/// <summary>
/// Tests whether a suspect leans to the served reply of each pair, against its unserved twin of the same model. A fair coin of the
/// key is all that tells the two apart, so under H0 the sign of every difference d is that coin: T = Σ (2a − 1)·d is a sum of signs
/// with fixed sizes.
/// </summary>
/// <remarks>
/// <para>From likelihoods: d in whole parts of 10⁻³ (or coarser for very large differences), T's tail exact
/// (<see cref="TotalNull.Weighted"/> at 1/2). From text alone: only the sign of d, the difference of the 5-gram containments, counts:
/// Binomial(n, 1/2), with the e-value of a uniform prior, which may be read after every pair.</para>
/// <para>It is a random hold-out: no quality is lost, any tokenizer will do, and twice the replies are generated on sampled
/// traffic. An average d of δ standard deviations shows at 10⁻⁶ with probability .9 from about 36.4/δ² pairs on.</para>
/// </remarks>
public sealed class GhostPairTest
{
    /// <summary>The statistic of findings from likelihoods.</summary>
    public const string LikelihoodStatistic = "ghost-pairs/likelihood-differences 1";

    /// <summary>The statistic of findings from text.</summary>
    public const string TextStatistic = "ghost-pairs/signs 1";

    /// <summary>The prior of findings from text.</summary>
    public const string TextPrior = "uniform 1";

    private const double PartsOfOne = 1000;
    private const double LargestPart = 30_000;
    private const int TextScale = 1_000_000_000;

    private readonly GhostPairDesign design;
    private readonly IReadOnlyList<bool> coins;

    /// <summary>Creates a test.</summary>
    /// <param name="design">The design.</param>
    /// <param name="claimKey">The claim's key; it is not kept.</param>
    /// <exception cref="InputFormatException">The key does not open the design's commitment.</exception>
    public GhostPairTest(GhostPairDesign design, WatermarkKey claimKey)
    {
        ArgumentNullException.ThrowIfNull(design);
        this.design = design;
        coins = design.Coins(claimKey);
    }

    /// <summary>Tests a suspect by its replies to the prompts of the pairs.</summary>
    /// <param name="suspect">Its replies, by the ids of the pairs.</param>
    /// <param name="controls">Replies of models known to be innocent.</param>
    /// <param name="options">How the test is run.</param>
    public Finding Run(Transcript suspect, IReadOnlyList<Transcript> controls, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(controls);
        ArgumentNullException.ThrowIfNull(options);
        return Measure(suspect, options).ToFinding(suspect.Title, Claim(TextStatistic, TextPrior), options)
            .WithControls([.. controls.Select(control => Measure(control, options).ToControl(control.Title, options))]);
    }

    /// <summary>Tests a suspect by the likelihoods of both texts of each pair.</summary>
    /// <param name="suspect">The likelihoods.</param>
    /// <param name="controls">Those of models known to be innocent.</param>
    /// <param name="options">How the test is run.</param>
    /// <exception cref="InputFormatException">A pair is not of the design, or stands there twice.</exception>
    public Finding Run(GhostLikelihoods suspect, IReadOnlyList<GhostLikelihoods> controls, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentNullException.ThrowIfNull(controls);
        ArgumentNullException.ThrowIfNull(options);
        UnitMeasurement measured = Measure(suspect, options, out string prior);
        return measured.ToFinding(suspect.Title, Claim(LikelihoodStatistic, prior), options)
            .WithControls([.. controls.Select(control => Measure(control, options, out _).ToControl(control.Title, options))]);
    }

    private UnitClaim Claim(string statistic, string prior) => new(
        Questions.GhostPairs,
        $"the suspect depends on the coins of claim '{design.ClaimId}', which chose the replies that were served",
        "it does not",
        statistic,
        prior)
    {
        SupportCaveat = "H1 does not say how the served replies reached the suspect; the public web, a shared data set, a proxy or a leaked table are to be excluded by other evidence.",
        NoSupportCaveat = "This is not innocence: the suspect may have seen few of the pairs, or their rewriting.",
        Options = [new NamedValue("claim", design.ClaimId), new NamedValue("pairs", design.Pairs.Count.ToString(CultureInfo.InvariantCulture)), new NamedValue("commitment", design.Commitment)],
        Assumptions =
        [
            "The key of the claim was drawn at random, and committed to before the suspect existed.",
            "Both texts of a pair were drawn in the same way before the coin, and nobody outside has seen the unserved one.",
        ],
    };

    private UnitMeasurement Measure(Transcript model, FingerprintOptions options)
    {
        int asked = 0, replies = 0, agreeing = 0, decided = 0, shown = 0;
        for (int i = 0; i < design.Pairs.Count; i++)
        {
            GhostPair pair = design.Pairs[i];
            IReadOnlyList<string> said = model.Unprompted(pair.Id, [pair.First, pair.Second], ref shown);
            if (said.Count == 0)
                continue;
            asked++;
            replies += said.Count;
            int difference = GramOverlap.Parts(said, pair.Second, TextScale).CompareTo(GramOverlap.Parts(said, pair.First, TextScale));
            if (difference == 0)
                continue;
            decided++;
            agreeing += (difference > 0) == coins[i] ? 1 : 0;
        }

        TotalNull null0 = TotalNull.For(new BinomialNull(Fraction.Half), decided);
        ConfidenceInterval interval = ClopperPearson.Interval(decided, agreeing);
        double interest = options.Rule.EffectOfInterest / 2;
        return new UnitMeasurement
        {
            NullName = "binomial",
            NullDescription = "Binomial(n, 1/2)",
            LogP = decided == 0 ? 0 : new BinomialNull(Fraction.Half).Test(decided, agreeing).LogP,
            LogE = BetaEValue.LogE(decided, agreeing, Fraction.Half),
            Effect = new EffectEstimate(decided == 0 ? double.NaN : (double)agreeing / decided, 0.5, "share of pairs that lean to the served reply", new EffectInterval(interval.Low, interval.High)),
            Power = logThreshold => new PowerStatement(
                logThreshold,
                options.Power,
                decided == 0 ? double.NaN : null0.SmallestEffect(logThreshold, options.Power),
                interest,
                null0.RowsNeeded(interest, logThreshold, options.Power),
                decided == 0 ? double.NaN : null0.LogEAgainstEffect(agreeing, options.Rule.EffectOfInterest)),
            Counts = Counts(replies, asked, decided, model.Unread, [new NamedCount("leaningToServed", agreeing), new NamedCount("shownBefore", shown)]),
            Inputs = model.Inputs,
            Diagnostics = UnitMeasurement.DiagnosticsOf(decided, "No pair has a reply that resembles one of its texts more than the other.", shown),
        };
    }

    private UnitMeasurement Measure(GhostLikelihoods model, FingerprintOptions options, out string prior)
    {
        var index = design.Pairs.Index().ToDictionary(item => item.Item.Id, item => item.Index, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        double largest = model.Pairs.Select(pair => Math.Abs(pair.Difference)).DefaultIfEmpty(0).Max();

        // Sizes only, no coin: rounding may look at them.
        double parts = Math.Min(PartsOfOne, LargestPart / Math.Max(largest, 1e-9));
        var classes = new Dictionary<int, long>();
        long total = 0;
        int decided = 0, agreeing = 0;
        double sum = 0;
        foreach (GhostLikelihood pair in model.Pairs)
        {
            if (!index.TryGetValue(pair.Id, out int i))
                throw new InputFormatException($"{model.Title}: the pair '{pair.Id}' is not of the design.");
            if (!seen.Add(pair.Id))
                throw new InputFormatException($"{model.Title}: the pair '{pair.Id}' stands there twice; each was expected once.");
            int difference = (int)Math.Round(pair.Difference * parts);
            sum += coins[i] ? pair.Difference : -pair.Difference;
            if (difference == 0)
                continue;
            decided++;
            agreeing += (difference > 0) == coins[i] ? 1 : 0;
            classes[difference] = classes.GetValueOrDefault(difference) + 1;
            total += coins[i] ? difference : 0;
        }

        TotalNull null0 = TotalNull.Weighted(Fraction.Half, classes.Select(item => new WeightClass(item.Key, item.Value)));
        TotalTest test = null0.Test(total);
        prior = null0.Prior;

        // The weighted coins sum d over a = 1; twice that less Σ d is T, so an excess of the total counts twice in T.
        double toMean = 2 / (parts * Math.Max(1, model.Pairs.Count));
        double pairDeviation = decided == 0 ? 0 : null0.StandardDeviation / Math.Sqrt(decided);
        double interest = options.Rule.EffectOfInterest * pairDeviation;
        return new UnitMeasurement
        {
            NullName = null0.Name,
            NullDescription = "signs of fixed sizes, each sign a fair coin",
            LogP = test.LogP,
            LogPMethod = test.Method,
            LogE = test.LogE,
            Effect = new EffectEstimate(model.Pairs.Count == 0 ? double.NaN : sum / model.Pairs.Count, 0, "mean likelihood difference, ln per token"),
            Power = logThreshold => new PowerStatement(
                logThreshold,
                options.Power,
                decided == 0 ? double.NaN : null0.SmallestEffect(logThreshold, options.Power) * decided * toMean,
                interest * decided * toMean,
                decided == 0 ? null : null0.RowsNeeded(interest, logThreshold, options.Power),
                double.NaN),
            Counts = Counts(model.Pairs.Count, model.Pairs.Count, decided, 0, [new NamedCount("leaningToServed", agreeing)]),
            Inputs = model.Inputs,
            Diagnostics = UnitMeasurement.DiagnosticsOf(decided, "No pair has a likelihood difference.", 0),
        };
    }

    private MeasurementCounts Counts(long replies, long asked, long decided, long unread, NamedCount[] others) => new()
    {
        Documents = replies,
        Tokens = 0,
        Rows = design.Pairs.Count,
        Scored = decided,
        Others = [new NamedCount("asked", asked), .. others, new NamedCount("unread", unread)],
    };
}
