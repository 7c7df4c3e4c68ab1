using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Watermark.Text.Conversations;

namespace Watermark.Text.Tests.Conversations;

/// <summary>What a template has put together from any turns is split into the same turns.</summary>
public sealed class TemplatePropertyTests
{
    private static readonly Gen<string> Words = Gen.Elements(
        "river", "Bridge,", "night.", "\n", "\n\n", " ", "é", "水", "😀", "<", ">", "|", "<b>", "user", "assistant", "system", "INST", "im_start", "#", "###", "{", "}", "\t", "0", ":", "</");

    private static Arbitrary<(string System, (string Asked, string Answered)[] Pairs)> Talks =>
        (from system in Said(0)
         from pairs in (from asked in Said(1) from answered in Said(1) select (asked, answered)).NonEmptyListOf()
         select (system, pairs.Take(5).ToArray())).ToArbitrary();

    [Property(MaxTest = 200)]
    public Property ChatML() => Split(turn => $"<|im_start|>{turn.Name}\n{turn.Text}<|im_end|>\n", "assistant");

    [Property(MaxTest = 200)]
    public Property Llama_3() => Split(turn => $"<|start_header_id|>{turn.Name}<|end_header_id|>\n\n{turn.Text}<|eot_id|>", "assistant", "<|begin_of_text|>");

    [Property(MaxTest = 200)]
    public Property Gemma() => Split(turn => $"<start_of_turn>{turn.Name}\n{turn.Text}<end_of_turn>\n", "model", "<bos>");

    [Property(MaxTest = 200)]
    public Property Phi() => Split(turn => $"<|{turn.Name}|>\n{turn.Text}<|end|>\n", "assistant");

    [Property(MaxTest = 200)]
    public Property Harmony() => Split(turn => $"<|start|>{turn.Name}{(turn.Name == "assistant" ? "<|channel|>final" : "")}<|message|>{turn.Text}<|end|>", "assistant");

    [Property(MaxTest = 200)]
    public Property DeepSeek() => Split(
        turn => turn.Name switch
        {
            "system" => turn.Text,
            "user" => $"<｜User｜>{turn.Text}",
            _ => $"<｜Assistant｜>{turn.Text}<｜end▁of▁sentence｜>",
        },
        "assistant",
        "<｜begin▁of▁sentence｜>");

    [Property(MaxTest = 200)]
    public Property Llama_2() => Prop.ForAll(Talks, talk =>
    {
        var text = new StringBuilder();
        for (int i = 0; i < talk.Pairs.Length; i++)
        {
            string system = i == 0 && talk.System.Length > 0 ? $"<<SYS>>\n{talk.System}\n<</SYS>>\n\n" : "";
            text.Append($"<s>[INST] {system}{talk.Pairs[i].Asked} [/INST] {talk.Pairs[i].Answered} </s>");
        }

        Check(talk, text.ToString());
    });

    private static Gen<string> Said(int least) =>
        from words in Words.ListOf().Where(words => words.Count >= least)
        let text = string.Concat(words).Trim()
        where text.Length >= least
        select text;

    private static Property Split(Func<(string Name, string Text), string> render, string assistant, string beginning = "") => Prop.ForAll(Talks, talk =>
    {
        var text = new StringBuilder(beginning);
        if (talk.System.Length > 0)
            text.Append(render(("system", talk.System)));
        foreach ((string asked, string answered) in talk.Pairs)
            text.Append(render(("user", asked))).Append(render((assistant, answered)));
        Check(talk, text.ToString());
    });

    private static void Check((string System, (string Asked, string Answered)[] Pairs) talk, string text)
    {
        var right = new List<Turn>();
        if (talk.System.Length > 0)
            right.Add(new Turn(Role.System, talk.System));
        foreach ((string asked, string answered) in talk.Pairs)
            right.AddRange([new Turn(Role.User, asked), new Turn(Role.Assistant, answered)]);
        Conversation read = Assert.Single(Mapping.OfText(text).Conversations);
        Assert.Equal(right, read.Turns);
        string first = talk.Pairs[0].Asked;
        Assert.True(read.HasPrompt || !first.Contains("river", StringComparison.Ordinal) || first.Contains('<', StringComparison.Ordinal)); // Signs alone, and tags, are no prompt.
    }
}
