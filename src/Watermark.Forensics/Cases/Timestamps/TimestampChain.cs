using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Watermark.Forensics.Cases.Timestamps;

/// <summary>
/// The way from an authority's certificate to a root, at the time that the token states. Nothing is downloaded, and nothing
/// that this machine trusts is trusted here: the roots are those of the case's file. Revocation is not asked for.
/// </summary>
internal static class TimestampChain
{
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    /// <summary>Reads the certificates of a PEM file.</summary>
    /// <param name="pem">The bytes of the file.</param>
    public static X509Certificate2Collection Read(ReadOnlySpan<byte> pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Encoding.Latin1.GetString(pem));
        }
        catch (CryptographicException)
        {
            throw new InputFormatException("The chain holds a certificate that cannot be read.");
        }

        return certificates.Count > 0 ? certificates : throw new InputFormatException("The chain holds no certificate; certificates as PEM were expected, the root among them.");
    }

    /// <summary>Builds the chain and returns its root.</summary>
    /// <param name="authority">The authority's certificate.</param>
    /// <param name="file">The certificates of the case's file; those that are issued by themselves are roots.</param>
    /// <param name="embedded">The certificates of the token, never roots.</param>
    /// <param name="time">The token's time.</param>
    public static X509Certificate2 RootOf(X509Certificate2 authority, X509Certificate2Collection file, X509Certificate2Collection embedded, DateTimeOffset time)
    {
        if (IsSelfIssued(authority))
            throw new InputFormatException("The authority's certificate is issued by itself, so that nobody vouches for it; one issued by a root was expected.");
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = time.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(TimeStamping));
        foreach (X509Certificate2 certificate in file)
            (IsSelfIssued(certificate) ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(certificate);
        chain.ChainPolicy.ExtraStore.AddRange(embedded);
        if (chain.ChainPolicy.CustomTrustStore.Count == 0)
            throw new InputFormatException("The chain holds no root: a certificate that is issued by itself was expected.");
        bool isBuilt = chain.Build(authority);
        X509ChainStatusFlags status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, item) => flags | item.Status);
        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
            throw new InputFormatException("A certificate between the authority and the root was not valid at the time that the token states.");
        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
            throw new InputFormatException("The authority's certificate does not lead to a root of the chain's file.");
        return isBuilt && chain.ChainElements.Count > 1
            ? file.First(certificate => certificate.RawData.AsSpan().SequenceEqual(chain.ChainElements[^1].Certificate.RawData))
            : throw new InputFormatException($"The authority's chain of certificates is not valid ({status}).");
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
