using Watermark.Text.Conversations;
using Watermark.Text.Screening;
using Watermark.Text.Tests.Conversations;

namespace Watermark.Text.Tests.Screening;

/// <summary>Prompts as logs hold them: placeholders that say nothing, and texts that are written in another way.</summary>
public sealed class PromptTextTests
{
    [Theory]
    [InlineData("N/A")]
    [InlineData("#N/A")]
    [InlineData("-")]
    [InlineData("...")]
    [InlineData("null")]
    [InlineData("[REDACTED]")]
    [InlineData("[redacted, 317 characters]")]
    [InlineData("<prompt>")]
    [InlineData("{{prompt}}")]
    [InlineData("prompt 17")]
    [InlineData("2026-11-27 10:22")]
    [InlineData("Answer by the context.\n\n{context}\n\nQuestion: {question}")]
    [InlineData("VGhlIHJpdmVyIHJvc2UgaW4gdGhlIG5pZ2h0IGFuZCB0aGUgYnJpZGdlIHdhcyBjbG9zZWQu")]
    [InlineData("Theriverroseinthenightandthebridgewascloseduntilthewaterfell. Nobody knew.")]
    public void A_text_in_the_place_of_a_prompt_is_none(string prompt)
    {
        Assert.True(PromptText.SaysNothing(prompt));
        Assert.False(Mapping.One(System.Text.Json.JsonSerializer.Serialize(new { prompt, text = "The river rose." })).HasPrompt);
    }

    [Theory]
    [InlineData("Continue.")] // Short, but a prompt: whether too many replies share it is another question.
    [InlineData("2+2")]
    [InlineData("日本の首都は？")]
    [InlineData("What does the word null mean?")]
    [InlineData("Write { x } as a set.")]
    [InlineData("What is pneumonoultramicroscopicsilicovolcanoconiosis?")]
    public void A_short_prompt_is_one(string prompt) => Assert.False(PromptText.SaysNothing(prompt));

    [Theory]
    [InlineData("The river&nbsp;rose in the &quot;night&quot;.", "The river\u00a0rose in the \"night\".")]
    [InlineData("The&amp;nbsp;river", "The\u00a0river")]
    [InlineData("<p>The river<br/>rose</p>", " The river rose ")]
    [InlineData("The river\\nrose\\u0020in", "The river rose in")]
    [InlineData("The river\\\\nrose", "The river rose")]
    [InlineData("The%20river%20rose%20in", "The river rose in")]
    [InlineData("The\u0120river\u0120rose\u0120in", "The river rose in")]
    [InlineData("\u2581The\u2581river\u2581rose", " The river rose")]
    [InlineData("The\u00c2\u00a0river", "The river")]
    [InlineData("If a < b and c > d, then 50 % of it.", "If a < b and c > d, then 50 % of it.")]
    public void What_a_log_made_of_a_text_is_undone(string recorded, string text) => Assert.Equal(text, PromptText.Decoded(recorded));

    [Fact]
    public void Prompts_that_differ_in_numbers_are_one_and_samples_of_one_record_count_once()
    {
        // 6 of 30 records is a fifth; of at most three words, 5 of 100 records are enough.
        Assert.Equal(6, Count(24, 6, "See page {0} of the long report."));
        Assert.Equal(0, Count(25, 6, "See page {0} of the long report."));
        Assert.Equal(5, Count(95, 5, "Page {0}"));
        Assert.Equal(0, Count(96, 5, "Page {0}"));
        Assert.Equal(0, Count(0, 4, "Page {0}"));

        var samples = new PromptVariety();
        for (int i = 0; i < 100; i++)
            samples.Add(PromptIdentity.None.With("Continue."), isFirst: i % 25 == 0);
        Assert.Equal(0, samples.Count());
    }

    [Fact]
    public void A_generic_prompt_is_another_with_another_passage_beside_it_and_the_same_with_a_note()
    {
        PromptIdentity alone = PromptIdentity.None.With("Sum up.");

        Assert.Equal(alone, PromptIdentity.None.With("A note of a few words.", isContext: true).With("Sum up!"));
        Assert.NotEqual(alone, PromptIdentity.None.With("The river rose in the night, and the bridge was closed until the water fell.", isContext: true).With("Sum up."));
    }

    [Fact]
    public void The_replies_of_one_list_are_samples_of_one_prompt()
    {
        List<Reply> replies = Mapping.Of("""{"prompt":"Name a river.","completions":["The Rhine.","The Nile.","The Han."]}""").Replies;

        Assert.Equal([false, true, true], replies.Select(reply => reply.IsAlternative));
        Assert.Single(replies.Select(reply => reply.Prompt).Distinct());
    }

    private static long Count(int others, int same, string prompt)
    {
        var variety = new PromptVariety();
        for (int i = 0; i < others; i++)
            variety.Add(PromptIdentity.None.With($"Name the river that flows through the town of {(char)('a' + (i / 26))}{(char)('a' + (i % 26))}."), isFirst: true);
        for (int i = 0; i < same; i++)
            variety.Add(PromptIdentity.None.With(string.Format(System.Globalization.CultureInfo.InvariantCulture, prompt, i)), isFirst: true);
        return variety.Count();
    }
}
