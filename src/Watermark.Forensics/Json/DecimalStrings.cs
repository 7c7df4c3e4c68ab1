using System.Globalization;
using System.Text.Json;

namespace Watermark.Forensics.Json;

/// <summary>How numbers that are not whole are written.</summary>
public enum NumberStyle
{
    /// <summary>As JSON numbers with all digits.</summary>
    Numbers,

    /// <summary>
    /// As decimal strings of 12 significant digits, so that machines whose logarithms differ in the last bit write the same
    /// bytes.
    /// </summary>
    DecimalStrings,
}

/// <summary>Numbers as decimal strings of 12 significant digits.</summary>
internal static class DecimalStrings
{
    /// <summary>The member of a document that says that its numbers are written so.</summary>
    public const string Member = "numbers";

    /// <summary>The value of <see cref="Member"/>.</summary>
    public const string Value = "decimal-strings";

    /// <summary>
    /// Below this size a number is 0: it is what is left where terms of size 1 or more cancel, and its digits are noise.
    /// </summary>
    public const double Smallest = 1e-10;

    /// <summary>The object whose numbers stay: the parameters of a key, which are the key's and not computed.</summary>
    private const string Verbatim = "key";

    /// <summary>The shortest decimal form of a number rounded to 12 significant digits; null for NaN and infinities.</summary>
    /// <param name="number">The number.</param>
    public static string? Write(double number)
    {
        if (!double.IsFinite(number))
            return null;
        return Math.Abs(number) < Smallest ? "0" : double.Parse(number.ToString("E11", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Copies a document; every number that is not whole becomes a decimal string.</summary>
    /// <param name="json">The document, whose root is an object.</param>
    /// <param name="writer">Where it is written.</param>
    public static void Convert(ReadOnlyMemory<byte> json, Utf8JsonWriter writer)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        writer.WriteStartObject();
        bool first = true;
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            writer.WritePropertyName(property.Name);
            Convert(property.Value, writer);
            if (first)
                writer.WriteString(Member, Value);
            first = false;
        }

        writer.WriteEndObject();
    }

    private static void Convert(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    if (property.Name == Verbatim)
                        property.Value.WriteTo(writer);
                    else
                        Convert(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Convert(item, writer);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when value.GetRawText().AsSpan().IndexOfAny(".eE") >= 0:
                writer.WriteStringValue(Write(value.GetDouble()));
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
