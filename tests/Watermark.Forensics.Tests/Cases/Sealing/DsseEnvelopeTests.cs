using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Forensics.Tests.Cases.Sealing;

public sealed class DsseEnvelopeTests : IDisposable
{
    private const string Type = "application/vnd.test+json";

    private readonly SigningKey signer = SigningKey.Create();
    private readonly VerificationKey key;

    public DsseEnvelopeTests() => key = VerificationKey.FromPem(signer.PublicPem);

    public void Dispose()
    {
        signer.Dispose();
        key.Dispose();
    }

    [Fact]
    public void What_was_sealed_is_opened() =>
        Assert.Equal("hello world"u8.ToArray(), DsseEnvelope.Open(DsseEnvelope.Seal(Type, "hello world"u8, signer), Type, key));

    /// <summary>The example of the protocol's page: PAE("http://example.com/HelloWorld", "hello world").</summary>
    [Fact]
    public void The_signature_is_of_the_pre_authentication_encoding_of_dsse_1_0()
    {
        const string type = "http://example.com/HelloWorld";
        using JsonDocument envelope = JsonDocument.Parse(DsseEnvelope.Seal(type, "hello world"u8, signer));
        byte[] signature = envelope.RootElement.GetProperty("signatures")[0].GetProperty("sig").GetBytesFromBase64();
        using var publicKey = ECDsa.Create();
        publicKey.ImportFromPem(signer.PublicPem);

        Assert.Equal("aGVsbG8gd29ybGQ=", envelope.RootElement.GetProperty("payload").GetString());
        Assert.True(publicKey.VerifyData("DSSEv1 29 http://example.com/HelloWorld 11 hello world"u8, signature, HashAlgorithmName.SHA256));
    }

    [Fact]
    public void Every_changed_bit_of_an_envelope_is_refused()
    {
        byte[] envelope = DsseEnvelope.Seal(Type, "{\"a\":1}"u8, signer);
        for (int i = 0; i < envelope.Length * 8; i++)
        {
            byte[] changed = [.. envelope];
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Throws<InputFormatException>(() => DsseEnvelope.Open(changed, Type, key));
        }
    }

    [Fact]
    public void Bytes_that_are_added_or_missing_are_refused()
    {
        byte[] envelope = DsseEnvelope.Seal(Type, "{}"u8, signer);

        Assert.Throws<InputFormatException>(() => DsseEnvelope.Open((byte[])[.. envelope, (byte)'\n'], Type, key));
        Assert.Throws<InputFormatException>(() => DsseEnvelope.Open((byte[])[0xEF, 0xBB, 0xBF, .. envelope], Type, key));
        for (int length = 0; length < envelope.Length; length++)
            Assert.Throws<InputFormatException>(() => DsseEnvelope.Open(envelope.AsMemory(0, length), Type, key));
    }

    [Fact]
    public void Another_type_and_another_signer_are_refused_by_name()
    {
        byte[] envelope = DsseEnvelope.Seal(Type, "{}"u8, signer);
        using SigningKey other = SigningKey.Create();
        using VerificationKey otherKey = VerificationKey.FromPem(other.PublicPem);

        Assert.Equal($"The envelope holds '{Type}'; 'x' was expected.", Assert.Throws<InputFormatException>(() => DsseEnvelope.Open(envelope, "x", key)).Message);
        Assert.Equal($"The envelope is signed with key {signer.KeyId}; {other.KeyId} was expected.", Assert.Throws<InputFormatException>(() => DsseEnvelope.Open(envelope, Type, otherKey)).Message);
    }

    [Fact]
    public void Every_changed_bit_of_a_public_key_is_refused()
    {
        byte[] pem = Encoding.ASCII.GetBytes(signer.PublicPem);
        for (int i = 0; i < pem.Length * 8; i++)
        {
            byte[] changed = [.. pem];
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Throws<InputFormatException>(() => VerificationKey.FromPem(Encoding.Latin1.GetString(changed)).Dispose());
        }
    }
}
