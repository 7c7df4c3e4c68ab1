namespace Watermark.Text.Tests.Conversations;

/// <summary>Records as the interfaces of models give them, and logs of them.</summary>
public sealed class InterfaceTests
{
    [Theory]
    // OpenAI, chat.
    [InlineData("""{"messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":"Why?"},{"role":"assistant","content":"Because."}]}""", "S:Be brief. | U:Why? | A:Because.")]
    [InlineData("""{"Messages":[{"Role":"USER","Content":"Why?"},{"Role":"Assistant","Content":"Because."}]}""", "U:Why? | A:Because.")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"What is "},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"this?"}]},{"role":"assistant","content":[{"type":"text","text":"A "},{"type":"text","text":"cat."}]}]}""", "U:What is this? | A:A cat.")]
    [InlineData("""{"messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{}"}}]},{"role":"tool","content":"Rain in Seoul."},{"role":"assistant","content":"It rains."}]}""", "U:Weather? | A: | T:Rain in Seoul. | A:It rains.")]
    [InlineData("""{"messages":[{"role":"user","content":"2+2"},{"role":"assistant","reasoning_content":"Add.","content":"4"}]}""", "U:2+2 | A:{Add.}4")]
    [InlineData("""{"messages":[{"role":"user","content":"Help me hurt"},{"role":"assistant","content":null,"refusal":"I cannot help."}]}""", "U:Help me hurt | A:I cannot help.")]
    [InlineData("""{"id":"chatcmpl-1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"total_tokens":3}}""", "?A:Hi")]
    [InlineData("""{"id":"x","choices":[{"message":{"content":"One"}},{"message":{"content":"Two"}}],"prompt":"Say"}""", "U:Say | A:One\nU:Say | A:Two")]
    [InlineData("""{"id":"cmpl","object":"text_completion","choices":[{"text":" there was","finish_reason":"length"}],"prompt":"Once"}""", "U:Once | A: there was")]
    [InlineData("""{"request":{"model":"m","messages":[{"role":"user","content":"Example?"},{"role":"assistant","content":"Shown before"},{"role":"user","content":"Now?"}],"temperature":0},"response":{"choices":[{"message":{"role":"assistant","content":"Now."}}]}}""", "U:Example? | a:Shown before | U:Now? | A:Now.")]
    [InlineData("""{"custom_id":"r1","response":{"status_code":200,"body":{"id":"c","choices":[{"message":{"role":"assistant","content":"Batch"}}]}},"error":null}""", "?A:Batch")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"temperature":1,"response":{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"Hi","response":"{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hello\"}}]}"}""", "U:Hi | A:Hello")]
    // OpenAI, responses.
    [InlineData("""{"object":"response","instructions":"Be kind.","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes."}]}]}""", "?S:Be kind. | A:{Hm.}Yes.")]
    [InlineData("""{"request":{"input":"Ready?","instructions":"Be kind."},"response":{"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes."}]}]}}""", "S:Be kind. | U:Ready? | A:Yes.")]
    [InlineData("""{"input":[{"role":"user","content":[{"type":"input_text","text":"Ready?"}]},{"type":"function_call","name":"f","arguments":"{}"},{"type":"function_call_output","output":"Result here"}],"output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes."}]}]}""", "U:Ready? | T:Result here | A:Yes.")]
    [InlineData("""{"input":"Ready?","output_text":"Yes."}""", "U:Ready? | A:Yes.")]
    // Anthropic.
    [InlineData("""{"system":"Be kind.","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"Greet."},{"type":"text","text":"Hello"},{"type":"tool_use","name":"f","input":{}}]}]}""", "S:Be kind. | U:Hi | A:{Greet.}Hello")]
    [InlineData("""{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}""", "?A:Hello")]
    [InlineData("""{"custom_id":"a","result":{"type":"succeeded","message":{"id":"msg","type":"message","role":"assistant","content":[{"type":"text","text":"Hello"}],"stop_reason":"end_turn"}}}""", "?A:Hello")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"type":"text","text":"42 degrees"}]},{"type":"text","text":" Go on"}]},{"role":"assistant","content":"Hot."}]}""", "U:42 degrees Go on | A:Hot.")]
    // Gemini.
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[{"text":"Hmm","thought":true},{"text":"Hello"}]}]}""", "U:Hi | A:{Hmm}Hello")]
    [InlineData("""{"request":{"systemInstruction":{"parts":[{"text":"Be kind."}]},"contents":[{"role":"user","parts":[{"text":"Hi"}]}]},"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]},"finishReason":"STOP"}]}}""", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"Hello"}]},"finishReason":"STOP"}]}""", "?A:Hello")]
    // Others.
    [InlineData("""{"model":"llama3","prompt":"Hi","response":"Hello","done":true}""", "U:Hi | A:Hello")]
    [InlineData("""{"model":"llama3","message":{"role":"assistant","content":"Hello"},"done":true}""", "?A:Hello")]
    [InlineData("""{"content":"Hello","stop":true,"prompt":"Hi"}""", "U:Hi | A:Hello")]
    [InlineData("""{"generated_text":"Hello"}""", "?A:Hello")]
    [InlineData("""{"generated_text":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"Hi","outputs":[{"text":"Hello","token_ids":[1]},{"text":"Hey","token_ids":[2]}]}""", "U:Hi | A:Hello\nU:Hi | A:Hey")]
    [InlineData("""{"prompt":"Hi","responses":["Hello","Hey"]}""", "U:Hi | A:Hello\nU:Hi | A:Hey")]
    [InlineData("""{"doc":{"question":"Why is it so?","answer":"Gold"},"target":"Gold","arguments":[["Q: Why is it so?\nA:",{"until":["\n"]}]],"resps":[["Because"]],"filtered_resps":["Because"]}""", "U:Why is it so? | U:Q: Why is it so?\nA: | A:Because")]
    [InlineData("""{"inputs":{"messages":[{"role":"user","content":"Hi"}]},"outputs":{"generations":[[{"text":"Hello"}]]}}""", "U:Hi | A:Hello")]
    [InlineData("""{"output":{"message":{"role":"assistant","content":[{"text":"Hello"}]}},"stopReason":"end_turn","metrics":{"latencyMs":1}}""", "?A:Hello")]
    [InlineData("""{"inputText":"Hi","results":[{"tokenCount":3,"outputText":"Hello","completionReason":"FINISH"}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"messages":[{"type":"human","content":"Hi"},{"type":"ai","content":"Hello"}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"messages":[{"lc":1,"type":"constructor","id":["langchain","schema","HumanMessage"],"kwargs":{"content":"Hi"}},{"lc":1,"type":"constructor","id":["langchain","schema","AIMessage"],"kwargs":{"content":"Hello"}}]}""", "U:Hi | A:Hello")]
    public void Is_read(string json, string right) => Assert.Equal(right, Mapping.Shown(json));

    [Theory]
    [InlineData("""{"custom_id":"r1","method":"POST","url":"/v1/chat/completions","body":{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"An example"},{"role":"user","content":"Now"}]}}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"An example"},{"role":"user","content":"Now"}],"temperature":0.5}""")]
    public void A_request_alone_holds_no_reply(string json) =>
        Assert.Equal("the record is a request without its response, expected records with replies", Mapping.Fault(json).Message);

    [Theory]
    [InlineData("""{"custom_id":"r1","response":null,"error":{"code":"server_error","message":"The server had an error."}}""")]
    [InlineData("""{"error":{"message":"Rate limit reached for requests."}}""")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"prompt":"Hi","text":null}""")]
    [InlineData("""{"prompt":"Hi","text":" \n\u00a0"}""")]
    [InlineData("""{"prompt":"Hi","responses":[]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[]}]}""")]
    [InlineData("""{"choices":[{"message":{"role":"assistant","content":""}}]}""")]
    [InlineData("""{"candidates":[{"finishReason":"SAFETY"}]}""")]
    public void No_reply_is_counted_and_no_fault(string json)
    {
        Mapping mapping = Mapping.Of(json);
        Assert.Empty(mapping.Replies);
        Assert.Equal(1, mapping.Counts.EmptyReplies);
    }

    [Fact]
    public void Roles_calls_and_attachments_are_counted()
    {
        Mapping mapping = Mapping.Of("""{"messages":[{"role":"User","content":[{"type":"image_url","image_url":{}},{"type":"text","text":"Hi"}]},{"role":"assistant","content":"","tool_calls":[{"id":"1"}]},{"role":"assistant","content":"Hello"}]}""");
        Assert.Equal([KeyValuePair.Create("User", 1L), KeyValuePair.Create("assistant", 2L)], mapping.Counts.Roles);
        Assert.Equal([KeyValuePair.Create("OpenAI messages", 1L)], mapping.Counts.Shapes);
        Assert.Equal((1L, 1L, 1L, 1L), (mapping.Counts.ToolCalls, mapping.Counts.Attachments, mapping.Counts.Replies, mapping.Counts.EmptyReplies));
    }

    [Fact]
    public void Several_replies_of_a_record_are_numbered()
    {
        Assert.Equal(["x", "x#2"], Mapping.Of("""{"id":"x","prompt":"p","choices":[{"message":{"content":"One"}},{"message":{"content":"Two"}}]}""").Replies.Select(reply => reply.Id));
        Assert.Equal(["7", "7#2"], Mapping.Of("""{"id":7,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"One"},{"role":"user","content":"b"},{"role":"assistant","content":"Two"}]}""").Replies.Select(reply => reply.Id));
        Assert.Equal(["a.jsonl:1"], Mapping.Of("""{"prompt":"p","text":"One"}""").Replies.Select(reply => reply.Id));
    }
}
