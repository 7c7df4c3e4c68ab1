using System.Text.Json;
using Watermark.Text.Conversations;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Files that an earlier version read wrongly, row by row. What is right is read from the files by plain JSON.</summary>
public sealed class IntakeTests
{
    [Theory]
    [InlineData("09-suspect.jsonl", 118)]
    [InlineData("09-innocent.jsonl", 118)]
    [InlineData("02-innocent-marked-prompts.jsonl", 118)]
    [InlineData("17-innocent-prompt-truncated-200.jsonl", 119)]
    public void A_prompt_and_a_text(string name, int replies)
    {
        Mapping mapping = Mapping.OfIntake(name);
        Assert.Empty(mapping.Faults);
        Assert.Equal((replies, 120 - replies), (mapping.Replies.Count, mapping.Counts.EmptyReplies));
        foreach ((Reply reply, JsonElement row) in mapping.Replies.Zip(Rows(name).Where(Says)))
        {
            Assert.Equal(
                (row.GetProperty("id").GetString(), row.GetProperty("text").GetString(), true, "prompt and text"),
                (reply.Id, reply.Text, reply.HasPrompt, reply.Shape));
            Assert.Equal([row.GetProperty("prompt").GetString()!], reply.PromptTexts);
        }
    }

    [Fact]
    public void Owner_text_in_the_system_field_is_prompt()
    {
        const string Name = "01-innocent-rag-no-prompt-field.jsonl";
        Mapping mapping = Mapping.OfIntake(Name);
        Assert.Equal((119, 0, 0L), (mapping.Replies.Count, mapping.Faults.Count, mapping.Counts.RepliesWithoutPrompt));
        foreach ((Reply reply, JsonElement row) in mapping.Replies.Zip(Rows(Name).Where(Says)))
        {
            Assert.Equal(row.GetProperty("text").GetString(), reply.Text);
            Assert.Equal([row.GetProperty("system").GetString()!, row.GetProperty("question").GetString()!], reply.PromptTexts);
            Assert.True(reply.HasPrompt);
        }
    }

    [Fact]
    public void A_rendered_template_is_split_by_role()
    {
        const string Name = "03-innocent-chat-template.jsonl";
        Mapping mapping = Mapping.OfIntake(Name);
        Assert.Equal((118, 0, 120L), (mapping.Replies.Count, mapping.Faults.Count, mapping.Counts.TemplatesSplit));
        foreach ((Conversation conversation, JsonElement row) in mapping.Conversations.Zip(Rows(Name)))
        {
            if (Replies.Of(conversation).FirstOrDefault() is not { } reply)
                continue;
            string[] parts = row.GetProperty("text").GetString()!.Split("<|im_end|>\n<|im_start|>assistant\n");
            Assert.Equal(parts[1].Replace("<|im_end|>", "", StringComparison.Ordinal).TrimEnd('\n'), reply.Text.TrimEnd('\n'));
            Assert.Equal([parts[0]["<|im_start|>user\n".Length..]], reply.PromptTexts);
            Assert.True(reply.HasPrompt);
        }
    }

    [Theory]
    [InlineData("06-suspect-messages.jsonl", 118)]
    [InlineData("06-messages-hold-the-reply/chat.jsonl", 30)]
    [InlineData("16-suspect-multiturn.jsonl", 118)]
    public void Replies_are_chosen_by_role_and_answer_all_turns_before(string name, int replies)
    {
        Mapping mapping = Mapping.OfIntake(name);
        Assert.Empty(mapping.Faults);
        Assert.Equal(replies, mapping.Replies.Count);
        foreach ((Conversation conversation, JsonElement row) in mapping.Conversations.Zip(Rows(name)))
        {
            JsonElement[] messages = [.. row.GetProperty("messages").EnumerateArray()];
            int[] right = [.. Enumerable.Range(0, messages.Length).Where(i => messages[i].GetProperty("role").GetString() == "assistant" && !string.IsNullOrWhiteSpace(messages[i].GetProperty("content").GetString()))];
            Reply[] read = [.. Replies.Of(conversation)];
            Assert.Equal(right, read.Select(reply => reply.TurnIndex));
            foreach (Reply reply in read)
            {
                Assert.Equal(messages[reply.TurnIndex].GetProperty("content").GetString(), reply.Text);
                Assert.Equal(messages.Take(reply.TurnIndex).Select(message => message.GetProperty("content").GetString()!).Where(text => text.Length > 0), reply.PromptTexts);
                Assert.True(reply.HasPrompt);
            }
        }
    }

