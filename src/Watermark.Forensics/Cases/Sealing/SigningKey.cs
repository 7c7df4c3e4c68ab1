using System.Security.Cryptography;

namespace Watermark.Forensics.Cases.Sealing;

/// <summary>
/// The private key that signs plans, statements, manifests and receipts: ECDSA on P-256 with SHA-256. Two signatures of the
/// same bytes differ, so no digest that must repeat covers a signature.
/// </summary>
public sealed class SigningKey : IDisposable
{
    private const int LongestFile = 1 << 16;

    // Guessing a passphrase costs 600,000 rounds (OWASP Password Storage Cheat Sheet, PBKDF2 with SHA-256).
    private static readonly PbeParameters Protection = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 600_000);

    private readonly ECDsa key;

    private SigningKey(ECDsa key)
    {
        this.key = key;
        PublicPem = key.ExportSubjectPublicKeyInfoPem() + "\n";
        KeyId = VerificationKey.IdOf(key);
    }

    /// <summary>SHA-256 of the public key (SubjectPublicKeyInfo, DER), 64 lower-case hexadecimal digits.</summary>
    public string KeyId { get; }

    /// <summary>The public key as PEM with a final line feed.</summary>
    public string PublicPem { get; }

    /// <summary>A fresh key.</summary>
    public static SigningKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key from a PEM file (PKCS#8, plain or protected).</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">Gives the passphrase of a protected key; the array is erased after use. Null where nobody can be asked.</param>
    /// <exception cref="InputFormatException">The file is no such key, or the passphrase is wrong. The message begins with the path and never shows the key.</exception>
    public static SigningKey Load(string path, Func<char[]>? passphrase = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (new FileInfo(path) is { Exists: true, Length: > LongestFile })
            throw new InputFormatException($"{path}: a signing key has at most 64 KiB.");
        char[] pem = File.ReadAllText(path).ToCharArray();
        var key = ECDsa.Create();
        char[]? secret = null;
        try
        {
            if (pem.AsSpan().IndexOf("ENCRYPTED PRIVATE KEY") >= 0)
            {
                secret = passphrase?.Invoke() ?? throw new InputFormatException($"{path}: this signing key is protected, and no passphrase was given.");
                key.ImportFromEncryptedPem(pem, secret);
            }
            else
            {
                key.ImportFromPem(pem);
            }

            if (!VerificationKey.IsP256(key))
                throw new InputFormatException($"{path}: a signing key on the curve P-256 was expected.");
            return new SigningKey(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            key.Dispose();
            throw new InputFormatException(secret is null
                ? $"{path}: a private ECDSA key as PEM was expected ('watermark signer' makes one)."
                : $"{path}: the passphrase is wrong, or the file is damaged.");
        }
        catch
        {
            key.Dispose();
            throw;
        }
        finally
        {
            pem.AsSpan().Clear();
            secret.AsSpan().Clear();
        }
    }

    /// <summary>Writes the private key as PEM to a new file that only its owner may read (0600).</summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="passphrase">Protects the key when not empty.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public void Save(string path, ReadOnlySpan<char> passphrase = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string pem = passphrase.IsEmpty ? key.ExportPkcs8PrivateKeyPem() : key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, Protection);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(pem);
        writer.Write('\n');
    }

    /// <summary>Signs bytes: 64 bytes, r and s.</summary>
    /// <param name="data">The bytes.</param>
    internal byte[] Sign(ReadOnlySpan<byte> data) => key.SignData(data, HashAlgorithmName.SHA256);

    /// <summary>Erases the key.</summary>
    public void Dispose() => key.Dispose();

    /// <summary>The id; never the key.</summary>
    public override string ToString() => $"signing key {KeyId}";
}
