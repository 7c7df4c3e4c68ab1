using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Schemes;

namespace Watermark.Keys;

/// <summary>Reads <see cref="KeyFile"/> from JSON; every fault is one sentence, and none shows the secret.</summary>
internal static class KeyFileReader
{
    private static readonly string[] Known =
        ["format", "id", "scheme", "tokenizer", "vocabularySize", "created", "secret", "protectedSecret"];

    public static KeyFile Read(ReadOnlyMemory<byte> json, Func<string, char[]>? passphrase)
    {
        using JsonDocument document = Parse(json, "The key file");
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new InputFormatException("A key file is a JSON object.");
        string format = Text(root, "format", null);
        if (format != KeyFile.Format)
            throw new InputFormatException($"The format '{format}' is not supported; this version reads '{KeyFile.Format}'.");
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (!Known.Contains(property.Name, StringComparer.Ordinal))
                throw new InputFormatException($"The field '{property.Name}' is unknown; a key file has {string.Join(", ", Known)}.");
        }

        WatermarkScheme scheme = Scheme(root);
        string tokenizer = Text(root, "tokenizer", KeyFile.IdsTokenizer);
        int vocabularySize = VocabularySize(root);
        DateTimeOffset created = Created(root);
        string? statedId = root.TryGetProperty("id", out _) ? Id(root) : null;
        WatermarkSecret secret = Secret(root, scheme, tokenizer, vocabularySize, created, statedId, passphrase);
        try
        {
            string id = secret.IdFor(scheme);
            if (statedId is not null && statedId != id)
                throw new InputFormatException($"The field 'id' says {statedId}, but the secret's id is {id}: the file was altered or mixed up.");
            return new KeyFile(id, scheme, secret, tokenizer, vocabularySize, created);
        }
        catch
        {
            secret.Dispose();
            throw;
        }
    }

    private static WatermarkSecret Secret(
        JsonElement root, WatermarkScheme scheme, string tokenizer, int vocabularySize, DateTimeOffset created, string? id, Func<string, char[]>? passphrase)
    {
        bool clear = root.TryGetProperty("secret", out JsonElement secret);
        bool isProtected = root.TryGetProperty("protectedSecret", out JsonElement protectedSecret);
        if (clear == isProtected)
            throw new InputFormatException("A key file has either a field 'secret' or a field 'protectedSecret'.");
        if (clear)
            return scheme.ReadSecret(secret);

        if (id is null)
            throw new InputFormatException("The field 'id' is missing; a protected key needs it.");
        SecretProtection protection = SecretProtection.Read(protectedSecret);
        if (passphrase is null)
            throw new InputFormatException("The key is protected with a passphrase, and none was given.");
        // The header that the seal authenticates holds public members only; the placeholder secret is never written.
        using var unopened = WatermarkKey.FromBytes(new byte[WatermarkKey.Size]);
        byte[] header = KeyFileWriter.HeaderBytes(new KeyFile(id, scheme, unopened, tokenizer, vocabularySize, created));
        char[] characters = passphrase(id);
        byte[]? plain = null;
        try
        {
            plain = protection.Open(header, characters);
            using JsonDocument document = Parse(plain, "The protected secret");
            return scheme.ReadSecret(document.RootElement);
        }
        finally
        {
            Array.Clear(characters);
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private static WatermarkScheme Scheme(JsonElement root)
    {
        if (!root.TryGetProperty("scheme", out JsonElement scheme))
            throw new InputFormatException("The field 'scheme' is missing.");
        if (scheme.ValueKind != JsonValueKind.Object || !scheme.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
            throw new InputFormatException("The field 'scheme' must be an object with a 'name'.");
        SchemeDescriptor descriptor = SchemeCatalog.Find(name.GetString()!)
            ?? throw new InputFormatException($"The scheme '{name.GetString()}' is not known; known are {string.Join(", ", SchemeCatalog.All.Select(item => item.Name))}.");
        return SchemeCatalog.Read(descriptor, scheme);
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

    private static string Id(JsonElement root)
    {
        string id = Text(root, "id", null);
        if (id.Length != 16 || !id.All(char.IsAsciiHexDigitLower))
            throw new InputFormatException("The field 'id' must be 16 lower-case hexadecimal digits.");
        return id;
    }

    private static string Text(JsonElement root, string name, string? fallback)
    {
        if (!root.TryGetProperty(name, out JsonElement value))
            return fallback ?? throw new InputFormatException($"The field '{name}' is missing.");
        return value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : throw new InputFormatException($"The field '{name}' must be a string that is not empty.");
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> json, string what)
    {
        try
        {
            if (json.Span.StartsWith("\uFEFF"u8))
                json = json[3..];
            return JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            // The parser's own message may quote the text, which may be the secret.
            string where = exception.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1})") : string.Empty;
            throw new InputFormatException($"{what} is not valid JSON{where}, or a field stands twice.");
        }
    }
}
