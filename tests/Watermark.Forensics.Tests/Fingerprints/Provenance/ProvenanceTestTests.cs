using System.Numerics;
using System.Text;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Provenance;
using Watermark.Randomness;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Forensics.Tests.Fingerprints.Provenance;

public sealed class ProvenanceTestTests
{
    private static readonly ProvenanceDesign Design = new()
    {
        Prompts = Transcripts.Prompts(1000),
        Reference = "f",
        Controls = ["c1", "c2", "c3"],
        NullSuspects = [.. Enumerable.Range(1, 19).Select(i => $"h{i}")],
    };

    // 1,000 prompts with (b, d) = (190, 101), (150, 80), (205, 83); each p-value also as a sum of whole binomial coefficients.
    [Fact]
    public void Three_controls_give_the_paired_sign_tests()
    {
        Finding finding = new ProvenanceTest(Design).Run(Suspect(), Others(), new FingerprintOptions());
        IReadOnlyList<ControlComparison> comparisons = ProvenanceTest.Comparisons(finding);

        Assert.Equal([(190, 101), (150, 80), (205, 83)], comparisons.Select(item => (item.ReferenceOnly, item.ControlOnly)));
        double[] printed = [1.0083e-7, 2.2884e-6, 2.2432e-13];
        for (int j = 0; j < 3; j++)
        {
            Assert.Equal(1, Math.Exp(comparisons[j].LogP) / printed[j], 4e-5);
            Assert.Equal(SignTest(comparisons[j].ReferenceOnly, comparisons[j].ControlOnly), comparisons[j].LogP, 9);
        }

        // Holm at 0.01 rejects all three: 3·p_3, 2·p_1, p_2.
        Assert.Equal(comparisons[0].LogP + Math.Log(2), comparisons[0].AdjustedLogP, 9);
        Assert.Equal(comparisons[1].LogP, comparisons[1].AdjustedLogP, 9);
        Assert.Equal(comparisons[2].LogP + Math.Log(3), comparisons[2].AdjustedLogP, 9);
        Assert.All(comparisons, item => Assert.True(item.AdjustedLogP < Math.Log(0.01)));
    }

    // None of 19 null suspects is as extreme, so the rank gives 1/20, and the headline is the larger value.
    [Fact]
    public void The_headline_is_the_larger_of_union_and_rank()
    {
        Finding finding = new ProvenanceTest(Design).Run(Suspect(), Others(), new FingerprintOptions());
        Finding alone = new ProvenanceTest(Design with { NullSuspects = [] }).Run(Suspect(), [.. Others().Take(4)], new FingerprintOptions());

        Assert.Equal(Math.Log(0.05), finding.LogP, 12);
        Assert.Equal(Math.Log(0.5 / Math.Sqrt(0.05)), finding.LogE, 12);
        Assert.Equal(0, alone.LogP);
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.SupportingOnly);
        Assert.Contains("supports nothing alone", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal(70.0 / 1000, finding.Effect.Estimate, 12);
        Assert.Equal(19, finding.Controls.Count);
        Assert.Null(finding.Fault());
    }

