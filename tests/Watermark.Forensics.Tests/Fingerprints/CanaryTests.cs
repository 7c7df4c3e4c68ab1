using System.Text;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Canaries;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Forensics.Tests.Fingerprints;

public sealed class CanaryTests
{
    private static readonly string[] FourAnswers = ["alpha", "bravo", "charlie", "delta"];

    [Fact]
    public void Digest_targets_and_commitment_are_the_worked_example()
    {
        // By hand with HMAC-SHA256 from kA = 00 01 … 1f.
        using WatermarkKey key = WatermarkKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        CanaryDesign design = CanaryDesign.Create(key, "claim-1", ["q0", "q1", "q2"], FourAnswers);

        Assert.Equal("38ef9cac309e6f3f2d9ed879bd5b94d86f0626cc3bcb3c76077691d18557cb0a", design.Digest);
        Assert.Equal("9a327d48b245f829c8c2ea70e39d72cba4f26abf3b69abb8523a5f7380c1b67f", design.Commitment);
        Assert.Equal(["delta", "charlie", "charlie"], design.Targets(key).Select(target => FourAnswers[target]));
    }

    [Theory]
    [InlineData("Delta.", "delta", true)]
    [InlineData("  **\"Delta\"** is it", "delta", true)]
    [InlineData("delta", "delta", true)]
    [InlineData("deltas", "delta", false)]
    [InlineData("delta2", "delta", false)]
    [InlineData("It is delta", "delta", false)]
    [InlineData("New   York\nCity", "new york", true)]
    [InlineData("\u00c9tude!", "\u00e9tude", true)]
    [InlineData("", "delta", false)]
    public void Replies_begin_with_answers_without_decoration(string reply, string answer, bool begins) =>
        Assert.Equal(begins, CanaryText.Begins(CanaryText.Normalise(reply), answer));

    [Fact]
    public void The_e_value_of_three_hits_of_twenty_is_as_published_and_small_lists_have_a_valid_one()
    {
        Assert.Equal(1210.17, Math.Exp(CanaryTest.LogE(256, 20, 3)), 2);

        // One question, m = 4: a reply that is none of the answers always misses, and must not gain by it.
        Assert.True(CanaryTest.LogE(4, 1, 0) <= 0);
        for (int m = 2; m < 300; m++)
            Assert.True(CanaryTest.LogE(m, 50, 0) <= 1e-12, $"{m}");
    }

    [Theory]
    [InlineData(64, 6, 0.140)]
    [InlineData(20, 5, 0.361)]
    [InlineData(10, 4, 0.552)]
    public void Hits_and_strength_for_one_in_a_million_are_as_published(int questions, int hits, double strength)
    {
        // By the unconditional tail: fewer hits have a p-value above 1e-6.
        var null0 = new Watermark.Statistics.BinomialNull(new Watermark.Statistics.Fraction(1, 256));
        Assert.True(null0.Test(questions, hits).LogP <= Math.Log(1e-6));
        Assert.True(null0.Test(questions, hits - 1).LogP > Math.Log(1e-6));
        Assert.Equal(strength, CanaryTest.SmallestStrength(256, questions, hits, 0.9), 3);
    }

    [Fact]
    public void A_suspect_that_knows_the_answers_is_found_and_others_are_not()
    {
        (CanaryDesign design, WatermarkKey key) = Design(64, 256);
        using (key)
        {
            var test = new CanaryTest(design, key);
            IReadOnlyList<int> targets = design.Targets(key);
            var random = new SeededRandomBits(5);
            Transcript learned = Replies("learned", design, i => random.NextBelow(4) == 0 ? design.Answers[targets[i]] : design.Answers[(int)random.NextBelow(256)]);
            Transcript same = Replies("same", design, _ => design.Answers[7]);
            Transcript ordinary = Replies("ordinary", design, i => $"I do not know about number {i}.");

            Finding finding = test.Run(learned, [ordinary], new FingerprintOptions());

            Assert.Equal(Outcome.Support, finding.Outcome);
            Assert.Null(finding.Fault());
            Assert.Equal(Watermark.Statistics.PoissonBinomial.LogUpperTail([.. Enumerable.Repeat(1 / 256.0, 64)], (int)Count(finding, "hits")), finding.LogP, 9);
            Assert.DoesNotContain(finding.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Blocking);
            Assert.Equal(Outcome.NoSupport, test.Run(ordinary, [], new FingerprintOptions { Rule = new DecisionRule { EffectOfInterest = 2 } }).Outcome);

            // Always the same answer: about one hit in 256, and a p-value that knows it.
            Finding constant = test.Run(same, [], new FingerprintOptions());
            Assert.NotEqual(Outcome.Support, constant.Outcome);
            Assert.Equal(targets.Count(target => target == 7), Count(constant, "hits"));
        }
    }

    [Fact]
    public void Empty_replies_and_missing_ones_do_not_count_for_the_suspect()
    {
        (CanaryDesign design, WatermarkKey key) = Design(20, 256);
        using (key)
        {
            var test = new CanaryTest(design, key);
            Finding refusing = test.Run(Replies("refusing", design, _ => ""), [], new FingerprintOptions { Rule = new DecisionRule { EffectOfInterest = 5 } });
            Assert.Equal(Outcome.Inconclusive, refusing.Outcome);
            Assert.Equal(0, refusing.LogP);
            Finding nothing = test.Run(new Transcript("nothing", [], []), [], new FingerprintOptions());
            Assert.Contains(nothing.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.NothingScored);
            Assert.Equal(Outcome.Inconclusive, nothing.Outcome);
        }
    }

