using System.Globalization;
using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>Turns one record, an object, into conversations: decides which of its fields is the reply and what it answers.</summary>
/// <param name="fields">What the user says of the fields.</param>
/// <param name="place">Where the record stands.</param>
/// <param name="counts">The counts of this record.</param>
/// <param name="rows">The messages of the same file that are a record each.</param>
internal sealed class RecordMapper(ConversationFields fields, RecordPlace place, MappingCounts counts, MessageRows rows)
{
    private const int DeepestLists = 4;
    private const int MostAlternatives = 1_000_000;

    private static readonly string[] RecordListKeys =
    [
        "data", "train", "test", "validation", "valid", "dev", "eval", "rows", "records", "examples", "items", "conversations", "dialogues", "dialogs",
        "samples", "results", "responses", "outputs", "requests", "entries", "threads", "chats", "logs", "instances", "dataset", "generations",
    ];

    /// <summary>The conversations of a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="id">The id of a record that has none of its own.</param>
    /// <param name="around">Texts that stand around a list of records and may belong to each.</param>
    /// <param name="depth">The number of lists around it.</param>
    public List<Conversation> Map(Node record, string id, IReadOnlyList<string> around, int depth = 0)
    {
        var scope = new RecordScope(counts);
        string? own = RecordId.Find(record, fields.Id);
        id = own ?? id;
        if (TokenFields.IsAsked(fields))
            return Tokens(record, id, around, scope);
        if (fields.Text is not null)
            return Explicit(record, id, around, scope);

        if (fields.Prompt is null && MessageTree.IsIn(record))
            return MessageTree.Read(record, id, place, counts);
        if (fields.Prompt is null && MessageRows.IsOne(record))
            return rows.Read(record, id, place, counts);

        var scan = new RecordScan(scope, takesPrompts: fields.Prompt is null);
        scan.Read(record);
        if (scan.Candidates.Count == 0 && scan.Transcripts.Count == 0 && scan.History is null && scan.WrittenConversation is null)
        {
            if (scan.HasError || scan.HasEmptyTranscript)
            {
                counts.EmptyReplies++;
                return [];
            }

            return Inner(record, id, around, depth, scan) ?? throw Nothing(record, scan);
        }

        return Resolve(record, id, around, scope, scan);
    }

    /// <summary>Several conversations of one record.</summary>
    /// <param name="items">The records.</param>
    /// <param name="id">The id of the first that has none of its own.</param>
    /// <param name="around">Texts that stand around them.</param>
    /// <param name="depth">The number of lists around them.</param>
    public List<Conversation> MapAll(IReadOnlyList<Node> items, string id, IReadOnlyList<string> around, int depth)
    {
        var all = new List<Conversation>();
        for (int i = 0; i < items.Count; i++)
        {
            if (items[i].Kind != JsonValueKind.Object)
                throw new RecordFault($"the list of records holds {items[i].Described}, expected objects");
            all.AddRange(Map(items[i], Numbered(id, i), around, depth + 1));
        }

        return all;
    }

    /// <summary>A record that is a list of messages.</summary>
    /// <param name="list">The list.</param>
    /// <param name="id">The id of the first of several.</param>
    /// <param name="index">Its number among several, from 0.</param>
    public List<Conversation> MapMessages(Node list, string id, int index)
    {
        if (fields != fields with { Text = null, Prompt = null, Tokens = null, PromptTokens = null, ExpectsIds = false })
            throw new RecordFault("the record is a list of messages, expected an object with the fields that are named");
        var scope = new RecordScope(counts);
        return [Build(list, Numbered(id, index), [], scope, [], Messages.Read(list, "messages", scope), Messages.DialectOf(list), TextOrigin.Message)];
    }

