using System.Text;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Schemes.Native;

namespace Watermark.Tests.Catalog;

public sealed class KeyPurposeTests
{
    [Fact]
    public void A_forensic_key_says_nothing_of_it_and_a_compliance_key_does()
    {
        Assert.DoesNotContain("purpose", Written(KeyPurpose.Forensic), StringComparison.Ordinal);
        Assert.Contains("\"purpose\": \"compliance\"", Written(KeyPurpose.Compliance), StringComparison.Ordinal);
        Assert.Equal(KeyPurpose.Forensic, Read(Written(KeyPurpose.Forensic)).Purpose);
        Assert.Equal(KeyPurpose.Compliance, Read(Written(KeyPurpose.Compliance)).Purpose);
    }

    [Fact]
    public void The_id_does_not_cover_the_purpose() =>
        Assert.Equal(Read(Written(KeyPurpose.Forensic)).Id, Read(Written(KeyPurpose.Compliance)).Id);

    [Theory]
    [InlineData("\"Compliance\"")]
    [InlineData("\"\"")]
    [InlineData("1")]
    [InlineData("null")]
    public void Another_purpose_is_refused(string value)
    {
        string json = Written(KeyPurpose.Compliance).Replace("\"compliance\"", value, StringComparison.Ordinal);

        Assert.Equal("The field 'purpose' must be one of forensic, compliance.", Assert.Throws<InputFormatException>(() => Read(json)).Message);
    }

    [Fact]
    public void Version_1_has_no_purpose()
    {
        const string json = """{"format": "watermark-key/1", "scheme": {"name": "gumbel"}, "purpose": "compliance", "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}""";

        Assert.Equal("The field 'purpose' is unknown in a key file of version 1.", Assert.Throws<InputFormatException>(() => Read(json)).Message);
    }

    [Fact]
    public void A_passphrase_protects_the_purpose_too()
    {
        string json = Written(KeyPurpose.Compliance, "of the test");

        Assert.Equal(KeyPurpose.Compliance, Read(json).Purpose);
        foreach (string edited in new[] { json.Replace("compliance", "forensic", StringComparison.Ordinal), json.Replace("  \"purpose\": \"compliance\",\n", "", StringComparison.Ordinal) })
        {
            Assert.NotEqual(json, edited);
            Assert.Contains("was changed after it was protected", Assert.Throws<InputFormatException>(() => Read(edited)).Message, StringComparison.Ordinal);
        }
    }

    private static KeyFile Read(string json) => KeyFile.Read(Encoding.UTF8.GetBytes(json), _ => "of the test".ToCharArray());

    private static string Written(KeyPurpose purpose, string passphrase = "")
    {
        using KeyFile key = KeyFile.Create(new GreenListScheme(), WatermarkKey.FromBytes(new byte[32]), "ids", 0, TimeProvider.System, purpose: purpose);
        using var stream = new MemoryStream();
        key.Write(stream, passphrase);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
