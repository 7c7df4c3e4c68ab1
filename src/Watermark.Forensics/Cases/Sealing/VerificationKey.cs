using System.Security.Cryptography;

namespace Watermark.Forensics.Cases.Sealing;

/// <summary>The public key of a signer. It says that the same person signed; who that is, the reader must know.</summary>
public sealed class VerificationKey : IDisposable
{
    private readonly ECDsa key;

    private VerificationKey(ECDsa key)
    {
        this.key = key;
        KeyId = IdOf(key);
    }

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo, DER), 64 lower-case hexadecimal digits.</summary>
    public string KeyId { get; }

    /// <summary>Reads a public key. Only the text that <see cref="SigningKey.PublicPem"/> writes is accepted, byte for byte.</summary>
    /// <param name="pem">The PEM text.</param>
    /// <exception cref="InputFormatException">It is no public ECDSA key on P-256, or is written in another way.</exception>
    public static VerificationKey FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            if (IsP256(key) && key.ExportSubjectPublicKeyInfoPem() + "\n" == pem)
                return new VerificationKey(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
        }

        key.Dispose();
        throw new InputFormatException("A public ECDSA key on the curve P-256 as PEM was expected, as 'watermark signer' writes it.");
    }

    /// <summary>Whether a signature of 64 bytes is right.</summary>
    /// <param name="data">What was signed.</param>
    /// <param name="signature">r and s.</param>
    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => key.VerifyData(data, signature, HashAlgorithmName.SHA256);

    /// <summary>Releases the key.</summary>
    public void Dispose() => key.Dispose();

    internal static string IdOf(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()));

    internal static bool IsP256(ECDsa key) => key.ExportParameters(includePrivateParameters: false).Curve.Oid is { } oid
        && (oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value || oid.FriendlyName is "nistP256" or "ECDSA_P256");
}
