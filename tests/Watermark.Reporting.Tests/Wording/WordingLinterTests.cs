using System.Text;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Reporting.Tests.Examples;
using Watermark.Reporting.Wording;

namespace Watermark.Reporting.Tests.Wording;

public sealed class WordingLinterTests
{
    [Theory]
    [InlineData("The probability of innocence is 1 in 10 million.")]
    [InlineData("The probability that the suspect was trained on our outputs is 0.999.")]
    [InlineData("There is a 99.99 % probability that the model copied the text.")]
    [InlineData("We are 99.9999% certain.")]
    [InlineData("This is known with scientific certainty.")]
    [InlineData("The test proves that training took place.")]
    [InlineData("It has been proven.")]
    [InlineData("Proof of distillation")]
    [InlineData("This is theft of property.")]
    [InlineData("The outputs were stolen.")]
    [InlineData("They stole the outputs.")]
    [InlineData("The text matches the key.")]
    [InlineData("a match was found")]
    [InlineData("The findings leave no doubt.")]
    [InlineData("beyond a reasonable doubt")]
    [InlineData("The result confirms that the suspect was trained on it.")]
    [InlineData("This shows that the defendant copied it.")]
    [InlineData("The suspect is guilty.")]
    [InlineData("The model is innocent.")]
    [InlineData("The suspect was most likely trained on it.")]
    [InlineData("The probability of H0 is below 1e-9.")]
    [InlineData("The odds of H1 are a million to one.")]
    [InlineData("The likelihood that the outputs depend on the key is high.")]
    [InlineData("It is probable that the suspect used them.")]
    [InlineData("There is a one in a billion chance that this is an accident.")]
    [InlineData("conclusive evidence")]
    [InlineData("It is almost certain.")]
    [InlineData("It could only have come from the owner.")]
    [InlineData("not only the probability of guilt")]
    public void Sentences_that_say_too_much_are_found(string sentence) => Assert.NotEmpty(WordingLinter.Check(sentence));

    [Theory]
    [InlineData("Findings this extreme would occur with probability at most 1e-9 if the outputs were unrelated to the key.")]
    [InlineData("The findings are about 10^6 times more probable if the suspect's outputs depend on the key (H1) than if they do not (H0).")]
    [InlineData("It is not the probability of H1.")]
    [InlineData("It is neither the probability of H0 nor the error rate of the procedure.")]
    [InlineData("Inconclusive: these findings do not tell whether the outputs depend on the key (H1) or they do not (H0).")]
    [InlineData("No support is not innocence.")]
    [InlineData("The estimate is uncertain, and certain files were not read.")]
    [InlineData("An approval improves nothing here.")]
    [InlineData("The digests are identical.")]
    [InlineData("95 % interval 0.26 to 0.27, with 95 % confidence")]
    public void Sentences_in_bounds_are_left_alone(string sentence) => Assert.Empty(WordingLinter.Check(sentence));

    [Fact]
    public void The_report_of_every_example_is_in_bounds()
    {
        foreach ((string name, Case evidence) in ExampleCases.All)
        {
            using var stream = new MemoryStream();
            CaseReport.WriteMarkdown(evidence, stream);
            IReadOnlyList<string> faults = WordingLinter.Check(Encoding.UTF8.GetString(stream.ToArray()).Replace("\\", "", StringComparison.Ordinal));
            Assert.True(faults.Count == 0, $"{name}: {string.Join(' ', faults)}");
        }
    }

    [Fact]
    public void Every_string_of_the_product_is_in_bounds()
    {
        var faults = new List<string>();
        int strings = 0;
        foreach (string project in (string[])["Watermark.Forensics", "Watermark.Reporting", "Watermark.Cli"])
        {
            foreach (string file in ProductStrings.Files(project))
            {
                foreach ((int line, string text) in ProductStrings.Of(File.ReadAllText(file)))
                {
                    // The name of a member of the demonstration's JSON, which is no sentence.
                    if (text == "guilty")
                        continue;
                    strings++;
                    faults.AddRange(WordingLinter.Check(text).Select(fault => $"{Path.GetFileName(file)}:{line}: {fault}"));
                }
            }
        }

        Assert.True(strings > 1_000, $"Only {strings} strings were found.");
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Strings_are_found_in_every_notation_and_comments_are_not()
    {
        const string Source = """"
            // "not me"
            /* "nor me" */
            char quote = '"';
            var a = "one \" two"; var b = $"three {x["four"]} five"; var c = @"six "" seven"; /// "no"
            var d = """
                eight "nine"
                ten
                """;
            var e = $$"""eleven {{f("twelve")}} thirteen""";
            """";

        Assert.Equal(
            ["one \" two", "three  five", "four", "six \" seven", "\n    eight \"nine\"\n    ten\n    ", "eleven  thirteen", "twelve"],
            ProductStrings.Of(Source).Select(found => found.Text));
    }

    [Fact]
    public void Every_conclusion_names_both_propositions_and_support_names_the_alternatives()
    {
        int supports = 0;
        foreach (Case evidence in ExampleCases.All.Select(one => one.Case))
        {
            foreach (Finding finding in evidence.Verdict.Findings)
            {
                Assert.Contains(finding.Alternative, finding.Sentence, StringComparison.Ordinal);
                Assert.Contains("(H1)", finding.Sentence, StringComparison.Ordinal);
                Assert.Contains($"{finding.Null} (H0)", finding.Sentence, StringComparison.Ordinal);
                if (finding.Outcome != Outcome.Support)
                    continue;
                supports++;
                Assert.EndsWith(finding.SupportCaveat, finding.Sentence, StringComparison.Ordinal);
                Assert.Contains("to be excluded by other evidence", finding.SupportCaveat, StringComparison.Ordinal);
            }

            Assert.Contains("(H1)", evidence.Verdict.Sentence, StringComparison.Ordinal);
            Assert.Contains("(H0)", evidence.Verdict.Sentence, StringComparison.Ordinal);
        }

        Assert.True(supports >= 4);
    }
}
