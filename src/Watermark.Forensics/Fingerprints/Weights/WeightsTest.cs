using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.Models.Units;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Weights;

/// <summary>A layer of two models with the units that are each other's nearest.</summary>
/// <param name="Name">The layer's name.</param>
/// <param name="OwnerUnits">Hidden units of the owner's layer.</param>
/// <param name="SuspectUnits">Hidden units of the suspect's layer.</param>
/// <param name="Pairs">The pairs, each unit at most once.</param>
public sealed record LayerMatch(string Name, int OwnerUnits, int SuspectUnits, IReadOnlyList<UnitPair> Pairs);

/// <summary>Two checkpoints as far as the test reads them.</summary>
/// <param name="Title">The suspect's name for readers.</param>
/// <param name="Layers">The layers that were chosen before reading.</param>
/// <param name="Inputs">The files, by digest.</param>
/// <param name="Dimensions">Dimensions of a unit that were compared.</param>
public sealed record CheckpointMatch(string Title, IReadOnlyList<LayerMatch> Layers, IReadOnlyList<InputDigest> Inputs, int Dimensions);

/// <summary>
/// Tests whether weights were copied. Training from an independent random start orders the hidden units of a layer at random, so under
/// H0 a unit's partner stands at the same place about once in a layer. The statistic is the number of fixed points over all layers
/// (<see cref="FixedPoints"/>); where the layers have different widths, since units were pruned or inserted, it is the number of
/// inversions of the partners' order (<see cref="Inversions"/>, Kendall's tau).
/// </summary>
/// <remarks>
/// After Zhu et al., "Independence Tests for Language Models", 2025 (arXiv:2502.12292), with an exact tail in place of linear assignment and
/// a t-approximation. It says nothing about training on outputs: a distilled model has weights of its own.
/// </remarks>
public static class WeightsTest
{
    /// <summary>The statistic for layers of equal width.</summary>
    public const string FixedPointStatistic = "weights/fixed-points 1";

    /// <summary>The statistic for layers of different widths.</summary>
    public const string InversionStatistic = "weights/inversions 1";

    /// <summary>The prior of its e-values.</summary>
    public const string Prior = CalibratedE.Prior;

    // Below this share of paired units a few of them decide; unrelated layers pair a third, copies nearly all.
    private const double LeastPaired = 0.02;

