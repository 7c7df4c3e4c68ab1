using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Watermark.Text.Conversations;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Whatever the record: conversations, or one fault of it in one sentence; never another exception.</summary>
public sealed class MutationTests
{
    private static readonly string[] Seeds =
    [
        """{"id":"a","messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]},{"role":"assistant","content":"<think>Hm</think>Hello<|im_end|>","tool_calls":[{"id":"c"}]}],"tools":[{"description":"A long description of a tool"}]}""",
        """{"custom_id":"r","request":{"messages":[{"role":"user","content":"Hi"}],"temperature":0},"response":{"body":{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}},"error":null}""",
        """{"instructions":"Be kind.","input":"Ready?","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes"}]}]}""",
        """{"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"candidates":[{"content":{"role":"model","parts":[{"text":"Hello"}]},"finishReason":"STOP"}]}""",
        """{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello"}],"system":"Be kind."}""",
        """{"instruction":"Translate","input":"Bonjour","output":"Hello","history":[["a","b"]],"ids":[1,2],"prompt_ids":[[1],[2]]}""",
        """{"id":"a","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}""",
        """{"type":"response.completed","response":{"id":"r","input":"q","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Yes"}]}]}}""",
        """{"mapping":{"a":{"parent":null,"message":{"author":{"role":"user"},"content":{"parts":["Hi"]}}},"b":{"parent":"a","message":{"author":{"role":"assistant"},"content":{"parts":["Hello"]}}}}}""",
        """{"message_id":"1","parent_id":"0","role":"assistant","text":"Hello","conversation_id":7}""",
        """{"data":[{"prompt":"a","text":"[INST] Hi [/INST] Hello"}],"messages":"[{\"role\":\"user\",\"content\":\"Hi\"}]"}""",
        """{"prompt":"half \ud83d","text":"\udc00","\ud800":["\ud800 in a text of more than twenty letters"]}""",
    ];

    private static readonly ConversationFields[] Choices =
    [
        new(),
        new() { Text = "messages.1.content", Prompt = "messages" },
        new() { Text = "response", Id = "id" },
        new() { ExpectsIds = true },
        new() { Tokens = "ids", PromptTokens = "prompt_ids" },
    ];

    [Fact]
    public void Every_value_may_be_any_other()
    {
        string[] values = ["null", "7", "-1.5e300", "true", "\"\"", "\"a text\"", "[]", "{}", "[null]", "[[]]", "[\"a\",\"b\"]", "{\"role\":null}", "[{\"role\":\"user\"}]", "\"[{\\\"role\\\":\\\"user\\\"}]\"", "\"\\ud83d\""];
        foreach (string seed in Seeds)
        {
            int count = Places(seed);
            for (int place = 0; place < count; place++)
            {
                foreach (string value in values)
                    MapOrRefuse(Replaced(seed, place, value));
            }
        }
    }

