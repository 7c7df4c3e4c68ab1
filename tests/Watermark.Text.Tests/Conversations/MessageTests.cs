using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Messages that stand apart: one a record, or in a tree.</summary>
public sealed class MessageTests
{
    private const string Tree = """
        {"id":"t","title":"A talk about the weather","current_node":"e","mapping":{
        "r":{"id":"r","message":null,"parent":null,"children":["s"]},
        "s":{"id":"s","message":{"author":{"role":"system"},"content":{"content_type":"text","parts":[""]},"recipient":"all"},"parent":"r","children":["a"]},
        "a":{"id":"a","message":{"author":{"role":"user"},"content":{"content_type":"multimodal_text","parts":[{"content_type":"image_asset_pointer"},"Hi"]},"recipient":"all"},"parent":"s","children":["b","b2"]},
        "b":{"id":"b","message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":["Hello"]},"recipient":"all"},"parent":"a","children":["c","c2"]},
        "b2":{"id":"b2","message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":["Hey"]},"recipient":"all"},"parent":"a","children":[]},
        "c":{"id":"c","message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["More"]},"recipient":"all"},"parent":"b","children":["d"]},
        "c2":{"id":"c2","message":{"author":{"role":"user"},"content":{"content_type":"text","parts":["Other"]},"recipient":"all"},"parent":"b","children":["f"]},
        "d":{"id":"d","message":{"author":{"role":"assistant"},"content":{"content_type":"code","text":"search()"},"recipient":"browser"},"parent":"c","children":["t"]},
        "t":{"id":"t","message":{"author":{"role":"tool"},"content":{"content_type":"text","parts":["Found"]},"recipient":"all"},"parent":"d","children":["e"]},
        "e":{"id":"e","message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":["Yes"]},"recipient":"all"},"parent":"t","children":[]},
        "f":{"id":"f","message":{"author":{"role":"assistant"},"content":{"content_type":"text","parts":["No"]},"recipient":"all"},"parent":"c2","children":[]}}}
        """;

    [Fact]
    public void A_tree_gives_a_conversation_for_each_way()
    {
        Mapping mapping = Mapping.Of(Tree);
        Assert.Equal(
            [
                "S: | U:Hi | A:Hey | C:A talk about the weather",
                "S: | U:Hi | A:Hello | U:More | T:search() | T:Found | A:Yes | C:A talk about the weather",
                "S: | U:Hi | a:Hello | U:Other | A:No | C:A talk about the weather",
            ],
            mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(["t", "t~2", "t~2#2", "t~3"], mapping.Replies.Select(reply => reply.Id));
    }

    [Theory]
    [InlineData("""{"mapping":{"a":{"parent":"b","message":null},"b":{"parent":"a","message":null}}}""", "the field 'mapping' has no end of a conversation, expected a tree of messages")]
    [InlineData("""{"mapping":{"a":{"parent":"b","message":null},"b":{"parent":"a","message":null},"c":{"parent":"a","message":null}}}""", "the messages in 'mapping' form a circle, expected a tree")]
    [InlineData("""{"mapping":{"a":{"parent":null,"message":null},"a":{"parent":null,"message":null}}}""", "the message 'a' stands twice in 'mapping', expected it once")]
    public void A_graph_that_is_no_tree_is_refused(string json, string right) => Assert.Equal(right, Mapping.Fault(json).Message);

    [Fact]
    public void Rows_that_name_what_they_answer()
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"message_id":"1","parent_id":null,"role":"prompter","text":"Hi","note":"A remark of twenty letters"}""",
            """{"message_id":"2","parent_id":"1","role":"assistant","text":"Hello"}""",
            """{"message_id":"3","parent_id":"1","role":"assistant","text":"Hey"}""",
            """{"message_id":"4","parent_id":"2","role":"prompter","text":"More"}""",
            """{"message_id":"5","parent_id":"4","role":"assistant","text":"Yes"}""",
            """{"message_id":"6","parent_id":"unknown","role":"assistant","text":"Lost"}""",
        ]);
        Assert.Empty(mapping.Faults);
        Assert.Equal(
            [
                "U:Hi | A:Hello | C:A remark of twenty letters",
                "U:Hi | A:Hey | C:A remark of twenty letters",
                "U:Hi | a:Hello | U:More | A:Yes | C:A remark of twenty letters",
                "?A:Lost",
            ],
            mapping.Conversations.Select(Mapping.Show));
        Assert.Equal(1, mapping.Counts.RepliesWithoutPrompt);
    }

    [Fact]
    public void Rows_that_name_their_conversation()
    {
        Mapping mapping = Mapping.OfLines(
        [
            """{"conversation_id":1,"role":"user","content":"Hi"}""",
            """{"conversation_id":2,"role":"user","content":"Ho"}""",
            """{"conversation_id":1,"role":"assistant","content":"Hello"}""",
            """{"conversation_id":2,"role":"assistant","content":"Hey"}""",
            """{"role":"assistant","content":"Alone"}""",
        ]);
        Assert.Equal(["U:Hi | A:Hello", "U:Ho | A:Hey", "?A:Alone"], mapping.Conversations.Select(Mapping.Show));
    }

    [Fact]
    public void A_conversation_of_rows_has_a_limit()
    {
        Mapping mapping = Mapping.OfLines(Enumerable.Repeat("""{"thread_id":"x","role":"user","content":"Hi"}""", 2001));
        Assert.Equal("the conversation 'x' has more than 2000 messages, expected less; give its records ids of their own conversations", Assert.Single(mapping.Faults).Message);
    }

    [Fact]
    public void A_row_of_another_role_is_never_the_reply() =>
        Assert.Equal(RecordFault.RoleMismatch, Mapping.Fault("""{"role":"user","text":"Hi","prompt":"p"}""").Code);
}
