using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Variants;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Forensics.Tests.Fingerprints;

public sealed class VariantTests
{
    private static readonly string[][] Wordings =
    [
        ["The river floods the northern fields each spring.", "Every April, water covers the land to the north.", "Spring brings high water over the fields up north."],
        ["Steel is made by taking carbon out of iron.", "One gets steel from iron with less carbon in it.", "To make steel, the carbon in iron is lowered."],
    ];

    [Fact]
    public void Containment_counts_grams_as_often_as_they_occur()
    {
        Assert.Equal((1, 1), GramOverlap.Of("abcdef", "bcdef"));
        Assert.Equal((0, 1), GramOverlap.Of("abcde", "bcdef"));
        Assert.Equal((2, 6), GramOverlap.Of("aaaaaa", "aaaaaaaaaa"));
        Assert.Equal((3, 3), GramOverlap.Of("ABC  \n defgh", "bc def"[..6] + "g"[..0] + "g"));
        Assert.Equal(500, GramOverlap.Parts(["abcde", "zzzzz"], "abcde", 1000));
        Assert.Equal(0, GramOverlap.Parts(["abc"], "", 1000));
    }

    [Fact]
    public void The_e_value_of_top_ones_has_expectation_one()
    {
        // Binomial(12, 1/3) by its probabilities.
        double mean = 0;
        for (int first = 0; first <= 12; first++)
            mean += Choose(12, first) * Math.Pow(1 / 3.0, first) * Math.Pow(2 / 3.0, 12 - first) * Math.Exp(VariantTest.TopLogE(3, 12, first));

        Assert.Equal(1, mean, 12);
        Assert.Equal(1, Enumerable.Range(0, 9).Sum(first => Choose(8, first) * Math.Exp(VariantTest.TopLogE(2, 8, first)) / 256), 12);
    }

    [Fact]
    public void A_suspect_that_leans_to_served_variants_is_found_and_others_are_not()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(4));
        VariantDesign design = Design(key, 60);
        IReadOnlyList<int> served = design.Assignment(key);
        var test = new VariantTest(design, key);
        var random = new SeededRandomBits(9);
        Finding learned = test.Run(Replies("learned", design, i => design.Units[i].Texts[random.NextBelow(10) < 6 ? served[i] : (int)random.NextBelow(3)]), [Replies("other", design, i => design.Units[i].Texts[1])], new FingerprintOptions());
        Finding favourite = test.Run(Replies("favourite", design, i => design.Units[i].Texts[1]), [], new FingerprintOptions());

        Assert.Equal(Outcome.Support, learned.Outcome);
        Assert.Null(learned.Fault());
        Assert.NotEqual(Outcome.Support, favourite.Outcome);
        SensitivityRow top = Assert.Single(learned.Details!.Sensitivity);
        Assert.Equal("top-one", top.Name);
        Assert.True(top.LogP < -10);
    }

    [Fact]
    public void The_size_is_at_most_nominal()
    {
        // 1,000 keys on the same replies: a share of .05 has a standard error of .0069; four of them are allowed.
        var random = new SeededRandomBits(10);
        int[] said = [.. Enumerable.Range(0, 30).Select(_ => (int)random.NextBelow(3))];
        int small = 0;
        for (int run = 0; run < 1_000; run++)
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            VariantDesign design = Design(key, 30);
            Finding finding = new VariantTest(design, key).Run(Replies("s", design, i => design.Units[i].Texts[said[i]]), [], new FingerprintOptions());
            small += finding.LogP <= Math.Log(0.05) ? 1 : 0;
        }

        Assert.InRange(small / 1_000.0, 0, 0.05 + (4 * 0.0069));
    }

    [Fact]
    public void Designs_that_cannot_be_are_refused_and_others_are_read_back()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(4));
        Assert.Contains("two that are the same", Refused(new VariantUnit("u", "p", ["Yes.", "yes."])), StringComparison.Ordinal);
        Assert.Contains("2 to 16", Refused(new VariantUnit("u", "p", ["one"])), StringComparison.Ordinal);
        Assert.Contains("stands there twice", Refused(new VariantUnit("u", "p", ["a", "b"]), new VariantUnit("u", "q", ["a", "b"])), StringComparison.Ordinal);
        Assert.Contains("an earlier unit", Refused(new VariantUnit("u", "p", ["a", "b"]), new VariantUnit("v", "p ", ["a", "b"])), StringComparison.Ordinal);
        Assert.Contains("the first unit 2", Refused(new VariantUnit("u", "p", ["a", "b"]), new VariantUnit("v", "q", ["a", "b", "c"])), StringComparison.Ordinal);
        VariantDesign design = Design(key, 4);
        using var stream = new MemoryStream();
        design.Write(stream);
        VariantDesign again = VariantDesign.Read(stream.ToArray());
        Assert.Equal(design.Assignment(key), again.Assignment(key));
        Assert.Equal(design.Commitment, again.Commitment);
        using WatermarkKey other = WatermarkKey.Draw(new SeededRandomBits(5));
        Assert.Throws<InputFormatException>(() => new VariantTest(again, other));

        string Refused(params VariantUnit[] units) => Assert.Throws<InputFormatException>(() => VariantDesign.Create(key, "c", units)).Message;
    }

    private static double Choose(int n, int k) => Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * (n - k + i) / i);

    private static VariantDesign Design(WatermarkKey key, int units) => VariantDesign.Create(
        key, "claim-7", [.. Enumerable.Range(0, units).Select(i => new VariantUnit($"u{i}", $"Tell me about {i}.", [.. Wordings[i % 2].Select(text => $"{text} (case {i})")]))]);

    private static Transcript Replies(string title, VariantDesign design, Func<int, string> reply) =>
        new(title, [.. design.Units.Select((unit, i) => new TranscriptReply(unit.Id, 0, reply(i)))], []);
}
