using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// Lists of messages in the dialects of the field: OpenAI (chat and responses), Anthropic, Gemini, ShareGPT, LangChain,
/// Open Assistant, exports of chats, and lists of pairs of question and answer.
/// </summary>
internal static class Messages
{
    private static readonly string[] RoleKeys = ["role", "from", "speaker", "author", "sender"];
    private static readonly string[] ContentKeys = ["content", "value", "text", "parts", "utterance", "body", "message"];
    private static readonly string[] ReasoningKeys = ["reasoningcontent", "reasoning", "thinking", "thoughts"];
    private static readonly string[] AskKeys = ["human", "user", "question", "instruction", "prompt", "query", "input"];
    private static readonly string[] AnswerKeys = ["assistant", "gpt", "bot", "answer", "response", "output", "completion"];

    /// <summary>The member that says who speaks; null for none.</summary>
    /// <param name="message">A message.</param>
    public static string? RoleOf(Node message)
    {
        if (message[RoleKeys] is { } role)
            return role.Kind == JsonValueKind.Object ? role["role"]?.Text : role.Text;
        if (message["kwargs"] is not null && message["id"] is { Items: [.., { Text: { } name }] })
            return name; // LangChain writes the class of the message.
        return message["type"]?.Text is { } type && RoleNames.TryGet(type, out _) ? type : null;
    }

    /// <summary>Whether a value is a list of messages, whoever speaks in them.</summary>
    /// <param name="value">The value.</param>
    public static bool AreIn(Node value) =>
        value.Items.Count > 0 && value.Items.All(item => item.Kind == JsonValueKind.Object) && value.Items.Any(IsMessage);

    /// <summary>Whether a value is a list of messages in which every role is known, so that its name does not matter.</summary>
    /// <param name="value">The value.</param>
    public static bool AreSurelyIn(Node value) => AreIn(value) && value.Items.All(item => IsItem(item) || (RoleOf(item) is { } role && RoleNames.TryGet(role, out _)));

    /// <summary>Whether a value is a list of pairs: an object each, with the question and the answer.</summary>
    /// <param name="value">The value.</param>
    public static bool ArePairsIn(Node value) => value.Items.Count > 0 && value.Items.All(item => item[AskKeys] is not null && item[AnswerKeys] is not null);

    /// <summary>Whether a value is a history of pairs by position: arrays of question and answer.</summary>
    /// <param name="value">The value.</param>
    public static bool IsHistory(Node value) =>
        value.Items.Count > 0 && value.Items.All(item => item.Items.Count == 2 && item.Items.All(text => text.IsNull || text.Kind == JsonValueKind.String));

    /// <summary>The dialect of a list of messages, in words.</summary>
    /// <param name="list">The list.</param>
    public static string DialectOf(Node list)
    {
        Node first = list.Items.First(IsMessage);
        return first["from"] is not null ? "ShareGPT"
            : first["role"] is null ? "messages by role"
            : first["parts"] is not null ? "Gemini contents"
            : first["content"] is not null ? "OpenAI messages"
            : "messages by role";
    }

    /// <summary>The turns of a list of messages.</summary>
    /// <param name="list">The list.</param>
    /// <param name="path">The list's name.</param>
    /// <param name="scope">The record.</param>
    /// <exception cref="RecordFault">A message says no role, or one that is not known.</exception>
    public static List<Turn> Read(Node list, string path, RecordScope scope)
    {
        RequireFew(list, path);
        var turns = new List<Turn>();
        string? reasoning = null;
        for (int i = 0; i < list.Items.Count; i++)
        {
            Node item = list.Items[i];
            string place = string.Create(CultureInfo.InvariantCulture, $"{path}.{i}");
            if (IsItem(item))
            {
                Turn read = ReadItem(item, place, scope);
                reasoning = read.Reasoning ?? reasoning;
                if (read.Text.Length > 0)
                    turns.Add(read);
                continue;
            }

            Turn turn = ReadOne(item, place, scope);
            if (turn.Role == Role.Assistant && reasoning is not null)
            {
                turn = turn with { Reasoning = reasoning + turn.Reasoning };
                reasoning = null;
            }

            turns.Add(turn);
        }

        return turns;
    }