    [Fact]
    public void A_null_suspect_as_close_raises_the_headline()
    {
        Transcript[] others = Others();
        others[4] = Suspect() with { Title = "h1", Inputs = others[4].Inputs };
        Finding finding = new ProvenanceTest(Design).Run(Suspect(), others, new FingerprintOptions());

        Assert.Equal(Math.Log(0.1), finding.LogP, 12);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ControlShowsSignal);
    }

    // Reference and control give other answers to every prompt, and the suspect either one as often: the union test alone, which has
    // one control here, has size at most 0.05. 2,000 runs: 143 or more rejections have probability below 1e-5.
    [Fact]
    public void A_suspect_between_reference_and_control_is_seldom_called_closer()
    {
        var random = new SeededRandomBits(4);
        ProvenanceDesign design = Design with { Prompts = Transcripts.Prompts(80), Controls = ["c1"], NullSuspects = [] };
        Transcript f = Transcripts.Of("f", Enumerable.Repeat<string[]>(["f"], 80));
        Transcript c = Transcripts.Of("c1", Enumerable.Repeat<string[]>(["c"], 80));
        int rejected = 0;
        for (int run = 0; run < 2000; run++)
        {
            Transcript g = Transcripts.Of("g", Enumerable.Range(0, 80).Select(_ => (string[])[random.NextBelow(2) == 0 ? "f" : "c"]));
            rejected += ProvenanceTest.Comparisons(new ProvenanceTest(design).Run(g, [f, c], new FingerprintOptions()))[0].LogP <= Math.Log(0.05) ? 1 : 0;
        }

        Assert.InRange(rejected, 20, 142);
    }

    // The suspect and 19 null suspects are drawn alike: the headline is at most 0.05 in at most 5 % of runs. 600 runs: 57 or more have
    // probability below 1e-5.
    [Fact]
    public void A_suspect_like_the_null_suspects_is_seldom_called_closer()
    {
        ProvenanceDesign design = Design with { Prompts = Transcripts.Prompts(30), Controls = ["c1", "c2"] };
        int rejected = 0;
        for (ulong run = 0; run < 600; run++)
        {
            Transcript Model(string name, ulong stream)
            {
                var random = new SeededRandomBits(run, stream);
                return Transcripts.Of(name, Enumerable.Range(0, 30).Select(_ => (string[])[((char)('a' + (int)random.NextBelow(4))).ToString()]));
            }

            Transcript[] others = [.. design.Controls.Prepend("f").Concat(design.NullSuspects).Select((name, i) => Model(name, (ulong)i))];
            rejected += new ProvenanceTest(design).Run(Model("g", 99), others, new FingerprintOptions()).LogP <= Math.Log(0.05) + 1e-12 ? 1 : 0;
        }

        Assert.True(rejected < 57, $"{rejected} of 600.");
    }

    [Theory]
    [InlineData(" **Paris** is the capital.", "paris")]
    [InlineData("Caf\u00c9 noir", "caf\u00e9")]
    [InlineData("3.5", "3")]
    [InlineData("\u0939\u093f\u0928\u094d\u0926\u0940 \u092d", "\u0939\u093f\u0928\u094d\u0926\u0940")]
    [InlineData("...", "")]
    [InlineData("\ud800x", "x")]
    public void The_answer_is_the_first_word(string reply, string word) => Assert.Equal(word, FirstWord.Of(reply));

    // Two of three models agree: more than half. The suspect's answer plays no part, and an empty answer matches nothing.
    [Fact]
    public void Prompts_with_a_common_answer_are_left_out_without_the_suspect()
    {
        ProvenanceDesign design = Design with { Prompts = Transcripts.Prompts(4), Controls = ["c1", "c2"], NullSuspects = [] };
        Transcript f = Transcripts.Of("f", [["a"], ["a"], [""], ["a"]]);
        Transcript c1 = Transcripts.Of("c1", [["a"], ["b"], ["b"], ["b"]]);
        Transcript c2 = Transcripts.Of("c2", [["x"], ["c"], ["c"]]);
        Finding finding = new ProvenanceTest(design).Run(Transcripts.Of("g", [["a"], ["a"], [""], ["a"]]), [f, c1, c2], new FingerprintOptions());

        Assert.Equal(2, finding.Counts.Scored);
        Assert.Contains(finding.Counts.Others, count => count is { Name: "tooCommonPrompts", Value: 1 });
        Assert.Contains(finding.Counts.Others, count => count is { Name: "unansweredPrompts", Value: 1 });
        Assert.Contains(finding.Counts.Others, count => count is { Name: "agreeReference", Value: 1 });
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.UnreadRecords);
    }

    [Fact]
    public void Nothing_left_is_inconclusive()
    {
        ProvenanceDesign design = Design with { Prompts = Transcripts.Prompts(1), Controls = ["c1"], NullSuspects = [] };
        Transcript Same(string name) => Transcripts.Of(name, [["a"]]);
        Finding finding = new ProvenanceTest(design).Run(Same("g"), [Same("f"), Same("c1")], new FingerprintOptions());

        Assert.Equal(0, finding.LogP);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic is { Code: DiagnosticCodes.NothingScored, Severity: DiagnosticSeverity.Blocking });
        Finding shared = new ProvenanceTest(design).Run(Same("g"), [Same("f") with { Inputs = Same("g").Inputs }, Same("c1")], new FingerprintOptions());
        Assert.Contains(shared.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ControlIsSuspect);
    }

    [Fact]
    public void A_design_is_read_as_it_was_written_or_refused()
    {
        byte[] bytes = Design.Write();
        Assert.Equal(bytes, ProvenanceDesign.Read(bytes).Write());
        string json = Encoding.UTF8.GetString(bytes);
        Assert.Equal("The model 'f' is named twice; each was expected once, in one role.", Refusal(json.Replace("\"c1\"", "\"f\"", StringComparison.Ordinal)));
        Assert.Throws<ArgumentException>(() => new ProvenanceTest(Design with { Controls = [] }));

        FuzzReport report = FuzzRun.Run(
            "provenance-design", [(Design with { Prompts = Transcripts.Prompts(2), NullSuspects = ["h1"] }).Write()], data => ProvenanceDesign.Read(data).Write(), new FuzzOptions { Inputs = 1000 });
        Assert.True(report.Refused > 0);
    }

    private static string Refusal(string json) => Assert.Throws<InputFormatException>(() => ProvenanceDesign.Read(Encoding.UTF8.GetBytes(json))).Message;

    /// <summary>The suspect gives the reference's answer to 250 prompts, then that of one control to 101, 80 and 83.</summary>
    private static Transcript Suspect() => Transcripts.Of("g", Enumerable.Range(0, 1000).Select(p => (string[])[p < 250 ? "f" : p < 351 ? "c1" : p < 431 ? "c2" : p < 514 ? "c3" : "g"]));

    /// <summary>The controls give the reference's answer to 60, 100 and 45 of those 250 prompts, no two of them to the same.</summary>
    private static Transcript[] Others() =>
    [
        Transcripts.Of("f", Enumerable.Repeat<string[]>(["f"], 1000)),
        Transcripts.Of("c1", Enumerable.Range(0, 1000).Select(p => (string[])[p < 60 ? "f" : "c1"])),
        Transcripts.Of("c2", Enumerable.Range(0, 1000).Select(p => (string[])[p is >= 60 and < 160 ? "f" : "c2"])),
        Transcripts.Of("c3", Enumerable.Range(0, 1000).Select(p => (string[])[p is >= 160 and < 205 ? "f" : "c3"])),
        .. Design.NullSuspects.Select(name => Transcripts.Of(name, Enumerable.Repeat<string[]>([name], 1000))),
    ];

    private static double SignTest(long b, long d)
    {
        BigInteger coefficient = 1;
        BigInteger sum = 0;
        long n = b + d;
        for (long k = 0; k <= n; k++)
        {
            if (k >= b)
                sum += coefficient;
            coefficient = coefficient * (n - k) / (k + 1);
        }

        return BigInteger.Log(sum) - (n * Math.Log(2));
    }
}
