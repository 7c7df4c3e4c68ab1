namespace Watermark.Text.Conversations.Templates;

/// <summary>Marks that stand around a text and say nothing, such as <c>&lt;|im_end|&gt;</c>.</summary>
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

    /// <summary>Whether a text is nothing but marks of beginnings and ends, and white space.</summary>
    /// <param name="text">The text.</param>
    public static bool AreAll(ReadOnlySpan<char> text)
    {
        int before;
        do
        {
            before = text.Length;
            text = Without(Without(text, SpecialTemplates.Endings), SpecialTemplates.Beginnings);
        }
        while (text.Length < before);
        return text.IsWhiteSpace();
    }

    /// <summary>The text without the marks before it and the white space before them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="marks">The marks.</param>
    public static ReadOnlySpan<char> Without(ReadOnlySpan<char> text, string[] marks)
    {
        while (true)
        {
            ReadOnlySpan<char> trimmed = text.TrimStart();
            string? found = null;
            foreach (string mark in marks)
            {
                if (trimmed.StartsWith(mark, StringComparison.Ordinal))
                    found = mark;
            }

            if (found is null)
                return text;
            text = trimmed[found.Length..];
        }
    }
}
