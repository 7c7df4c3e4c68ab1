using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>What one line of the collection log says, without its place in the chain; <c>collection-log.md</c> lists all members.</summary>
internal abstract record LogRecord
{
    /// <summary>The word for the kind of record.</summary>
    public abstract string Kind { get; }

    /// <summary>Writes the members of the kind.</summary>
    /// <param name="writer">A writer inside the record's object.</param>
    public abstract void Write(Utf8JsonWriter writer);

    /// <summary>Reads the members of a kind.</summary>
    /// <param name="fields">The record's object.</param>
    /// <exception cref="InputFormatException">It is no such record.</exception>
    public static LogRecord Of(JsonFields fields) => fields.Text("kind") switch
    {
        SessionRecord.Start => SessionRecord.Read(fields, resumes: false),
        SessionRecord.Resume => SessionRecord.Read(fields, resumes: true),
        RequestRecord.Word => RequestRecord.Read(fields),
        ReplyRecord.Word => ReplyRecord.Read(fields),
        FailureRecord.Word => FailureRecord.Read(fields),
        ImportRecord.Word => ImportRecord.Read(fields),
        EndRecord.Word => new EndRecord(fields.Text("reason")),
        _ => throw fields.Wrong("kind", "start, resume, request, reply, failure, import or end"),
    };
}

/// <summary>A run of the tool begins: the first one starts the log, later ones resume it.</summary>
/// <param name="Resumes">Whether the log was there already.</param>
/// <param name="Tool">The tool and its version.</param>
/// <param name="PlanSha256">SHA-256 of the plan's file; null without a plan.</param>
/// <param name="PromptsSha256">SHA-256 of the prompts' file; null without prompts.</param>
/// <param name="CutBytes">The length of a half-written last line that was cut off.</param>
/// <param name="CutSha256">SHA-256 of what was cut off; null where nothing was.</param>
internal sealed record SessionRecord(bool Resumes, string Tool, string? PlanSha256, string? PromptsSha256, long CutBytes, string? CutSha256) : LogRecord
{
    public const string Start = "start";
    public const string Resume = "resume";
    private const string Format = "watermark-collection/1";

    public override string Kind => Resumes ? Resume : Start;

    public override void Write(Utf8JsonWriter writer)
    {
        if (!Resumes)
            writer.WriteString("format", Format);
        writer.WriteString("tool", Tool);
        writer.WriteString("planSha256", PlanSha256);
        writer.WriteString("promptsSha256", PromptsSha256);
        if (!Resumes)
            return;
        writer.WriteNumber("cutBytes", CutBytes);
        writer.WriteString("cutSha256", CutSha256);
    }

    public static SessionRecord Read(JsonFields fields, bool resumes)
    {
        if (!resumes)
            fields.Format(Format);
        return new SessionRecord(
            resumes,
            fields.Text("tool"),
            fields.OptionalText("planSha256"),
            fields.OptionalText("promptsSha256"),
            resumes ? fields.Whole("cutBytes") : 0,
            resumes ? fields.OptionalText("cutSha256") : null);
    }
}

/// <summary>A task: one reply of one subject to one prompt.</summary>
/// <param name="Subject">The subject's name.</param>
/// <param name="Prompt">The prompt's id.</param>
/// <param name="Sample">The number of the reply to this prompt, from 0.</param>
internal readonly record struct TaskId(string Subject, string Prompt, int Sample)
{
    /// <summary>The id of the reply for readers: the prompt's id and the number.</summary>
    public string ReplyId => string.Create(CultureInfo.InvariantCulture, $"{Prompt}/{Sample}");

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("subject", Subject);
        writer.WriteString("prompt", Prompt);
        writer.WriteNumber("sample", Sample);
    }

    public static TaskId Read(JsonFields fields) => new(Members.Name(fields), fields.Text("prompt"), (int)fields.Whole("sample", 0, int.MaxValue));
}

