using System.Text;
using Watermark.Forensics.Cases.Validation;
using Watermark.Forensics.Findings;
using Watermark.TestKit.Fuzzing;
using Examples = Watermark.Forensics.Tests.Findings.Examples;

namespace Watermark.Forensics.Tests.Cases.Validation;

public sealed class ProcedureValidationTests
{
    private static readonly Finding Finding = Examples.Finding(1) with
    {
        ToolVersion = "1.0.0",
        Options = [new NamedValue("selection", "distinct coins of the corpus"), new NamedValue("tokenizer", "here"), new NamedValue("tokenizerHash", new string('f', 64)), new NamedValue("randomKeys", "1000")],
    };

    private static readonly ProcedureValidation Whole = new()
    {
        Procedure = ValidatedProcedure.Of(Finding),
        Seed = ulong.MaxValue,
        Corpora = [new("a.jsonl", new string('a', 64), 40, 7000, 200, 0), new("b \"Ü\"", new string('b', 64), 20, 3500, 100, 1)],
        LeftOut = [new("c", "It is no text.")],
        AtMostOnePercent = 4,
        AtMostOnePerMille = 1,
        Distance = 0.0412345678912345,
        Spikes = [new(0.02, 100, 41, 0.4)],
    };

    [Fact]
    public void A_validation_is_read_back_as_it_was_written()
    {
        byte[] bytes = ValidationRunTests.Bytes(Whole);
        ProcedureValidation read = ProcedureValidation.Read(bytes);

        Assert.Equal(bytes, ValidationRunTests.Bytes(read));
        Assert.Equal(Whole.Corpora, read.Corpora);
        Assert.Equal(Whole.LeftOut, read.LeftOut);
        Assert.Equal(Whole.Spikes, read.Spikes);
        Assert.Equal((300, 299, 1, ulong.MaxValue), (read.Runs, read.Keys, read.FalsePositives, read.Seed));
        Assert.Equal(Whole.Procedure.Options, read.Procedure.Options);
        string text = Encoding.UTF8.GetString(bytes);
        Assert.Contains("\"distance\": \"0.04123456789\"", text, StringComparison.Ordinal);
        Assert.Contains("\"supportThreshold\": 1000,", text, StringComparison.Ordinal);
        Assert.Contains("\"effectOfInterest\": \"0.02\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_bound_is_that_of_Clopper_and_Pearson()
    {
        // 1 of 300: (1 − p)^300 + 300·p·(1 − p)^299 = 0.05, by bisection in Python.
        Assert.Equal(0.015714554891584, Whole.UpperBound, 1e-12);
        ProcedureValidation clean = Whole with { Corpora = [Whole.Corpora[0] with { Runs = 300 }] };
        Assert.Equal(1 - Math.Pow(0.05, 1 / 300.0), clean.UpperBound, 1e-12);
        Assert.Equal(1 - Math.Pow(0.05, 1 / 1000.0), (clean with { Corpora = [Whole.Corpora[0] with { Runs = 1000 }] }).UpperBound, 1e-12);
    }

    [Fact]
    public void The_sentence_says_what_was_varied_and_whether_the_runs_are_few()
    {
        Assert.Equal(
            "Of 300 runs of the whole procedure on text known to be independent of the key (2 corpora of 3,500 to 7,000 scored tokens, under the owner's key and 298 random ones), 1 ended in support: its false-positive rate is at most 1.57 % (95 % confidence, over keys and not over models).",
            Whole.Sentence);
        Assert.EndsWith("not over models; fewer than 300 runs).", (Whole with { Corpora = [Whole.Corpora[0]] }).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void It_applies_to_findings_of_the_same_procedure_only()
    {
        Assert.Null(Whole.AppliesTo(Finding));
        // Another key, another name of the tokenizer's file and a waiver do not matter.
        Assert.Null(Whole.AppliesTo(Finding with { Key = Finding.Key! with { Id = "0" }, Waivers = ["--prompts-unmarked"], Options = [.. Finding.Options.Where(option => option.Name != "tokenizer")] }));
        (Finding Finding, string Word)[] others =
        [
            (Finding with { Key = Finding.Key! with { Scheme = "gumbel" } }, "scheme"),
            (Finding with { Key = Finding.Key! with { Parameters = "{}" } }, "parameters"),
            (Finding with { Statistic = "green-list/n-grams 2" }, "statistic"),
            (Finding with { Rule = new DecisionRule { SupportThreshold = 100 } }, "threshold of support"),
            (Finding with { Rule = new DecisionRule { EffectOfInterest = 0.03 } }, "effect of interest"),
            (Finding with { Options = [.. Finding.Options.SkipLast(1)] }, "randomKeys"),
            (Finding with { Options = [.. Finding.Options, new NamedValue("preparation", "normalised")] }, "preparation"),
            (Finding with { ToolVersion = "1.0.1" }, "version of the program"),
        ];
        foreach ((Finding other, string word) in others)
            Assert.StartsWith($"The measured error rates are of another procedure: its {word} is ", Whole.AppliesTo(other), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"falsePositives\": 1,\n  \"upper", "\"falsePositives\": 0,\n  \"upper", "The field 'falsePositives' must be 1, which follows from the fields beside it.")]
    [InlineData("\"upperBound95\": \"0.0157", "\"upperBound95\": \"0.0057", "The field 'upperBound95' must be 0.015714")]
    [InlineData("\"runs\": 300", "\"runs\": 3000", "The field 'runs' must be 300, which follows from the fields beside it.")]
    [InlineData("\"falsePositives\": 1\n", "\"falsePositives\": 101\n", "The corpus 'b \"Ü\"' needs a scored token")]
    [InlineData("ended in support", "were fine", "The field 'sentence' must be what follows from the numbers.")]
    [InlineData("\"distance\": \"0.0", "\"distance\": \"1.0", "The field 'pValues.distance' is 1.04123456789; a number from 0 to 1 was expected.")]
    [InlineData("\"share\": \"0.02\"", "\"share\": \"2.02\"", "The field 'spikes' has a share or a power outside")]
    [InlineData("\"seed\"", "\"sead\"", "The field 'seed' is missing.")]
    [InlineData("\"leftOut\": [", "\"extra\": 1, \"leftOut\": [", "The field 'extra' is unknown")]
    [InlineData("watermark-validation/1", "watermark-validation/9", "The format 'watermark-validation/9' is not supported")]
    public void What_contradicts_itself_is_refused(string found, string replaced, string message)
    {
        string text = Encoding.UTF8.GetString(ValidationRunTests.Bytes(Whole));
        Assert.Contains(found, text, StringComparison.Ordinal);
        string changed = text.Replace(found, replaced, StringComparison.Ordinal);

        Assert.StartsWith(message, Assert.Throws<InputFormatException>(() => ProcedureValidation.Read(Encoding.UTF8.GetBytes(changed))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_in_one_sentence()
    {
        FuzzReport report = FuzzRun.Run("validation", [ValidationRunTests.Bytes(Whole)], bytes => ProcedureValidation.Read(bytes));

        Assert.True(report.Refused > 500);
    }
}
