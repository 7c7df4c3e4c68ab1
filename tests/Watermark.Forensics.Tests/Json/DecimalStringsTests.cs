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

    private static byte[] Write(Verdict verdict)
    {
        using var stream = new MemoryStream();
        VerdictJson.Write(verdict, stream, NumberStyle.DecimalStrings);
        return stream.ToArray();
    }
}
