using Watermark.Text.Conversations;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Records of data sets and tables, told by the names of their fields.</summary>
public sealed class FieldTests
{
    [Theory]
    // ShareGPT and its relatives.
    [InlineData("""{"conversations":[{"from":"system","value":"Be kind."},{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello"}]}""", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("""{"system":"Be kind.","conversation":[{"From":"Human","Value":"Hi"},{"From":"ChatGPT","Value":"Hello"}]}""", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("""{"conversations":[{"from":"human","value":"Hi"},{"from":"function_call","value":"{}"},{"from":"observation","value":"It rains."},{"from":"gpt","value":"Rain"}],"tools":"[]"}""", "U:Hi | T:{} | T:It rains. | A:Rain")]
    [InlineData("""{"dialogue":[{"speaker":"user","text":"Hi"},{"speaker":"bot","text":"Hello"}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"messages":[{"role":"prompter","value":"Hi"},{"role":"assistant","value":"Hello"}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"conversation":[{"human":"Hi","assistant":"Hello"},{"human":"More","assistant":"Yes"}]}""", "U:Hi | A:Hello | U:More | A:Yes")]
    [InlineData("""{"instruction":"Now?","input":"","output":"Now.","history":[["Then?","Then."]]}""", "U:Then? | a:Then. | U:Now? | A:Now.")]
    [InlineData("""{"prompt":"Now?","response":"Now.","history":[["Then?","Then."]],"system":"Be kind."}""", "S:Be kind. | U:Then? | a:Then. | U:Now? | A:Now.")]
    [InlineData("""{"chat_messages":[{"sender":"human","text":"Hi","content":[{"type":"text","text":"Hi"}]},{"sender":"assistant","text":"Hello","content":[{"type":"text","text":"Hello"}]}],"uuid":"u"}""", "U:Hi | A:Hello")]
    [InlineData("""{"anything":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}""", "U:Hi | A:Hello")]
    [InlineData("""[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":[{"role":"user","content":"Hi"}],"completion":[{"role":"assistant","content":"Hello"}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"messages":"[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]"}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"[{\"role\":\"system\",\"content\":\"Be kind.\"},{\"role\":\"user\",\"content\":\"Hi\"}]","text":"Hello"}""", "S:Be kind. | U:Hi | A:Hello")]
    [InlineData("""{"role":"assistant","content":"Hello"}""", "?A:Hello")]
    [InlineData("""{"history":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"history":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"prompt":"And?","reply":"Well"}""", "U:Hi | a:Hello | U:And? | A:Well")]
    // Alpaca and plain fields.
    [InlineData("""{"instruction":"Translate.","input":"Bonjour","output":"Hello"}""", "U:Translate. | U:Bonjour | A:Hello")]
    [InlineData("""{"instruction":"Say hi.","input":null,"output":"Hello"}""", "U:Say hi. | A:Hello")]
    [InlineData("""{"Question":"Why?","Answer":"Because."}""", "U:Why? | A:Because.")]
    [InlineData("""{"user":"Hi","assistant":"Hello"}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"Hi","generatedText":"Hello"}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"Hi","model_output":"Hello","model":"gpt-4"}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"Hi","student_answer":"Hello"}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"日本の首都は？","text":"東京です。"}""", "U:日本の首都は？ | A:東京です。")]
    [InlineData("""{"data":{"record":{"prompt":"Hi","text":"Hello"}}}""", "U:Hi | A:Hello")]
    [InlineData("""{"row_idx":0,"row":{"question":"Hi","response":"Hello"}}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"Give me JSON","text":"{\"name\": \"Bob\"}"}""", "U:Give me JSON | A:{\"name\": \"Bob\"}")]
    [InlineData("""{"text":"Once upon a time."}""", "?A:Once upon a time.")]
    [InlineData("""{"prompt":"","text":"Hello"}""", "?A:Hello")]
    [InlineData("""{"prompt":null,"text":"Hello"}""", "?A:Hello")]
    [InlineData("""{"user":"user_1234","text":"Hello"}""", "?A:Hello")]
    [InlineData("""{"system":"Be kind.","text":"Hello"}""", "?S:Be kind. | A:Hello")]
    [InlineData("""{"prompt":"Hi","text":"Hello","score":0.5,"ok":true,"url":"https://example.com/a/long/path/without/spaces"}""", "U:Hi | A:Hello")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"}],"completion":"Hello"}""", "U:Hi | A:Hello")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello  there"}],"text":"Hello there"}""", "U:Hi | A:Hello  there")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"text":"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello<|im_end|>\n"}""", "U:Hi | A:Hello")]
    [InlineData("""{"prompt":"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHello there.<|im_end|>","response":"Hello there."}""", "U:Hi | A:Hello there.")]
    // Data sets that are often met.
    [InlineData("""{"instruction":"Say hi.","input":"","output":"Hello","text":"Below is an instruction that describes a task.\n\n### Instruction:\nSay hi.\n\n### Response:\nHello"}""", "U:Say hi. | A:Hello")]
    [InlineData("""{"source":"x","conversation":[{"input":"Hi","output":"Hello"},{"input":"More","output":"Yes"}]}""", "U:Hi | A:Hello | U:More | A:Yes")]
    [InlineData("""{"prompt":"Hi","prompt_id":"p","messages":[{"content":"Hi","role":"user"},{"content":"Hello","role":"assistant"}]}""", "U:Hi | U:Hi | A:Hello")]
    [InlineData("""{"conversation_id":"c","model":"m","conversation":[{"content":"Hi","role":"user","country":null},{"content":"Hello","role":"assistant","redacted":false}],"turn":1,"openai_moderation":[{"flagged":false}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"instruction":"Why?","context":"A short one","response":"Because.","category":"closed_qa"}""", "S:A short one | U:Why? | A:Because.")]
    [InlineData("""{"input":"Why?","actual_output":"Because.","expected_output":"Gold","retrieval_context":["A passage that was retrieved"]}""", "U:Why? | A:Because. | C:A passage that was retrieved")]
    [InlineData("""{"User Prompt":"Why?","AI Response":"Because.","Response Time (ms)":"123 milliseconds or so"}""", "U:Why? | A:Because. | C:123 milliseconds or so")]
    [InlineData("""{"type":"sampling","data":{"prompt":[{"role":"user","content":"Why?"}],"sampled":["Because."]}}""", "U:Why? | A:Because.")]
    [InlineData("""{"prompt":{"raw":"Why?","label":"the first of the prompts"},"response":{"output":"Because."}}""", "U:Why? | A:Because. | C:the first of the prompts")]
    [InlineData("""{"message":{"role":"user","content":"Why?"},"reply":"Because."}""", "U:Why? | A:Because.")]
    [InlineData("""{"request_body":"{\"messages\":[{\"role\":\"user\",\"content\":\"Why?\"}]}","response_body":"{\"choices\":[{\"message\":{\"content\":\"Because.\"}}]}"}""", "U:Why? | A:Because.")]
    // A name of a prompt is no prompt.
    [InlineData("""{"prompt":"prompt_0017","text":"Hello"}""", "?S:prompt_0017 | A:Hello")]
    [InlineData("""{"prompt":{"id":"p17","version":"2"},"text":"Hello"}""", "?A:Hello")]
    // Lists of records.
    [InlineData("""{"data":[{"prompt":"a","text":"One"},{"prompt":"b","text":"Two"}]}""", "U:a | A:One\nU:b | A:Two")]
    [InlineData("""{"conversations":[{"id":"c","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}]}""", "U:Hi | A:Hello")]
    [InlineData("""{"train":[{"prompt":"a","text":"One"}],"test":[{"prompt":"b","text":"Two"}],"license":"Do not share with anyone."}""", "U:a | A:One | C:Do not share with anyone.\nU:b | A:Two | C:Do not share with anyone.")]
    [InlineData("""[{"prompt":"a","text":"One"},{"prompt":"b","text":"Two"}]""", "U:a | A:One\nU:b | A:Two")]
    public void Is_read(string json, string right) => Assert.Equal(right, Mapping.Shown(json));

    [Theory]
    [InlineData("""{"prompt":"p","answer":"One thing","output":"Another"}""", "'answer' and 'output'")]
    [InlineData("""{"prompt":"p","chosen":"One thing","rejected":"Another"}""", "'chosen' and 'rejected'")]
    [InlineData("""{"prompt":"p","response_a":"One thing","response_b":"Another"}""", "'response_a' and 'response_b'")]
    [InlineData("""{"prompt":"Summarise","text":"The article of the owner","summary":"Short"}""", "'text' and 'summary'")]
    [InlineData("""{"question":"p","answer":"The right one","response":null}""", "'answer' and 'response'")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Right"}],"prediction":"Wrong"}""", "'messages' and 'prediction'")]
    [InlineData("""{"conversation_a":[{"role":"user","content":"q"},{"role":"assistant","content":"One"}],"conversation_b":[{"role":"user","content":"q"},{"role":"assistant","content":"Two"}]}""", "'conversation_a' and 'conversation_b'")]
    [InlineData("""{"prompt":"q","chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"One"}],"rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"Two"}]}""", "'chosen' and 'rejected'")]
    [InlineData("""{"chosen":"\n\nHuman: q\n\nAssistant: One","rejected":"\n\nHuman: q\n\nAssistant: Two"}""", "'chosen' and 'rejected'")]
    [InlineData("""{"prompt":"p","text":"One","Text":"Two"}""", "'text' and 'Text'")]
    [InlineData("""{"a":[{"role":"user","content":"Hi"},{"role":"assistant","content":"One"}],"b":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Two"}]}""", "'a' and 'b'")]
    [InlineData("""{"prompt":"Where?","text":"A passage that holds the answer: here.","response":"here."}""", "'text' and 'response'")]
    public void Two_possible_replies_are_asked_about(string json, string names) =>
        Assert.Equal($"the fields {names} could both be the reply, expected one; name it with --text-field", Mapping.Fault(json).Message);

    [Theory]
    [InlineData("""{"prompt":"p","response":"Good","reference":"Gold text","expected_output":"Gold"}""", "Good")]
    [InlineData("""{"question":"p","answer":"Good","ground_truth_answer":"Gold","response_time":"12 seconds all in all"}""", "Good")]
    [InlineData("""{"prompt":"Hi there","text":"Hi there Good","completion":"Good"}""", "Good")]
    [InlineData("""{"prompt":"p","response":"Good","raw_output":"<think>Hm</think>Good"}""", "Good")]
    [InlineData("""{"prompt":"p","result":"success","text":"Good"}""", "Good")]
    public void Other_fields_do_not_disturb(string json, string right) => Assert.Equal(right, Mapping.One(json).Text);

    [Theory]
    [InlineData("\"Hello\"", "the record is a string, expected an object with fields")]
    [InlineData("7", "the record is a number, expected an object with fields")]
    [InlineData("""["Hi","Hello"]""", "the record is an array, expected an object with fields")]
    [InlineData("[]", "the record is an array, expected an object with fields")]
    [InlineData("{}", "no field is known to hold the reply (there are no fields), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"prompt":"Hi"}""", "no field is known to hold the reply ('prompt'), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"question":"Hi","documents":[{"text":"A passage of the owner"}]}""", "no field is known to hold the reply ('question', 'documents'), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"query":"Where?","results":[{"text":"A passage that was found"}]}""", "no field is known to hold the reply ('query', 'results'), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"query":"Where?","candidates":[{"text":"A passage that was found"}]}""", "no field is known to hold the reply ('query', 'candidates'), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"question":"Where?","choices":[{"label":"A","text":"Here"},{"label":"B","text":"There"}]}""", "no field is known to hold the reply ('question', 'choices'), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"context":"Long ago","question":"When?","answers":{"text":["Long ago"],"answer_start":[0]}}""", "no field is known to hold the reply ('context', 'question', 'answers'), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"prompt":{"0":"Hi"},"text":{"0":"Hello"}}""", "no field is known to hold the reply ('prompt', 'text'), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field")]
    [InlineData("""{"conversation":["Hi","Hello"]}""", "the field 'conversation' is a list of texts without roles, expected messages with 'role' and 'content'")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"critic","content":"Bad"}]}""", "the message 'messages.1' has the role 'critic', expected system, user, assistant or tool, or another name of these")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"content":"Hello"}]}""", "the message 'messages.1' has no role, expected a member 'role' or 'from'")]
    [InlineData("""{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":7}]}""", "the field 'messages.1.content' is a number, expected a text, null or a list of parts")]
    [InlineData("""{"messages":"Hi, then Hello"}""", "the field of the conversation is a string without roles, expected a list of messages with 'role' and 'content'")]
    [InlineData("""{"prompt":"p","text":"a\ud83d"}""", "the field 'text' has half of a surrogate pair, expected a string of whole characters")]
    public void What_is_no_conversation_is_refused(string json, string right) => Assert.Equal(right, Mapping.Fault(json).Message);

    [Fact]
    public void Messages_in_single_quotes_are_never_a_text()
    {
        Assert.Equal(Watermark.Text.Records.RecordFault.TemplateInText, Mapping.Fault("""{"prompt":"p","response":"[{'role': 'user', 'content': 'Hi'}, {'role': 'assistant', 'content': 'Hello'}]"}""").Code);
        Assert.Equal("the field 'prompt' holds messages as Python prints them, expected JSON or a text", Mapping.Fault("""{"prompt":"[{'content': 'Hi', 'role': 'user'}]","text":"Hello"}""").Message);
        Assert.Equal("the field of the conversation is a string without roles, expected a list of messages with 'role' and 'content'", Mapping.Fault("""{"messages":"Hi"}""").Message);
    }

    [Theory]
    [InlineData("""{"prompt":"p","response":{"role":"user","content":"Hi"}}""")]
    [InlineData("""{"prompt":"p","response":"{\"role\":\"user\",\"content\":\"Hi\"}"}""")]
    [InlineData("""{"prompt":"p","output":{"message":{"role":"system","content":"Hi"}}}""")]
    public void A_message_of_another_role_is_no_reply(string json) => Assert.Equal(Watermark.Text.Records.RecordFault.RoleMismatch, Mapping.Fault(json).Code);

    [Theory]
    [InlineData("""{"text":"Hi\nUser: more"}""")]
    [InlineData("""{"prompt":"p","text":"x","note":"half \ud83d of a pair in a long text"}""")]
    [InlineData("""{"prompt":"p","text":"x","\ud83d":1}""")]
    public void Oddities_elsewhere_do_no_harm(string json) => Assert.Single(Mapping.Of(json).Replies);

    [Fact]
    public void A_file_of_text_holds_no_token_ids() =>
        Assert.Equal("the file is text, expected records with token ids", Assert.Single(Mapping.OfText("Hello", new ConversationFields { ExpectsIds = true }).Faults).Message);

    [Fact]
    public void A_reply_that_begins_with_its_prompt_is_counted()
    {
        Assert.Equal(1, Mapping.Of("""{"prompt":"Once upon","text":"Once upon a time"}""").Counts.PromptRepeated);
        Assert.Equal(0, Mapping.Of("""{"prompt":"Once upon","text":"A time"}""").Counts.PromptRepeated);
    }

    [Theory]
    [InlineData("""{"ids":[5,6],"prompt_ids":[1,2]}""", "U:1,2 | A:5,6")]
    [InlineData("""{"token_ids":[5,6],"prompt_token_ids":[[1,2],[3]],"text":"left alone"}""", "U:1,2 | U:3 | A:5,6")]
    [InlineData("""{"tokens":"[5,6]","prompt":"left alone"}""", "?A:5,6")]
    [InlineData("""{"completion_ids":[],"prompt_ids":[1]}""", "U:1 | A:")]
    public void Token_ids_where_they_are_expected(string json, string right) => Assert.Equal(right, Mapping.Shown(json, new ConversationFields { ExpectsIds = true }));

    [Theory]
    [InlineData("""{"text":"Hi"}""", "no field is known to hold the reply's token ids, expected an array of integers in a field such as 'ids' or 'token_ids'; name it with --tokens-field")]
    [InlineData("""{"ids":[1],"tokens":[2]}""", "the fields 'ids' and 'tokens' could both be the reply's token ids, expected one; name it with --tokens-field")]
    [InlineData("""{"ids":[1,-2]}""", "the field 'ids' has a number at index 1 that is no token id, expected integers from 0 to 2147483647")]
    [InlineData("""{"ids":[1,2147483648]}""", "the field 'ids' has a number at index 1 that is no token id, expected integers from 0 to 2147483647")]
    [InlineData("""{"ids":["a"]}""", "the field 'ids' has a string at index 0 that is no token id, expected integers from 0 to 2147483647")]
    public void Other_token_ids_are_refused(string json, string right) => Assert.Equal(right, Mapping.Fault(json, new ConversationFields { ExpectsIds = true }).Message);
}
