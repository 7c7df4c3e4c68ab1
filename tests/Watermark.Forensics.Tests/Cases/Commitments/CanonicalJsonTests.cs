using System.Text;
using System.Text.Json;
using Watermark.Forensics.Cases.Commitments;
using Watermark.Keys;

namespace Watermark.Forensics.Tests.Cases.Commitments;

public sealed class CanonicalJsonTests
{
    [Theory]
    // RFC 8785, section 3.2.3: names in the order of their UTF-16 units.
    [InlineData("""{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}""", "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}")]
    // RFC 8785, section 3.2.2: the text of the example.
    [InlineData("""{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}""", """{"string":"€$\u000f\nA'B\"\\\\\"/"}""")]
    [InlineData("""{ "v": 1, "b": {"d": -9007199254740991, "c": 9007199254740991}, "a": "\b\f\t\u007f" }""", "{\"a\":\"\\b\\f\\t\u007f\",\"b\":{\"c\":9007199254740991,\"d\":-9007199254740991},\"v\":1}")]
    [InlineData("{}", "{}")]
    public void Values_have_one_form(string json, string expected) => Assert.Equal(expected, Canonical(json));

    [Theory]
    [InlineData("[1]")]
    [InlineData("""{"a": 1.5}""")]
    [InlineData("""{"a": 1e3}""")]
    [InlineData("""{"a": 9007199254740992}""")]
    [InlineData("""{"a": true}""")]
    [InlineData("""{"a": null}""")]
    public void What_has_no_single_form_here_is_refused(string json) =>
        Assert.Equal("A committed context holds objects, texts and whole numbers up to 2^53 − 1 only.", Assert.Throws<InputFormatException>(() => Canonical(json)).Message);

    [Fact]
    public void A_commitment_over_the_canonical_form_is_the_one_of_the_vector()
    {
        using WatermarkKey key = WatermarkKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        byte[] nonce = [.. Enumerable.Range(32, 32).Select(i => (byte)i)];

        byte[] commitment = key.Commit(nonce, CommitmentContext.Hash(Canonical("""{"scheme": "kgw", "v": 1, "h": 2, "gamma": "1/4"}""")));

        // Computed with Python's hashlib.
        Assert.Equal("e04927a2a0980893e4f7d08f64814c350d9193eaf1f020da64495efc80b13436", Convert.ToHexStringLower(commitment));
    }

    private static string Canonical(string json)
    {
        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return CanonicalJson.Of(document.RootElement);
    }
}
