using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Sealing;

/// <summary>
/// A signed envelope by DSSE 1.0 (Dead Simple Signing Envelope): the signature covers <c>"DSSEv1" SP LEN(type) SP type SP
/// LEN(payload) SP payload</c>, so the payload needs no canonical form and cannot be read as another type.
/// </summary>
/// <remarks>
/// The envelope itself has one form, that of <see cref="Seal"/>: other white space, another order of members or other base64
/// of the same bytes is refused, so that every changed byte of the file is noticed.
/// </remarks>
public static class DsseEnvelope
{
    /// <summary>Signs a payload.</summary>
    /// <param name="payloadType">Its media type.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="signer">The signer.</param>
    /// <returns>The envelope as JSON with a final line feed.</returns>
    public static byte[] Seal(string payloadType, ReadOnlySpan<byte> payload, SigningKey signer)
    {
        ArgumentException.ThrowIfNullOrEmpty(payloadType);
        ArgumentNullException.ThrowIfNull(signer);
        return Write(payloadType, payload, signer.KeyId, signer.Sign(PreAuthenticationEncoding(payloadType, payload)));
    }

    /// <summary>Checks an envelope and returns what was signed.</summary>
    /// <param name="envelope">The envelope's bytes.</param>
    /// <param name="payloadType">The media type that is expected.</param>
    /// <param name="key">The signer's public key.</param>
    /// <returns>The verified payload.</returns>
    /// <exception cref="InputFormatException">It is no envelope of this type, is not signed with this key, or was changed.</exception>
    public static byte[] Open(ReadOnlyMemory<byte> envelope, string payloadType, VerificationKey key)
    {
        ArgumentException.ThrowIfNullOrEmpty(payloadType);
        ArgumentNullException.ThrowIfNull(key);
        (string type, byte[] payload, string keyId, byte[] signature) = JsonFields.Parse(envelope, "The envelope", Read);
        if (type != payloadType)
            throw new InputFormatException($"The envelope holds '{type}'; '{payloadType}' was expected.");
        if (keyId != key.KeyId)
            throw new InputFormatException($"The envelope is signed with key {keyId}; {key.KeyId} was expected.");
        if (!key.Verify(PreAuthenticationEncoding(type, payload), signature))
            throw new InputFormatException("The signature does not fit the content: one of the two was changed.");
        if (!envelope.Span.SequenceEqual(Write(type, payload, keyId, signature)))
            throw new InputFormatException("The signed content is as it was, but the file around it was changed.");
        return payload;
    }

    private static byte[] PreAuthenticationEncoding(string type, ReadOnlySpan<byte> payload)
    {
        string head = string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(type)} {type} {payload.Length} ");
        return [.. Encoding.UTF8.GetBytes(head), .. payload];
    }

    private static byte[] Write(string type, ReadOnlySpan<byte> payload, string keyId, ReadOnlySpan<byte> signature)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonMembers.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("payloadType", type);
            writer.WriteBase64String("payload", payload);
            writer.WriteStartArray("signatures");
            writer.WriteStartObject();
            writer.WriteString("keyid", keyId);
            writer.WriteBase64String("sig", signature);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static (string Type, byte[] Payload, string KeyId, byte[] Signature) Read(JsonFields fields)
    {
        (string type, byte[] payload) = (fields.Text("payloadType"), Bytes(fields, "payload"));
        if (fields.Objects("signatures") is not [var only])
            throw new InputFormatException("The field 'signatures' must hold one signature.");
        (string keyId, byte[] signature) = (only.Text("keyid"), Bytes(only, "sig"));
        only.Done();
        fields.Done();
        return (type, payload, keyId, signature);
    }

    private static byte[] Bytes(JsonFields fields, string name)
    {
        try
        {
            return Convert.FromBase64String(fields.Text(name));
        }
        catch (FormatException)
        {
            throw fields.Wrong(name, "base64");
        }
    }
}