    /// <summary>The turns of a list of pairs.</summary>
    public static List<Turn> ReadPairs(Node list, string path, RecordScope scope)
    {
        RequireFew(list, path);
        var turns = new List<Turn>();
        for (int i = 0; i < list.Items.Count; i++)
        {
            Node pair = list.Items[i];
            bool isArray = pair.Kind == JsonValueKind.Array;
            string place = string.Create(CultureInfo.InvariantCulture, $"{path}.{i}");
            if (!isArray && pair["system"] is { } system)
                turns.Add(Say(Role.System, system, place, scope));
            turns.Add(Say(Role.User, isArray ? pair.Items[0] : pair[AskKeys]!, place, scope));
            turns.Add(Say(Role.Assistant, isArray ? pair.Items[1] : pair[AnswerKeys]!, place, scope));
        }

        return turns;
    }

    /// <summary>One message as a turn.</summary>
    /// <param name="message">The message.</param>
    /// <param name="path">Its name.</param>
    /// <param name="scope">The record.</param>
    /// <param name="standard">Who speaks where the message does not say; null to refuse it then.</param>
    public static Turn ReadOne(Node message, string path, RecordScope scope, Role? standard = null)
    {
        if (message.Kind != JsonValueKind.Object)
            throw new RecordFault($"'{path}' is {message.Described}, expected a message with a role and a content");
        string? name = RoleOf(message);
        Role role;
        if (name is null)
        {
            role = standard ?? throw new RecordFault($"the message '{path}' has no role, expected a member 'role' or 'from'");
        }
        else if (!RoleNames.TryGet(name, out role))
        {
            throw new RecordFault($"the message '{path}' has the role '{Names.Shown(name)}', expected system, user, assistant or tool, or another name of these");
        }

        if (name is not null)
            scope.Counts.SawRole(name);
        if (IsFilled(message["toolcalls"]) || IsFilled(message["functioncall"]))
            scope.Counts.ToolCalls++;
        if (name is not null && RoleNames.IsCall(name))
            scope.Counts.ToolCalls++;
        var said = new Said(scope);
        Node body = message["kwargs"] ?? message;
        foreach (string key in ContentKeys)
        {
            if (body[key] is { IsNull: false } content)
                said.Add(content, $"{path}.{key}");
            if (!said.IsEmpty)
                break;
        }

        if (said.IsEmpty && message["refusal"] is { Kind: JsonValueKind.String } refusal)
            said.Add(refusal, $"{path}.refusal");
        foreach (string key in ReasoningKeys)
        {
            if (message[key] is { IsNull: false } reasoning)
                said.AddReasoning(reasoning, $"{path}.{key}");
            if (said.HasReasoning)
                break;
        }

        return said.Turn(role);
    }

    /// <summary>A text, or a content in parts, as a turn.</summary>
    public static Turn Say(Role role, Node content, string path, RecordScope scope)
    {
        var said = new Said(scope);
        said.Add(content, path);
        return said.Turn(role);
    }

    private static void RequireFew(Node list, string path)
    {
        if (list.Items.Count > SpecialTemplateReader.MostTurns)
            throw new RecordFault($"the field '{Names.Shown(path)}' has {list.Items.Count} messages, expected at most {SpecialTemplateReader.MostTurns}");
    }

    private static bool IsMessage(Node item) => RoleOf(item) is not null && ContentKeys.Concat(["toolcalls", "functioncall", "kwargs"]).Any(key => item[key] is not null);

    /// <summary>Whether an element is no message but another item of the Responses API.</summary>
    private static bool IsItem(Node item) => item["role"] is null && item["type"]?.Text is { } type && (type is "reasoning" or "item_reference" || type.EndsWith("_call", StringComparison.Ordinal) || type.EndsWith("_output", StringComparison.Ordinal));

