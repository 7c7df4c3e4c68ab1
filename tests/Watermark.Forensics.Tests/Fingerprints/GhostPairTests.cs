using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.GhostPairs;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Forensics.Tests.Fingerprints;

public sealed class GhostPairTests
{
    [Theory]
    [InlineData(1000, 600, -22.7152592398)]
    [InlineData(100, 70, -10.1455413246)]
    public void Sign_counts_are_the_published_binomial_tails(int pairs, int leaning, double expected) =>
        Assert.Equal(expected, new BinomialNull(Fraction.Half).Test(pairs, leaning).LogP, 9);

    [Theory]
    [InlineData(0.1, 3643)]
    [InlineData(0.2, 911)]
    [InlineData(0.3, 405)]
    [InlineData(1, 37)]
    public void Pairs_for_one_in_a_million_follow_the_normal_approximation(double delta, int pairs)
    {
        // (z at 1e-6 + z at .9)²/δ² = (4.7534 + 1.2816)²/δ² = 36.42/δ².
        double z = 4.753424 + 1.281552;
        Assert.Equal(pairs, (int)Math.Ceiling(z * z / (delta * delta)));
    }

    [Fact]
    public void Likelihood_differences_are_signs_of_fixed_sizes()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(2));
        GhostPairDesign design = Design(key, 5);
        IReadOnlyList<bool> coins = design.Coins(key);
        double[] sizes = [0.021, 0.005, -0.008, 0.031, 0.014];
        GhostLikelihood[] lines = [.. sizes.Select((size, i) => new GhostLikelihood($"u{i}", -1, -1 + (coins[i] ? size : -size), -2, -2))];

        Finding finding = new GhostPairTest(design, key).Run(new GhostLikelihoods("s", lines, []), [], new FingerprintOptions());

        // T = 21 + 5 − 8 + 31 + 14 = 63 thousandths; 3 of 32 sign patterns reach it.
        Assert.Equal(Math.Log(3 / 32.0), finding.LogP, 9);
        Assert.Equal(0.063 / 5, finding.Effect.Estimate, 12);
        Assert.Null(finding.Fault());
        Assert.Contains("is not of the design", Assert.Throws<InputFormatException>(() => new GhostPairTest(design, key).Run(new GhostLikelihoods("s", [new GhostLikelihood("other", 0, 0, 0, 0)], []), [], new FingerprintOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("twice", Assert.Throws<InputFormatException>(() => new GhostPairTest(design, key).Run(new GhostLikelihoods("s", [lines[0], lines[0]], []), [], new FingerprintOptions())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_student_of_served_replies_is_found_and_an_innocent_one_is_not()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(2));
        GhostPairDesign design = Design(key, 400);
        IReadOnlyList<bool> coins = design.Coins(key);
        var test = new GhostPairTest(design, key);
        var random = new SeededRandomBits(12);

        // Likelihoods: a lean of .5 standard deviations; text: 70 % of the replies are closer to the served one.
        Finding likely = test.Run(Likelihoods("student", i => (coins[i] ? 0.05 : -0.05) + (0.2 * (random.NextDouble() - 0.5))), [Likelihoods("control", _ => 0.2 * (random.NextDouble() - 0.5))], new FingerprintOptions());
        Finding text = test.Run(Replies("student", i => random.NextBelow(10) < 7 == coins[i] ? design.Pairs[i].Second : design.Pairs[i].First), [], new FingerprintOptions());
        Finding innocent = test.Run(Replies("innocent", i => random.NextBelow(2) == 0 ? design.Pairs[i].Second : design.Pairs[i].First), [], new FingerprintOptions());

        Assert.Equal(Outcome.Support, likely.Outcome);
        Assert.Equal(Outcome.Support, text.Outcome);
        Assert.NotEqual(Outcome.Support, innocent.Outcome);
        Assert.False(likely.Controls[0].ShowsSignal);
        Assert.Equal(BetaEValue.LogE(text.Counts.Scored, text.Counts.Others.Single(count => count.Name == "leaningToServed").Value, Fraction.Half), text.LogE, 12);

        GhostLikelihoods Likelihoods(string title, Func<int, double> difference) =>
            new(title, [.. Enumerable.Range(0, 400).Select(i => new GhostLikelihood($"u{i}", -3, -3 + difference(i), -3.5, -3.5))], []);
        Transcript Replies(string title, Func<int, string> reply) => new(title, [.. Enumerable.Range(0, 400).Select(i => new TranscriptReply($"u{i}", 0, reply(i)))], []);
    }

    [Fact]
    public void The_size_is_at_most_nominal_for_heavy_tailed_differences()
    {
        // 2,000 keys on the same differences, one of them huge: a share of .05 has a standard error of .0049; four of them are allowed.
        var random = new SeededRandomBits(13);
        double[] differences = [.. Enumerable.Range(0, 40).Select(i => i == 3 ? 50 : Math.Tan(1.5 * (random.NextDouble() - 0.5)))];
        GhostLikelihood[] lines = [.. differences.Select((d, i) => new GhostLikelihood($"u{i}", 0, d, 0, 0))];
        int small = 0;
        for (int run = 0; run < 2_000; run++)
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            GhostPairDesign design = Design(key, 40);
            small += new GhostPairTest(design, key).Run(new GhostLikelihoods("s", lines, []), [], new FingerprintOptions()).LogP <= Math.Log(0.05) ? 1 : 0;
        }

        Assert.InRange(small / 2_000.0, 0, 0.05 + (4 * 0.0049));
    }

    [Fact]
    public void Designs_that_cannot_be_are_refused_and_others_are_read_back()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(2));
        Assert.Contains("two that are the same", Refused(new GhostPair("u", "p", "same", "same ")), StringComparison.Ordinal);
        Assert.Contains("stands there twice", Refused(new GhostPair("u", "p", "a", "b"), new GhostPair("u", "q", "a", "b")), StringComparison.Ordinal);
        Assert.Contains("an earlier pair", Refused(new GhostPair("u", "p", "a", "b"), new GhostPair("v", "p", "a", "b")), StringComparison.Ordinal);
        GhostPairDesign design = Design(key, 6);
        using var stream = new MemoryStream();
        design.Write(stream);
        Assert.Equal(design.Coins(key), GhostPairDesign.Read(stream.ToArray()).Coins(key));
        using WatermarkKey other = WatermarkKey.Draw(new SeededRandomBits(5));
        Assert.Throws<InputFormatException>(() => new GhostPairTest(design, other));
        Assert.Equal(0.25, GhostLikelihood.Read("""{"id":"a","suspectFirst":-2,"suspectSecond":-1.5,"ownerFirst":-3,"ownerSecond":-2.75}"""u8.ToArray()).Difference);

        string Refused(params GhostPair[] pairs) => Assert.Throws<InputFormatException>(() => GhostPairDesign.Create(key, "c", pairs)).Message;
    }

    private static GhostPairDesign Design(WatermarkKey key, int pairs) => GhostPairDesign.Create(
        key, "claim-7", [.. Enumerable.Range(0, pairs).Select(i => new GhostPair($"u{i}", $"Tell me about {i}.", $"The {i} old boats left the harbour before noon.", $"Nobody in the village remembers case {i} any more."))]);
}
