using System.Security.Cryptography;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Forensics.Tests.Cases.Sealing;

public sealed class SigningKeyTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("watermark-test-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_key_is_read_back_as_it_was_saved()
    {
        string path = Path.Combine(folder.FullName, "signer.pem");
        using SigningKey key = SigningKey.Create();
        key.Save(path);
        using SigningKey read = SigningKey.Load(path);

        Assert.Equal(key.KeyId, read.KeyId);
        Assert.Equal(key.PublicPem, read.PublicPem);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Throws<IOException>(() => key.Save(path));
    }

    [Fact]
    public void A_protected_key_needs_its_passphrase()
    {
        string path = Path.Combine(folder.FullName, "signer.pem");
        using SigningKey key = SigningKey.Create();
        key.Save(path, "a long passphrase");
        using SigningKey read = SigningKey.Load(path, () => "a long passphrase".ToCharArray());

        Assert.Equal(key.KeyId, read.KeyId);
        Assert.Equal($"{path}: the passphrase is wrong, or the file is damaged.", Assert.Throws<InputFormatException>(() => SigningKey.Load(path, () => ['x'])).Message);
        Assert.Equal($"{path}: this signing key is protected, and no passphrase was given.", Assert.Throws<InputFormatException>(() => SigningKey.Load(path)).Message);
    }

    [Fact]
    public void Other_keys_and_other_files_are_refused_in_one_sentence()
    {
        string path = Path.Combine(folder.FullName, "other.pem");
        using var rsa = RSA.Create(2048);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        foreach ((string content, string expected) in new[]
        {
            ("", "a private ECDSA key as PEM was expected ('watermark signer' makes one)."),
            (rsa.ExportPkcs8PrivateKeyPem(), "a private ECDSA key as PEM was expected ('watermark signer' makes one)."),
            (p384.ExportPkcs8PrivateKeyPem(), "a signing key on the curve P-256 was expected."),
        })
        {
            File.WriteAllText(path, content);
            Assert.Equal($"{path}: {expected}", Assert.Throws<InputFormatException>(() => SigningKey.Load(path)).Message);
        }
    }

    [Fact]
    public void Its_text_is_its_id()
    {
        using SigningKey key = SigningKey.Create();

        Assert.Equal($"signing key {key.KeyId}", key.ToString());
        Assert.Matches("^[0-9a-f]{64}$", key.KeyId);
    }
}
