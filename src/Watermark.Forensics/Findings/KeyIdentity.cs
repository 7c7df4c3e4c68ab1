using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Schemes;

namespace Watermark.Forensics.Findings;

/// <summary>A named value, such as an option and its value.</summary>
/// <param name="Name">The name.</param>
/// <param name="Value">The value as text, culture invariant.</param>
public sealed record NamedValue(string Name, string Value);

/// <summary>The key and the scheme of a finding: everything public that decides bits, and nothing secret.</summary>
public sealed record KeyIdentity
{
    /// <summary>The public id of the key.</summary>
    public required string Id { get; init; }

    /// <summary>The version of the id; from version 2 it covers all that decides bits.</summary>
    public required int IdVersion { get; init; }

    /// <summary>The commitment that this key opens, where one was made; null otherwise.</summary>
    public string? Commitment { get; init; }

    /// <summary>The scheme's name.</summary>
    public required string Scheme { get; init; }

    /// <summary>The scheme's public parameters: a JSON object without white space, as a key file gives them.</summary>
    public required string Parameters { get; init; }

    /// <summary>The identity of a scheme's key.</summary>
    /// <param name="scheme">The scheme and key.</param>
    /// <param name="idVersion">The version of its id.</param>
    /// <param name="commitment">The commitment that the key opens, or null.</param>
    public static KeyIdentity Of(KeyedScheme scheme, int idVersion, string? commitment = null)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            scheme.Scheme.WriteParameters(writer);
            writer.WriteEndObject();
        }

        return new KeyIdentity
        {
            Id = scheme.KeyId,
            IdVersion = idVersion,
            Commitment = commitment,
            Scheme = scheme.Scheme.Name,
            Parameters = Encoding.UTF8.GetString(buffer.WrittenSpan),
        };
    }

    /// <summary>A parameter as text; null where the scheme has no parameter of that name.</summary>
    /// <param name="name">The parameter's name.</param>
    public string? Parameter(string name)
    {
        using JsonDocument document = JsonDocument.Parse(Parameters);
        return document.RootElement.TryGetProperty(name, out JsonElement value) ? value.ToString() : null;
    }
}