    /// <summary>A tool's result or a reasoning, or an empty turn for the model's call of a tool.</summary>
    private static Turn ReadItem(Node item, string path, RecordScope scope)
    {
        string type = item["type"]!.Text!;
        var said = new Said(scope);
        if (type == "reasoning")
        {
            foreach (string key in new[] { "content", "summary" })
            {
                if (item[key] is { IsNull: false } reasoning && !said.HasReasoning)
                    said.AddReasoning(reasoning, $"{path}.{key}");
            }
        }
        else if (type.EndsWith("_output", StringComparison.Ordinal))
        {
            if (item["output"] is { Kind: JsonValueKind.String or JsonValueKind.Array } output)
                said.Add(output, $"{path}.output");
        }
        else if (type.EndsWith("_call", StringComparison.Ordinal))
        {
            scope.Counts.ToolCalls++;
        }

        return said.Turn(Role.Tool);
    }

    private static bool IsFilled(Node? value) => value is { Items.Count: > 0 } or { Members.Count: > 0 };

    /// <summary>What a message says, gathered from its parts.</summary>
    private sealed class Said(RecordScope scope)
    {
        private readonly StringBuilder text = new();
        private readonly StringBuilder reasoning = new();

        public bool IsEmpty => text.Length == 0;

        public bool HasReasoning => reasoning.Length > 0;

        public Turn Turn(Role role) => new(role, text.ToString()) { Reasoning = HasReasoning ? reasoning.ToString() : null };

        public void AddReasoning(Node value, string path) => AddText(value, path, reasoning);

        public void Add(Node value, string path)
        {
            switch (value.Kind)
            {
                case JsonValueKind.String:
                    scope.Use(value);
                    text.Append(value.Required(path));
                    break;
                case JsonValueKind.Array:
                    foreach (Node part in value.Items)
                        AddPart(part, path);
                    break;
                case JsonValueKind.Object when value["parts"] is { } parts:
                    Add(parts, path);
                    break;
                case JsonValueKind.Object:
                    AddPart(value, path);
                    break;
                case JsonValueKind.Null or JsonValueKind.Undefined:
                    break;
                default:
                    throw new RecordFault($"the field '{path}' is {value.Described}, expected a text, null or a list of parts");
            }
        }

        private static void AddText(Node value, string path, StringBuilder target, RecordScope scope)
        {
            if (value.Kind == JsonValueKind.String)
            {
                scope.Use(value);
                target.Append(value.Required(path));
            }

            foreach (Node item in value.Items)
                AddText(item, path, target, scope);
            if (value["text", "thinking", "thoughts", "content", "summary"] is { } inner)
                AddText(inner, path, target, scope);
        }

        private void AddText(Node value, string path, StringBuilder target) => AddText(value, path, target, scope);

        private void AddPart(Node part, string path)
        {
            if (part.Kind == JsonValueKind.String)
            {
                Add(part, path);
                return;
            }

            if (part.Kind != JsonValueKind.Object)
                throw new RecordFault($"the field '{path}' has {part.Described} among its parts, expected texts or parts with a type");
            string type = part["type", "contenttype"]?.Text ?? "text";
            if (type is "thinking" or "reasoning" or "redacted_thinking" or "thoughts" || part["thought"]?.Kind == JsonValueKind.True)
            {
                AddText(part, path, reasoning);
            }
            else if (type is "tool_use" or "tool_call" or "server_tool_use" or "function_call" || part["functioncall", "tooluse"] is not null)
            {
                scope.Counts.ToolCalls++;
            }
            else if (part["text", "refusal"] is { Kind: JsonValueKind.String } said)
            {
                Add(said, path);
            }
            else if (type.EndsWith("tool_result", StringComparison.Ordinal))
            {
                if (part["content"] is { Kind: JsonValueKind.String or JsonValueKind.Array } content)
                    Add(content, path);
            }
            else if (part["reasoningcontent"] is { } inner)
            {
                AddText(inner, path, reasoning);
            }
            else
            {
                // Images, sound, files, code that a tool ran: none of it is text of a turn; strings in it are context.
                scope.Counts.Attachments++;
            }
        }
    }
}
