using System.Text.Json;
using Watermark.Text.Conversations.Templates;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>A field that may hold the reply.</summary>
/// <param name="Path">The field.</param>
/// <param name="Shape">What it is, for the shape of the conversation.</param>
/// <param name="Alternatives">The replies in it: as many as were asked for, each with the turns that belong to it.</param>
/// <param name="IsText">Whether it is only a text, so that the name of the field alone says that the model wrote it.</param>
/// <param name="IsUsual">Whether its name is a usual one.</param>
/// <param name="Scope">What was noted while it was read; counts only if it is chosen.</param>
internal sealed record ReplyCandidate(string Path, string Shape, List<List<Turn>> Alternatives, bool IsText, bool IsUsual, RecordScope Scope)
{
    private string? folded;

    /// <summary>All that its alternatives say, for comparison.</summary>
    public string Folded => folded ??= Texts.Fold(string.Join('\n', Alternatives.SelectMany(turns => turns).Where(turn => turn.Role == Role.Assistant).Select(turn => ReplyText.Bare(turn.Text))));
}

/// <summary>A list of messages of a record.</summary>
/// <param name="Path">The field.</param>
/// <param name="List">The list.</param>
/// <param name="Turns">Its turns.</param>
/// <param name="Shape">Its dialect.</param>
internal sealed record Transcript(string Path, Node List, List<Turn> Turns, string Shape);

/// <summary>What the fields of a record are by their names and values: possible replies, lists of messages, prompts.</summary>
/// <param name="scope">The record.</param>
/// <param name="takesPrompts">Whether prompts are looked for; not where the user names their field.</param>
internal sealed class RecordScan(RecordScope scope, bool takesPrompts)
{
    private static readonly string[] SamplingKeys = ["temperature", "maxtokens", "topp", "stream", "maxcompletiontokens", "toolchoice", "maxoutputtokens", "generationconfig"];

    private enum Side
    {
        Any,
        Request,
        Answer,
    }

    /// <summary>Fields that may hold the reply.</summary>
    public List<ReplyCandidate> Candidates { get; } = [];

    /// <summary>Lists of messages that may end with the reply.</summary>
    public List<Transcript> Transcripts { get; } = [];

    /// <summary>Messages under a name of what went before: a list of messages like the others, if there is no reply elsewhere.</summary>
    public Transcript? History { get; private set; }

    /// <summary>What the reply answers, as far as it is no such list.</summary>
    public List<Turn> Prompt { get; } = [];

    /// <summary>The name of the first prompt.</summary>
    public string? PromptName { get; private set; }

    /// <summary>A text under a name of conversations: a written-down conversation.</summary>
    public Node? WrittenConversation { get; private set; }

    /// <summary>Whether there is an empty list of messages.</summary>
    public bool HasEmptyTranscript { get; private set; }

    /// <summary>Whether there is a report of an error in place of a reply.</summary>
    public bool HasError { get; private set; }

    /// <summary>Whether there are settings as in what is sent to a model.</summary>
    public bool HasSettings { get; private set; }

    /// <summary>Looks through a record.</summary>
    /// <param name="record">The record, an object.</param>
    public void Read(Node record) => Read(record, Side.Any, "");

    private void Read(Node value, Side side, string path)
    {
        HasSettings |= value[SamplingKeys] is not null;
        string? answered = null;
        if (side != Side.Request)
        {
            var trial = new RecordScope(new MappingCounts());
            if (ReplyValues.ReadAnswer(value, path, trial, out string shape, out answered) is { } alternatives)
                Candidates.Add(new ReplyCandidate(path.Length == 0 ? answered! : $"{path}.{answered}", shape, alternatives, false, true, trial));
        }

        if (side == Side.Answer && answered is null && value["content", "text", "parts"] is not null && Messages.RoleOf(value) is { } name && RoleNames.TryGet(name, out Role role))
        {
            if (role != Role.Assistant)
                throw new RecordFault(RecordFault.RoleMismatch, $"the field '{Names.Shown(path)}' is a turn of the role '{Names.Shown(name)}', expected the assistant's");
            var trial = new RecordScope(new MappingCounts());
            Candidates.Add(new ReplyCandidate(path, "message", [[Messages.ReadOne(value, path, trial)]], false, true, trial));
            return;
        }

        foreach (Member member in value.Members)
        {
            if (member.Key != answered)
                ReadMember(value, member, side, path.Length == 0 ? member.Name : $"{path}.{member.Name}");
        }
    }

    private void ReadMember(Node parent, Member member, Side side, string path)
    {
        Node value = member.Value;
        string key = member.Key;
        bool holdsFields = Names.IsMessageList(key) || Names.IsWrapper(key) || key is "request" or "req";
        Node open = holdsFields || ReplyValues.IsStructure(value.Open) ? value.Open : value;
        if (open != value)
            scope.Open(value);
        if (open.Kind == JsonValueKind.Array && ReadMessages(open, member, side, path))
            return;
        if (open.Kind == JsonValueKind.Object)
        {
            if (ReadInner(parent, open, key, side, path))
                return;
            if (key == "message" && Messages.RoleOf(open) is not null)
                AddPrompt(Role.User, open, member.Name, path);
        }
        else if (Names.IsMessageList(key))
        {
            if (Names.IsHistory(key) || side == Side.Request)
                AddPrompt(Role.User, value, member.Name, path);
            else if (value.Kind == JsonValueKind.String)
                WrittenConversation = value;
            return;
        }

        if (key == "error")
            HasError |= open.Kind == JsonValueKind.Object || !string.IsNullOrWhiteSpace(value.Text);
        else if (Names.IsSystem(key) || (key == "instructions" && (side == Side.Answer || parent["output"] is { Kind: JsonValueKind.Array } || parent["input"] is not null)))
            AddPrompt(Role.System, value, member.Name, path);
        else if (side == Side.Request && key is "text" or "content" or "raw")
            AddPrompt(Role.User, value, member.Name, path);
        else if ((Names.IsPrompt(key) || (value.Kind == JsonValueKind.String && Names.SoundsLikePrompt(member.Name))) && (key != "arguments" || parent["resps"] is not null))
            AddPrompt(Texts.LooksLikeId(value.Text) ? Role.System : Role.User, value, member.Name, path);
        else if (Names.MayBePrompt(key) && value.Text is { } said && (!Texts.IsOneWord(said) || (key is "user" or "human" && parent["assistant"] is not null)))
            AddPrompt(Role.User, value, member.Name, path);
        else if (side != Side.Request && !IsStatus(key, value))
            AddCandidate(member, path, isUsual: Names.IsReply(key) || (side == Side.Answer && key == "content"));
    }