/// <summary>A request that is about to be sent.</summary>
/// <param name="Task">The task.</param>
/// <param name="Role">What the subject is.</param>
/// <param name="Attempt">The number of the request of this task, from 1, over all runs.</param>
/// <param name="Endpoint">The address without user, query and fragment.</param>
/// <param name="Model">The model asked for.</param>
/// <param name="Parameters">The parameters of the request.</param>
/// <param name="Body">The exact bytes of the body; null where the client does not show them.</param>
internal sealed record RequestRecord(
    TaskId Task, SubjectRole Role, int Attempt, string Endpoint, string Model, IReadOnlyList<NamedValue> Parameters, ReadOnlyMemory<byte>? Body) : LogRecord
{
    public const string Word = "request";

    public override string Kind => Word;

    public override void Write(Utf8JsonWriter writer)
    {
        Task.Write(writer);
        writer.WriteString("role", PlanJson.NameOf(Role));
        writer.WriteNumber("attempt", Attempt);
        writer.WriteString("endpoint", Endpoint);
        writer.WriteString("model", Model);
        writer.WriteStartObject("parameters");
        foreach (NamedValue parameter in Parameters)
            writer.WriteString(parameter.Name, parameter.Value);
        writer.WriteEndObject();
        Members.WriteBody(writer, Body);
    }

    public static RequestRecord Read(JsonFields fields)
    {
        (TaskId task, SubjectRole role, int attempt) = (TaskId.Read(fields), Members.Role(fields), Members.Attempt(fields));
        JsonFields parameters = fields.Object("parameters");
        NamedValue[] values = [.. parameters.Rest().Select(name => new NamedValue(name, parameters.Text(name)))];
        return new RequestRecord(task, role, attempt, fields.Text("endpoint"), fields.Text("model"), values, Members.Body(fields));
    }
}

/// <summary>A reply: the one that the task is done with.</summary>
/// <param name="Task">The task.</param>
/// <param name="Role">What the subject is.</param>
/// <param name="Attempt">The number of the request that it answers.</param>
/// <param name="Status">The HTTP status; null where the client does not show it.</param>
/// <param name="RequestId">The endpoint's id of the request; null for none.</param>
/// <param name="Model">The model that the endpoint names; null for none.</param>
/// <param name="Finish">Why the text ends, in the endpoint's words; null where it does not say.</param>
/// <param name="Body">The exact bytes of the body; null where the client does not show them.</param>
/// <param name="Text">The text of the reply as it was read from the body.</param>
internal sealed record ReplyRecord(
    TaskId Task, SubjectRole Role, int Attempt, int? Status, string? RequestId, string? Model, string? Finish, ReadOnlyMemory<byte>? Body, string Text) : LogRecord
{
    public const string Word = "reply";

    public override string Kind => Word;

    public override void Write(Utf8JsonWriter writer)
    {
        Task.Write(writer);
        writer.WriteString("role", PlanJson.NameOf(Role));
        writer.WriteNumber("attempt", Attempt);
        JsonMembers.WriteWhole(writer, "status", Status);
        writer.WriteString("requestId", RequestId);
        writer.WriteString("model", Model);
        writer.WriteString("finish", Finish);
        Members.WriteBody(writer, Body);
        writer.WriteString("text", Text);
    }

    public static ReplyRecord Read(JsonFields fields) => new(
        TaskId.Read(fields),
        Members.Role(fields),
        Members.Attempt(fields),
        Members.Status(fields),
        fields.OptionalText("requestId"),
        fields.OptionalText("model"),
        fields.OptionalText("finish"),
        Members.Body(fields),
        fields.Text("text"));
}

/// <summary>A request that got no reply that can be used, or a task that was given up.</summary>
/// <param name="Task">The task.</param>
/// <param name="Role">What the subject is.</param>
/// <param name="Attempt">The number of the last request.</param>
/// <param name="Status">The HTTP status; null where none came.</param>
/// <param name="RequestId">The endpoint's id of the request; null for none.</param>
/// <param name="Body">The exact bytes that came; null for none.</param>
/// <param name="Reason">What went wrong, in this tool's words.</param>
/// <param name="IsFinal">Whether the task was given up in this run.</param>
internal sealed record FailureRecord(
    TaskId Task, SubjectRole Role, int Attempt, int? Status, string? RequestId, ReadOnlyMemory<byte>? Body, string Reason, bool IsFinal) : LogRecord
{
    public const string Word = "failure";

    public override string Kind => Word;

    public override void Write(Utf8JsonWriter writer)
    {
        Task.Write(writer);
        writer.WriteString("role", PlanJson.NameOf(Role));
        writer.WriteNumber("attempt", Attempt);
        JsonMembers.WriteWhole(writer, "status", Status);
        writer.WriteString("requestId", RequestId);
        Members.WriteBody(writer, Body);
        writer.WriteString("reason", Reason);
        writer.WriteBoolean("final", IsFinal);
    }

    public static FailureRecord Read(JsonFields fields) => new(
        TaskId.Read(fields),
        Members.Role(fields),
        Members.Attempt(fields),
        Members.Status(fields),
        fields.OptionalText("requestId"),
        Members.Body(fields),
        fields.Text("reason"),
        fields.OptionalFlag("final") ?? throw fields.Wrong("final", "true or false"));
}

