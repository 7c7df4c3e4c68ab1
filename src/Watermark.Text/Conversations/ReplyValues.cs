using System.Globalization;
using System.Text.Json;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>
/// The answers of interfaces: OpenAI (chat, completions, responses), Anthropic, Gemini, Bedrock, Cohere, Ollama, llama.cpp,
/// vLLM and Hugging Face pipelines. Each gives alternatives: as many replies as were asked for.
/// </summary>
internal static class ReplyValues
{
    /// <summary>The alternatives that an object holds as the answer of an interface; null where it is none.</summary>
    /// <param name="answer">The object.</param>
    /// <param name="path">Its name; empty for the record itself.</param>
    /// <param name="scope">The record.</param>
    /// <param name="shape">The name of the interface.</param>
    /// <param name="key">The key of the member that holds the answer; null for none.</param>
    public static List<List<Turn>>? ReadAnswer(Node answer, string path, RecordScope scope, out string shape, out string? key)
    {
        string prefix = path.Length == 0 ? "" : path + ".";
        (shape, key) = ("OpenAI choices", "choices");
        if (answer["choices"]?.Open is { Kind: JsonValueKind.Array } choices && choices.Items.All(IsChoice))
            return Each(choices, prefix + "choices", scope);
        (shape, key) = ("Gemini candidates", "candidates");
        if (answer["candidates"]?.Open is { Kind: JsonValueKind.Array } candidates && candidates.Items.All(IsCandidate))
            return Each(candidates, prefix + "candidates", scope);
        (shape, key) = ("Bedrock results", "results");
        if (answer["results"]?.Open is { Items.Count: > 0 } results && results.Items.All(item => item["outputtext"] is not null))
            return Each(results, prefix + "results", scope);
        (shape, key) = ("OpenAI responses", "output");
        if (answer["output"]?.Open is { Items.Count: > 0 } output && output.Items.All(IsOutputItem))
            return [Joined(output, prefix + "output", scope)];
        (shape, key) = ("Anthropic message", "content");
        if (answer["content"] is { Kind: JsonValueKind.Array } && answer["stopreason"] is not null && IsAssistant(answer))
            return [[Messages.ReadOne(answer, path.Length == 0 ? "content" : path, scope, Role.Assistant)]];
        (shape, key) = ("Ollama message", "message");
        if (answer["message"]?.Open is { Kind: JsonValueKind.Object } message && IsAssistant(message) && message["content"] is not null)
            return [[Messages.ReadOne(message, prefix + "message", scope, Role.Assistant)]];
        (shape, key) = ("llama.cpp completion", "content");
        if (answer["content"] is { Kind: JsonValueKind.String } content && answer["stop"] is { Kind: JsonValueKind.True or JsonValueKind.False })
            return [[Messages.Say(Role.Assistant, content, prefix + "content", scope)]];
        key = null;
        return null;
    }

    /// <summary>The alternatives in a field that is known to hold the reply; null where its value is nothing of the kind.</summary>
    /// <param name="value">The field's value.</param>
    /// <param name="path">The field's name.</param>
    /// <param name="scope">The record.</param>
    public static List<List<Turn>>? Read(Node value, string path, RecordScope scope)
    {
        Node open = value.Open;
        if (value.IsNull)
            return [[new Turn(Role.Assistant, "")]];
        if (value.Kind == JsonValueKind.String && (open == value || !IsStructure(open)))
            return [[Messages.Say(Role.Assistant, value, path, scope)]];
        scope.Open(value);
        if (open.Kind == JsonValueKind.Object)
            return ReadObject(open, path, scope);
        if (open.Kind != JsonValueKind.Array || open.IsTokens)
            return null;
        if (Messages.AreIn(open))
            return [Messages.Read(open, path, scope)];
        if (open.Items.All(item => item.Kind == JsonValueKind.Object && item["type"] is not null && item["text", "thinking"] is not null))
            return [[Messages.Say(Role.Assistant, open, path, scope)]];
        return Each(open, path, scope);
    }

