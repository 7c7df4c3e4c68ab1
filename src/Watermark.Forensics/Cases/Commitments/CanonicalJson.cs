using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Watermark.Forensics.Cases.Commitments;

/// <summary>
/// JSON in one form (RFC 8785, JSON Canonicalization Scheme) for values of objects, texts and whole numbers only, so that
/// no rule for printing fractions is needed: names in the order of their UTF-16 units, no white space.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>The largest whole number that every reader of JSON keeps.</summary>
    public const long LargestExact = (1L << 53) - 1;

    /// <summary>The canonical text of a value.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="InputFormatException">It holds an array, true, false, null, a fraction or a number beyond 2^53 − 1.</exception>
    public static string Of(JsonElement value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    private static void Write(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                WriteText(value.GetString()!, text);
                break;
            case JsonValueKind.Number when value.TryGetInt64(out long number) && Math.Abs(number) <= LargestExact:
                text.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            case JsonValueKind.Object:
                text.Append('{');
                bool first = true;
                foreach (JsonProperty member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    if (!first)
                        text.Append(',');
                    first = false;
                    WriteText(member.Name, text);
                    text.Append(':');
                    Write(member.Value, text);
                }

                text.Append('}');
                break;
            default:
                throw new InputFormatException("A committed context holds objects, texts and whole numbers up to 2^53 − 1 only.");
        }
    }

    private static void WriteText(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (char unit in value)
        {
            string? escaped = unit switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}"),
                _ => null,
            };
            if (escaped is null)
                text.Append(unit);
            else
                text.Append(escaped);
        }

        text.Append('"');
    }
}
