namespace Watermark.Text.Screening;

/// <summary>
/// Text that a suspect may have seen when it was asked, such as retrieved pages: what replies repeat of it is not scored. It
/// is held as hashes of three words each, 16 to 40 bytes a word. Filled first, then safe for concurrent reading.
/// </summary>
public sealed class ExcludedText
{
    private readonly List<FoldedWord> words = [];
    private readonly List<ulong> windows = [];

    /// <summary>Texts added.</summary>
    public long Texts { get; private set; }

    /// <summary>Windows for text with spaces between words.</summary>
    internal HashSet<ulong> Spaced { get; } = [];

    /// <summary>Windows for text without spaces.</summary>
    internal HashSet<ulong> Unspaced { get; } = [];

    /// <summary>Adds a text.</summary>
    /// <param name="text">The text.</param>
    public void Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        words.Clear();
        FoldedWords.Read(text, words);
        Texts++;
        Add(Spaced, PromptMatcher.CopyWords);
        Add(Unspaced, 2 * PromptMatcher.CopyWords);
    }

    private void Add(HashSet<ulong> set, int length)
    {
        FoldedWords.ReadWindows(words, length, windows);
        set.UnionWith(windows);
    }
}
