using System.Globalization;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Distillation;

/// <summary>The same test done in other ways. It never decides.</summary>
internal sealed class SensitivityTests
{
    private readonly Sample sample;
    private readonly WatermarkScheme scheme;
    private readonly ScoredRows rows;
    private readonly IReadOnlyList<KeyTotal> documents;
    private readonly SampleScore own;
    private readonly double effectOfInterest;
    private readonly double scale;
    private readonly List<SensitivityRow> tests = [];
    private readonly List<NamedValue> missing = [];

    /// <summary>Makes the tests.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="rows">What its rows score.</param>
    /// <param name="documents">What its documents score; empty where they have no score.</param>
    /// <param name="own">What it scores.</param>
    /// <param name="why">Why no theoretical null holds for parts of the sample; null where it holds.</param>
    /// <param name="effectOfInterest">In null standard deviations of a row.</param>
    /// <param name="scale">Units of effect in a point.</param>
    public SensitivityTests(
        Sample sample, WatermarkScheme scheme, ScoredRows rows, IReadOnlyList<KeyTotal> documents, SampleScore own, string? why, double effectOfInterest, double scale)
    {
        (this.sample, this.scheme, this.rows, this.documents, this.own) = (sample, scheme, rows, documents, own);
        (this.effectOfInterest, this.scale) = (effectOfInterest, scale);
        CountingRules();
        if (sample.HasWeights)
            Signs();
        if (why is null)
        {
            OtherPrior();
            Halves();
            Drops();
        }
        else
        {
            foreach (string name in new[] { "beta-prior", "first-half", "second-half", "smallest-without-one", "largest-without-one" })
                missing.Add(new NamedValue(name, why));
        }

        missing.Add(new NamedValue("prompts-counted", sample.Schema.Selection.ExcludePromptContexts
            ? "The rows that prompts decide were left out when the sample was extracted, so it cannot be scored with them."
            : "The finding itself counts the rows of the prompts."));
    }

    /// <summary>The tests that exist.</summary>
    public IReadOnlyList<SensitivityRow> Tests => tests;

    /// <summary>The others, each with the reason.</summary>
    public IReadOnlyList<NamedValue> Missing => missing;

    private void CountingRules()
    {
        (long count, Int128 total) = (0, 0);
        (long occurrences, Int128 weighted) = (0, 0);
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (rows.CoinOf(row) is not (>= 0 and var coin))
                continue;
            (count, total) = (count + 1, total + rows.Scores[coin]);
            (occurrences, weighted) = (occurrences + sample.Occurrences[row], weighted + ((Int128)rows.Scores[coin] * sample.Occurrences[row]));
        }