    /// <summary>Tests a suspect.</summary>
    /// <param name="match">The layers with their pairs.</param>
    /// <param name="options">How the test is run.</param>
    /// <exception cref="ArgumentException">There is no layer.</exception>
    public static Finding Run(CheckpointMatch match, FingerprintOptions options)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(options);
        if (match.Layers.Count == 0)
            throw new ArgumentException("At least one layer is needed.", nameof(match));
        bool equal = match.Layers.All(layer => layer.OwnerUnits == layer.SuspectUnits);
        long matched = match.Layers.Sum(layer => (long)layer.Pairs.Count);
        long fixedPoints = match.Layers.Sum(layer => layer.Pairs.Count(pair => pair.Owner == pair.Suspect));
        (double logP, TailMethod method, double effect, double expected) = equal ? ByFixedPoints(match, fixedPoints, matched) : ByInversions(match);
        var claim = new UnitClaim(
            Questions.Weights,
            "the suspect's weights come from the owner's",
            "both models were trained from independent random starts",
            equal ? FixedPointStatistic : InversionStatistic,
            CalibratedE.Prior)
        {
            SupportCaveat = "A shared public base model or a shared initial seed gives the same numbers, and the owner's weights may come from the suspect's; these are to be excluded by other evidence.",
            NoSupportCaveat = "Hidden units that were put in another order hide a copy from this test, and training on outputs leaves no trace in it.",
            Options =
            [
                new NamedValue("layers", string.Join(",", match.Layers.Select(layer => layer.Name))),
                new NamedValue("dimensions", match.Dimensions.ToString(CultureInfo.InvariantCulture)),
            ],
            Assumptions =
            [
                "At least one of the two trainings treats the hidden units of a layer alike, as all optimisers that work element by element do.",
                "The layers and dimensions were chosen before the weights were read.",
            ],
        };
        return new UnitMeasurement
        {
            NullName = equal ? "fixed-points" : "inversions",
            NullDescription = equal ? "fixed points of uniform permutations of the hidden units, layers independent" : "inversions of uniform permutations of the paired units, layers independent",
            LogP = logP,
            LogPMethod = method,
            LogE = CalibratedE.Of(logP),
            Effect = new EffectEstimate(effect, expected, equal ? "share of paired units at the same place" : "Kendall's tau of the paired units"),
            Power = logThreshold => Power(logThreshold, match, matched, equal, options),
            Counts = new MeasurementCounts
            {
                Documents = 0,
                Tokens = 0,
                Rows = match.Layers.Sum(layer => (long)layer.OwnerUnits),
                Scored = matched,
                Others = [new NamedCount("layers", match.Layers.Count), new NamedCount("paired", matched), new NamedCount("fixedPoints", fixedPoints)],
            },
            Inputs = match.Inputs,
            Diagnostics =
            [
                .. matched == 0 ? [Diagnostic.Blocking(DiagnosticCodes.NothingScored, "No unit of one model is the nearest of another and the other way round.")] : Array.Empty<Diagnostic>(),
                .. matched > 0 && matched < LeastPaired * match.Layers.Sum(layer => (long)layer.OwnerUnits)
                    ? [Diagnostic.Blocking(DiagnosticCodes.FewUnitsPaired, string.Create(CultureInfo.InvariantCulture, $"Only {matched:N0} of the owner's {match.Layers.Sum(layer => (long)layer.OwnerUnits):N0} units have a partner: the checkpoints are hardly comparable, or one of them is damaged."))]
                    : Array.Empty<Diagnostic>(),
                .. match.Inputs.Where(input => input.Role == "owner").Any(mine => match.Inputs.Any(input => input.Role == "suspect" && input.Sha256 == mine.Sha256))
                    ? [Diagnostic.Blocking(DiagnosticCodes.DuplicateInput, "A file of the suspect is, byte for byte, a file of the owner: either it is the owner's own, or no statistics are needed.")]
                    : Array.Empty<Diagnostic>(),
                Diagnostic.Warning(DiagnosticCodes.SharedStart, "Models of one family share a start: that neither model was made from the other's base, nor both from a public one, must be shown by their histories."),
            ],
        }.ToFinding(match.Title, claim, options);
    }

    private static (double LogP, TailMethod Method, double Effect, double Expected) ByFixedPoints(CheckpointMatch match, long fixedPoints, long matched)
    {
        double logP = FixedPoints.LogLayersTail([.. match.Layers.Select(layer => (layer.OwnerUnits, layer.Pairs.Count))], fixedPoints, out TailMethod method);
        double expected = match.Layers.Sum(layer => (double)layer.Pairs.Count / layer.OwnerUnits);
        return (logP, method, matched == 0 ? double.NaN : (double)fixedPoints / matched, matched == 0 ? 0 : expected / matched);
    }

    /// <summary>Layers are independent, so the product of their tails is combined by Fisher's method.</summary>
    private static (double LogP, TailMethod Method, double Effect, double Expected) ByInversions(CheckpointMatch match)
    {
        TailMethod worst = TailMethod.Exact;
        var logs = new List<double>();
        double tau = 0;
        foreach (LayerMatch layer in match.Layers.Where(layer => layer.Pairs.Count > 1))
        {
            int[] order = [.. layer.Pairs.OrderBy(pair => pair.Owner).Select(pair => pair.Suspect)];
            long inversions = Inversions.Count(order);
            logs.Add(Inversions.LogLowerTail(order.Length, inversions, out TailMethod method));
            worst = method == TailMethod.Exact ? worst : method;
            tau += 1 - (4.0 * inversions / ((double)order.Length * (order.Length - 1)));
        }

        return logs.Count == 0 ? (0, TailMethod.Exact, double.NaN, 0) : (Multiplicity.Fisher([.. logs]), worst, tau / logs.Count, 0);
    }

    /// <summary>The fewest fixed points that reach the threshold: the bound over layers, which needs no distribution of the effect.</summary>
    private static PowerStatement Power(double logThreshold, CheckpointMatch match, long matched, bool equal, FingerprintOptions options)
    {
        double needed = CalibratedE.LogPOf(logThreshold);
        long points = match.Layers.Count;
        while (equal && points <= matched && FixedPoints.LogLayersBound(match.Layers.Count, points) > needed)
            points++;
        return new PowerStatement(logThreshold, options.Power, equal && points <= matched && matched > 0 ? (double)(points - match.Layers.Count) / matched : double.NaN, options.Rule.EffectOfInterest, null, double.NaN);
    }
}
