using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Watermark.Forensics.Cases.Timestamps;

/// <summary>
/// The query and the reply of a time-stamping authority (RFC 3161), read strictly. Every fault is one sentence, so each
/// thing that .NET's own check answers with a plain no is looked at before.
/// </summary>
/// <param name="Bytes">The token as it stands in the reply.</param>
/// <param name="Cms">The signed message.</param>
/// <param name="Info">What it says.</param>
internal sealed record TimestampToken(ReadOnlyMemory<byte> Bytes, SignedCms Cms, Rfc3161TimestampTokenInfo Info)
{
    private const string TokenInfo = "1.2.840.113549.1.9.16.1.4";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string Sha384 = "2.16.840.1.101.3.4.2.2";
    private const string Sha512 = "2.16.840.1.101.3.4.2.3";
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";
    private const int NonceSize = 16;

    /// <summary>A query for a digest: SHA-256, a random nonce, and the request to send the authority's certificate along.</summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="policy">The object identifier of the authority's policy to ask for; null for the authority's choice.</param>
    public static byte[] Query(byte[] digest, string? policy)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
        // A positive number that has all its bytes.
        nonce[0] = (byte)((nonce[0] & 0x7f) | 0x40);
        return Rfc3161TimestampRequest.CreateFromHash(digest, HashAlgorithmName.SHA256, policy is null ? null : new Oid(policy), nonce, requestSignerCertificates: true).Encode();
    }

    /// <summary>Reads a query.</summary>
    /// <param name="bytes">DER.</param>
    public static Rfc3161TimestampRequest ReadQuery(ReadOnlyMemory<byte> bytes)
    {
        if (!Rfc3161TimestampRequest.TryDecode(bytes, out Rfc3161TimestampRequest? query, out int length) || length != bytes.Length)
            throw new InputFormatException("The query is not one of RFC 3161.");
        if (query.HashAlgorithmId.Value != Sha256 || query.GetMessageHash().Length != SHA256.HashSizeInBytes || query.GetNonce() is null)
            throw new InputFormatException("The query must ask for SHA-256 and have a nonce.");
        return query;
    }

    /// <summary>Reads a reply and compares it with its query; the signature is not checked here.</summary>
    /// <param name="bytes">DER.</param>
    /// <param name="query">The query.</param>
    public static TimestampToken ReadReply(ReadOnlyMemory<byte> bytes, Rfc3161TimestampRequest query)
    {
        ReadOnlyMemory<byte> token = TokenOf(bytes);
        var cms = new SignedCms();
        cms.Decode(token.Span);
        if (cms.ContentInfo.ContentType.Value != TokenInfo || cms.SignerInfos.Count != 1
            || !Rfc3161TimestampTokenInfo.TryDecode(cms.ContentInfo.Content, out Rfc3161TimestampTokenInfo? info, out int length) || length != cms.ContentInfo.Content.Length)
        {
            throw new InputFormatException("The reply's token is not one of RFC 3161.");
        }

        if (info.HashAlgorithmId.Value != Sha256 || !info.GetMessageHash().Span.SequenceEqual(query.GetMessageHash().Span))
            throw new InputFormatException("The token stamps another digest than the query asks for.");
        if (info.GetNonce() is not { } nonce || !nonce.Span.TrimStart((byte)0).SequenceEqual(query.GetNonce()!.Value.Span.TrimStart((byte)0)))
            throw new InputFormatException("The token has another nonce than the query: it answers another query.");
        if (query.RequestedPolicyId is { } policy && policy.Value != info.PolicyId.Value)
            throw new InputFormatException($"The token follows the policy {info.PolicyId.Value}; the query asks for {policy.Value}.");
        return new TimestampToken(token, cms, info);
    }

    /// <summary>Checks who signed the token, and the signature.</summary>
    /// <param name="certificates">Certificates that may be the authority's, where the token does not hold it.</param>
    /// <returns>The authority's certificate.</returns>
    public X509Certificate2 CheckSignature(X509Certificate2Collection certificates)
    {
        SignerInfo signer = Cms.SignerInfos[0];
        X509Certificate2 certificate = signer.Certificate ?? certificates.FirstOrDefault(signer.SignerIdentifier.MatchesCertificate)
            ?? throw new InputFormatException("The certificate of the authority is neither in the token nor in the chain.");
        if (certificate.PublicKey.Oid.Value is not (Rsa or RsaPss or EllipticCurve))
            throw new InputFormatException($"The token is signed with a key of the kind {certificate.PublicKey.Oid.Value}, which cannot be checked here; RSA or ECDSA was expected.");
        if (signer.DigestAlgorithm.Value is not (Sha256 or Sha384 or Sha512))
            throw new InputFormatException($"The token is signed over a digest of the kind {signer.DigestAlgorithm.Value}; SHA-256, SHA-384 or SHA-512 was expected.");
        if (!IsForTimeStampingOnly(certificate))
            throw new InputFormatException("The authority's certificate is not for time stamping: a critical extended key usage of timeStamping alone was expected.");
        if (!IsValidAt(certificate, Info.Timestamp))
            throw new InputFormatException("The authority's certificate was not valid at the time that the token states.");
        return Rfc3161TimestampToken.TryDecode(Bytes, out Rfc3161TimestampToken? token, out _)
            && token.VerifySignatureForHash(Info.GetMessageHash().Span, HashAlgorithmName.SHA256, out X509Certificate2? found, [.. certificates])
            && found is not null && found.RawData.AsSpan().SequenceEqual(certificate.RawData)
            ? certificate
            : throw new InputFormatException("The token's signature does not fit its content: it was changed after it was signed.");
    }

    private static bool IsValidAt(X509Certificate2 certificate, DateTimeOffset time) =>
        certificate.NotBefore.ToUniversalTime() <= time.UtcDateTime && time.UtcDateTime <= certificate.NotAfter.ToUniversalTime();

    /// <summary>RFC 3161, section 2.3: one purpose, and critical.</summary>
    private static bool IsForTimeStampingOnly(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().ToArray() is [{ Critical: true } usage]
        && usage.EnhancedKeyUsages.Count == 1
        && usage.EnhancedKeyUsages[0].Value == TimeStamping;

    /// <summary>The token of a reply (TimeStampResp) that grants one.</summary>
    private static ReadOnlyMemory<byte> TokenOf(ReadOnlyMemory<byte> reply)
    {
        try
        {
            var reader = new AsnReader(reply, AsnEncodingRules.BER);
            AsnReader response = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            AsnReader info = response.ReadSequence();
            if (!info.TryReadInt32(out int status) || status is not (0 or 1))
                throw new InputFormatException($"The authority did not grant the request (status {status}).");
            ReadOnlyMemory<byte> token = response.ReadEncodedValue();
            response.ThrowIfNotEmpty();
            return token;
        }
        catch (AsnContentException)
        {
            throw new InputFormatException("The reply is not one of RFC 3161.");
        }
    }
}
