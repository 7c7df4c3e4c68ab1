using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;

namespace Watermark.TestKit;

/// <summary>How the certificates of a <see cref="TestAuthority"/> are made.</summary>
public sealed record AuthorityOptions
{
    /// <summary>The time from which the certificates are valid.</summary>
    public DateTimeOffset From { get; init; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The end of the certificate that signs.</summary>
    public DateTimeOffset Until { get; init; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The end of the intermediate certificate.</summary>
    public DateTimeOffset IntermediateUntil { get; init; } = new(2035, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The extended key usages of the certificate that signs; none for no such extension.</summary>
    public IReadOnlyList<string> Usages { get; init; } = ["1.3.6.1.5.5.7.3.8"];

    /// <summary>Whether the extended key usage is critical, as RFC 3161 demands.</summary>
    public bool IsUsageCritical { get; init; } = true;

    /// <summary>Whether the certificate that signs is issued by itself.</summary>
    public bool IsSelfSigned { get; init; }

    /// <summary>Whether the keys are RSA; else ECDSA on P-256.</summary>
    public bool IsRsa { get; init; }
}

/// <summary>What a token says, where it is to be wrong.</summary>
public sealed record TokenOptions
{
    /// <summary>Another digest than the query's.</summary>
    public byte[]? Digest { get; init; }

    /// <summary>Another nonce than the query's; empty for none.</summary>
    public byte[]? Nonce { get; init; }

    /// <summary>The policy.</summary>
    public string Policy { get; init; } = "1.3.6.1.4.1.99999.1";

    /// <summary>Seconds by which the clock may be off; null for none stated.</summary>
    public int? AccuracySeconds { get; init; } = 1;

    /// <summary>The status of the reply; above 1 it holds no token.</summary>
    public int Status { get; init; }

    /// <summary>Whether the token holds the authority's certificate.</summary>
    public bool HoldsCertificate { get; init; } = true;
}

/// <summary>A time-stamping authority (RFC 3161) for tests: a root, an intermediate and a certificate that signs.</summary>
public sealed class TestAuthority : IDisposable
{
    private const string TstInfo = "1.2.840.113549.1.9.16.1.4";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";

    private readonly X509Certificate2 root;
    private readonly X509Certificate2 intermediate;
    private readonly X509Certificate2 signer;

    /// <summary>Makes fresh keys and certificates.</summary>
    /// <param name="options">How; null for valid ones.</param>
    public TestAuthority(AuthorityOptions? options = null)
    {
        options ??= new AuthorityOptions();
        DateTimeOffset end = options.From.AddYears(20);
        using AsymmetricAlgorithm rootKey = NewKey(options.IsRsa);
        using AsymmetricAlgorithm intermediateKey = NewKey(options.IsRsa);
        using AsymmetricAlgorithm signerKey = NewKey(options.IsRsa);
        root = Issue("CN=Test Root", rootKey, "CN=Test Root", rootKey, options.From, end, isAuthority: true, null);
        intermediate = Issue("CN=Test Intermediate", intermediateKey, "CN=Test Root", rootKey, options.From, options.IntermediateUntil, isAuthority: true, null);
        (string issuer, AsymmetricAlgorithm issuerKey) = options.IsSelfSigned ? ("CN=Test Time Stamping", signerKey) : ("CN=Test Intermediate", intermediateKey);
        signer = Issue("CN=Test Time Stamping", signerKey, issuer, issuerKey, options.From, options.Until, isAuthority: false, options);
    }

    /// <summary>The intermediate and the root as PEM.</summary>
    public string ChainPem => intermediate.ExportCertificatePem() + "\n" + root.ExportCertificatePem() + "\n";

    /// <summary>The certificate that signs, as PEM.</summary>
    public string SignerPem => signer.ExportCertificatePem() + "\n";

    /// <summary>The root's certificate (DER).</summary>
    public byte[] Root => root.RawData;

    /// <summary>Answers a query.</summary>
    /// <param name="query">The query (DER).</param>
    /// <param name="time">The time to state.</param>
    /// <param name="options">What is to be wrong; null for nothing.</param>
    public byte[] Reply(ReadOnlyMemory<byte> query, DateTimeOffset time, TokenOptions? options = null)
    {
        options ??= new TokenOptions();
        if (!Rfc3161TimestampRequest.TryDecode(query, out Rfc3161TimestampRequest? request, out _))
            throw new ArgumentException("This is no query.", nameof(query));
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
                writer.WriteInteger(options.Status);
            if (options.Status <= 1)
                writer.WriteEncodedValue(Sign(Info(request, time, options), options));
        }

        return writer.Encode();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        root.Dispose();
        intermediate.Dispose();
        signer.Dispose();
    }

    private static byte[] Info(Rfc3161TimestampRequest request, DateTimeOffset time, TokenOptions options)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteObjectIdentifier(options.Policy);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Sha256);
                    writer.WriteNull();
                }

                writer.WriteOctetString(options.Digest ?? request.GetMessageHash().Span);
            }

            writer.WriteInteger(4711);
            writer.WriteGeneralizedTime(time, omitFractionalSeconds: time.Ticks % TimeSpan.TicksPerSecond == 0);
            if (options.AccuracySeconds is { } seconds)
            {
                using (writer.PushSequence())
                    writer.WriteInteger(seconds);
            }

            byte[] nonce = options.Nonce ?? request.GetNonce()!.Value.ToArray();
            if (nonce.Length > 0)
                writer.WriteInteger(new BigInteger(nonce, isUnsigned: true, isBigEndian: true));
        }

        return writer.Encode();
    }

    private byte[] Sign(byte[] info, TokenOptions options)
    {
        var cms = new SignedCms(new ContentInfo(new Oid(TstInfo), info), detached: false);
        var with = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, signer) { DigestAlgorithm = new Oid(Sha256), IncludeOption = X509IncludeOption.None };
        var attribute = new AsnWriter(AsnEncodingRules.DER);
        using (attribute.PushSequence())
        using (attribute.PushSequence())
        using (attribute.PushSequence())
            attribute.WriteOctetString(SHA256.HashData(signer.RawData));
        with.SignedAttributes.Add(new AsnEncodedData(new Oid(SigningCertificateV2), attribute.Encode()));
        if (options.HoldsCertificate)
            with.Certificates.Add(signer);
        cms.ComputeSignature(with);
        return cms.Encode();
    }

    private static AsymmetricAlgorithm NewKey(bool isRsa) => isRsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static X509Certificate2 Issue(
        string subject, AsymmetricAlgorithm key, string issuer, AsymmetricAlgorithm issuerKey, DateTimeOffset from, DateTimeOffset until, bool isAuthority, AuthorityOptions? options)
    {
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        if (options is { Usages.Count: > 0 })
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. options.Usages.Select(usage => new Oid(usage))], options.IsUsageCritical));
        // The generator does not mind that a certificate lives longer than its issuer's, as some of the tests need.
        X509SignatureGenerator generator = issuerKey is RSA issuerRsa
            ? X509SignatureGenerator.CreateForRSA(issuerRsa, RSASignaturePadding.Pkcs1)
            : X509SignatureGenerator.CreateForECDsa((ECDsa)issuerKey);
        using X509Certificate2 certificate = request.Create(new X500DistinguishedName(issuer), generator, from, until, RandomNumberGenerator.GetBytes(8));
        return key is RSA privateRsa ? certificate.CopyWithPrivateKey(privateRsa) : certificate.CopyWithPrivateKey((ECDsa)key);
    }
}
