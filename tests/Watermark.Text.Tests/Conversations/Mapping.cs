using System.Text;
using System.Text.Json;
using Watermark.Text.Conversations;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Maps records that stand in tests.</summary>
internal sealed class Mapping
{
    private readonly ConversationMapper mapper;
    private long line;

    public Mapping(ConversationFields? fields = null) => mapper = new ConversationMapper(fields ?? new ConversationFields());

    public List<Conversation> Conversations { get; } = [];

    public List<RecordFault> Faults { get; } = [];

    public MappingCounts Counts => mapper.Counts;

    public List<Reply> Replies => [.. Conversations.SelectMany(Text.Conversations.Replies.Of)];

    public static string IntakeFile(string name) => Path.Combine(AppContext.BaseDirectory, "TestData", "intake", name);

    /// <summary>Maps the lines of a file of JSON Lines.</summary>
    public static Mapping OfIntake(string name, ConversationFields? fields = null) => OfLines(File.ReadLines(IntakeFile(name)), fields);

    public static Mapping OfLines(IEnumerable<string> lines, ConversationFields? fields = null, SourceFormat format = SourceFormat.JsonLines)
    {
        var mapping = new Mapping(fields);
        foreach (string json in lines.Where(json => json.Length > 0))
            mapping.Take(json, format);
        mapping.Flush();
        return mapping;
    }

    /// <summary>Maps one record; its fault is thrown.</summary>
    public static Mapping Of(string json, ConversationFields? fields = null)
    {
        Mapping mapping = OfLines([json.ReplaceLineEndings(" ")], fields);
        return mapping.Faults.Count == 0 ? mapping : throw mapping.Faults[0];
    }

    /// <summary>
    /// The conversations in one line each: S, U, A and T for the roles, a for an answer given with the prompt, C for context;
    /// reasoning in braces; ? before a conversation whose first reply has no prompt.
    /// </summary>
    public static string Shown(string json, ConversationFields? fields = null) => string.Join("\n", Of(json, fields).Conversations.Select(Show));

    public static string Show(Conversation conversation) =>
        (conversation.HasPrompt ? "" : "?") + string.Join(" | ", conversation.Turns.Select(Show).Concat(conversation.Context.Select(text => "C:" + text)));

    private static string Show(Turn turn) =>
        (turn.IsGiven ? "a" : turn.Role.ToString()[..1]) + ":" + (turn.Reasoning is null ? "" : "{" + turn.Reasoning + "}") + (turn.Tokens is null ? turn.Text : string.Join(',', turn.Tokens));

    /// <summary>The only reply of a record.</summary>
    public static Reply One(string json, ConversationFields? fields = null) => Assert.Single(Of(json, fields).Replies);

    public static RecordFault Fault(string json, ConversationFields? fields = null)
    {
        Mapping mapping = OfLines([json.ReplaceLineEndings(" ")], fields);
        Assert.Empty(mapping.Conversations);
        RecordFault fault = Assert.Single(mapping.Faults);
        Assert.DoesNotContain('\n', fault.Message);
        return fault;
    }

    public static Mapping OfText(string text, ConversationFields? fields = null)
    {
        var mapping = new Mapping(fields);
        mapping.Take(new SourceRecord(new RecordPlace("folder/a.txt", "a.txt", 1), SourceFormat.Text, default, text));
        mapping.Flush();
        return mapping;
    }

    public void Take(string json, SourceFormat format)
    {
        line++;
        using JsonDocument? document = json == "[DONE]" ? null : JsonDocument.Parse(Encoding.UTF8.GetBytes(json), new JsonDocumentOptions { MaxDepth = 5000 });
        Take(new SourceRecord(new RecordPlace("folder/a.jsonl", "a.jsonl", line), format, document?.RootElement ?? default));
    }

    private void Take(SourceRecord record)
    {
        try
        {
            Conversations.AddRange(mapper.Map(record));
        }
        catch (RecordFault fault)
        {
            Faults.Add(fault);
        }
    }

    private void Flush() => Conversations.AddRange(mapper.Flush((_, fault) => Faults.Add(fault)));
}
