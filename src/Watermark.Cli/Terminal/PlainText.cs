using System.Buffers;

namespace Watermark.Cli.Terminal;

/// <summary>
/// Text on one line as a terminal may show it. Names of files come from others: one with a line break would look like two
/// messages, and one with control characters could rewrite what stands on the screen.
/// </summary>
internal static class PlainText
{
    // The marks that turn the direction of writing: with them "gpj.exe" reads "exe.jpg".
    private static readonly SearchValues<char> Turning = SearchValues.Create("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069");

    /// <summary>The text with a question mark for every character that a terminal would obey and not show.</summary>
    /// <param name="line">The text of one line.</param>
    public static string Of(string line)
    {
        if (!line.Any(IsObeyed))
            return line;
        return string.Create(line.Length, line, static (shown, text) =>
        {
            for (int i = 0; i < text.Length; i++)
                shown[i] = IsObeyed(text[i]) ? '?' : text[i];
        });
    }

    private static bool IsObeyed(char character) => char.IsControl(character) || Turning.Contains(character);
}
