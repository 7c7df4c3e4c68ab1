namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>A published pattern, written as code: it finds piece after piece, and every character is in one.</summary>
internal interface IScanner
{
    /// <summary>The end of the piece that begins at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">The place, inside the text: its beginning, or the end of the piece before.</param>
    int End(ReadOnlySpan<char> text, int at);
}

/// <summary>A splitter that a scanner drives. A structure as the parameter lets the compiler put the scanner into the loop.</summary>
/// <typeparam name="TScanner">The scanner.</typeparam>
/// <param name="scanner">The scanner.</param>
internal sealed class ScanningSplitter<TScanner>(TScanner scanner) : TextSplitter
    where TScanner : struct, IScanner
{
    private readonly TScanner scanner = scanner;

    public override void Split(ReadOnlySpan<char> text, IntBuffer ends)
    {
        for (int at = 0; at < text.Length;)
        {
            at = scanner.End(text, at);
            ends.Add(at);
        }
    }

    public override void FindMatches(ReadOnlySpan<char> text, IntBuffer bounds)
    {
        for (int at = 0; at < text.Length;)
        {
            bounds.Add(at);
            at = scanner.End(text, at);
            bounds.Add(at);
        }
    }
}