        const string OnlyEffect = "its numbers follow no distribution that is known, so only the effect is given.";
        tests.Add(scheme.Coins == CoinRule.Row
            ? Tested("n-grams", "Each distinct n-gram counts once: in this scheme an n-gram is a coin of its own, so this is the count of coins.", true, count, total)
            : Counted("n-grams", $"Each distinct n-gram counts once, also where several share a coin: not a valid test in this scheme; {OnlyEffect}", count, total));
        tests.Add(Counted("occurrences", $"Each n-gram counts as often as it occurs: not a valid test, since repetitions repeat one coin; {OnlyEffect}", occurrences, weighted));
    }

    /// <summary>Weights that only say which side a coin counts for.</summary>
    private void Signs()
    {
        WeightClass[] signs = [.. (own.Weights ?? []).GroupBy(item => Math.Sign(item.Weight)).Select(side => new WeightClass(side.Key, side.Sum(item => item.Count))).OrderBy(item => item.Weight)];
        Int128 total = 0;
        var weights = new long[rows.Scores.Length];
        for (int row = 0; row < rows.RowCount; row++)
        {
            if (rows.CoinOf(row) is >= 0 and var coin)
                weights[coin] += sample.Weights[row];
        }

        for (int coin = 0; coin < weights.Length; coin++)
            total += rows.Scores[coin] * Math.Sign(weights[coin]);
        tests.Add(Tested("weight-signs", "Every coin has the weight 1 or −1 by the sign of its own weight.", true, TotalNull.Weighted(scheme.Null.Gamma!.Value, signs), total));
    }

    private void OtherPrior()
    {
        if (scheme.Null is not BinomialNull { Gamma: { } gamma } rowNull)
        {
            missing.Add(new NamedValue("beta-prior", "The scheme's scores are not counts, and no other prior is known for them."));
            return;
        }

        SensitivityRow test = Tested("beta-prior", "The e-value has the prior Beta(1, 1) on green fractions above gamma.", true, own.Rows, own.Total);
        tests.Add(test with { LogE = BetaEValue.LogE(own.Rows * rowNull.TrialsPerRow, (long)own.Total, gamma), LogEAgainstInterest = double.NaN });
    }

    private void Halves()
    {
        int middle = documents.Count / 2;
        if (middle == 0)
        {
            missing.Add(new NamedValue("first-half", "The sample has fewer than two documents with scored coins."));
            missing.Add(new NamedValue("second-half", "The sample has fewer than two documents with scored coins."));
            return;
        }

        const string Order = "half of the documents, in the order of their hashes";
        KeyTotal first = Sum(documents.Take(middle));
        tests.Add(Tested("first-half", $"Only the first {Order}.", true, first.Rows, first.Total));
        tests.Add(Tested("second-half", $"Only the second {Order}.", true, own.Rows - first.Rows, own.Total - first.Total));
    }

    /// <summary>The smallest and the largest e-value when one document is left out: one e-value for each distinct score of a document.</summary>
    private void Drops()
    {
        if (documents.Count < 2)
        {
            missing.Add(new NamedValue("smallest-without-one", "The sample has fewer than two documents with scored coins."));
            missing.Add(new NamedValue("largest-without-one", "The sample has fewer than two documents with scored coins."));
            return;
        }

        (KeyTotal Without, double LogE)[] drops =
        [
            .. documents.Distinct().Select(document => new KeyTotal(own.Rows - document.Rows, own.Total - document.Total))
                .Select(without => (without, scheme.Null.LogE(without.Rows, without.Total))).OrderBy(drop => drop.Item2).ThenBy(drop => drop.without.Rows).ThenBy(drop => drop.without.Total),
        ];
        string each = string.Create(CultureInfo.InvariantCulture, $"each of {documents.Count:N0} documents is left out in turn");
        KeyTotal smallest = drops[0].Without;
        tests.Add(Tested("smallest-without-one", $"The smallest e-value when {each}: it is at most that of any one left out, so it is valid.", true, smallest.Rows, smallest.Total) with { LogP = double.NaN });
        KeyTotal largest = drops[^1].Without;
        tests.Add(Tested("largest-without-one", $"The largest e-value when {each}: chosen by its score, so not a valid test.", false, largest.Rows, largest.Total) with { LogP = double.NaN });
    }

    private static KeyTotal Sum(IEnumerable<KeyTotal> documents) =>
        documents.Aggregate(default(KeyTotal), (sum, document) => new KeyTotal(sum.Rows + document.Rows, sum.Total + document.Total));

    private SensitivityRow Counted(string name, string change, long count, Int128 total) => new()
    {
        Name = name,
        Change = change,
        IsValidTest = false,
        Scored = count,
        Effect = count == 0 ? double.NaN : (double)total / scheme.Null.UnitsPerPoint / count * scale,
    };

    private SensitivityRow Tested(string name, string change, bool isValid, long count, Int128 total) =>
        Tested(name, change, isValid, TotalNull.For(scheme.Null, count), total);

    private SensitivityRow Tested(string name, string change, bool isValid, TotalNull null0, Int128 total)
    {
        TotalTest test = null0.Test(total);
        return new SensitivityRow
        {
            Name = name,
            Change = change,
            IsValidTest = isValid,
            Scored = null0.Rows,
            Effect = null0.Effect(total).Estimate * scale,
            LogP = test.LogP,
            LogE = test.LogE,
            LogEAgainstInterest = null0.LogEAgainstEffect(total, effectOfInterest),
        };
    }
}
