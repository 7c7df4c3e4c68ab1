using System.Text;

namespace Watermark.Text.Tests.Tokenizers;

/// <summary>Text that is hard to cut: white space of all kinds, digits, apostrophes, marks, cases, characters beyond U+FFFF.</summary>
internal static class RandomText
{
    private static readonly string[] Fragments =
    [
        "a", "b", "Z", "s", "S", "\u017f", "k", "\u212a", "l", "L", "the", "The", "THE", "don't", "I'LL", "HE'S", "'", "'s", "'S", "'\u017f", "'ll", "'Ve", "'rE", "'D", "'m",
        " ", " ", " ", "  ", "   ", "\n", "\n", "\r\n", "\r", "\t", "\v", "\u0085", "\u00a0", "\u2028", "\u3000", "\ufeff", "\u200d", "\u180e",
        "0", "7", "12", "123", "1234567", "\u00b2", "\u00bd", "\u2167", "\u0663", "\U0001D7D9", "\U00010107",
        "\u00e9", "e\u0301", "\u0301", "\u0903", "\u20dd", "\u01c5", "\u02b0", "\u0416", "\u0436", "\u6f22\u5b57", "\u30ab\u30ca", "\ud55c\uad6d", "\u0928\u092e\u0938\u094d\u0924\u0947", "\u24d0",
        "\U0001D49C", "\U00010400", "\U00010428", "\U00020000", "\U000E0100", "\U0001F600", "\U0001F469\u200d\U0001F467",
        "!", "?", ".", ",", "/", "//", "-", "_", "...", "#", "\u2014", "\u20ac", "<|endoftext|>", "\0", "\u001f",
    ];

    /// <summary>Joins random fragments.</summary>
    public static string Next(Random random, int fragments)
    {
        var text = new StringBuilder();
        for (int i = 0; i < fragments; i++)
            text.Append(Fragments[random.Next(Fragments.Length)]);
        return text.ToString();
    }

    /// <summary>Any code points but halves of pairs, many of them unassigned.</summary>
    public static string AnyCharacters(Random random, int characters)
    {
        var text = new StringBuilder();
        while (text.Length < characters)
        {
            int point = random.Next(4) switch { 0 => random.Next(0x80), 1 => random.Next(0x800), 2 => random.Next(0x10000), _ => random.Next(0x110000) };
            if (Rune.IsValid(point))
                text.Append(new Rune(point));
        }

        return text.ToString();
    }
}
