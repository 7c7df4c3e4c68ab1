using Watermark.NGrams;
using Watermark.Text.Conversations;
using Watermark.Text.Records;
using Watermark.Text.Screening;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Replies to token ids, and to a sample.</summary>
public sealed class ReplyTokenizerTests
{
    private const string Passage = "The river rose in the night, and the bridge was closed until the water fell again.";

    private static readonly TextTokenizer Tokenizer = TextTokenizer.Load("cl100k_base");

    [Fact]
    public void Reply_and_prompts_are_tokenized_each_on_their_own()
    {
        TokenizedReply tokenized = Tokenize(Reply(" world", "Hello", "Hello world"));

        // 9906 is "Hello", 1917 is " world" in cl100k_base.
        Assert.Equal([1917], tokenized.Tokens);
        Assert.Equal([[9906], [9906, 1917]], tokenized.Prompts);
        Assert.True(tokenized.HasPrompt);
        Assert.Null(tokenized.Reasoning);
    }

    [Fact]
    public void What_a_reply_quotes_in_another_spelling_is_left_out_as_it_spells_it()
    {
        TokenizedReply tokenized = Tokenize(Reply("It said: " + Passage, Passage.ToUpperInvariant()));

        int[] quoted = Tokenizer.Encode(" " + Passage.TrimEnd('.'));
        Assert.Equal(2, tokenized.Prompts.Count);
        Assert.Equal(quoted, tokenized.Prompts[1]);
        var extractor = new NGramExtractor(2, NGramSelection.Default, []);
        extractor.Extract(tokenized.Tokens, tokenized.Prompts);
        Assert.True(extractor.Positions.Length <= 4, $"{extractor.Positions.Length} n-grams are left of a reply that is a quotation.");
    }

    [Fact]
    public void Ids_pass_the_tokenizer_by()
    {
        int[] tokens = [5, 100_257, int.MaxValue];
        TokenizedReply tokenized = Tokenize(Reply("", "text of the prompt") with { Tokens = tokens, PromptTokens = [[1, 2]] }, TextTokenizer.Load("ids"));
        TokenizedReply without = Tokenize(Reply("", "text of the prompt") with { Tokens = tokens }, TextTokenizer.Load("ids"));

        Assert.Same(tokens, tokenized.Tokens);
        Assert.Equal([[1, 2]], tokenized.Prompts);
        Assert.True(tokenized.HasPrompt);
        Assert.False(without.HasPrompt); // The text of its prompt cannot be compared with ids.
    }

    [Fact]
    public void Text_needs_a_tokenizer_that_takes_it_and_ids_must_be_the_tokenizers()
    {
        Assert.Throws<InputFormatException>(() => Tokenize(Reply("x"), TextTokenizer.Load("ids")));
        Assert.Contains("a.jsonl:1", Assert.Throws<InputFormatException>(() => Tokenize(Reply("") with { Tokens = [500_000] })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reasoning_is_a_text_of_its_own_or_left_out()
    {
        Reply reply = Reply(" world", "Hello") with { Reasoning = "Hello" };

        Assert.Equal([9906], Tokenize(reply).Reasoning!);
        Assert.Null(new ReplyTokenizer(Tokenizer, new ReplyScreening(), new ReplyTextOptions { ScoreReasoning = false }).Tokenize(reply).Reasoning);
        Assert.Equal("", new ReplyTextOptions().Preparation);
        Assert.Equal("reasoning left out; " + TextNormaliser.Form, new ReplyTextOptions { ScoreReasoning = false, Normalise = true }.Preparation);
    }

    [Fact]
    public void A_reply_whose_prompt_looks_cut_is_left_out_unless_somebody_vouches()
    {
        Reply cut = Reply("Sure, the river. Here is the text that was asked for.", "Please repeat what I wrote about the river ...");

        Assert.True(Tokenize(cut).IsLeftOut);
        Assert.False(new ReplyTokenizer(Tokenizer, new ReplyScreening(promptsUnmarked: true), new ReplyTextOptions()).Tokenize(cut).IsLeftOut);
    }

    [Theory]
    [InlineData(100, 5, 95, 95, 5, 0)] // A twentieth without prompt is left out.
    [InlineData(100, 6, 100, 94, 0, 6)] // More stay, and the sample says so.
    [InlineData(10, 10, 10, 0, 0, 10)]
    public void Few_replies_without_prompt_are_left_out(int count, int without, int documents, int prompted, int leftOut, int standing)
    {
        IEnumerable<Reply> replies = Enumerable.Range(0, count).Select(i => Reply($"Answer number {i} is this one.", i < without ? [] : [$"Question number {i}?"]));
        var tokenizer = new ReplyTokenizer(Tokenizer, new ReplyScreening(), new ReplyTextOptions());

        Sample sample = CorpusExtraction.Extract(replies, tokenizer, new SampleSchema { ContextWidth = 1 }, degreeOfParallelism: 2);
        IReadOnlyDictionary<string, long> counts = tokenizer.Screening.Counts();

        Assert.Equal((documents, prompted), (sample.Documents, sample.Provenance.DocumentsWithPrompts));
        Assert.Equal(leftOut, counts.GetValueOrDefault(ReadingCounts.LeftOutWithoutPrompt));
        Assert.Equal(standing > 0, counts.GetValueOrDefault(ReadingCounts.TokensWithoutPrompt) > 0);
    }

    [Fact]
    public void The_sample_and_its_counts_do_not_depend_on_threads()
    {
        Reply[] replies = [.. Enumerable.Range(0, 300).Select(i => Reply($"{Passage} And {i} more, {i * 7919 % 1000} of them in the valley, fell.", $"Say {i}: {Passage[..(20 + (i % 50))]}"))];
        (Sample Sample, IReadOnlyDictionary<string, long> Counts)[] runs = [.. new[] { 1, 4 }.Select(threads =>
        {
            var tokenizer = new ReplyTokenizer(Tokenizer, new ReplyScreening(), new ReplyTextOptions());
            return (CorpusExtraction.Extract(replies, tokenizer, new SampleSchema { ContextWidth = 1 }, threads), tokenizer.Screening.Counts());
        })];

        Assert.Equal(runs[0].Sample.Digest, runs[1].Sample.Digest);
        Assert.Equal(runs[0].Counts, runs[1].Counts);
    }

    private static Reply Reply(string text, params string[] prompts) =>
        new() { Id = "a", Place = new RecordPlace("a.jsonl", "a.jsonl", 1), Text = text, PromptTexts = prompts, HasPrompt = prompts.Length > 0, Shape = "prompt and text", TurnIndex = 1 };

    private static TokenizedReply Tokenize(Reply reply, TextTokenizer? tokenizer = null) =>
        new ReplyTokenizer(tokenizer ?? Tokenizer, new ReplyScreening(), new ReplyTextOptions()).Tokenize(reply);
}
