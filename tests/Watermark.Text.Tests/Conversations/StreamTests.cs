using Watermark.Text.Conversations;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

public sealed class StreamTests
{
    [Theory]
    [InlineData(SourceFormat.EventStream)]
    [InlineData(SourceFormat.JsonLines)]
    public void Chat_chunks_interleaved(SourceFormat format)
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}""",
            """{"id":"b","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm"},"finish_reason":null}]}""",
            """{"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"One"},"finish_reason":null}]}""",
            """{"id":"a","object":"chat.completion.chunk","choices":[{"index":1,"delta":{"content":"Uno"},"finish_reason":null}]}""",
            """{"id":"b","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"Two"},"finish_reason":null}]}""",
            """{"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" more"},"finish_reason":null}]}""",
            """{"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""",
            """{"id":"a","object":"chat.completion.chunk","choices":[{"index":1,"delta":{"content":" más"},"finish_reason":"stop"}]}""",
            """{"id":"a","object":"chat.completion.chunk","choices":[],"usage":{"total_tokens":9}}""",
            "[DONE]",
            """{"id":"b","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":" lost"},"finish_reason":null}]}""",
        ],
            format: format);
        Assert.Empty(mapping.Faults);
        Assert.Equal(["?A:One more", "?A:Uno más", "?A:{Hm}Two", "?A: lost"], mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(["a", "a#2", "b", "b"], mapping.Replies.Select(reply => reply.Id));
        Assert.Equal([1L, 4, 2, 11], mapping.Replies.Select(reply => reply.Place.Number));
        Assert.Equal(1, mapping.Counts.UnfinishedStreams);
    }

    [Fact]
    public void Completion_chunks()
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"id":"a","object":"text_completion","choices":[{"index":0,"text":"One","finish_reason":null}]}""",
            """{"id":"a","object":"text_completion","choices":[{"index":0,"text":" two","finish_reason":"stop"}]}""",
            """{"id":"b","object":"text_completion","choices":[{"index":0,"text":"Whole","finish_reason":"stop"}]}""",
        ]);
        Assert.Equal(["?A:One two", "?A:Whole"], mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(0, mapping.Counts.UnfinishedStreams);
    }

    [Fact]
    public void Anthropic_events()
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[],"stop_reason":null}}""",
            """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}""",
            """{"type":"ping"}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm"}}""",
            """{"type":"content_block_stop","index":0}""",
            """{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hel"}}""",
            """{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"lo"}}""",
            """{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{"}}""",
            """{"type":"message_delta","delta":{"stop_reason":"end_turn"}}""",
            """{"type":"message_stop"}""",
            """{"type":"message_start","message":{"id":"msg_2","role":"assistant","content":[]}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Cut"}}""",
            """{"type":"message_start","message":{"id":"msg_3","role":"assistant","content":[]}}""",
            """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Off"}}""",
            """{"type":"error","error":{"message":"Overloaded"}}""",
        ],
            format: SourceFormat.EventStream);
        Assert.Empty(mapping.Faults);
        Assert.Equal(["?A:{Hm}Hello", "?A:Cut", "?A:Off"], mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(["msg_1", "msg_2", "msg_3"], mapping.Replies.Select(reply => reply.Id));
        Assert.Equal(2, mapping.Counts.UnfinishedStreams);
    }

    [Fact]
    public void Responses_events()
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"type":"response.created","response":{"id":"r1","instructions":"Be kind.","input":"Ready?","output":[]}}""",
            """{"type":"response.reasoning_summary_text.delta","delta":"Hm"}""",
            """{"type":"response.output_text.delta","delta":"Ye"}""",
            """{"type":"response.output_text.delta","delta":"s."}""",
            """{"type":"response.output_text.done","text":"Yes."}""",
            """{"type":"response.completed","response":{"id":"r1","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes."}]}]}}""",
            """{"type":"response.completed","response":{"id":"r2","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Whole."}]}]}}""",
        ],
            format: SourceFormat.EventStream);
        Assert.Equal(["S:Be kind. | U:Ready? | A:{Hm}Yes.", "?A:Whole."], mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(["r1", "r2"], mapping.Replies.Select(reply => reply.Id));
    }

    [Fact]
    public void Gemini_chunks()
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"Hel"}]},"index":0}],"responseId":"g"}""",
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"lo"}]},"finishReason":"STOP","index":0}],"responseId":"g"}""",
            """{"candidates":[{"content":{"role":"model","parts":[{"text":"Whole"}]},"finishReason":"STOP","index":0}],"responseId":"h"}""",
        ]);
        Assert.Equal(["?A:Hello", "?A:Whole"], mapping.Conversations.Select(Mapping.Show));
    }

    [Theory]
    [InlineData("""{"model":"m","response":"Hel","done":false}""", """{"model":"m","response":"lo","done":true}""")]
    [InlineData("""{"model":"m","message":{"role":"assistant","content":"Hel"},"done":false}""", """{"model":"m","message":{"role":"assistant","content":"lo"},"done":true}""")]
    [InlineData("""{"content":"Hel","stop":false}""", """{"content":"lo","stop":true}""")]
    [InlineData("""{"token":{"id":1,"text":"Hello","special":false},"generated_text":null}""", """{"token":{"id":2,"text":"</s>","special":true},"generated_text":"Hello"}""")]
    public void Chunks_without_ids(string first, string last) =>
        Assert.Equal(["?A:Hello", "?A:Hello"], Mapping.OfLines([first, last, first, last]).Conversations.Select(Mapping.Show));

    [Fact]
    public void Chunks_are_joined_whatever_fields_are_named() =>
        Assert.Equal(
            ["?A:One two"],
            Mapping.OfLines(
            [
                """{"id":"a","choices":[{"index":0,"delta":{"content":"One"}}]}""",
                """{"id":"a","choices":[{"index":0,"delta":{"content":" two"}}]}""",
            ],
                new ConversationFields { Text = "choices.0.delta.content" }).Conversations.Select(Mapping.Show));

    [Fact]
    public void The_end_mark_ends_the_only_open_stream()
    {
        Mapping mapping = Mapping.OfLines(["""{"choices":[{"delta":{"content":"One"}}]}""", "[DONE]", """{"choices":[{"delta":{"content":"Two"}}]}""", "[DONE]"], format: SourceFormat.EventStream);
        Assert.Equal(["?A:One", "?A:Two"], mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(0, mapping.Counts.UnfinishedStreams);
    }

    [Fact]
    public void Reasoning_is_set_apart_when_a_stream_is_whole() =>
        Assert.Equal(
            ["?A:{Hm}Yes"],
            Mapping.OfLines(["""{"choices":[{"delta":{"content":"<thi"}}]}""", """{"choices":[{"delta":{"content":"nk>Hm</think>\n\nYes<|im_end|>"},"finish_reason":"stop"}]}"""]).Conversations.Select(Mapping.Show));

    [Fact]
    public void A_stream_that_is_refused_at_the_end_does_not_take_others_with_it()
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"id":"a","choices":[{"delta":{"content":"<|im_start|>user\nHi"}}]}""",
            """{"id":"b","choices":[{"delta":{"content":"Good"}}]}""",
        ]);
        Assert.Equal(["?A:Good"], mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(RecordFault.TemplateInText, Assert.Single(mapping.Faults).Code);
    }

    [Fact]
    public void Streams_without_end_are_closed_when_too_many_are_open()
    {
        Mapping mapping = Mapping.OfLines(Enumerable.Range(0, 5000).Select(i => $$"""{"id":"{{i}}","choices":[{"delta":{"content":"Hi"} }]}"""));
        Assert.Equal((5000, 5000L), (mapping.Replies.Count, mapping.Counts.UnfinishedStreams));
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"{i}"), mapping.Replies.Select(reply => reply.Id));
    }

    [Fact]
    public void Streamed_text_holds_no_token_ids() =>
        Assert.Equal("the record is a chunk of streamed text, expected token ids", Mapping.OfLines(["""{"id":"a","choices":[{"delta":{"content":"Hi"}}]}"""], new ConversationFields { ExpectsIds = true }).Faults[0].Message);
}
