using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Transcripts;

/// <summary>A text of the owner's training with its place in the order and its likelihoods, ln per token.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Position">Its place in the order of the training, from 0.</param>
/// <param name="Suspect">ln likelihood under the suspect.</param>
/// <param name="Reference">ln likelihood under a model that did not see the order.</param>
public sealed record TrainingText(string Id, long Position, double Suspect, double Reference)
{
    /// <summary>Reads a line <c>{"id":…,"position":…,"suspect":…,"reference":…}</c>.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no such line.</exception>
    public static TrainingText Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The training text", fields =>
    {
        var text = new TrainingText(fields.Text("id"), fields.Whole("position"), fields.FiniteNumber("suspect"), fields.FiniteNumber("reference"));
        fields.Done();
        return text;
    });
}

/// <summary>
/// Tests whether a suspect remembers the order of the owner's training: the rank correlation of a text's place with d = ℓ_S − ℓ_ref. The
/// order was drawn at random, so under H0 it is a uniform permutation.
/// </summary>
/// <remarks>
/// <para>p = min(1, 2·min(p_1, p_2)): p_1 from B random orders, (1 + #{T' ≥ T})/(B + 1); p_2, which has no floor, from the mean of ½ + d, clipped to [0,
/// 1], over the later half A: exp(−2·n_A·(mean_A − mean)²) (Hoeffding 1963, section 6, which holds for draws without replacement). B = 99,999 up to 5,000
/// texts, fewer for more texts: 5·10⁸ divided by their number.</para>
/// <para>After Kuditipudi et al., "Blackbox Model Provenance via Palimpsestic Membership Inference", 2025 (arXiv:2510.19796).</para>
/// </remarks>
public static class TranscriptTest
{
    /// <summary>The statistic of its findings.</summary>
    public const string Statistic = "transcript/rank-correlation 1";

    private const int MostOrders = 99_999;
    private const double Work = 5e8;

    /// <summary>The prior of its e-values.</summary>
    public const string Prior = CalibratedE.Prior;

