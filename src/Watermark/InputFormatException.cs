using System.Globalization;
using System.Text;

namespace Watermark;

/// <summary>
/// Input from outside (a key file, a sample, a document) does not have the format that was expected. The message is one
/// sentence a user can act on: what is wrong, where, and what was expected. It never contains secret material.
/// </summary>
/// <remarks>
/// A message may quote names from the input. So it is kept to one line that a terminal shows as it is: control characters
/// are written as <c>\u001B</c>, and the middle of a message of more than 2,000 characters is left out.
/// </remarks>
public sealed class InputFormatException : FormatException
{
    private const int LongestMessage = 2000;

    /// <summary>Creates the exception with a generic message.</summary>
    public InputFormatException()
        : base("The input is malformed.")
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">One sentence: what, where, what was expected.</param>
    public InputFormatException(string message)
        : base(OneLine(message))
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">One sentence: what, where, what was expected.</param>
    /// <param name="innerException">The cause; its message is not shown to users.</param>
    public InputFormatException(string message, Exception? innerException)
        : base(OneLine(message), innerException)
    {
    }

    private static string OneLine(string message)
    {
        if (message is null)
            return string.Empty;
        if (message.Length > LongestMessage)
            message = string.Concat(message.AsSpan(0, LongestMessage / 2), " … ", message.AsSpan(message.Length - (LongestMessage / 2)));
        if (!message.Any(NeedsEscape))
            return message;
        var line = new StringBuilder(message.Length + 16);
        foreach (char character in message)
        {
            if (NeedsEscape(character))
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:X4}");
            else
                line.Append(character);
        }

        return line.ToString();
    }

    /// <summary>Controls, the separators of lines and paragraphs, and the marks that reverse the direction of writing.</summary>
    private static bool NeedsEscape(char character) =>
        char.IsControl(character) || character is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
