using System.Globalization;
using System.Text.Json;
using Watermark.Keys;
using Watermark.Schemes;

namespace Watermark.Catalog;

/// <summary>The public members of a key file.</summary>
internal sealed record KeyFileHeader
{
    /// <summary>The version of the format, 1 or 2, and of the id.</summary>
    public required int Version { get; init; }

    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>The salt of the id; empty where the id has none.</summary>
    public required ReadOnlyMemory<byte> IdSalt { get; init; }

    /// <summary>The scheme.</summary>
    public required WatermarkScheme Scheme { get; init; }

    /// <summary>The tokenizer's name.</summary>
    public required string Tokenizer { get; init; }

    /// <summary>SHA-256 of the tokenizer's content, lower-case hexadecimal; empty where it is not known.</summary>
    public string TokenizerHash { get; init; } = string.Empty;

    /// <summary>The number of token ids, 0 where unknown.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>When the key was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>What the key is for.</summary>
    public KeyPurpose Purpose { get; init; }

    /// <summary>The <c>format</c> member of a version.</summary>
    /// <param name="version">1 or 2.</param>
    public static string FormatOf(int version) => version == 1 ? "watermark-key/1" : KeyFile.Format;

    /// <summary>
    /// Writes the members in their fixed order. The same bytes, without white space, are what the protection of the secret
    /// authenticates.
    /// </summary>
    /// <param name="writer">A writer inside the object.</param>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteString("format", FormatOf(Version));
        writer.WriteString("id", Id);
        if (!IdSalt.IsEmpty)
            writer.WriteBase64String("idSalt", IdSalt.Span);
        writer.WriteStartObject("scheme");
        writer.WriteString("name", Scheme.Name);
        Scheme.WriteParameters(writer);
        writer.WriteEndObject();
        writer.WriteString("tokenizer", Tokenizer);
        if (TokenizerHash.Length > 0)
            writer.WriteString("tokenizerHash", TokenizerHash);
        writer.WriteNumber("vocabularySize", VocabularySize);
        writer.WriteString("created", Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        if (Purpose != KeyPurpose.Forensic)
            writer.WriteString("purpose", KeyPurposes.NameOf(Purpose));
    }
}
