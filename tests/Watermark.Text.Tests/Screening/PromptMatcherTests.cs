using Watermark.Text.Screening;

namespace Watermark.Text.Tests.Screening;

/// <summary>A quotation is found whatever was done to it on the way.</summary>
public sealed class PromptMatcherTests
{
    private const string Passage =
        "The river rose in the night, and the bridge was closed until the water fell again. Nobody in the village had seen such a flood since the old mill burned down.";

    public static TheoryData<string, string> Recordings => new()
    {
        { "unchanged", Passage },
        { "upper case", Passage.ToUpperInvariant() },
        { "no-break spaces", Passage.Replace(' ', '\u00a0') },
        { "wrapped", Passage.Replace(" was", "\n    was", StringComparison.Ordinal).Replace(" the", "\r\nthe", StringComparison.Ordinal) },
        { "hyphenated at a line end", Passage.Replace("village", "vil-\n  lage", StringComparison.Ordinal) },
        { "zero-width spaces", Passage.Replace("e", "e\u200b", StringComparison.Ordinal) },
        { "soft hyphens", Passage.Replace("t", "t\u00ad", StringComparison.Ordinal) },
        { "full-width punctuation", Passage.Replace(',', '，').Replace('.', '．') },
        { "full-width letters", string.Concat(Passage.Select(c => c is > ' ' and <= '~' ? (char)(c + 0xfee0) : c)) },
        { "Cyrillic look-alikes", Passage.Replace('e', 'е').Replace('a', 'а') },
        { "curly quotes and dashes", "“" + Passage.Replace(",", " —", StringComparison.Ordinal) + "”" },
        { "inside other text", "Please correct this:\n\n> " + Passage + "\n\nThank you." },
    };

    [Theory]
    [MemberData(nameof(Recordings))]
    public void A_quotation_is_found_in_any_spelling(string what, string prompt)
    {
        string reply = "Of course. " + Passage;

        PromptOverlap overlap = new PromptMatcher().Compare(reply, [prompt]);

        Assert.True(overlap.Copies.Count == 1, what);
        Assert.Equal(" " + Passage.TrimEnd('.'), overlap.Copies[0]);
        Assert.Equal(2 + WordsOf(Passage), overlap.Words);
        Assert.Equal(WordsOf(Passage), overlap.Repeated);
    }

    [Fact]
    public void Accents_and_their_decomposition_are_one_word()
    {
        const string text = "un café très agréable où l’on déjeune à midi";

        PromptOverlap overlap = new PromptMatcher().Compare(text, [text.Replace("é", "e\u0301", StringComparison.Ordinal).Replace("à", "a\u0300", StringComparison.Ordinal).ToUpperInvariant()]);

        Assert.Equal(overlap.Words, overlap.Repeated);
    }

    [Fact]
    public void Text_without_spaces_is_compared_by_characters_in_longer_windows()
    {
        const string passage = "我们今天去公园看花然后回家吃饭明天继续工作";

        PromptOverlap quoted = new PromptMatcher().Compare("好的。" + passage, [passage]);
        PromptOverlap shared = new PromptMatcher().Compare("我们今天下午在图书馆读书", [passage]);

        Assert.Equal(passage.Length, quoted.Repeated);
        Assert.Single(quoted.Copies);
        Assert.Empty(shared.Copies); // Four characters in common are a coincidence.
    }

    [Fact]
    public void Two_words_in_common_are_no_copy_and_three_are()
    {
        var matcher = new PromptMatcher();

        Assert.Empty(matcher.Compare("He closed the old gate.", ["Who painted the old house?"]).Copies);
        Assert.Equal([" the old house"], matcher.Compare("He sold the old house.", ["Who painted the old house?"]).Copies);
        Assert.Empty(matcher.Compare("He sold the old house.", []).Copies);
        Assert.Empty(matcher.Compare("", ["Who painted the old house?"]).Copies);
    }

    [Theory]
    [InlineData(0, true)] // Cut after a whole word.
    [InlineData(3, true)] // Cut within a word.
    [InlineData(40, true)]
    public void A_reply_that_goes_on_after_the_recorded_end_is_noticed(int cut, bool goesOn)
    {
        string reply = Passage + " It took three weeks until the road to the station was dry, and a month until the last cellar was.";

        Assert.Equal(goesOn, new PromptMatcher().Compare(reply, ["Quote this: " + Passage[..^cut]]).GoesOn);
    }

    [Fact]
    public void A_reply_that_fills_the_gap_of_a_prompt_or_begins_before_it_is_noticed()
    {
        var matcher = new PromptMatcher();
        string reply = Passage + " It took three weeks until the road was dry.";

        Assert.True(matcher.Compare(reply, ["Quote: " + Passage[..40] + " ... " + Passage[100..] + " It took three weeks until the road was dry."]).GoesOn);
        Assert.True(matcher.Compare(reply, [Passage[61..] + " It took three weeks until the road was dry."]).GoesOn);
        Assert.False(matcher.Compare(reply, ["Hm... what happened? " + reply]).GoesOn);
        Assert.False(matcher.Compare("As you say, " + reply, ["so, " + reply]).GoesOn);
    }

    [Fact]
    public void A_reply_that_quotes_the_middle_or_stops_at_the_end_does_not_go_on()
    {
        var matcher = new PromptMatcher();

        Assert.False(matcher.Compare(Passage, [Passage]).GoesOn);
        Assert.False(matcher.Compare("They said that the bridge was closed until the water fell, which was the third time in a decade or two.", [Passage]).GoesOn);
        Assert.False(matcher.Compare("I see.", [Passage]).GoesOn);
    }

    [Fact]
    public void Excluded_text_is_left_out_like_a_prompt_but_is_none()
    {
        var excluded = new ExcludedText();
        excluded.Add("Some page. " + Passage);

        PromptOverlap overlap = new PromptMatcher().Compare("It says: " + Passage, ["What does the page say?"], excluded);

        Assert.Equal([" " + Passage.TrimEnd('.')], overlap.Copies);
        Assert.Equal(0, overlap.Repeated);
        Assert.Equal(1, excluded.Texts);
    }

    private static int WordsOf(string text) => text.Split(' ').Length;
}