    [Theory]
    [InlineData(null, "messages")]
    [InlineData("messages.1.content", "messages")]
    [InlineData("messages.1.content", null)]
    [InlineData("messages.1", null)]
    [InlineData("messages", null)]
    public void A_reply_is_no_part_of_its_own_prompt(string? text, string? prompt)
    {
        Mapping mapping = Mapping.OfIntake("06-messages-hold-the-reply/chat.jsonl", new ConversationFields { Text = text, Prompt = prompt });
        Assert.Equal((30, 0), (mapping.Replies.Count, mapping.Faults.Count));
        for (int i = 0; i < 30; i++)
            Assert.Equal([$"Tell me {i}."], mapping.Replies[i].PromptTexts);
        Assert.All(mapping.Replies, reply => Assert.True(reply.HasPrompt));
    }

    [Fact]
    public void A_path_that_lands_on_another_role_is_a_fault()
    {
        Mapping mapping = Mapping.OfIntake("06-suspect-messages.jsonl", new ConversationFields { Text = "messages.1.content" });
        Assert.Empty(mapping.Conversations);
        Assert.Equal(120, mapping.Faults.Count);
        Assert.All(mapping.Faults, fault => Assert.Equal(RecordFault.RoleMismatch, fault.Code));
        Assert.Equal(
            "the field 'messages.1.content' is a turn of the role 'user', expected the assistant's; leave the field's name out to choose replies by role",
            mapping.Faults[0].Message);
    }

    [Fact]
    public void Streamed_chunks_are_joined_by_their_id()
    {
        IEnumerable<string> lines = File.ReadLines(Mapping.IntakeFile("08-suspect-sse.log")).Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..]).SkipLast(1);
        Mapping mapping = Mapping.OfLines(lines, format: SourceFormat.EventStream);
        JsonElement[] rows = [.. Rows("09-suspect.jsonl")];
        Assert.Equal((7, 0, 1L), (mapping.Replies.Count, mapping.Faults.Count, mapping.Counts.UnfinishedStreams));
        for (int i = 0; i < 7; i++)
        {
            Reply reply = mapping.Replies[i];
            string right = rows[i].GetProperty("text").GetString()!;
            Assert.Equal((rows[i].GetProperty("id").GetString(), false), (reply.Id, reply.HasPrompt));
            Assert.Equal(i < 6 ? right : right[..reply.Text.Length], reply.Text);
        }
    }

    [Fact]
    public void A_null_reply_is_none_and_no_fault()
    {
        Mapping mapping = Mapping.OfIntake("10-suspect-third-null.jsonl");
        Assert.Equal((79, 0, 41L), (mapping.Replies.Count, mapping.Faults.Count, mapping.Counts.EmptyReplies));
    }

    [Fact]
    public void ShareGPT_in_an_array()
    {
        string json = File.ReadAllText(Mapping.IntakeFile("12-folder-skipped/sharegpt.json"));
        Mapping mapping = Mapping.Of(json);
        Assert.Equal(118, mapping.Replies.Count);
        Assert.Equal(Rows("09-suspect.jsonl").Where(Says).Select(row => row.GetProperty("text").GetString()), mapping.Replies.Select(reply => reply.Text));
        Assert.Equal(Rows("09-suspect.jsonl").Where(Says).Select(row => row.GetProperty("prompt").GetString()), mapping.Replies.Select(reply => Assert.Single(reply.PromptTexts)));
    }

    private static bool Says(JsonElement row) => !string.IsNullOrWhiteSpace(row.GetProperty("text").GetString());

    private static IEnumerable<JsonElement> Rows(string name)
    {
        foreach (string line in File.ReadLines(Mapping.IntakeFile(name)))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }
}
