using System.Text.Json;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>Replies and prompts that are written down as token ids.</summary>
internal static class TokenFields
{
    private static readonly string[] ReplyKeys = ["ids", "tokenids", "tokens", "outputids", "outputtokenids", "outputtokens", "completionids", "completiontokenids", "completiontokens", "responseids", "responsetokenids", "replyids", "generatedids", "generatedtokenids"];
    private static readonly string[] PromptKeys = ["promptids", "prompttokenids", "prompttokens", "inputids", "inputtokenids", "inputtokens", "promptidlists"];

    /// <summary>Whether replies are read as ids.</summary>
    public static bool IsAsked(ConversationFields fields) => fields.ExpectsIds || fields.Tokens is not null;

    /// <summary>The ids of the reply; null for no reply.</summary>
    /// <param name="record">The record.</param>
    /// <param name="fields">What the user says of the fields.</param>
    public static int[]? Reply(Node record, ConversationFields fields)
    {
        if (fields.Tokens is { } name)
        {
            ExplicitField field = ExplicitField.Find(record, name, "an array of token ids");
            field.RequireAssistant();
            return field.Value.IsNull ? null : field.Value.Open.Tokens(name);
        }

        List<Member> found = Lists(record, ReplyKeys);
        if (found.Count > 1 && found.Exists(member => !member.Value.Open.Tokens(member.Name).AsSpan().SequenceEqual(found[0].Value.Open.Tokens(found[0].Name))))
            throw new RecordFault($"the fields '{Names.Shown(found[0].Name)}' and '{Names.Shown(found[1].Name)}' could both be the reply's token ids, expected one; name it with --tokens-field");
        return found.Count > 0
            ? found[0].Value.Open.Tokens(found[0].Name)
            : throw new RecordFault("no field is known to hold the reply's token ids, expected an array of integers in a field such as 'ids' or 'token_ids'; name it with --tokens-field");
    }

    /// <summary>The ids of the prompt, a sequence each; empty for none.</summary>
    /// <param name="record">The record.</param>
    /// <param name="fields">What the user says of the fields.</param>
    public static IReadOnlyList<int[]> Prompt(Node record, ConversationFields fields)
    {
        if (fields.PromptTokens is { } name)
        {
            var trail = new List<Node>();
            return record.TryFind(name, trail) ? trail[^1].Open.TokenSequences(name) : [];
        }

        return [.. Lists(record, PromptKeys).SelectMany(member => member.Value.Open.TokenSequences(member.Name))];
    }

    private static List<Member> Lists(Node record, string[] keys) =>
        [.. record.Members.Where(member => keys.Contains(member.Key) && member.Value.Open.Kind == JsonValueKind.Array)];
}