    /// <summary>Lists that say who speaks. False for all other lists.</summary>
    private bool ReadMessages(Node list, Member member, Side side, string path)
    {
        bool isNamed = Names.IsMessageList(member.Key);
        List<Turn> turns;
        var trial = new RecordScope(new MappingCounts());
        string shape;
        if (Messages.AreSurelyIn(list) || (isNamed && Messages.AreIn(list)))
        {
            turns = Messages.Read(list, path, trial);
            shape = Messages.DialectOf(list);
        }
        else if (isNamed && (Messages.ArePairsIn(list) || (Names.IsHistory(member.Key) && Messages.IsHistory(list))))
        {
            turns = Messages.ReadPairs(list, path, trial);
            shape = "pairs of question and answer";
        }
        else if (isNamed && list.Items.Count == 0)
        {
            HasEmptyTranscript = true;
            return true;
        }
        else if (isNamed && !Names.IsHistory(member.Key) && list.Items.Any(item => item.Kind == JsonValueKind.String))
        {
            throw new RecordFault($"the field '{Names.Shown(path)}' is a list of texts without roles, expected messages with 'role' and 'content'");
        }
        else
        {
            return false;
        }

        if (side == Side.Request || Names.IsPrompt(member.Key) || Names.IsSystem(member.Key))
        {
            if (!takesPrompts)
                return true;
            scope.Add(trial);
            Prompt.AddRange(turns.Select(turn => turn with { IsGiven = turn.Role == Role.Assistant }));
            PromptName ??= member.Name;
        }
        else if (Names.IsHistory(member.Key) && History is null)
        {
            scope.Add(trial);
            History = new Transcript(path, list, turns, shape);
        }
        else if ((Names.IsReply(member.Key) || Names.SoundsLikeReply(member.Name)) && !turns.Exists(turn => turn.Role == Role.User))
        {
            Candidates.Add(new ReplyCandidate(path, shape, [turns], false, Names.IsReply(member.Key), trial));
        }
        else
        {
            scope.Add(trial);
            Transcripts.Add(new Transcript(path, list, turns, shape));
        }

        return true;
    }

    /// <summary>Objects within the record: what was sent, what came back, and wrappings. False for all others.</summary>
    private bool ReadInner(Node parent, Node value, string key, Side side, string path)
    {
        HasSettings |= key == "body" && parent["url", "method"] is not null;
        if (side != Side.Answer && (Names.IsRequest(key) || (key == "body" && parent["url", "method"] is not null)))
            Read(value, Side.Request, path);
        else if (side != Side.Request && (Names.IsReply(key) || key is "res" or "resp" or "responsebody" or "modelresponse"))
            ReadAnswer(value, path);
        else if (Names.IsWrapper(key) && !Names.IsSystem(key))
            Read(value, side, path);
        else
            return false;
        return true;
    }

    private void ReadAnswer(Node value, string path)
    {
        int before = Candidates.Count + Transcripts.Count;
        Read(value, Side.Answer, path);
        if (before != Candidates.Count + Transcripts.Count)
            return;
        var trial = new RecordScope(new MappingCounts());
        if (ReplyValues.Read(value, path, trial) is { } alternatives)
            Candidates.Add(new ReplyCandidate(path, path, alternatives, false, true, trial));
    }

    private void AddCandidate(Member member, string path, bool isUsual)
    {
        Node value = member.Value;
        if (!isUsual && !(Names.SoundsLikeReply(member.Name) && !string.IsNullOrWhiteSpace(value.Text)))
            return;
        var trial = new RecordScope(new MappingCounts());
        if (ReplyValues.Read(value, path, trial) is not { } alternatives)
            return;
        bool isText = alternatives is [[{ Text: var said }]] && said == value.Text || value.Items.Any(item => item.Kind == JsonValueKind.String || item.Items.Count > 0);
        Candidates.Add(new ReplyCandidate(path, member.Name, alternatives, isText, isUsual, trial));
    }

    private void AddPrompt(Role role, Node value, string name, string path)
    {
        if (!takesPrompts || value.IsNull)
            return;
        PromptReader.Add(value, role, path, scope, Prompt);
        if (role == Role.User && Prompt.Count > 0)
            PromptName ??= name;
    }

    /// <summary>Whether a field says how a call went.</summary>
    private static bool IsStatus(string key, Node value) =>
        key == "result" && value.Text?.ToLowerInvariant() is "success" or "succeeded" or "ok" or "pass" or "passed" or "fail" or "failed" or "error" or "done" or "stop" or "true" or "false";}