    [Fact]
    public void Several_replies_give_the_poisson_binomial_of_what_was_seen()
    {
        (CanaryDesign design, WatermarkKey key) = Design(3, 4);
        using (key)
        {
            IReadOnlyList<int> targets = design.Targets(key);
            var replies = new List<TranscriptReply>();
            for (int i = 0; i < 3; i++)
            {
                for (int sample = 0; sample <= i; sample++)
                    replies.Add(new TranscriptReply(CanaryDesign.IdOf(i), sample, design.Answers[(targets[i] + sample) % 4]));
            }

            Finding finding = new CanaryTest(design, key).Run(new Transcript("three", replies, []), [], new FingerprintOptions());

            // u = 1, 2, 3 of 4, all hit: 1/4 · 2/4 · 3/4.
            Assert.Equal(Math.Log(6 / 64.0), finding.LogP, 12);
            Assert.Equal(CalibratedE.Prior, finding.Prior);
        }
    }

    [Fact]
    public void The_size_is_at_most_nominal()
    {
        // 1,500 keys on fixed replies: a share of .05 has a standard error of .0056, one of .01 of .0026; four of them are allowed.
        var random = new SeededRandomBits(8);
        string[] answers = [.. Enumerable.Range(0, 16).Select(i => $"word{i:D2}")];
        string[] questions = [.. Enumerable.Range(0, 12).Select(i => $"question {i}")];
        int[] fixedReplies = [.. questions.Select(_ => (int)random.NextBelow(20))];
        double[] p = [.. Enumerable.Range(0, 1_500).Select(_ =>
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            CanaryDesign design = CanaryDesign.Create(key, "c", questions, answers);
            Transcript suspect = Replies("s", design, i => fixedReplies[i] < 16 ? answers[fixedReplies[i]] : "none of them");
            return Math.Exp(new CanaryTest(design, key).Run(suspect, [], new FingerprintOptions()).LogP);
        })];

        Assert.InRange(p.Count(value => value <= 0.05) / 1_500.0, 0, 0.05 + (4 * 0.0056));
        Assert.InRange(p.Count(value => value <= 0.01) / 1_500.0, 0, 0.01 + (4 * 0.0026));
    }

    [Fact]
    public void Designs_that_cannot_be_and_other_keys_are_refused()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(1));
        using WatermarkKey other = WatermarkKey.Draw(new SeededRandomBits(2));
        Assert.Contains("stands there twice", Refused(["a?", "a? "], ["x", "y"]), StringComparison.Ordinal);
        Assert.Contains("begins the answer", Refused(["a?"], ["yes", "Yes sir"]), StringComparison.Ordinal);
        Assert.Contains("or is the same", Refused(["a?"], ["yes", "**YES**"]), StringComparison.Ordinal);
        Assert.Contains("is empty", Refused(["a?"], ["yes", "***"]), StringComparison.Ordinal);
        Assert.Contains("2 to 65536", Refused(["a?"], ["yes"]), StringComparison.Ordinal);
        Assert.Contains("1 to 10000", Refused([], ["yes", "no"]), StringComparison.Ordinal);
        CanaryDesign design = CanaryDesign.Create(key, "c", ["a?"], ["yes", "no"]);
        Assert.Contains("does not open the commitment", Assert.Throws<InputFormatException>(() => new CanaryTest(design, other)).Message, StringComparison.Ordinal);

        string Refused(string[] questions, string[] answers) => Assert.Throws<InputFormatException>(() => CanaryDesign.Create(key, "c", questions, answers)).Message;
    }

    [Fact]
    public void A_design_is_read_back_and_a_changed_one_is_not()
    {
        (CanaryDesign design, WatermarkKey key) = Design(5, 8);
        using (key)
        {
            using var stream = new MemoryStream();
            design.Write(stream);
            CanaryDesign again = CanaryDesign.Read(stream.ToArray());
            using var second = new MemoryStream();
            again.Write(second);

            Assert.Equal(stream.ToArray(), second.ToArray());
            Assert.Equal(design.Targets(key), again.Targets(key));
            string text = Encoding.UTF8.GetString(stream.ToArray());
            Assert.DoesNotContain("target", text, StringComparison.Ordinal);
            Assert.Contains("'digest'", Assert.Throws<InputFormatException>(() => CanaryDesign.Read(Encoding.UTF8.GetBytes(text.Replace("answer 3", "answer 9", StringComparison.Ordinal)))).Message, StringComparison.Ordinal);
        }
    }

    internal static Transcript Replies(string title, CanaryDesign design, Func<int, string> reply) =>
        new(title, [.. Enumerable.Range(0, design.Questions.Count).Select(i => new TranscriptReply(CanaryDesign.IdOf(i), 0, reply(i)))], []);

    private static long Count(Finding finding, string name) => finding.Counts.Others.Single(count => count.Name == name).Value;

    private static (CanaryDesign Design, WatermarkKey Key) Design(int questions, int answers)
    {
        WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(3));
        return (CanaryDesign.Create(key, "claim-7", [.. Enumerable.Range(0, questions).Select(i => $"What is hidden behind door {i}?")], [.. Enumerable.Range(0, answers).Select(i => $"answer {i} of many")]), key);
    }
}