    /// <summary>Tests a suspect.</summary>
    /// <param name="title">The suspect's name.</param>
    /// <param name="texts">The texts; ids and places are distinct.</param>
    /// <param name="inputs">The files, by digest.</param>
    /// <param name="options">How the test is run.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InputFormatException">An id or a place stands there twice.</exception>
    public static Finding Run(string title, IReadOnlyList<TrainingText> texts, IReadOnlyList<InputDigest> inputs, FingerprintOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        if (texts.GroupBy(text => text.Id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InputFormatException($"{title}: the text '{twice.Key}' stands there twice; each was expected once.");
        if (texts.GroupBy(text => text.Position).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new InputFormatException($"{title}: two texts have the place {same.Key}; each place was expected once.");
        TrainingText[] ordered = [.. texts.OrderBy(text => text.Position)];
        double[] differences = [.. ordered.Select(text => text.Suspect - text.Reference)];
        int n = ordered.Length;
        long[] ranks = Ranks(differences);
        int orders = n == 0 ? 0 : (int)Math.Clamp(Work / n, 999, MostOrders);
        double logOrders = n < 2 ? 0 : ByOrders(ranks, orders, options.Seed, cancellationToken);
        double logHoeffding = n < 2 ? 0 : ByLaterHalf(differences);
        double logP = Math.Min(0, Math.Log(2) + Math.Min(logOrders, logHoeffding));
        double correlation = n < 2 ? double.NaN : Correlation(ranks);
        var claim = new UnitClaim(
            Questions.Transcript,
            "the suspect's likelihoods depend on the order in which the owner's model saw its training texts",
            "they do not",
            Statistic,
            CalibratedE.Prior)
        {
            SupportCaveat = "H1 means weights that continue from the owner's; who handed them on is to be established by other evidence.",
            NoSupportCaveat = "A model that learned from outputs does not remember this order, and much further training can erase it.",
            Options = [new NamedValue("orders", orders.ToString(CultureInfo.InvariantCulture)), new NamedValue("logPByOrders", Number(logOrders)), new NamedValue("logPByLaterHalf", Number(logHoeffding))],
            Assumptions =
            [
                "The order of the training texts was drawn at random, independent of what they say, and kept from others.",
                "The reference model did not see the order.",
            ],
        };
        return new UnitMeasurement
        {
            NullName = "rank-permutation",
            NullDescription = string.Create(CultureInfo.InvariantCulture, $"twice the smaller of a permutation p-value over {orders:N0} orders and Hoeffding's bound"),
            LogP = logP,
            LogPMethod = TailMethod.UpperBound,
            LogE = CalibratedE.Of(logP),
            Effect = new EffectEstimate(correlation, 0, "rank correlation of place and likelihood"),
            Power = logThreshold => Power(logThreshold, n, options),
            Counts = new MeasurementCounts { Documents = n, Tokens = 0, Rows = n, Scored = n < 2 ? 0 : n },
            Inputs = inputs,
            Diagnostics = n < 2 ? [Diagnostic.Blocking(DiagnosticCodes.NothingScored, "Fewer than two texts were given.")] : [],
        }.ToFinding(title, claim, options) with { Seed = options.Seed };
    }

    /// <summary>Hoeffding's bound on the mean of the later half.</summary>
    /// <param name="differences">d in the order of the training.</param>
    /// <returns>ln p.</returns>
    public static double ByLaterHalf(IReadOnlyList<double> differences)
    {
        ArgumentNullException.ThrowIfNull(differences);
        double[] clipped = [.. differences.Select(d => Math.Clamp(0.5 + d, 0, 1))];
        int later = clipped.Length / 2;
        if (later == 0)
            return 0;
        double excess = clipped[^later..].Average() - clipped.Average();
        return excess <= 0 ? 0 : -2 * later * excess * excess;
    }

    /// <summary>ln of the share of orders, the true one included, that correlate at least as much.</summary>
    private static double ByOrders(long[] ranks, int orders, ulong seed, CancellationToken cancellationToken)
    {
        Int128 own = Sum(ranks);
        long[] shuffled = [.. ranks];
        var random = new SeededRandomBits(seed, 31);
        long reached = 1;
        for (int b = 0; b < orders; b++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int i = shuffled.Length - 1; i > 0; i--)
            {
                int other = (int)random.NextBelow((ulong)i + 1);
                (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
            }

            reached += Sum(shuffled) >= own ? 1 : 0;
        }

        return Math.Log((double)reached / (orders + 1));
    }

    /// <summary>Σ i·rank_i: with fixed ranks it rises with Spearman's correlation.</summary>
    private static Int128 Sum(long[] ranks)
    {
        Int128 sum = 0;
        for (int i = 0; i < ranks.Length; i++)
            sum += (Int128)i * ranks[i];
        return sum;
    }

    /// <summary>Twice the mid-ranks, so that ties stay whole numbers.</summary>
    private static long[] Ranks(double[] values)
    {
        int[] order = [.. Enumerable.Range(0, values.Length).OrderBy(i => values[i])];
        var ranks = new long[values.Length];
        for (int start = 0; start < order.Length;)
        {
            int end = start;
            while (end < order.Length && values[order[end]] == values[order[start]])
                end++;
            for (int i = start; i < end; i++)
                ranks[order[i]] = start + end - 1;
            start = end;
        }

        return ranks;
    }

    private static double Correlation(long[] ranks)
    {
        double mean = ranks.Average(rank => (double)rank), middle = (ranks.Length - 1) / 2.0;
        double product = 0, first = 0, second = 0;
        for (int i = 0; i < ranks.Length; i++)
        {
            product += (i - middle) * (ranks[i] - mean);
            first += (i - middle) * (i - middle);
            second += (ranks[i] - mean) * (ranks[i] - mean);
        }

        return second == 0 ? 0 : product / Math.Sqrt(first * second);
    }

    /// <summary>Spearman's correlation is about normal with variance 1/(n − 1); Hoeffding's half needs a lift of the later half.</summary>
    private static PowerStatement Power(double logThreshold, int n, FingerprintOptions options)
    {
        double z = RandomizationNull.SmallestEffect(1, Math.Max(1e-9, logThreshold), options.Power);
        double interest = Math.Min(0.5, options.Rule.EffectOfInterest);
        return new PowerStatement(logThreshold, options.Power, n < 2 ? double.NaN : z / Math.Sqrt(n - 1), interest, (long)Math.Ceiling(z * z / (interest * interest)) + 1, double.NaN);
    }

    private static string Number(double value) => value.ToString("G12", CultureInfo.InvariantCulture);
}
