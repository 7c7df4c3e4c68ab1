using Watermark.Text.Conversations;

namespace Watermark.Text.Tests.Conversations;

/// <summary>
/// Text that the model was shown must never be scored where a reply repeats it, wherever in the record it stands and
/// however much of it the reply repeats.
/// </summary>
public sealed class ContextTests
{
    private const string Passage = "The river rose in the night and the bridge was closed.";

    [Theory]
    [InlineData("""{"question":"Quote it.","documents":[{"id":"d1","text":"P"}],"answer":"P"}""")]
    [InlineData("""{"question":"Quote it.","retrieved":"P","answer":"P"}""")]
    [InlineData("""{"question":"Quote it.","meta":{"rag":{"passages":["first passage of many","P"]}},"answer":"P"}""")]
    [InlineData("""{"question":"Quote it.","context":"P","text":"P"}""")]
    [InlineData("""{"question":"Quote it.","unknown":"P","text":"P"}""")]
    [InlineData("""{"question":"Quote it.","notes":"{\"page\":\"P\"}","text":"P"}""")]
    [InlineData("""{"messages":[{"role":"system","content":"P"},{"role":"user","content":"Quote it."},{"role":"assistant","content":"P"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"Quote it.","attachments":[{"extracted_content":"P"}]},{"role":"assistant","content":"P"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"document","source":{"type":"text","data":"P"}},{"type":"text","text":"Quote it."}]},{"role":"assistant","content":"P"}]}""")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":"Quote it."}],"tools":[{"function":{"description":"P"}}]},"response":{"choices":[{"message":{"content":"P"}}]}}""")]
    [InlineData("""{"request":{"messages":[{"role":"user","content":"Example"},{"role":"assistant","content":"P"},{"role":"user","content":"Quote it."}]},"response":{"choices":[{"message":{"content":"P"}}]}}""")]
    [InlineData("""{"prompt":"Quote it.","output":"P","search_results":[{"text":"P"}]}""")]
    [InlineData("""{"data":[{"question":"Quote it.","answer":"P"}],"corpus":"P"}""")]
    public void A_passage_that_the_reply_repeats_whole_stays(string json)
    {
        Reply reply = Assert.Single(Mapping.Of(json.Replace("\"P", "\"" + Passage, StringComparison.Ordinal)).Replies);
        Assert.Equal(Passage, reply.Text);
        Assert.Contains(Passage, string.Join('\n', reply.PromptTexts), StringComparison.Ordinal);
        Assert.True(reply.HasPrompt);
    }

    [Theory]
    [InlineData("""{"prompt":"Tell me a story","text":"R","raw_response":"R "}""")]
    [InlineData("""{"prompt":"Tell me a story","response":"R","full_text":"Tell me a story\nR"}""")]
    [InlineData("""{"prompt":"Tell me a story","response":"R","model_output":"<think>Hm</think>\n\nR</s>"}""")]
    [InlineData("""{"messages":[{"role":"user","content":"Tell me a story"},{"role":"assistant","content":"R"}],"text":"R"}""")]
    [InlineData("""{"prompt":"Tell me a story","response":"{\"choices\":[{\"message\":{\"content\":\"R\"}}]}","output":"R"}""")]
    [InlineData("""{"prompt":"Tell me a story","text":"R","model":"meta-llama/Llama-3.1-8B-Instruct","time":"2026-11-01T10:00:00Z","id":"a-long-id-of-a-record-1234567"}""")]
    public void A_copy_of_the_reply_and_names_are_no_context(string json) =>
        Assert.Equal(["Tell me a story"], Assert.Single(Mapping.Of(json.Replace("\"R", "\"" + Passage, StringComparison.Ordinal).Replace("nR", "n" + Passage, StringComparison.Ordinal).Replace(">R", ">" + Passage, StringComparison.Ordinal)).Replies).PromptTexts);

    [Fact]
    public void A_document_that_holds_the_question_and_ends_with_the_reply_is_no_rendering_of_both()
    {
        string document = "Quote the end. " + string.Concat(Enumerable.Repeat("Of the river and the bridge much was told. ", 20)) + Passage;
        string json = System.Text.Json.JsonSerializer.Serialize(new { prompt = "Quote the end.", response = Passage, full_text = document });
        Assert.Equal("the fields 'response' and 'full_text' could both be the reply, expected one; name it with --text-field", Mapping.Fault(json).Message);
        Assert.Contains(document, Mapping.One(json, new ConversationFields { Text = "response" }).PromptTexts);
    }

    [Fact]
    public void Context_is_no_prompt()
    {
        Reply reply = Mapping.One("""{"tools":[{"description":"Looks up the weather of a town."}],"text":"It rains."}""");
        Assert.Equal((false, 1), (reply.HasPrompt, reply.PromptTexts.Count));
    }

    [Fact]
    public void Other_answers_to_the_same_prompt_are_no_context() =>
        Assert.All(Mapping.Of("""{"prompt":"Say something long","responses":["The first of two long replies.","The second of two long replies."]}""").Replies, reply => Assert.Equal(["Say something long"], reply.PromptTexts));

    [Fact]
    public void Earlier_reasoning_is_part_of_what_a_reply_may_repeat() =>
        Assert.Equal(
            ["a", "Think of one.", "One", "b"],
            Mapping.Of("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","reasoning":"Think of one.","content":"One"},{"role":"user","content":"b"},{"role":"assistant","content":"Two"}]}""").Replies[1].PromptTexts);
}