/// <summary>A file that somebody else collected.</summary>
/// <param name="Subject">The subject that it is said to come from.</param>
/// <param name="Role">What the subject is.</param>
/// <param name="By">Who imported it.</param>
/// <param name="Name">The file's name where it came from.</param>
/// <param name="File">Its path in the case's folder.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Records">The replies found in it; null where it cannot be read.</param>
internal sealed record ImportRecord(string Subject, SubjectRole Role, string By, string Name, string File, string Sha256, long Size, long? Records) : LogRecord
{
    public const string Word = "import";

    public override string Kind => Word;

    public override void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("subject", Subject);
        writer.WriteString("role", PlanJson.NameOf(Role));
        writer.WriteString("by", By);
        writer.WriteString("name", Name);
        writer.WriteString("file", File);
        writer.WriteString("sha256", Sha256);
        writer.WriteNumber("size", Size);
        JsonMembers.WriteWhole(writer, "records", Records);
    }

    public static ImportRecord Read(JsonFields fields) => new(
        Members.Name(fields),
        Members.Role(fields),
        fields.Text("by"),
        fields.Text("name"),
        fields.Text("file"),
        fields.Text("sha256"),
        fields.Whole("size"),
        fields.OptionalWhole("records"));
}

/// <summary>A run of the tool ends.</summary>
/// <param name="Reason">Why.</param>
internal sealed record EndRecord(string Reason) : LogRecord
{
    public const string Word = "end";

    public override string Kind => Word;

    public override void Write(Utf8JsonWriter writer) => writer.WriteString("reason", Reason);
}

/// <summary>Members that several kinds of records share.</summary>
internal static class Members
{
    private static readonly (string Word, SubjectRole Value)[] Roles =
        [.. Enum.GetValues<SubjectRole>().Select(role => (PlanJson.NameOf(role), role))];

    public static SubjectRole Role(JsonFields fields) => fields.Choice("role", Roles);

    public static int Attempt(JsonFields fields) => (int)fields.Whole("attempt", 1, int.MaxValue);

    public static int? Status(JsonFields fields) => fields.IsNull("status") ? null : (int)fields.Whole("status", 0, 999);

    public static string Name(JsonFields fields, string member = "subject") => fields.Text(member) is var name && PlannedSubject.IsName(name)
        ? name
        : throw fields.Wrong(member, "a name of letters, digits, '.', '_' and '-'");

    public static void WriteBody(Utf8JsonWriter writer, ReadOnlyMemory<byte>? body)
    {
        if (body is { } bytes)
        {
            writer.WriteBase64String("body", bytes.Span);
            writer.WriteString("bodySha256", Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
        }
        else
        {
            writer.WriteNull("body");
            writer.WriteNull("bodySha256");
        }
    }

    public static ReadOnlyMemory<byte>? Body(JsonFields fields)
    {
        string? digest = fields.OptionalText("bodySha256");
        JsonElement body = fields.Member("body");
        if (body.ValueKind == JsonValueKind.Null && digest is null)
            return null;
        if (body.ValueKind != JsonValueKind.String || !body.TryGetBytesFromBase64(out byte[]? bytes))
            throw fields.Wrong("body", "base64, or null without a digest");
        return digest == Convert.ToHexStringLower(SHA256.HashData(bytes))
            ? bytes
            : throw fields.Wrong("bodySha256", "the SHA-256 of 'body'");
    }
}