    /// <summary>Whether an element is an answer of Gemini, or a chunk of one.</summary>
    /// <param name="item">The element of a list of candidates.</param>
    public static bool IsCandidate(Node item) => item["finishreason"] is not null || item["content"]?["parts"] is not null;

    /// <summary>Whether JSON that a text consists of is messages, a request or an answer, and not a prompt or a reply in JSON.</summary>
    /// <param name="open">What the text consists of.</param>
    public static bool IsStructure(Node open) =>
        Messages.AreIn(open)
        || (open["messages", "contents"] is { } list && Messages.AreIn(list))
        || (open["choices"] is { Items.Count: > 0 } choices && choices.Items.All(IsChoice))
        || (open["candidates"] is { Items.Count: > 0 } candidates && candidates.Items.All(IsCandidate))
        || (open["role"] is { Kind: JsonValueKind.String } && open["content", "parts"] is not null)
        || (open["output"] is { } output && output.Items.Count > 0 && output.Items.All(IsOutputItem));

    private static List<List<Turn>>? ReadObject(Node value, string path, RecordScope scope)
    {
        if (ReadAnswer(value, path, scope, out _, out _) is { } answer)
            return answer;
        if (Messages.RoleOf(value) is { } name && RoleNames.TryGet(name, out Role role))
        {
            return role == Role.Assistant
                ? [[Messages.ReadOne(value, path, scope)]]
                : throw new RecordFault(RecordFault.RoleMismatch, $"the field '{Names.Shown(path)}' is a turn of the role '{Names.Shown(name)}', expected the assistant's");
        }

        if (value["parts"] is not null)
            return [[Messages.Say(Role.Assistant, value, path, scope)]];
        foreach (string key in new[] { "message", "content", "text", "outputtext", "generatedtext", "value", "generation" })
        {
            if (value[key] is { } inner && inner.Kind is not (JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False))
                return Read(inner, $"{path}.{key}", scope);
        }

        return null;
    }

    private static List<List<Turn>>? Each(Node list, string path, RecordScope scope)
    {
        var all = new List<List<Turn>>();
        for (int i = 0; i < list.Items.Count; i++)
        {
            Node item = list.Items[i];
            if (Read(item, string.Create(CultureInfo.InvariantCulture, $"{path}.{i}"), scope) is { } inner)
                all.AddRange(inner);
            else if (item.Kind == JsonValueKind.Object && item["finishreason"] is not null)
                all.Add([new Turn(Role.Assistant, "")]); // Cut off before it said anything.
            else
                return null;
        }

        return all;
    }

    /// <summary>The items of an answer as one reply: its messages joined, with the reasoning before them.</summary>
    private static List<Turn> Joined(Node output, string path, RecordScope scope)
    {
        List<Turn> turns = Messages.Read(output, path, scope);
        List<Turn> said = turns.FindAll(turn => turn.Role == Role.Assistant);
        string reasoning = string.Concat(said.Select(turn => turn.Reasoning));
        return [new Turn(Role.Assistant, string.Concat(said.Select(turn => turn.Text))) { Reasoning = reasoning.Length == 0 ? null : reasoning }];
    }

    // Questions with a choice of answers, and searches, have lists of these names too, of nothing but texts.
    private static bool IsChoice(Node item) => item["message"] is { Kind: JsonValueKind.Object } || (item["text"] is not null && item["finishreason", "index", "logprobs"] is not null);

    private static bool IsOutputItem(Node item) => item.Kind == JsonValueKind.Object && item["type"]?.Text is { } type && (type is "message" or "reasoning" || type.EndsWith("_call", StringComparison.Ordinal));

    private static bool IsAssistant(Node message) => Messages.RoleOf(message) is not { } name || (RoleNames.TryGet(name, out Role role) && role == Role.Assistant);
}
