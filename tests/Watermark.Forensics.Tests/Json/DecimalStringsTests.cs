using System.Text;
using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Tests.Json;

public sealed class DecimalStringsTests
{
    [Theory]
    [InlineData(-8.549766374303779, "-8.5497663743")]
    [InlineData(-8.549766374309999, "-8.54976637431")]
    [InlineData(123456789012.5, "123456789012")]
    [InlineData(123456789013.5, "123456789014")]
    [InlineData(0.1 + 0.2, "0.3")]
    [InlineData(1e-300, "0")]
    [InlineData(-3.1e-11, "0")]
    [InlineData(2.5e-10, "2.5E-10")]
    [InlineData(0.0012345678901234, "0.00123456789")]
    [InlineData(-0.12345678901234, "-0.12345678901")]
    [InlineData(1.5e300, "1.5E+300")]
    [InlineData(double.NaN, null)]
    public void A_number_has_twelve_digits(double number, string? text) => Assert.Equal(text, DecimalStrings.Write(number));

    [Fact]
    public void Numbers_that_differ_in_the_last_bits_give_the_same_bytes()
    {
        Verdict one = Of(-701.1234567890123);
        Verdict two = Of(Math.BitIncrement(Math.BitIncrement(-701.1234567890123)));

        Assert.Equal(Write(one), Write(two));
    }

    [Fact]
    public void What_is_left_of_larger_terms_gives_the_same_bytes()
    {
        // ln E of 6.9 less ln 1000: what is left is 0.0001 with the last bits of 6.9.
        Verdict one = Among(Math.Log(1000) + 1e-4);
        Verdict two = Among(Math.BitIncrement(Math.BitIncrement(Math.Log(1000) + 1e-4)));

        byte[] bytes = Write(one);
        Assert.Equal(bytes, Write(two));
        Assert.Equal(bytes, Write(VerdictJson.Read(bytes)));
        Assert.Empty(VerdictComparison.Differences(bytes, two));
    }

    [Fact]
    public void A_number_that_rounds_to_a_whole_one_is_written_as_one()
    {
        Assert.Equal(Write(Of(-700)), Write(Of(Math.BitIncrement(-700))));
        Assert.Equal(Write(Of(0)), Write(Of(-1e-17)));
    }

    [Fact]
    public void Thresholds_that_a_plan_gives_keep_all_their_digits()
    {
        Plan plan = Examples.Plan with { Alpha = 1.234567890123456e-12, Tests = TestCount.One, Keys = ["1"] };
        byte[] bytes = Write(Verdict.From([Findings.Examples.Finding(20)], plan, TestCount.One));

        Assert.Equal(plan.Alpha, VerdictJson.Read(bytes).Plan!.Alpha);
    }

    [Fact]
    public void A_verdict_with_decimal_strings_is_read_back_to_the_same_bytes()
    {
        byte[] bytes = Write(Of(-701.1234567890123));
        Verdict read = VerdictJson.Read(bytes);

        Assert.Equal(bytes, Write(read));
        Assert.Equal(-701.123456789, read.Findings[0].LogP, 12);
        Assert.Empty(VerdictComparison.Differences(read, Of(-701.1234567890123)));
    }

    [Fact]
    public void Only_whole_numbers_are_left_as_numbers()
    {
        using JsonDocument document = JsonDocument.Parse(Write(Of(-701.1234567890123)));

        Assert.Equal("decimal-strings", document.RootElement.GetProperty("numbers").GetString());
        Assert.Equal("-701.123456789", document.RootElement.GetProperty("findings")[0].GetProperty("logP").GetString());
        Assert.DoesNotMatch("[:\\[ ]-?[0-9]+\\.[0-9]", Encoding.UTF8.GetString(Write(Of(-701.1234567890123))).Replace("\"-", "\"", StringComparison.Ordinal).Split("\"sentence\"")[0]);
    }

    [Fact]
    public void A_verdict_that_does_not_announce_decimal_strings_may_not_have_them()
    {
        string json = Encoding.UTF8.GetString(Write(Of(-701.1234567890123))).Replace("  \"numbers\": \"decimal-strings\",\n", "", StringComparison.Ordinal);

        Assert.Throws<InputFormatException>(() => VerdictJson.Read(Encoding.UTF8.GetBytes(json)));
    }

    private static Verdict Of(double logP) => Verdict.From([Findings.Examples.Finding(20) with { LogP = logP }], null, TestCount.One);

    private static Verdict Among(double logE)
    {
        var tests = new TestCount { Suspects = 1000 };
        Finding finding = Findings.Examples.Finding(20);
        return Verdict.From([finding with { LogE = logE, Tests = tests, Power = finding.Power with { LogThreshold = Math.Log(finding.Rule.SupportThreshold) + tests.LogM } }], null, tests);
    }

    private static byte[] Write(Verdict verdict)
    {
        using var stream = new MemoryStream();
        VerdictJson.Write(verdict, stream, NumberStyle.DecimalStrings);
        return stream.ToArray();
    }
}
