using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Watermark.Reporting.Texts;

/// <summary>Text as HTML.</summary>
internal static partial class HtmlText
{
    private const int Half = 32;

    /// <summary>Words: escaped, powers of ten with a raised exponent, units and numbers kept on one line.</summary>
    /// <param name="text">The text.</param>
    public static string Words(string text) =>
        Power().Replace(Escape(PlainCharacters.Of(text)), "10<sup>$1</sup>").Replace(" %", "&nbsp;%", StringComparison.Ordinal);

    /// <summary>A digest or a name, escaped, in one typeface; long digests may break in the middle.</summary>
    /// <param name="text">The text; an empty one gives nothing.</param>
    public static string Code(string text)
    {
        if (text.Length == 0)
            return string.Empty;
        string escaped = Escape(PlainCharacters.Of(text));
        if (text.Length == 2 * Half && text.All(char.IsAsciiHexDigitLower))
            escaped = $"{escaped[..Half]}<wbr>{escaped[Half..]}";
        return $"<code>{escaped}</code>";
    }

    /// <summary>Text for an element or an attribute in quotation marks.</summary>
    /// <param name="text">The text.</param>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char character in text)
        {
            switch (character)
            {
                case '&':
                    escaped.Append("&amp;");
                    break;
                case '<':
                    escaped.Append("&lt;");
                    break;
                case '>':
                    escaped.Append("&gt;");
                    break;
                case '"':
                    escaped.Append("&quot;");
                    break;
                case '\'':
                    escaped.Append("&#39;");
                    break;
                default:
                    escaped.Append(character);
                    break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>A coordinate of a drawing: at most one digit after the point.</summary>
    /// <param name="value">The coordinate, finite.</param>
    public static string Coordinate(double value)
    {
        string text = value.ToString("0.#", CultureInfo.InvariantCulture);
        return text == "-0" ? "0" : text;
    }

    [GeneratedRegex(@"\b10\^(-?[0-9]+(?:,[0-9]{3})*)")]
    private static partial Regex Power();
}
