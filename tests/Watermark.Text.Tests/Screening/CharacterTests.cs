using Watermark.Text.Screening;

namespace Watermark.Text.Tests.Screening;

/// <summary>Characters that hide a mark are counted; those that writing needs are not.</summary>
public sealed class CharacterTests
{
    [Theory]
    [InlineData("plain text, nothing else", 0, 0, 0)]
    [InlineData("a\u200bb\u2060c\ufeffd\u00ade", 4, 0, 0)]
    [InlineData("no\u00a0break and\u202fnarrow\u2009thin", 0, 3, 0)]
    [InlineData("раypal pаypal", 0, 0, 3)] // Cyrillic er and a; then a.
    [InlineData("ｆｕｌｌ width", 0, 0, 4)]
    [InlineData("\U000e0041\U000e0042", 2, 0, 0)] // Tag characters.
    public void Hidden_characters_are_counted(string text, int invisible, int spaces, int lookAlikes) =>
        Assert.Equal(new CharacterCensus(invisible, spaces, lookAlikes), CharacterCensus.Of(text));

    [Theory]
    [InlineData("Привет, как дела? Хорошо.")]
    [InlineData("Καλημέρα σε όλους")]
    [InlineData("👩‍👩‍👧 and ❤️ and 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f")] // Joiners and selectors of pictures.
    [InlineData("می‌خواهم")] // A non-joiner that Persian needs.
    [InlineData("שלום \u200eabc\u200f")] // Direction marks beside Hebrew.
    [InlineData("日本語　全角スペース")] // The space of Chinese and Japanese text.
    [InlineData("\ufeffA byte order mark")]
    [InlineData("naïve café — “quoted” … 10 €")]
    public void What_writing_needs_is_not_counted_and_not_changed(string text)
    {
        Assert.Equal(0, CharacterCensus.Of(text).Total);
        if (!text.Contains('\u3000', StringComparison.Ordinal))
            Assert.Equal(text, TextNormaliser.Normalise(text));
    }

    [Theory]
    [InlineData("a\u200bb no\u00a0break pаypal ｆｕｌｌ e\u0301 \U0001d40a", "ab no break paypal full é K")]
    [InlineData("", "")]
    public void Normalising_gives_what_a_reader_sees(string text, string expected) => Assert.Equal(expected, TextNormaliser.Normalise(text));

    [Fact]
    public void Half_a_surrogate_pair_is_normalised_as_tokenizers_read_it() =>
        Assert.Equal("half \ufffd \u00e9", TextNormaliser.Normalise("half " + (char)0xd83d + " e\u0301"));

    [Fact]
    public void Normalising_twice_changes_nothing_more()
    {
        foreach (string text in new[] { "a\u200bb no\u00a0break pаypal", "ｆｕｌｌ e\u0301 \U0001d40a", "日本語　全角" })
        {
            string once = TextNormaliser.Normalise(text);
            Assert.Equal(once, TextNormaliser.Normalise(once));
            Assert.Equal(0, CharacterCensus.Of(once).Total);
        }
    }

    [Fact]
    public void A_token_that_returns_between_all_others_looks_inserted_and_a_run_of_it_does_not()
    {
        int[] plain = [.. Enumerable.Range(0, 200).Select(i => i * 7919 % 1000)];
        int[] inserted = [.. plain.SelectMany(id => new[] { id, 5000 })];
        int[] dashes = [.. plain, .. Enumerable.Repeat(12, 200)];

        Assert.False(InsertedTokens.Look(plain));
        Assert.True(InsertedTokens.Look(inserted));
        Assert.False(InsertedTokens.Look(dashes));
        Assert.False(InsertedTokens.Look(inserted.AsSpan(0, 40)));
    }
}
