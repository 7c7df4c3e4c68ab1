using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Texts that chat templates have put together. The examples are as the templates of the models render them.</summary>
public sealed class TemplateTests
{
    [Theory]
    // ChatML (Qwen, Hermes, Yi) and Phi-4.
    [InlineData("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello", "U:Hi | A:Hello")]
    [InlineData("<|im_start|>user\r\nHi<|im_end|>\r\n<|im_start|>assistant\r\nHello<|im_end|>\r\n", "U:Hi | A:Hello")]
    [InlineData("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\nHm\n</think>\n\nHello<|im_end|><|endoftext|>", "U:Hi | A:{Hm}Hello")]
    [InlineData("<|im_start|>system<|im_sep|>Be kind.<|im_end|><|im_start|>user<|im_sep|>Hi<|im_end|><|im_start|>assistant<|im_sep|>Hello<|im_end|>", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "U:Hi | A:")]
    // Llama 3 and 4.
    [InlineData("<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe kind.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("<|begin_of_text|><|header_start|>user<|header_end|>\n\nHi<|eot|><|header_start|>assistant<|header_end|>\n\nHello<|eot|>", "U:Hi | A:Hello")]
    // Llama 2 and Mistral.
    [InlineData("<s>[INST] <<SYS>>\nBe kind.\n<</SYS>>\n\nHi [/INST] Hello </s><s>[INST] More [/INST] Yes </s>", "S:Be kind. | U:Hi | A:Hello | U:More | A:Yes")]
    [InlineData("<s> [INST] Hi [/INST] Hello</s>", "U:Hi | A:Hello")]
    [InlineData("<s>[SYSTEM_PROMPT]Be kind.[/SYSTEM_PROMPT][INST]Hi[/INST]Hello</s>", "S:Be kind. | U:Hi | A:Hello")]
    // Gemma.
    [InlineData("<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nHello<end_of_turn>\n", "U:Hi | A:Hello")]
    // Phi 3, Zephyr.
    [InlineData("<|system|>\nBe kind.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\nHello<|end|>\n<|endoftext|>", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("<|system|>\nBe kind.</s>\n<|user|>\nHi</s>\n<|assistant|>\nHello</s>\n", "S:Be kind. | U:Hi | A:Hello")]
    // DeepSeek.
    [InlineData("<｜begin▁of▁sentence｜>Be kind.<｜User｜>Hi<｜Assistant｜>Hello<｜end▁of▁sentence｜><｜User｜>More<｜Assistant｜><think>\nHm\n</think>\n\nYes<｜end▁of▁sentence｜>", "S:Be kind. | U:Hi | A:Hello | U:More | A:{Hm}Yes")]
    // Command R, Granite.
    [InlineData("<BOS_TOKEN><|START_OF_TURN_TOKEN|><|SYSTEM_TOKEN|>Be kind.<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>Hi<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>Hello<|END_OF_TURN_TOKEN|>", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("<|start_of_role|>user<|end_of_role|>Hi<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>Hello<|end_of_text|>", "U:Hi | A:Hello")]
    // Harmony (gpt-oss).
    [InlineData("<|start|>system<|message|>Be kind.<|end|><|start|>user<|message|>Hi<|end|><|start|>assistant<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Hello<|return|>", "S:Be kind. | U:Hi | A:{Hm}Hello")]
    [InlineData("<|start|>user<|message|>Weather?<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|><|start|>functions.f to=assistant<|channel|>commentary<|message|>Rain<|end|><|start|>assistant<|channel|>final<|message|>It rains.<|end|>", "U:Weather? | T:Rain | A:It rains.")]
    [InlineData("<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Hello", "?A:{Hm}Hello")]
    // Plain words.
    [InlineData("Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nTranslate.\n\n### Input:\nBonjour\n\n### Response:\nHello", "S:Below is an instruction that describes a task. Write a response that appropriately completes the request. | U:Translate. | U:Bonjour | A:Hello")]
    [InlineData("### Instruction:\nHi\n\n### Response:\nHello</s>", "U:Hi | A:Hello")]
    [InlineData("### Human: Hi\n### Assistant: Hello", "U:Hi | A:Hello")]
    [InlineData("A chat between a curious user and an artificial intelligence assistant. USER: Hi ASSISTANT: Hello</s>USER: More ASSISTANT: Yes</s>", "S:A chat between a curious user and an artificial intelligence assistant. | U:Hi | a:Hello | U:More | A:Yes")]
    [InlineData("\n\nHuman: Hi\n\nAssistant: Hello\n\nHuman: More\n\nAssistant: Yes", "U:Hi | a:Hello | U:More | A:Yes")]
    public void A_whole_template_is_split(string text, string right)
    {
        Assert.Equal(right, Mapping.Show(Assert.Single(Mapping.OfText(text).Conversations)));
        Assert.Equal(right, Mapping.Shown(System.Text.Json.JsonSerializer.Serialize(new { text })));
    }

    [Theory]
    [InlineData("Hello<|im_end|>\n<|im_start|>user\nMore<|im_end|>")]
    [InlineData("Some words.\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>")]
    [InlineData("<|im_start|>user\nHi<|im_end|>\nloose words\n<|im_start|>assistant\nHello<|im_end|>")]
    [InlineData("<|im_start|>user\nHi\n<|im_start|>assistant\nHello<|im_end|>")]
    [InlineData("<|im_start|>critic\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>")]
    [InlineData("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello [INST] More [/INST]<|im_end|>")]
    [InlineData("[INST] Hi [/INST] Hello [/INST] More")]
    [InlineData("Hello [INST] Hi [/INST]")]
    [InlineData("[INST] Hi")]
    [InlineData("Hi [/INST] Hello")]
    [InlineData("<start_of_turn>user Hi")]
    [InlineData("### Response:\nHello\n\n### Instruction:\nHi")]
    [InlineData("### Instruction:\nHi\n\n### Response:\nHello\n\n### Response:\nAgain")]
    [InlineData("Some words.\n\nHuman: Hi\n\nAssistant: Hello")]
    [InlineData("Human: Hi\nAssistant: Hello")]
    [InlineData("Human: Quote this.\n\nAssistant: A passage\n\nAssistant: Hello")]
    [InlineData("A story USER: Hi ASSISTANT: Hello\nUser: a\nAssistant: b")]
    [InlineData("User: Hi\nBot: Hello")]
    [InlineData("**User:** Hi\n\n**Assistant:** Hello")]
    [InlineData("## User\n\nHi\n\n## Assistant\n\nHello")]
    [InlineData("You said:\nHi\n\nChatGPT said:\nHello")]
    [InlineData("[User]: Hi\n[AI]: Hello")]
    [InlineData("Q: Hi\nA: Hello")]
    [InlineData("Question: Why?\nBecause.")]
    [InlineData("### Prompt\nHi\n### Response\nHello")]
    [InlineData("Prompt: Hi\n\nHello")]
    [InlineData("> User: Hi\n> AI: Hello")]
    public void What_may_be_a_conversation_is_refused(string text)
    {
        Assert.Equal(RecordFault.TemplateInText, Assert.Single(Mapping.OfText(text).Faults).Code);
        Assert.Equal(RecordFault.TemplateInText, Mapping.Fault(System.Text.Json.JsonSerializer.Serialize(new { text })).Code);
    }

    [Theory]
    [InlineData("{\"prompt\": \"Hi\", \"text\": \"Hello\"}\n{\"prompt\": \"Ho\", \"text\": \"Hey\"}\n")]
    [InlineData("# Log\n\ndata: {\"choices\": []}\n")]
    [InlineData("Replies:\n[{\"role\": \"user\"}]\n")]
    [InlineData("[{'role': 'user', 'content': 'Hi'}]")]
    public void A_file_of_records_is_no_text(string text) =>
        Assert.Equal("the text holds JSON of messages or records and cannot be split by role with certainty, expected the reply alone, or messages with roles", Assert.Single(Mapping.OfText(text).Faults).Message);

    [Theory]
    [InlineData("Once upon a time there was a river. It rose in the night: nobody saw it.")]
    [InlineData("# Title\n\n- Input: a number\n- Then more\n\n```json\n{\"a\": 1}\n```\n")]
    [InlineData("She wrote to the assistant: come at once. The user: nobody.")]
    [InlineData("Answer: 42")]
    [InlineData("The answer:\n\n**Response** is a word. <b>bold</b> x < y | z")]
    [InlineData("Dear model,\n\nNote: keep it short.\nP.S.: Bye")]
    public void Ordinary_texts_are_replies(string text)
    {
        Assert.Equal(text, Assert.Single(Mapping.OfText(text).Replies).Text);
        Assert.Equal(text, Mapping.One(System.Text.Json.JsonSerializer.Serialize(new { prompt = "p", text })).Text);
    }

    [Theory]
    [InlineData("The story goes on.\n\nHuman: the one word on the door.\n\nNobody knew.")]
    [InlineData("### Response\n\nIt is done.")]
    [InlineData("Q: What is it?\nA: A cat.\n\nQ: And this?\nA: A dog.")]
    [InlineData("**Question:** 2+2?\n**Answer:** 4")]
    [InlineData("User: the one who asks.\nServer: the one that answers.")]
    [InlineData("Input: 3\nOutput: 9")]
    public void A_message_by_role_is_a_reply_even_if_it_looks_odd(string text)
    {
        string json = System.Text.Json.JsonSerializer.Serialize(new { messages = new object[] { new { role = "user", content = "Hi" }, new { role = "assistant", content = text } } });
        Assert.Equal(text, Mapping.One(json).Text);
    }

    [Theory]
    [InlineData("Here is one:\n<|im_start|>user\nHi<|im_end|>")]
    [InlineData("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>")]
    [InlineData("Hello\nUser: More\nAssistant: Yes")]
    [InlineData("Hello [/INST] More")]
    public void A_message_by_role_with_real_marks_of_roles_is_refused(string text)
    {
        string json = System.Text.Json.JsonSerializer.Serialize(new { messages = new object[] { new { role = "user", content = "Hi" }, new { role = "assistant", content = text } } });
        Assert.Equal(RecordFault.TemplateInText, Mapping.Fault(json).Code);
    }

    [Theory]
    [InlineData("Hello<|im_end|>", "Hello", 1)]
    [InlineData("Hello</s>\n", "Hello", 1)]
    [InlineData("Hello <|eot_id|><|eot_id|> ", "Hello ", 1)]
    [InlineData("Hello<|endoftext|><pad><pad>", "Hello", 1)]
    [InlineData("<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>", "Hello", 0)]
    [InlineData("Hello </s> there", "Hello </s> there", 0)]
    [InlineData(" Hello ", " Hello ", 0)]
    public void Marks_of_the_end_are_removed_and_counted(string text, string right, long count)
    {
        Mapping mapping = Mapping.Of(System.Text.Json.JsonSerializer.Serialize(new { prompt = "p", text }));
        Assert.Equal((right, count), (Assert.Single(mapping.Replies).Text, mapping.Counts.EndMarksRemoved));
    }

    [Theory]
    [InlineData("<think>Hm</think>Hello", "Hello", "Hm")]
    [InlineData("\n<think>\nHm\n</think>\n\nHello", "Hello", "Hm")]
    [InlineData("<thinking>Hm</thinking>\nHello", "Hello", "Hm")]
    [InlineData("<think>\n\n</think>\n\nHello", "Hello", null)]
    [InlineData("Hm\n</think>\n\nHello", "Hello", "Hm")]
    [InlineData("Hm</think>\nHello", "Hello", "Hm")]
    [InlineData("Hm\n</think>Hello", "Hello", "Hm")]
    [InlineData("First.\n<think>Hm</think>\nThen.", "First.\n\nThen.", "Hm")]
    [InlineData("<think>a</think>\n<think>b</think>\nHello", "Hello", "ab")]
    [InlineData("Use the <think> mark.", "Use the <think> mark.", null)]
    [InlineData("Use\n<think> as a mark.", "Use\n<think> as a mark.", null)]
    [InlineData("End it with `</think>` always.", "End it with `</think>` always.", null)]
    [InlineData("I think so.", "I think so.", null)]
    public void Reasoning_is_set_apart(string text, string right, string? reasoning)
    {
        Watermark.Text.Records.SourceFormat format = Watermark.Text.Records.SourceFormat.JsonLines;
        Mapping mapping = Mapping.OfLines([System.Text.Json.JsonSerializer.Serialize(new { prompt = "p", text })], format: format);
        Conversations_Are(mapping, right, reasoning);
    }

    [Fact]
    public void Reasoning_without_an_end_leaves_no_reply()
    {
        Mapping mapping = Mapping.Of("""{"prompt":"p","text":"<think>\nHm, so it goes on"}""");
        Assert.Equal("U:p | A:{Hm, so it goes on}", Mapping.Show(mapping.Conversations[0]));
        Assert.Equal((0, 1L), (mapping.Replies.Count, mapping.Counts.EmptyReplies));
    }

    private static void Conversations_Are(Mapping mapping, string text, string? reasoning)
    {
        Text.Conversations.Reply reply = Assert.Single(mapping.Replies);
        Assert.Equal((text, reasoning), (reply.Text, reply.Reasoning));
        Assert.Equal(reasoning is null ? 0 : 1, mapping.Counts.ReasoningSplit);
    }
}
