using System.Text;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.ReferenceRanks;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Forensics.Tests.Fingerprints.ReferenceRanks;

public sealed class ReferenceRankTestTests
{
    private static readonly FingerprintOptions Options = new();

    private static ReferenceValues Values(double suspect, int references) => new()
    {
        Teacher = "T",
        Siblings = ["T-mini"],
        Suspects = [new ReferenceValue("x", suspect)],
        References = [.. Enumerable.Range(1, references).Select(i => new ReferenceValue($"r{i}", i, i == 1 ? "T-mini" : null))],
    };

    // 19 references with the values 1 to 19.
    [Theory]
    [InlineData(20, 0.05)]
    [InlineData(19, 0.1)]
    [InlineData(18.5, 0.1)]
    [InlineData(0, 1.0)]
    public void The_p_value_is_the_rank_among_references(double value, double p)
    {
        Finding finding = Assert.Single(ReferenceRankTest.Run(Values(value, 19), "style", 0.05, Options));

        Assert.Equal(Math.Log(p), finding.LogP, 12);
        Assert.Equal(Math.Log(0.5 / Math.Sqrt(p)), finding.LogE, 12);
        Assert.Equal(Outcome.Inconclusive, finding.Outcome);
        Assert.Contains(finding.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.SupportingOnly);
        Assert.Equal("rank/style 1", finding.Statistic);
        Assert.Null(finding.Fault());
    }

    // Each of 20 exchangeable models in turn as the suspect, with distinct values: the p-values are 1/20, 2/20, … 1.
    [Fact]
    public void Every_rank_is_as_likely()
    {
        double[] logP =
        [
            .. Enumerable.Range(0, 20).Select(own => ReferenceRankTest.Run(
                Values(own, 19) with { References = [.. Enumerable.Range(0, 20).Where(i => i != own).Select((i, at) => new ReferenceValue($"r{i}", i, at == 0 ? "T-mini" : null))] }, "style", 0.05, Options)[0].LogP).Order(),
        ];

        for (int i = 0; i < 20; i++)
            Assert.Equal(Math.Log((i + 1) / 20.0), logP[i], 12);
    }

    [Fact]
    public void Too_few_references_are_refused() => Assert.Equal(
        "With 18 references no p-value is below 0.0526; at least 19 references were expected for alpha 0.05.",
        Assert.Throws<InputFormatException>(() => ReferenceRankTest.Run(Values(1, 18), "style", 0.05, Options)).Message);

    [Fact]
    public void Each_sibling_needs_a_student()
    {
        ReferenceValues values = Values(1, 19) with { Siblings = ["T-mini", "T-old"] };

        Assert.Contains("No reference is a student of T-old", Assert.Throws<InputFormatException>(() => ReferenceRankTest.Run(values, "style", 0.05, Options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"role":"suspect","name":"x","value":1}""", "No line names the teacher; one with the role 'teacher', its name and its siblings was expected.")]
    [InlineData("""{"role":"teacher","name":"T","siblings":[]}""", "No line has the role 'suspect'; at least one was expected.")]
    [InlineData("""{"role":"teacher","name":"T","siblings":[]}|{"role":"suspect","name":"x","value":null}""", "Line 2: The field 'value' must be a number.")]
    [InlineData("""{"role":"teacher","name":"T","siblings":[]}|{"role":"suspect","name":"x","value":1}|{"role":"reference","name":"r","teacher":"T","value":1}""", "The reference r learned from T; references are students of other models.")]
    [InlineData("""{"role":"teacher","name":"T","siblings":[]}|{"role":"suspect","name":"x","value":1}|{"role":"reference","name":"r","teacher":"U","value":1}""", "The reference r has the teacher 'U', which is no sibling of T; a sibling, or none, was expected.")]
    [InlineData("""{"role":"teacher","name":"T","siblings":[]}|{"role":"suspect","name":"x","value":1}|{"role":"reference","name":"x","value":1}""", "The model 'x' is named twice; each was expected once, in one role.")]
    [InlineData("""{"role":"teacher","name":"T","siblings":[]}|{"role":"suspect","name":"x","value":1,"teacher":"T"}""", "Line 2: The field 'teacher' is unknown; known are role, name, shifts, value.")]
    [InlineData("""{"role":"teacher","name":"T","siblings":[]}|{"role":"suspect","name":"x","shifts":[1e9]}""", "Line 2: A shift is larger than 1,000 in size; smaller ones were expected.")]
    public void A_faulty_file_is_refused(string lines, string message) =>
        Assert.Equal(message, Assert.Throws<InputFormatException>(() => ReferenceValues.Read(Encoding.UTF8.GetBytes(lines.Replace('|', '\n')))).Message);

    // Shifts 0.021, 0.005, −0.008, 0.031, 0.014: 3 of 32 sign patterns.
    [Fact]
    public void Shifts_become_a_sign_flip_value()
    {
        string lines = """
            {"role":"teacher","name":"T","siblings":["T-mini"]}
            {"role":"suspect","name":"x","shifts":[0.021,0.005,-0.008,0.031,0.014]}

            {"role":"reference","name":"r1","teacher":"T-mini","value":0.5}
            {"role":"reference","name":"r2","teacher":null,"shifts":[-0.1]}
            """;
        ReferenceValues values = ReferenceValues.Read(Encoding.UTF8.GetBytes(lines));

        Assert.Equal(-Math.Log(3.0 / 32), values.Suspects[0].Value, 9);
        Assert.Equal(0, values.References[1].Value);
        Assert.Equal(Math.Log(1.0 / 3), ReferenceRankTest.Run(values, "prefill shift", 0.5, Options)[0].LogP, 12);
    }

    [Fact]
    public void Any_change_of_a_file_is_read_or_refused()
    {
        byte[] seed = Encoding.UTF8.GetBytes("{\"role\":\"teacher\",\"name\":\"T\",\"siblings\":[\"U\"]}\n{\"role\":\"suspect\",\"name\":\"x\",\"value\":1.5}\n{\"role\":\"reference\",\"name\":\"r\",\"teacher\":\"U\",\"shifts\":[1,-2]}\n");
        FuzzReport report = FuzzRun.Run("reference-values", [seed], bytes => ReferenceRankTest.Run(ReferenceValues.Read(bytes), "style", 0.9, Options), new FuzzOptions { Inputs = 2000 });

        Assert.True(report.Read > 0 && report.Refused > 0, $"{report.Read} read, {report.Refused} refused.");
    }
}
