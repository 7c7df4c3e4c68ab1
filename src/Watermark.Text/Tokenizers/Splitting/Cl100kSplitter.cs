using Watermark.Text.Tokenizers.BytePairs;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>The pattern of <c>cl100k_base</c>, Llama 3 and Qwen 2, by hand.</summary>
/// <param name="digits">The most digits in a piece: 3, or 1 for Qwen 2.</param>
internal sealed class Cl100kSplitter(int digits) : TextSplitter
{
    public override void Split(ReadOnlySpan<char> text, IntBuffer ends)
    {
        for (int at = 0; at < text.Length;)
        {
            at = End(text, at);
            ends.Add(at);
        }
    }

    private int End(ReadOnlySpan<char> text, int at)
    {
        CharacterClass found = CharacterClasses.At(text, at, out int length);
        if ((found & CharacterClass.Letter) != 0)
            return Scanner.While(text, at + length, CharacterClass.Letter);
        if ((found & CharacterClass.Number) != 0)
            return Scanner.Numbers(text, at, digits);
        if (text[at] == '\'' && Scanner.Contraction(text, at) is > 0 and int contraction)
            return at + contraction;
        int next = at + length;
        CharacterClass second = CharacterClass.Space;
        int secondLength = 0;
        if (next < text.Length)
            second = CharacterClasses.At(text, next, out secondLength);

        // One character of another kind, but no line end, goes with the letters behind it.
        if ((second & CharacterClass.Letter) != 0 && (found & CharacterClass.LineEnd) == 0)
            return Scanner.While(text, next + secondLength, CharacterClass.Letter);
        if (Scanner.IsOther(found) || (text[at] == ' ' && Scanner.IsOther(second)))
            return Scanner.While(text, Scanner.WhileOther(text, next), CharacterClass.LineEnd);
        return Scanner.Space(text, at, lines: true);
    }
}
