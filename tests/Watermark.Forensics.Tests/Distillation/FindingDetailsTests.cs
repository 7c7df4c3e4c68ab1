using System.Text;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Distillation;

public sealed class FindingDetailsTests
{
    private static readonly string[] PartsOfDocuments = ["beta-prior", "first-half", "second-half", "smallest-without-one", "largest-without-one"];

    [Fact]
    public void Details_are_absent_unless_they_are_asked_for_and_change_nothing_else()
    {
        using KeyedScheme scheme = Scheme();
        Sample sample = Text(scheme, 10, 0.3);

        Finding plain = Run(scheme, sample, details: false);
        Finding detailed = Run(scheme, sample);

        Assert.Null(plain.Details);
        Assert.DoesNotContain("\"details\"", Json(plain), StringComparison.Ordinal);
        Assert.Equal(Json(plain), Json(detailed with { Details = null }));
    }

    [Fact]
    public void Progress_ends_at_the_finding_and_adds_whole_documents()
    {
        using KeyedScheme scheme = Scheme();
        Sample sample = Text(scheme, 450, 0.3, tokens: 60);
        Finding finding = Run(scheme, sample);
        IReadOnlyList<ProgressPoint> progress = finding.Details!.Progress!;
        IReadOnlyList<KeyTotal> documents = Scorer.ScoreDocuments(sample, scheme);

        Assert.Equal(FindingDetails.MostProgress, progress.Count);
        Assert.Equal(new ProgressPoint(documents.Count, finding.Counts.Scored, finding.LogE), progress[^1]);
        foreach (ProgressPoint point in progress)
        {
            KeyTotal[] so = [.. documents.Take((int)point.Replies)];
            Assert.Equal(so.Sum(document => document.Rows), point.Scored);
            Assert.Equal(new BinomialNull(Fraction.Quarter).LogE(point.Scored, so.Sum(document => (long)document.Total)), point.LogE, 1e-6);
        }
    }

    [Fact]
    public void Documents_are_binned_and_expected_by_the_binomial_of_their_lengths()
    {
        using KeyedScheme scheme = Scheme();
        Sample sample = Text(scheme, 300, null, tokens: 22);
        DocumentHistogram histogram = Run(scheme, sample).Details!.Documents!;
        IReadOnlyList<KeyTotal> documents = Scorer.ScoreDocuments(sample, scheme);

        // Sums of binomial probabilities by their recursion, and bins by comparing fractions in whole numbers.
        int bins = histogram.Counts.Count;
        var expected = new double[bins];
        var counts = new int[bins];
        foreach (KeyTotal document in documents)
        {
            int n = (int)document.Rows;
            double mass = Math.Pow(0.75, n);
            for (int k = 0; k <= n; k++)
            {
                int bin = Math.Min(bins - 1, k * bins / n);
                expected[bin] += mass;
                counts[bin] += document.Total == k ? 1 : 0;
                mass *= (double)(n - k) / (k + 1) / 3;
            }
        }

        Assert.Equal(counts, histogram.Counts);
        int outside = 0;
        for (int bin = 0; bin < bins; bin++)
        {
            Assert.Equal(expected[bin], histogram.Expected[bin], 2e-6);
            Assert.InRange(histogram.Expected[bin], histogram.Low[bin], histogram.High[bin]);
            outside += counts[bin] < histogram.Low[bin] - 1 || counts[bin] > histogram.High[bin] + 1 ? 1 : 0;
        }

        Assert.True(outside <= 3, $"{outside} of {bins} bins of clean text lie outside a band for 95 %.");
    }

    [Fact]
    public void The_power_curve_passes_through_the_power_of_the_finding()
    {
        using KeyedScheme scheme = Scheme();
        Finding finding = Run(scheme, Text(scheme, 20, null));
        IReadOnlyList<PowerPoint> curve = finding.Details!.PowerCurve!;

        Assert.InRange(curve.Count, 20, FindingDetails.MostPower);
        PowerPoint interest = curve.Single(point => Math.Abs(point.Effect - finding.Power.EffectOfInterest) < 1e-12);
        Assert.Equal(finding.Power.RowsNeeded, interest.RowsNeeded);
        Assert.Equal(curve.OrderBy(point => point.Effect), curve);
        Assert.Equal(curve.OrderBy(point => point.Probability), curve);
        foreach (PowerPoint point in curve)
        {
            if (point.Effect < finding.Power.SmallestEffect)
                Assert.True(point.Probability < 0.9);
            else
                Assert.True(point.Probability >= 0.9 - 1e-6 && point.RowsNeeded <= finding.Counts.Scored * 1.01);
        }
    }

