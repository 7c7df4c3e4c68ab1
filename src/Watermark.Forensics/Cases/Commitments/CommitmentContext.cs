using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Commitments;

/// <summary>
/// What a commitment binds besides the key: everything public that decides which texts the key calls marked. Without it, the
/// owner of one committed key could still choose the scheme or gamma that suits the data.
/// </summary>
internal static class CommitmentContext
{
    private const int Version = 1;

    /// <summary>The context of a key, as canonical JSON.</summary>
    /// <param name="key">The key.</param>
    /// <param name="selection">Which n-grams are scored, in words.</param>
    public static string Of(KeyFile key, string selection)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("v", Version);
            writer.WriteString("scheme", key.Scheme.Name);
            WriteParameters(key, writer);
            writer.WriteString("tokenizerHash", key.TokenizerHash);
            writer.WriteNumber("vocabularySize", key.VocabularySize);
            writer.WriteString("selection", selection);
            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        return CanonicalJson.Of(document.RootElement);
    }

    /// <summary>SHA-256 of a context.</summary>
    /// <param name="context">The canonical JSON.</param>
    public static byte[] Hash(string context) => SHA256.HashData(Encoding.UTF8.GetBytes(context));

    /// <summary>Reads the context in a registry and returns it as canonical JSON.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="name">The member that holds it.</param>
    public static string Read(JsonFields entry, string name)
    {
        JsonFields fields = entry.Object(name);
        fields.Whole("v", Version, Version);
        fields.Text("scheme");
        fields.Object("parameters");
        fields.Text("tokenizerHash");
        fields.Whole("vocabularySize", 0, int.MaxValue);
        fields.Text("selection");
        fields.Done();
        return CanonicalJson.Of(entry.Member(name));
    }

    /// <summary>A member that is a text.</summary>
    /// <param name="context">The canonical JSON.</param>
    /// <param name="name">The member.</param>
    public static string Text(string context, string name)
    {
        using JsonDocument document = JsonDocument.Parse(context);
        return document.RootElement.GetProperty(name).GetString()!;
    }

    /// <summary>The name of a member in which two contexts differ; null where they are the same.</summary>
    public static string? Difference(string left, string right)
    {
        using JsonDocument first = JsonDocument.Parse(left);
        using JsonDocument second = JsonDocument.Parse(right);
        return Difference(first.RootElement, second.RootElement, string.Empty);
    }

    private static string? Difference(JsonElement left, JsonElement right, string path)
    {
        if (left.ValueKind != JsonValueKind.Object || right.ValueKind != JsonValueKind.Object)
            return JsonElement.DeepEquals(left, right) ? null : path;
        IEnumerable<string> names = left.EnumerateObject().Concat(right.EnumerateObject()).Select(member => member.Name).Distinct();
        foreach (string name in names.Order(StringComparer.Ordinal))
        {
            string member = path.Length == 0 ? name : $"{path}.{name}";
            if (!left.TryGetProperty(name, out JsonElement one) || !right.TryGetProperty(name, out JsonElement other))
                return member;
            if (Difference(one, other, member) is { } difference)
                return difference;
        }

        return null;
    }

    /// <summary>The parameters as a key file has them; fractions of numbers and flags become texts.</summary>
    private static void WriteParameters(KeyFile key, Utf8JsonWriter writer)
    {
        using JsonDocument scheme = JsonDocument.Parse(key.Scheme.ToJson());
        writer.WriteStartObject("parameters");
        foreach (JsonProperty parameter in scheme.RootElement.EnumerateObject().Where(parameter => parameter.Name != "name"))
        {
            if (parameter.Value.ValueKind == JsonValueKind.Number && parameter.Value.TryGetInt64(out long whole) && Math.Abs(whole) <= CanonicalJson.LargestExact)
                writer.WriteNumber(parameter.Name, whole);
            else
                writer.WriteString(parameter.Name, parameter.Value.ValueKind == JsonValueKind.String ? parameter.Value.GetString() : parameter.Value.GetRawText());
        }

        writer.WriteEndObject();
    }
}