    [Property(MaxTest = 300)]
    public void Any_two_changes(int seed, int first, int second, int value)
    {
        string json = Seeds[(int)((uint)seed % Seeds.Length)];
        string other = Seeds[(int)((uint)value % Seeds.Length)];
        json = Replaced(json, (int)((uint)first % Places(json)), other);
        MapOrRefuse(Replaced(json, (int)((uint)second % Places(json)), Seeds[(int)((uint)(value / 64) % Seeds.Length)]));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData("{\"text\":", "}")]
    [InlineData("{\"response\":", "}")]
    [InlineData("{\"messages\":", "}")]
    [InlineData("{\"data\":[", "]}")]
    [InlineData("{\"prompt\":[", "]}")]
    [InlineData("{\"reasoning\":{\"content\":", "}}")]
    [InlineData("{\"choices\":[{\"message\":", "}]}")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":", "}]}")]
    [InlineData("{\"messages\":[{\"role\":\"assistant\",\"content\":\"a\",\"reasoning\":[", "]}]}")]
    public void Deep_nesting(string open, string close)
    {
        foreach (int depth in new[] { 5, 60, 300 })
        {
            MapOrRefuse(string.Concat(Enumerable.Repeat(open, depth)) + "\"x\"" + string.Concat(Enumerable.Repeat(close, depth)));
            MapOrRefuse("{\"prompt\":\"p\",\"text\":\"t\",\"deep\":" + string.Concat(Enumerable.Repeat(open, depth)) + "\"x\"" + string.Concat(Enumerable.Repeat(close, depth)) + "}");
        }
    }

    [Property(MaxTest = 300)]
    public void Any_text_is_a_reply_or_refused(string?[] parts, byte[] marks)
    {
        string[] all = ["<|im_start|>", "<|im_end|>", "user\n", "assistant\n", "[INST]", "[/INST]", "<<SYS>>", "<s>", "</s>", "<think>", "</think>", "\n", "Human:", "Assistant:", "### Response:", "### Instruction:", "USER:", "<|channel|>", "analysis<|message|>", "<|start|>", "<|end|>", "<｜User｜>", "<start_of_turn>", "data: {", "[{'role':"];
        string text = string.Concat(marks.Select((mark, i) => all[mark % all.Length] + (parts.Length == 0 ? "" : parts[i % parts.Length])));
        Mapping mapping = Mapping.OfText(text);
        Assert.Equal(1, mapping.Conversations.Count + mapping.Faults.Count);
    }

    [Fact]
    public void What_would_take_the_square_of_its_size_is_refused()
    {
        string messages = string.Join(',', Enumerable.Repeat("""{"role":"user","content":"Hi"}""", 10_001));
        Assert.Equal("the field 'messages' has 10001 messages, expected at most 10000", Mapping.Fault($$"""{"messages":[{{messages}}]}""").Message);
        string texts = string.Join(',', Enumerable.Repeat("\"a\"", 2_000));
        Assert.Equal("the field 'responses' holds 2000 replies to 2000 prompts, expected a record for each prompt", Mapping.Fault($$"""{"prompts":[{{texts}}],"responses":[{{texts}}]}""").Message);
        Assert.Single(Mapping.OfText(string.Concat(Enumerable.Repeat("<|im_start|>user\nHi<|im_end|>\n", 10_001))).Faults);
        Assert.Single(Mapping.OfText(string.Concat(Enumerable.Repeat("[INST] Hi [/INST] Hello ", 10_001))).Faults);
    }

    private static void MapOrRefuse(string json)
    {
        foreach (ConversationFields fields in Choices)
        {
            foreach (SourceFormat format in new[] { SourceFormat.JsonLines, SourceFormat.EventStream })
            {
                Mapping mapping = Mapping.OfLines([json], fields, format);
                Assert.All(mapping.Faults, fault => Assert.DoesNotContain('\n', fault.Message));
                foreach (Reply reply in mapping.Replies)
                {
                    Assert.True(reply.Tokens is not null || !string.IsNullOrWhiteSpace(reply.Text));
                    Assert.DoesNotContain(reply.PromptTexts, string.IsNullOrWhiteSpace);
                }
            }
        }
    }

    private static int Places(string json)
    {
        int count = 0;
        Walk(JsonDocument.Parse(json).RootElement, ref count, -1, "", new StringBuilder());
        return count;
    }

    private static string Replaced(string json, int place, string value)
    {
        int count = 0;
        var result = new StringBuilder();
        Walk(JsonDocument.Parse(json).RootElement, ref count, place, value, result);
        return result.ToString();
    }

    /// <summary>Writes a value with one of its parts replaced; raw, so that odd escapes stay.</summary>
    private static void Walk(JsonElement element, ref int count, int place, string value, StringBuilder result)
    {
        if (count++ == place)
        {
            result.Append(value);
            return;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                string separator = "{";
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    string raw = property.ToString();
                    result.Append(separator).Append(raw, 0, raw.IndexOf(':', StringComparison.Ordinal) + 1);
                    Walk(property.Value, ref count, place, value, result);
                    separator = ",";
                }

                result.Append(separator == "{" ? "{}" : "}");
                break;
            case JsonValueKind.Array:
                separator = "[";
                foreach (JsonElement item in element.EnumerateArray())
                {
                    result.Append(separator);
                    Walk(item, ref count, place, value, result);
                    separator = ",";
                }

                result.Append(separator == "[" ? "[]" : "]");
                break;
            default:
                result.Append(element.GetRawText());
                break;
        }
    }
}
