using Watermark.Text.Conversations;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

public sealed class ExplicitFieldTests
{
    [Theory]
    [InlineData("answer", null, """{"question":"q","answer":"One","output":"Two words"}""", "U:q | A:One")]
    [InlineData("a.b", null, """{"prompt":"q","a.b":"One","a":{"b":"Two"}}""", "U:q | A:One")]
    [InlineData("response.choices.0.message.content", null, """{"prompt":"q","response":{"choices":[{"message":{"role":"assistant","content":"One"}}]}}""", "U:q | A:One")]
    [InlineData("response.choices.0.message.content", null, """{"prompt":"q","response":"{\"choices\":[{\"message\":{\"content\":\"One\"}}]}"}""", "U:q | A:One")]
    [InlineData("messages.2.content", null, """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"q"},{"role":"assistant","content":"One"},{"role":"user","content":"later"}]}""", "S:s | U:q | A:One | C:x")]
    [InlineData("messages.3", null, """{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"One"},{"role":"user","content":"r"},{"role":"assistant","content":"Two"}]}""", "U:q | a:One | U:r | A:Two")]
    [InlineData("chosen", null, """{"prompt":"q","chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"One"}],"rejected":"r"}""", "U:q | U:q | A:One")]
    [InlineData("history", null, """{"history":[{"role":"user","content":"q"},{"role":"assistant","content":"One"}]}""", "U:q | A:One")]
    [InlineData("x", "y", """{"x":"One","y":"q","prompt":"p"}""", "U:q | A:One")]
    [InlineData("x", "y", """{"x":"One","y":["q","r"]}""", "U:q | U:r | A:One")]
    [InlineData("x", "y", """{"x":"One","y":[{"role":"system","content":"s"},{"role":"user","content":"q"}]}""", "S:s | U:q | A:One")]
    [InlineData("x", "y", """{"x":"One","y":"","prompt":"not the named one"}""", "?A:One")]
    [InlineData("x", "y", """{"x":"One","prompt":"p"}""", "?A:One")]
    [InlineData(null, "y", """{"text":"One","y":"q"}""", "U:q | A:One")]
    [InlineData("x", null, """{"x":null,"prompt":"p"}""", "U:p | A:")]
    public void Names_lead_to_fields(string? text, string? prompt, string json, string right)
    {
        Conversation conversation = Assert.Single(Mapping.Of(json, new ConversationFields { Text = text, Prompt = prompt }).Conversations);
        Assert.Equal(right.Replace(" | C:x", "", StringComparison.Ordinal), Mapping.Show(conversation with { Context = [] }));
    }

    [Theory]
    [InlineData("x", """{"text":"One"}""", RecordFault.Unread, "no field has the name that was given ('text'), expected a reply")]
    [InlineData("x", """{"x":7}""", RecordFault.Unread, "the field 'x' is a number, expected a text, a message or a list of messages")]
    [InlineData("messages.0.content", """{"messages":[{"role":"user","content":"q"}]}""", RecordFault.RoleMismatch, "the field 'messages.0.content' is a turn of the role 'user', expected the assistant's; leave the field's name out to choose replies by role")]
    [InlineData("messages.0", """{"messages":[{"from":"human","value":"q"}]}""", RecordFault.RoleMismatch, "the field 'messages.0' is a turn of the role 'human', expected the assistant's; leave the field's name out to choose replies by role")]
    [InlineData("messages.0.content", """{"messages":[{"role":"critic","content":"q"}]}""", RecordFault.RoleMismatch, "the field 'messages.0.content' is a turn of the role 'critic', expected the assistant's; leave the field's name out to choose replies by role")]
    [InlineData("messages.1.content", """{"messages":[{"role":"user","content":"q"},{"content":"One"}]}""", RecordFault.RoleMismatch, "the field 'messages.1.content' stands in a message without a role, expected the assistant's")]
    [InlineData("text", """{"role":"prompter","text":"q"}""", RecordFault.RoleMismatch, "the field 'text' is a turn of the role 'prompter', expected the assistant's; leave the field's name out to choose replies by role")]
    public void Wrong_fields_are_faults(string text, string json, string code, string right)
    {
        RecordFault fault = Mapping.Fault(json, new ConversationFields { Text = text });
        Assert.Equal((code, right), (fault.Code, fault.Message));
    }

    [Fact]
    public void The_prompt_field_is_counted_where_it_is_found()
    {
        Mapping mapping = Mapping.OfLines(["""{"text":"a","p":"q"}""", """{"text":"b"}""", """{"text":"c","p":null}"""], new ConversationFields { Prompt = "p" });
        Assert.Equal((3L, 2L, 2L), (mapping.Counts.Replies, mapping.Counts.PromptFieldFound, mapping.Counts.RepliesWithoutPrompt));
    }

    [Theory]
    [InlineData("""{"n":"r7","text":"a"}""", "r7")]
    [InlineData("""{"n":7,"text":"a"}""", "7")]
    [InlineData("""{"n":null,"text":"a"}""", "a.jsonl:1")]
    [InlineData("""{"text":"a"}""", "a.jsonl:1")]
    public void Ids(string json, string right) => Assert.Equal(right, Mapping.One(json, new ConversationFields { Id = "n" }).Id);

    [Fact]
    public void An_id_that_is_none_is_a_fault() =>
        Assert.Equal("the field 'n' is an array, expected a text or a number", Mapping.Fault("""{"n":[],"text":"a"}""", new ConversationFields { Id = "n" }).Message);

    [Fact]
    public void Token_fields_by_name()
    {
        var fields = new ConversationFields { Tokens = "out.ids", PromptTokens = "in" };
        Assert.Equal("U:p | U:1 | U:2,3 | A:4", Mapping.Shown("""{"prompt":"p","in":[[1],[2,3]],"out":{"ids":[4]}}""", fields));
        Assert.Equal("no field has the name that was given (there are no fields), expected an array of token ids", Mapping.Fault("{}", fields).Message);
        Assert.Equal("the field 'out.ids' has an array at index 0 that is no token id, expected integers from 0 to 2147483647", Mapping.Fault("""{"out":{"ids":[[1]]}}""", fields).Message);
        Assert.Equal(RecordFault.RoleMismatch, Mapping.Fault("""{"messages":[{"role":"user","content":"","ids":[1]}]}""", new ConversationFields { Tokens = "messages.0.ids" }).Code);
    }
}
