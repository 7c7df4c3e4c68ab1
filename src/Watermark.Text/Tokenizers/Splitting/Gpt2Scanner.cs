namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>GPT-2's pattern, by hand.</summary>
internal readonly struct Gpt2Scanner : IScanner
{
    public int End(ReadOnlySpan<char> text, int at)
    {
        if (text[at] == '\'' && Contraction(text, at) is > 0 and int contraction)
            return at + contraction;
        int word = text[at] == ' ' && at + 1 < text.Length ? at + 1 : at;
        CharacterClass found = CharacterClasses.At(text, word, out int length);
        if ((found & CharacterClass.Letter) != 0)
            return Scan.While(text, word + length, CharacterClass.Letter);
        if ((found & CharacterClass.Number) != 0)
            return Scan.While(text, word + length, CharacterClass.Number);
        return Scan.IsOther(found) ? Scan.WhileOther(text, word + length) : Scan.Space(text, at, lines: false);
    }

    /// <summary>The length of <c>'(?:[sdmt]|ll|ve|re)</c>, small letters only.</summary>
    private static int Contraction(ReadOnlySpan<char> text, int at)
    {
        ReadOnlySpan<char> rest = text[(at + 1)..];
        if (rest.IsEmpty)
            return 0;
        if (rest[0] is 's' or 'd' or 'm' or 't')
            return 2;
        return rest.StartsWith("ll") || rest.StartsWith("ve") || rest.StartsWith("re") ? 3 : 0;
    }
}