    private static string Numbered(string id, int index) => index == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}#{index + 1}");

    private static List<Turn> PromptOf(RecordScan scan)
    {
        IEnumerable<Turn> history = scan.History?.Turns.Select(Given) ?? [];
        return [.. scan.Prompt.Where(turn => turn.Role == Role.System), .. history, .. scan.Prompt.Where(turn => turn.Role != Role.System)];
    }

    private static Turn Given(Turn turn) => turn with { IsGiven = turn.Role == Role.Assistant };

    /// <summary>A prompt without the reply at its end, where it was put down with it.</summary>
    private static List<Turn> WithoutReply(List<Turn> prompt, ReplyCandidate? reply)
    {
        var turns = new List<Turn>();
        foreach (Turn turn in prompt)
        {
            IReadOnlyList<Turn> inner = turn.Role == Role.User ? ReplyText.ReadPrompt(turn.Text) : [turn];
            if (inner.Count > 1 && IsReply(inner[^1], reply))
                turns.AddRange(inner.Take(inner.Count - 1).Select(Given));
            else
                turns.Add(turn);
        }

        if (turns.Count > 0 && IsReply(turns[^1], reply))
            turns.RemoveAt(turns.Count - 1);
        return turns;
    }

    private static bool IsReply(Turn turn, ReplyCandidate? reply) =>
        turn.Role == Role.Assistant && reply is { Folded.Length: > 0 } && Texts.Fold(ReplyText.Bare(turn.Text)) == reply.Folded;

    private static RecordFault Nothing(Node record, RecordScan scan)
    {
        if (scan.Prompt.Count > 0 && scan.HasSettings)
            return new RecordFault("the record is a request without its response, expected records with replies");
        return new RecordFault($"no field is known to hold the reply ({Names.Listed(record)}), expected messages with roles or a field such as 'response' or 'text'; name it with --text-field");
    }

    private List<Conversation> Resolve(Node record, string id, IReadOnlyList<string> around, RecordScope scope, RecordScan scan)
    {
        List<ReplyCandidate> candidates = Distinct(scan);
        List<Transcript> transcripts = [.. scan.Transcripts.DistinctBy(list => string.Join('\n', list.Turns.Select(turn => Texts.Fold(turn.Text))))];
        if (candidates.Count == 0 && transcripts.Count == 0 && scan.History is { } history)
            return [Conversation(record, id, around, scope, history, scan.Prompt)];
        if (candidates.Count == 0 && transcripts.Count == 0)
            return [Written(record, id, around, scope, scan)];
        if (transcripts.Count > 1)
            throw Ambiguous(transcripts[0].Path, transcripts[1].Path);
        if (transcripts is [{ } transcript])
        {
            bool ends = transcript.Turns is [.., { Role: Role.Assistant } last] && Replies.Says(last);
            if (candidates.Count == 0 && !ends && scan.HasSettings)
                throw new RecordFault("the record is a request without its response, expected records with replies");
            if (candidates.Count == 0 || (ends && candidates.TrueForAll(candidate => Repeats(candidate, transcript))))
                return [Conversation(record, id, around, scope, transcript, PromptOf(scan))];
            if (ends)
                throw Ambiguous(transcript.Path, candidates[0].Path);
            scan.Prompt.AddRange(transcript.Turns.Select(Given));
        }

        if (candidates.Count > 1)
            throw Ambiguous(candidates[0].Path, candidates[1].Path);
        if (candidates[0].Path == "text" && Messages.RoleOf(record) is { } role && RoleNames.TryGet(role, out Role speaker) && speaker != Role.Assistant)
            throw new RecordFault(RecordFault.RoleMismatch, $"the field 'text' is a turn of the role '{Names.Shown(role)}', expected the assistant's");
        return Choose(record, id, around, scope, candidates[0], PromptOf(scan), scan.PromptName ?? transcripts.FirstOrDefault()?.Path);
    }

    /// <summary>The candidates that differ. One that holds another together with its prompt is a rendering of both.</summary>
    private static List<ReplyCandidate> Distinct(RecordScan scan)
    {
        if (scan.Candidates.Count < 2)
            return scan.Candidates;
        List<ReplyCandidate> different = [.. scan.Candidates.OrderBy(candidate => !candidate.IsUsual).ThenBy(candidate => candidate.IsText).DistinctBy(candidate => candidate.Folded)];
        List<Turn> prompt = [.. PromptOf(scan), .. scan.Transcripts.SelectMany(list => list.Turns)];
        if (different.Count > 1)
            different.RemoveAll(whole => different.Exists(part => part != whole && whole.Folded.Length > part.Folded.Length && Texts.IsRendering(whole.Folded, prompt, part.Folded)));

        return [.. different.OrderBy(scan.Candidates.IndexOf)];
    }

    /// <summary>Whether a field holds the last reply of a list of messages again, or a rendering of all of it.</summary>
    private static bool Repeats(ReplyCandidate candidate, Transcript transcript)
    {
        string last = Texts.Fold(ReplyText.Bare(transcript.Turns[^1].Text));
        return candidate.Folded == last
            || (last.Length > 0 && transcript.Turns.All(turn => candidate.Folded.Contains(Texts.Fold(ReplyText.Bare(turn.Text)), StringComparison.Ordinal)) && transcript.Turns.Exists(turn => turn.Role == Role.User));
    }

    private static RecordFault Ambiguous(string first, string second) =>
        new($"the fields '{Names.Shown(first)}' and '{Names.Shown(second)}' could both be the reply, expected one; name it with --text-field");

    private List<Conversation> Choose(Node record, string id, IReadOnlyList<string> around, RecordScope scope, ReplyCandidate chosen, List<Turn> prompt, string? promptName)
    {
        scope.Add(chosen.Scope);
        prompt = ExplicitPrompt(record, scope, chosen) ?? prompt;
        string shape = chosen.IsText ? $"{promptName ?? "no prompt"} and {chosen.Shape}" : chosen.Shape;
        TextOrigin origin = !chosen.IsText ? TextOrigin.Message : prompt.Exists(turn => turn.Role == Role.User && Replies.Says(turn)) ? TextOrigin.Field : TextOrigin.FieldAlone;
        prompt = WithoutReply(prompt, chosen);
        if (chosen.Alternatives.Count * (long)(prompt.Count + 1) > MostAlternatives)
            throw new RecordFault($"the field '{Names.Shown(chosen.Path)}' holds {chosen.Alternatives.Count} replies to {prompt.Count} prompts, expected a record for each prompt");
        var all = new List<Conversation>();
        foreach (List<Turn> alternative in chosen.Alternatives)
            all.Add(Build(record, Numbered(id, all.Count), around, scope, prompt, alternative, shape, origin) with { IsAlternative = all.Count > 0 });
        if (all.Count == 0)
            counts.EmptyReplies++;
        return all;
    }

    /// <summary>A list of messages as a conversation. Answers that the request held already are given there too.</summary>
    private Conversation Conversation(Node record, string id, IReadOnlyList<string> around, RecordScope scope, Transcript transcript, List<Turn> prompt)
    {
        HashSet<string> given = [.. prompt.Where(turn => turn.IsGiven).Select(turn => turn.Text)];
        List<Turn> turns = [.. transcript.Turns.Select(turn => given.Contains(turn.Text) ? Given(turn) : turn)];
        List<Turn>? named = ExplicitPrompt(record, scope, null, transcript.List);
        return Build(record, id, around, scope, named ?? prompt, turns, transcript.Shape, TextOrigin.Message);
    }

    /// <summary>A text under a name of conversations. It must be split by roles: it is surely no reply alone.</summary>
    private Conversation Written(Node record, string id, IReadOnlyList<string> around, RecordScope scope, RecordScan scan)
    {
        Node text = scan.WrittenConversation!;
        List<Turn> turns = [];
        if (text.Kind == JsonValueKind.String)
            turns = [.. ReplyText.Read(Messages.Say(Role.Assistant, text, "conversation", scope), TextOrigin.FieldAlone, counts)];
        if (!turns.Exists(turn => turn.Role == Role.User))
            throw new RecordFault($"the field of the conversation is {text.Described} without roles, expected a list of messages with 'role' and 'content'");
        return Build(record, id, around, scope, PromptOf(scan), turns, "written conversation", TextOrigin.Message);
    }

    private List<Conversation> Explicit(Node record, string id, IReadOnlyList<string> around, RecordScope scope)
    {
        ExplicitField field = ExplicitField.Find(record, fields.Text!, "a reply");
        field.RequireAssistant();
        var trial = new RecordScope(new MappingCounts());
        List<List<Turn>> alternatives = ReplyValues.Read(field.Value, fields.Text!, trial)
            ?? throw new RecordFault($"the field '{Names.Shown(fields.Text!)}' is {field.Value.Described}, expected a text, a message or a list of messages");
        var chosen = new ReplyCandidate(fields.Text!, fields.Text!, alternatives, field.Message is null && alternatives is [[_]], true, trial);
        if (fields.Prompt is not null)
            return Choose(record, id, around, scope, chosen, [], fields.Prompt);
        return Choose(record, id, around, scope, chosen, field.EarlierMessages(scope) ?? AutomaticPrompt(record, scope, field), null);
    }

    /// <summary>What the record says of a prompt by itself, beside a reply that the user names.</summary>
    private static List<Turn> AutomaticPrompt(Node record, RecordScope scope, ExplicitField? reply)
    {
        var scan = new RecordScan(scope, takesPrompts: true);
        scan.Read(record);
        if (scan.History is { } history && reply?.IsOrHolds(history.List) == true)
            return scan.Prompt;
        return [.. PromptOf(scan), .. scan.Transcripts.Where(list => reply?.IsOrHolds(list.List) != true).SelectMany(list => list.Turns).Select(Given)];
    }

    /// <summary>The prompt that the user names; null where none is named.</summary>
    private List<Turn>? ExplicitPrompt(Node record, RecordScope scope, ReplyCandidate? chosen, Node? transcript = null)
    {
        if (fields.Prompt is null)
            return null;
        var trail = new List<Node>();
        if (!record.TryFind(fields.Prompt, trail))
            return [];
        counts.PromptFieldFound++;
        if (transcript is not null && trail[^1].Open == transcript)
            return [];
        var turns = new List<Turn>();
        if (fields.Text is not null && ExplicitField.Find(record, fields.Text, "a reply") is var reply && reply.IsOrHolds(trail[^1].Open))
            return reply.EarlierMessages(scope) ?? [];
        PromptReader.Add(trail[^1], Role.User, fields.Prompt, scope, turns);
        return WithoutReply(turns, chosen);
    }

    private List<Conversation> Tokens(Node record, string id, IReadOnlyList<string> around, RecordScope scope)
    {
        int[]? reply = TokenFields.Reply(record, fields);
        List<Turn> prompt = [];
        if (!fields.ExpectsIds)
            prompt = ExplicitPrompt(record, scope, null) ?? AutomaticPrompt(record, scope, null);
        prompt.AddRange(TokenFields.Prompt(record, fields).Select(tokens => new Turn(Role.User, "") { Tokens = tokens }));
        return [Build(record, id, around, scope, prompt, [new Turn(Role.Assistant, "") { Tokens = reply }], "token ids", TextOrigin.Message)];
    }

    private List<Conversation>? Inner(Node record, string id, IReadOnlyList<string> around, int depth, RecordScan scan)
    {
        if (scan.Prompt.Exists(turn => turn.Role == Role.User))
            return null;
        List<Member> lists = [.. record.Members.Where(member => RecordListKeys.Contains(member.Key) && member.Value.Open is { Items.Count: > 0 } list && list.Items.All(item => item.Kind == JsonValueKind.Object))];
        if (lists.Count == 0 || depth >= DeepestLists)
            return null;
        var scope = new RecordScope(counts);
        IReadOnlyList<string> texts = [.. around, .. ContextTexts.Of(record, scope, [], [.. lists.Select(member => member.Value)])];
        return MapAll([.. lists.SelectMany(member => member.Value.Open.Items)], id, texts, depth);
    }

    private Conversation Build(Node record, string id, IReadOnlyList<string> around, RecordScope scope, List<Turn> prompt, List<Turn> tail, string shape, TextOrigin origin)
    {
        var turns = new List<Turn>(prompt);
        foreach (Turn turn in tail)
        {
            if (turn.Role == Role.Assistant && !turn.IsGiven)
                turns.AddRange(turn.Tokens is null ? ReplyText.Read(turn, origin, counts) : [turn]);
            else
                turns.Add(turn);
        }

        int first = turns.FindIndex(turn => turn is { Role: Role.Assistant, IsGiven: false });
        return new Conversation
        {
            Id = id,
            Place = place,
            Shape = shape,
            Turns = turns,
            Context = fields.ExpectsIds ? [] : [.. around, .. ContextTexts.Of(record, scope, turns, [])],
            HasPrompt = turns.Take(first < 0 ? turns.Count : first).Any(Replies.Asks),
        };
    }
}
