using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Watermark.Keys;

/// <summary>
/// A secret sealed with a passphrase: PBKDF2-SHA256 stretches the passphrase to a key for AES-256-GCM, which also
/// authenticates the public members, so that nobody can combine the secret with another scheme or date.
/// </summary>
internal sealed record SecretProtection(int Iterations, byte[] Salt, byte[] Nonce, byte[] Ciphertext, byte[] Tag)
{
    /// <summary>
    /// OWASP's recommendation for PBKDF2-HMAC-SHA256 is 600,000; a key is opened rarely, so this library uses more.
    /// </summary>
    public const int DefaultIterations = 1_000_000;

    private const int MinimumIterations = 100_000;

    // A file that asks for more would only keep its reader busy: this takes a few seconds.
    private const int MaximumIterations = 10_000_000;

    private const int SaltSize = 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string Kdf = "PBKDF2-SHA256";
    private const string Cipher = "AES-256-GCM";

    public static SecretProtection Seal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> header, ReadOnlySpan<char> passphrase)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
        byte[] ciphertext = new byte[plain.Length];
        byte[] tag = new byte[TagSize];
        byte[] key = Stretch(passphrase, salt, DefaultIterations);
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Encrypt(nonce, plain, ciphertext, tag, header);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        return new SecretProtection(DefaultIterations, salt, nonce, ciphertext, tag);
    }

    public byte[] Open(ReadOnlySpan<byte> header, ReadOnlySpan<char> passphrase)
    {
        byte[] plain = new byte[Ciphertext.Length];
        byte[] key = Stretch(passphrase, Salt, Iterations);
        try
        {
            using var aes = new AesGcm(key, TagSize);
            aes.Decrypt(Nonce, Ciphertext, Tag, plain, header);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new InputFormatException("The passphrase is wrong, or the key file was changed after it was protected.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kdf", Kdf);
        writer.WriteNumber("iterations", Iterations);
        writer.WriteBase64String("salt", Salt);
        writer.WriteString("cipher", Cipher);
        writer.WriteBase64String("nonce", Nonce);
        writer.WriteBase64String("ciphertext", Ciphertext);
        writer.WriteBase64String("tag", Tag);
        writer.WriteEndObject();
    }

    public static SecretProtection Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw new InputFormatException("The field 'protectedSecret' must be an object.");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name is not ("kdf" or "iterations" or "salt" or "cipher" or "nonce" or "ciphertext" or "tag"))
                throw new InputFormatException($"The field {QuotedName.Of(property.Name, "protectedSecret.")} is unknown.");
        }

        Expect(element, "kdf", Kdf);
        Expect(element, "cipher", Cipher);
        if (!element.TryGetProperty("iterations", out JsonElement value) || value.ValueKind != JsonValueKind.Number
            || !value.TryGetInt32(out int iterations) || iterations is < MinimumIterations or > MaximumIterations)
        {
            throw new InputFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"The field 'protectedSecret.iterations' must be an integer from {MinimumIterations} to {MaximumIterations}."));
        }

        return new SecretProtection(
            iterations,
            Bytes(element, "salt", 8, 64),
            Bytes(element, "nonce", NonceSize, NonceSize),
            Bytes(element, "ciphertext", 1, 1 << 16),
            Bytes(element, "tag", TagSize, TagSize));
    }

    private static void Expect(JsonElement element, string name, string value)
    {
        if (!element.TryGetProperty(name, out JsonElement found) || found.ValueKind != JsonValueKind.String || found.GetString() != value)
            throw new InputFormatException($"The field 'protectedSecret.{name}' must be \"{value}\".");
    }

    private static byte[] Bytes(JsonElement element, string name, int minimum, int maximum)
    {
        if (element.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.String
            && found.TryGetBytesFromBase64(out byte[]? bytes) && bytes.Length >= minimum && bytes.Length <= maximum)
        {
            return bytes;
        }

        string size = minimum == maximum ? $"{minimum}" : $"{minimum} to {maximum}";
        throw new InputFormatException($"The field 'protectedSecret.{name}' must be base64 of {size} bytes.");
    }

    private static byte[] Stretch(ReadOnlySpan<char> passphrase, ReadOnlySpan<byte> salt, int iterations)
    {
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(passphrase.Length)];
        try
        {
            int length = Encoding.UTF8.GetBytes(passphrase, utf8);
            return Rfc2898DeriveBytes.Pbkdf2(utf8.AsSpan(0, length), salt, iterations, HashAlgorithmName.SHA256, 32);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }
}
