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

    /// <summary>
    /// Decimals of a number below 1. It may be what is left of terms of size 1 to 10, whose last bits differ between
    /// machines by 1e-15: twelve digits of 0.001 would show them.
    /// </summary>
    private const int Decimals = 11;

    /// <summary>
    /// Objects whose numbers are given and not computed, so that all machines have the same: those of a key stay, and those
    /// of a plan and its thresholds are written with all digits.
    /// </summary>
    private const string Verbatim = "key";

    private static readonly string[] Given = ["plan", "rule"];

    /// <summary>
    /// The shortest decimal form of a number rounded to 12 significant digits, and below 1 to 11 decimals; null for NaN and
    /// infinities.
    /// </summary>
    /// <param name="number">The number.</param>
    public static string? Write(double number)
    {
        if (!double.IsFinite(number))
            return null;
        double rounded = Math.Abs(number) < Smallest ? 0
            : Math.Abs(number) < 1 ? Math.Round(number, Decimals)
            : double.Parse(number.ToString("E11", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return rounded.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Whether the text of a number has a fraction or an exponent.</summary>
    /// <param name="text">The text.</param>
    public static bool IsFractional(ReadOnlySpan<char> text) => text.IndexOfAny(".eE") >= 0;

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
            Convert(property.Value, writer, Given.Contains(property.Name));
            if (first)
                writer.WriteString(Member, Value);
            first = false;
        }

        writer.WriteEndObject();
    }

    private static void Convert(JsonElement value, Utf8JsonWriter writer, bool isGiven)
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
                        Convert(property.Value, writer, isGiven || Given.Contains(property.Name));
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (JsonElement item in value.EnumerateArray())
                    Convert(item, writer, isGiven);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when IsFractional(value.GetRawText()):
                WriteNumber(isGiven ? value.GetRawText() : Write(value.GetDouble())!, writer);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>What was rounded to a whole number is written as one, as it is where no rounding was needed.</summary>
    private static void WriteNumber(string text, Utf8JsonWriter writer)
    {
        if (!IsFractional(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole))
            writer.WriteNumberValue(whole);
        else
            writer.WriteStringValue(text);
    }
}
