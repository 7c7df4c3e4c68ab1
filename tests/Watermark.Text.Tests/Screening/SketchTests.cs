using Watermark.Randomness;
using Watermark.Text.Screening;

namespace Watermark.Text.Tests.Screening;

/// <summary>The estimates that are made in fixed memory.</summary>
public sealed class SketchTests
{
    [Fact]
    public void Runs_in_prompts_of_other_replies_are_counted_exactly_while_they_fit()
    {
        var sketch = new ShingleSketch();

        sketch.Add(10, [1, 2, 3, 4], [3]);
        sketch.Add(11, [5, 6, 3], [1, 2]);
        sketch.Add(12, [7], [6]);

        // 1, 2 and 6 stand in prompts of others; 3 stands in its own once, and so is no sign of another's.
        Assert.Equal((7, 3), sketch.Count());
    }

    [Fact]
    public void A_reply_is_prompt_of_later_replies_of_its_own_conversation()
    {
        var sketch = new ShingleSketch();

        sketch.Add(10, [1, 2], []);
        sketch.Add(10, [3], [1, 2]);
        sketch.Add(11, [4], [2]);

        Assert.Equal((4, 1), sketch.Count()); // Only 2 stands in a prompt of another conversation.
    }

    [Fact]
    public void The_estimate_does_not_depend_on_the_order_and_lies_within_four_standard_errors()
    {
        // 20,000 replies with 20 runs each, a quarter of which stand in a prompt of another reply; 2,000 kept.
        var random = new SeededRandomBits(3, 0);
        ulong[][] replies = [.. Enumerable.Range(0, 20_000).Select(_ => Enumerable.Range(0, 20).Select(_ => random.NextUInt64()).ToArray())];
        ulong[][] prompts = [.. Enumerable.Range(0, 20_000).Select(i => replies[(i + 1) % 20_000].Take(5).ToArray())];
        var forward = new ShingleSketch(2000);
        var backward = new ShingleSketch(2000);
        for (int i = 0; i < replies.Length; i++)
        {
            forward.Add((ulong)i + 100, replies[i], [.. prompts[i]]);
            backward.Add((ulong)(replies.Length - 1 - i) + 100, replies[^(i + 1)], [.. prompts[^(i + 1)]]);
        }

        (long all, long foreign) = forward.Count();

        Assert.Equal((all, foreign), backward.Count());
        Assert.InRange(foreign / (double)all, 0.25 - (4 * Math.Sqrt(0.25 * 0.75 / 1000)), 0.25 + (4 * Math.Sqrt(0.25 * 0.75 / 1000)));
        Assert.InRange(all, 400_000 * (1 - (4 / Math.Sqrt(1000))), 400_000 * (1 + (4 / Math.Sqrt(1000))));
    }

    [Theory]
    [InlineData("Explain what a river is...", true)]
    [InlineData("Explain what a river is …", true)]
    [InlineData("and then the water [truncated]", true)]
    [InlineData("Explain what a river is…\"", true)]
    [InlineData("Explain what a river is [...]", true)]
    [InlineData("Explain what a river is... (312 more characters)", true)]
    [InlineData("Explain what a river is <truncated 312 chars>", true)]
    [InlineData("Explain what a river is [+312 chars]", true)]
    [InlineData("Explain what a river is... Read more", true)]
    [InlineData("Explain what a river is… Show more", true)]
    [InlineData("Explain what a river is (in 300 words)", false)]
    [InlineData("Hm... what is a river?", false)]
    [InlineData("Explain what a river is.", false)]
    [InlineData("What is '...'?", false)]
    [InlineData("...", false)]
    [InlineData("", false)]
    public void An_ellipsis_at_the_end_of_words_looks_cut(string prompt, bool cut) => Assert.Equal(cut, PromptEnds.LooksCut(prompt));

    [Fact]
    public void Different_prompts_of_one_greatest_length_look_cut_and_those_of_a_template_do_not()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(Sentence)];
        var cut = new PromptEnds();
        var whole = new PromptEnds();
        var template = new PromptEnds();
        var gap = new PromptEnds();
        foreach ((int i, string text) in texts.Index())
        {
            cut.Add(text.Length > 120 ? text[..120] : text);
            whole.Add(text);
            gap.Add($"{text[..25]} ... {text[^30..]}.");
            template.Add($"Describe the product with the number {i:D5} in two sentences for a customer");
        }

        Assert.Equal(200, cut.Count().Texts);
        Assert.True(cut.Count().AtLimit > 50);
        Assert.True(gap.Count().AtLimit > 100);
        Assert.Equal((200, 0), whole.Count());
        Assert.Equal((200, 0), template.Count());
    }

    /// <summary>A sentence of 60 to 240 characters, drawn from a few words.</summary>
    private static string Sentence(int seed)
    {
        string[] words = ["river", "bridge", "night", "village", "water", "closed", "until", "nobody", "station", "cellar", "a", "of", "towards"];
        var random = new SeededRandomBits((ulong)seed, 1);
        int length = 60 + (int)(random.NextUInt64() % 180);
        string text = "";
        while (text.Length < length)
            text += words[random.NextUInt64() % (ulong)words.Length] + " ";
        return text.TrimEnd();
    }
}
