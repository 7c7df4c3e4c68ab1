using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Keys;
using Watermark.Schemes;

namespace Watermark.Catalog;

/// <summary>Reads <see cref="KeyFile"/> from JSON; every message is one sentence, and none shows the secret.</summary>
internal static class KeyFileReader
{
    private static readonly string[] Known =
        ["format", "id", "idSalt", "scheme", "tokenizer", "tokenizerHash", "vocabularySize", "created", "purpose", "secret", "protectedSecret"];

    public static KeyFile Read(ReadOnlyMemory<byte> json, Func<string, char[]>? passphrase)
    {
        using JsonDocument document = StrictJson.Parse(json, "The key file");
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new InputFormatException("A key file is a JSON object.");
        int version = Version(root);
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!Known.Contains(property.Name, StringComparer.Ordinal))
                throw new InputFormatException($"The field {QuotedName.Of(property.Name)} is unknown; a key file has {string.Join(", ", Known)}.");
        }

        bool isProtected = IsProtected(root);
        var header = new KeyFileHeader
        {
            Version = version,
            Scheme = Scheme(root),
            Tokenizer = Text(root, "tokenizer", KeyFile.IdsTokenizer),
            TokenizerHash = TokenizerHash(root, version),
            VocabularySize = VocabularySize(root),
            Created = Created(root),
            Purpose = Purpose(root, version),
            Id = StatedId(root, version, isProtected),
            IdSalt = IdSalt(root, version),
        };
        WatermarkSecret secret = isProtected ? Open(root, header, passphrase) : header.Scheme.ReadSecret(root.GetProperty("secret"));
        try
        {
            return Join(header, secret, isProtected ? default : json);
        }
        catch
        {
            secret.Dispose();
            throw;
        }
    }

    /// <summary>Checks the id against the secret.</summary>
    private static KeyFile Join(KeyFileHeader header, WatermarkSecret secret, ReadOnlyMemory<byte> clearText)
    {
        bool salted = header.Version > 1 && secret.HasIdSalt;
        if (salted == header.IdSalt.IsEmpty)
        {
            throw new InputFormatException(salted
                ? $"The field 'idSalt' is missing; the scheme '{header.Scheme.Name}' needs it."
                : $"The field 'idSalt' is for secrets of integers; the scheme '{header.Scheme.Name}' has none.");
        }

        secret.UseIds(header.Version, header.IdSalt);
        string id = header.Scheme.IdOf(secret);
        if (header.Id.Length == 0)
            return new KeyFile(header with { Id = id }, secret);
        if (header.Id != id)
        {
            throw new InputFormatException(header.Version > 1
                ? "The key file's id does not fit its scheme and secret: the file was changed."
                : $"The field 'id' says {header.Id}, but the secret's id is {id}: the file was altered or mixed up.");
        }

        var key = new KeyFile(header, secret);
        if (header.Version == 1 && secret is WatermarkKey && !clearText.IsEmpty && !KeyFileWriter.IsLayoutOf(key, WithoutMark(clearText).Span))
        {
            throw new InputFormatException(
                "The key file was changed after it was made: it is not laid out as version 1 was, whose id does not cover the scheme, so that a changed gamma would not show.");
        }

        return key;
    }

    private static WatermarkSecret Open(JsonElement root, KeyFileHeader header, Func<string, char[]>? passphrase)
    {
        SecretProtection protection = SecretProtection.Read(root.GetProperty("protectedSecret"));
        if (passphrase is null)
            throw new InputFormatException("The key is protected with a passphrase, and none was given.");
        char[] characters = passphrase(header.Id);
        byte[]? plain = null;
        try
        {
            plain = protection.Open(KeyFileWriter.HeaderBytes(header), characters);
            using JsonDocument document = StrictJson.Parse(plain, "The protected secret");
            return header.Scheme.ReadSecret(document.RootElement);
        }
        finally
        {
            Array.Clear(characters);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static bool IsProtected(JsonElement root)
    {
        bool isProtected = root.TryGetProperty("protectedSecret", out _);
        return root.TryGetProperty("secret", out _) != isProtected
            ? isProtected
            : throw new InputFormatException("A key file has either a field 'secret' or a field 'protectedSecret'.");
    }

    private static int Version(JsonElement root)
    {
        string format = Text(root, "format", null);
        for (int version = 1; version <= KeyIds.CurrentVersion; version++)
        {
            if (format == KeyFileHeader.FormatOf(version))
                return version;
        }

        string shown = format.StartsWith("watermark-", StringComparison.Ordinal) && format.Length <= 24 ? $"'{format}'" : QuotedName.Of(format);
        throw new InputFormatException($"The format {shown} is not supported; this version reads '{KeyFile.Format}' and '{KeyFileHeader.FormatOf(1)}'.");
    }

    private static WatermarkScheme Scheme(JsonElement root)
    {
        if (!root.TryGetProperty("scheme", out JsonElement scheme))
            throw new InputFormatException("The field 'scheme' is missing.");
        if (scheme.ValueKind != JsonValueKind.Object || !scheme.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            throw new InputFormatException("The field 'scheme' must be an object with a 'name'.");
        SchemeDescriptor descriptor = SchemeCatalog.Find(name.GetString()!)
            ?? throw new InputFormatException($"The scheme {QuotedName.Of(name.GetString()!)} is not known; known are {string.Join(", ", SchemeCatalog.All.Select(item => item.Name))}.");
        return descriptor.Read(scheme);
    }

    private static string TokenizerHash(JsonElement root, int version)
    {
        if (!root.TryGetProperty("tokenizerHash", out JsonElement value))
            return string.Empty;
        if (version == 1)
            throw new InputFormatException("The field 'tokenizerHash' is unknown in a key file of version 1.");
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: 64 } hash && hash.All(char.IsAsciiHexDigitLower)
            ? hash
            : throw new InputFormatException("The field 'tokenizerHash' must be 64 lower-case hexadecimal digits.");
    }

    private static int VocabularySize(JsonElement root)
    {
        if (!root.TryGetProperty("vocabularySize", out JsonElement value))
            return 0;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int size) || size < 0)
            throw new InputFormatException("The field 'vocabularySize' must be an integer, 0 or more.");
        return size;
    }

    private static DateTimeOffset Created(JsonElement root)
    {
        if (!root.TryGetProperty("created", out JsonElement value))
            return DateTimeOffset.UnixEpoch;
        if (value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParseExact(
                value.GetString(), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created))
        {
            return created;
        }

        throw new InputFormatException("The field 'created' must be a UTC time such as \"2026-11-23T17:00:00Z\".");
    }

    private static KeyPurpose Purpose(JsonElement root, int version)
    {
        if (!root.TryGetProperty("purpose", out JsonElement value))
            return KeyPurpose.Forensic;
        if (version == 1)
            throw new InputFormatException("The field 'purpose' is unknown in a key file of version 1.");
        return value.ValueKind == JsonValueKind.String && KeyPurposes.Find(value.GetString()!) is { } purpose
            ? purpose
            : throw new InputFormatException($"The field 'purpose' must be one of {string.Join(", ", KeyPurposes.Names)}.");
    }

    /// <summary>The id in the file; empty where a file of version 1 has none.</summary>
    private static string StatedId(JsonElement root, int version, bool isProtected)
    {
        if (!root.TryGetProperty("id", out _))
        {
            if (isProtected)
                throw new InputFormatException("The field 'id' is missing; a protected key needs it.");
            if (version == 1)
                return string.Empty;
        }

        string id = Text(root, "id", null);
        int digits = KeyIds.Digits(version);
        if (id.Length != digits || !id.All(char.IsAsciiHexDigitLower))
            throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"The field 'id' must be {digits} lower-case hexadecimal digits."));
        return id;
    }

    private static byte[] IdSalt(JsonElement root, int version)
    {
        if (!root.TryGetProperty("idSalt", out JsonElement value))
            return [];
        if (version > 1 && value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out byte[]? salt) && salt.Length == KeyIds.SaltSize)
            return salt;
        throw new InputFormatException(version > 1 ? "The field 'idSalt' must be the base64 text of 16 bytes." : "The field 'idSalt' is unknown in a key file of version 1.");
    }

    private static string Text(JsonElement root, string name, string? fallback)
    {
        if (!root.TryGetProperty(name, out JsonElement value))
            return fallback ?? throw new InputFormatException($"The field '{name}' is missing.");
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new InputFormatException($"The field '{name}' must be a string that is not empty.");
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> json) => json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
}
