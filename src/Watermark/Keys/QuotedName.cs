namespace Watermark.Keys;

/// <summary>Names from a file that holds a secret, for messages.</summary>
internal static class QuotedName
{
    private const int Longest = 32;

    /// <summary>
    /// The name in quotes where it can hardly be a secret at the wrong place: a short word of letters, hyphens and
    /// underscores; otherwise words that say why it is not shown.
    /// </summary>
    /// <param name="name">The name as it stands in the file.</param>
    /// <param name="before">What is shown before the name, inside the quotes.</param>
    public static string Of(string name, string before = "")
    {
        bool isWord = name.Length is > 0 and <= Longest && name.All(letter => char.IsAsciiLetter(letter) || letter is '-' or '_');
        return isWord ? $"'{before}{name}'" : $"'{before}…' (not shown, since it may be a secret)";
    }
}
