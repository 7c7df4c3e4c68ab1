namespace Watermark.Text.Conversations.Templates;

/// <summary>Marks of the end that stand behind a text, such as <c>&lt;|im_end|&gt;</c>.</summary>
internal static class EndMarks
{
    /// <summary>The text without the marks behind it and the white space after them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="removed">Whether there were any.</param>
    public static string Remove(string text, out bool removed)
    {
        removed = false;
        ReadOnlySpan<char> rest = text;
        while (true)
        {
            ReadOnlySpan<char> trimmed = rest.TrimEnd();
            string? found = null;
            foreach (string mark in SpecialTemplates.Endings)
            {
                if (trimmed.EndsWith(mark, StringComparison.Ordinal))
                    found = mark;
            }

            if (found is null)
                return removed ? rest.ToString() : text;
            removed = true;
            rest = trimmed[..^found.Length];
        }
    }
}