    [Fact]
    public void Every_document_dropped_and_each_half_are_scored_as_if_nothing_else_had_been_read()
    {
        using KeyedScheme scheme = Scheme();
        Sample sample = Text(scheme, 41, 0.3, tokens: 150);
        Finding finding = Run(scheme, sample);
        IReadOnlyList<KeyTotal> documents = Scorer.ScoreDocuments(sample, scheme);
        double LogE(IEnumerable<KeyTotal> some) => new BinomialNull(Fraction.Quarter).LogE(some.Sum(document => document.Rows), some.Sum(document => (long)document.Total));
        double[] drops = [.. Enumerable.Range(0, documents.Count).Select(i => LogE(documents.Where((_, at) => at != i)))];

        Assert.Equal(drops.Min(), Row(finding, "smallest-without-one").LogE, 1e-9);
        Assert.Equal(drops.Max(), Row(finding, "largest-without-one").LogE, 1e-9);
        Assert.Equal(LogE(documents.Take(20)), Row(finding, "first-half").LogE, 1e-9);
        Assert.Equal(LogE(documents.Skip(20)), Row(finding, "second-half").LogE, 1e-9);
        Assert.Equal(finding.Counts.Scored, Row(finding, "first-half").Scored + Row(finding, "second-half").Scored);
        Assert.Equal(BetaEValue.LogE(finding.Counts.Scored, documents.Sum(document => (long)document.Total), Fraction.Quarter), Row(finding, "beta-prior").LogE, 1e-12);
        Assert.Equal(finding.LogP, Row(finding, "beta-prior").LogP);
        Assert.Equal((finding.LogP, finding.LogE, finding.Effect.Estimate), (Row(finding, "n-grams").LogP, Row(finding, "n-grams").LogE, Row(finding, "n-grams").Effect));
        Assert.False(Row(finding, "largest-without-one").IsValidTest);
        Assert.Equal(Outcome.Inconclusive, finding.OutcomeOf(Row(finding, "largest-without-one")));
        Assert.Equal(Outcome.Support, finding.OutcomeOf(Row(finding, "n-grams")));
        Assert.Contains(finding.Details!.Missing, item => item.Name == "prompts-counted");
        Assert.DoesNotContain(finding.Details.Missing, item => item.Name == "progress");
    }

    [Fact]
    public void N_grams_that_share_coins_are_counted_without_a_p_value()
    {
        var kgw = new KgwScheme { Seeding = "selfhash", VocabularySize = 1000 };
        using WatermarkSecret secret = kgw.DrawSecret(new SeededRandomBits(3));
        using KeyedScheme scheme = kgw.WithKey(secret);

        Sample sample = Text(scheme, 12, null, vocabulary: 12);
        Finding finding = Run(scheme, sample);
        SensitivityRow grams = Row(finding, "n-grams");
        SensitivityRow occurrences = Row(finding, "occurrences");

        long shared = finding.Counts.Others.Single(count => count.Name == "sharedCoins").Value;
        Assert.True(shared > 0);
        Assert.Equal(finding.Counts.Scored + shared, grams.Scored);
        Assert.Equal((false, double.NaN, double.NaN), (grams.IsValidTest, grams.LogP, grams.LogE));
        Assert.Contains("not a valid test", grams.Change, StringComparison.Ordinal);
        Assert.True(occurrences.Scored >= grams.Scored);
        Assert.False(occurrences.IsValidTest);
        Assert.InRange(occurrences.Effect, 0.1, 0.4);
    }

