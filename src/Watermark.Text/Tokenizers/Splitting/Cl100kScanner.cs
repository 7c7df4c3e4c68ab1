namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The pattern of <c>cl100k_base</c>, Llama 3 and Qwen 2, by hand.</summary>
/// <param name="digits">The most digits in a piece: 3, or 1 for Qwen 2.</param>
internal readonly struct Cl100kScanner(int digits) : IScanner
{
    public int End(ReadOnlySpan<char> text, int at)
    {
        CharacterClass found = CharacterClasses.At(text, at, out int length);
        if ((found & CharacterClass.Letter) != 0)
            return Scan.While(text, at + length, CharacterClass.Letter);
        if ((found & CharacterClass.Number) != 0)
            return Scan.Numbers(text, at, digits);
        if (text[at] == '\'' && Scan.Contraction(text, at) is > 0 and int contraction)
            return at + contraction;
        int next = at + length;
        CharacterClass second = CharacterClass.Space;
        int secondLength = 0;
        if (next < text.Length)
            second = CharacterClasses.At(text, next, out secondLength);

        // One character of another kind, but no line end, goes with the letters behind it.
        if ((second & CharacterClass.Letter) != 0 && (found & CharacterClass.LineEnd) == 0)
            return Scan.While(text, next + secondLength, CharacterClass.Letter);
        if (Scan.IsOther(found) || (text[at] == ' ' && Scan.IsOther(second)))
            return Scan.While(text, Scan.WhileOther(text, next), CharacterClass.LineEnd);
        return Scan.Space(text, at, lines: true);
    }
}