    [Fact]
    public void A_gumbel_finding_has_no_green_fractions_and_no_beta_prior()
    {
        var gumbel = new GumbelScheme { ContextWidth = 2 };
        using WatermarkSecret secret = gumbel.DrawSecret(new SeededRandomBits(8));
        using KeyedScheme scheme = gumbel.WithKey(secret);

        Finding finding = Run(scheme, Text(scheme, 10, null));

        Assert.Null(finding.Details!.Documents);
        Assert.Equal(finding.LogE, finding.Details.Progress![^1].LogE);
        Assert.Equal(["beta-prior", "documents", "prompts-counted", "weights"], finding.Details.Missing.Select(item => item.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Where_random_keys_decide_the_parts_that_need_a_theory_are_missing()
    {
        using KeyedScheme scheme = Scheme();
        Sample sample = Text(scheme, 20, 0.3, rule: DistinctRule.None, vocabulary: 200);

        Finding finding = Run(scheme, sample);

        Assert.Equal(Measurement.RandomKeysNull, finding.NullName);
        Assert.Null(finding.Details!.Progress);
        Assert.Null(finding.Details.Documents);
        Assert.NotEmpty(finding.Details.PowerCurve!);
        Assert.All(PartsOfDocuments.Append("progress").Append("documents"), name => Assert.Contains(finding.Details.Missing, item => item.Name == name && item.Value.StartsWith("Random keys decide", StringComparison.Ordinal)));
    }

    [Fact]
    public void Weights_are_binned_and_replaced_by_their_signs()
    {
        using KeyedScheme scheme = Scheme();
        Sample text = Text(scheme, 20, 0.5);
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2, Kind = SampleKind.Comparison, Origin = TextOrigin.Unmarked });
        builder.AddRows(text.Rows, text.Tokens);
        Sample sample = builder.Build();
        sbyte[] weights = [.. Enumerable.Range(0, sample.RowCount).Select(row => (sbyte)((row % 15) - 5))];

        Finding finding = Run(scheme, sample.WithWeights(weights));
        WeightHistogram histogram = finding.Details!.Weights!;
        SensitivityRow signs = Row(finding, "weight-signs");

        Assert.Equal("weighted-coins", finding.NullName);
        Assert.Equal((-5, 1, 15), (histogram.Low, histogram.BinWidth, histogram.Counts.Count));
        Assert.Equal(weights.Count(weight => weight == 3), histogram.Counts[8]);
        Assert.Equal(0, histogram.Counts[5]);
        Assert.Equal(finding.Counts.Scored, histogram.Counts.Sum());
        var scores = new long[sample.RowCount];
        scheme.ScoreRows(sample.Rows, scores);
        Assert.Equal((double)scores.Select((score, row) => score * Math.Sign(weights[row])).Sum() / signs.Scored, signs.Effect, 1e-12);
        Assert.All(PartsOfDocuments.Append("progress"), name => Assert.Contains(finding.Details.Missing, item => item.Name == name && item.Value.StartsWith("Rows have weights", StringComparison.Ordinal)));
    }

    [Fact]
    public void Nothing_scored_has_details_without_numbers()
    {
        using KeyedScheme scheme = Scheme();

        Finding finding = Run(scheme, Sample.Empty(new SampleSchema { ContextWidth = 2 }));

        Assert.Null(finding.Details!.Progress);
        Assert.All(finding.Details.Sensitivity, row => Assert.Equal((0, Outcome.Inconclusive), (row.Scored, finding.OutcomeOf(row))));
        Assert.All(finding.Details.PowerCurve!, point => Assert.Equal(0, point.Probability));
    }

    [Fact]
    public void An_outcome_of_a_row_that_does_not_follow_from_its_numbers_is_refused()
    {
        using KeyedScheme scheme = Scheme();
        string json = Json(Run(scheme, Text(scheme, 20, 0.35)));
        int at = json.LastIndexOf("\"outcome\": \"support\"", StringComparison.Ordinal);
        string altered = string.Concat(json.AsSpan(0, at), "\"outcome\": \"no-support\"", json.AsSpan(at + "\"outcome\": \"support\"".Length));

        InputFormatException exception = Assert.Throws<InputFormatException>(() => VerdictJson.Read(Encoding.UTF8.GetBytes(altered)));

        Assert.Contains("details.sensitivity[", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"progress\": [", "\"progress\": 1, \"other\": [", "'findings[0].details.progress' must be an array")]
    [InlineData("\"validTest\": true", "\"validTest\": null", "validTest' must be true or false")]
    [InlineData("\"missing\": [", "\"missing\": [{\"name\": \"x\"}, ", "missing[0].reason' is missing")]
    [InlineData("\"expected\": [", "\"expected\": [1, ", "expected' must be an array of 40 numbers")]
    public void A_malformed_member_is_named(string text, string replacement, string message)
    {
        using KeyedScheme scheme = Scheme();
        string json = Json(Run(scheme, Text(scheme, 5, 0.35)));
        int at = json.IndexOf(text, StringComparison.Ordinal);

        InputFormatException exception = Assert.Throws<InputFormatException>(
            () => VerdictJson.Read(Encoding.UTF8.GetBytes(string.Concat(json.AsSpan(0, at), replacement, json.AsSpan(at + text.Length)))));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    private static SensitivityRow Row(Finding finding, string name) => finding.Details!.Sensitivity.Single(row => row.Name == name);

    private static string Json(Finding finding)
    {
        using var stream = new MemoryStream();
        VerdictJson.Write(Verdict.From([finding], null, TestCount.One), stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static Finding Run(KeyedScheme scheme, Sample sample, bool details = true) =>
        new DistillationTest(scheme, KeyIdentity.Of(scheme, 2), new DistillationTestOptions { RandomKeys = 60, DegreeOfParallelism = 2, Details = details }).Run(new TitledSample("suspect", sample));

    private static KeyedScheme Scheme()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(21, 13));
        return new GreenListScheme().WithKey(key);
    }

    private static Sample Text(
        KeyedScheme scheme, int documents, double? greenFraction, int tokens = 300, DistinctRule rule = DistinctRule.Coins, int vocabulary = 50_000)
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = scheme.ContextWidth, Selection = NGramSelection.Default with { Distinct = rule } });
        var random = new SeededRandomBits(4, 5);
        for (int i = 0; i < documents; i++)
            builder.AddDocument(greenFraction is { } fraction ? MarkedText.Draw(scheme, tokens, fraction, random, vocabulary) : MarkedText.DrawPlain(tokens, random, vocabulary), hasPrompt: true);
        return builder.Build();
    }
}
