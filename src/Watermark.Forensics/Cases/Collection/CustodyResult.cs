using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>What is wrong with a record of the log.</summary>
public enum CustodyFaultKind
{
    /// <summary>Its bytes are not those that were written.</summary>
    Edited,

    /// <summary>It is missing.</summary>
    Removed,

    /// <summary>It stands at another place.</summary>
    Reordered,

    /// <summary>It stands there twice.</summary>
    Duplicated,

    /// <summary>The chain is whole, and what it says contradicts itself.</summary>
    Contradictory,
}

/// <summary>Something wrong with a record.</summary>
/// <param name="Kind">What.</param>
/// <param name="Record">The record's number, from 0.</param>
/// <param name="Sentence">One sentence that names the record.</param>
public sealed record CustodyFault(CustodyFaultKind Kind, long Record, string Sentence);

/// <summary>A suspect or control in the log.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role">What it is.</param>
/// <param name="Endpoint">The endpoint first asked, without secrets; empty for imports.</param>
/// <param name="Model">The model first asked for; empty for imports.</param>
/// <param name="Replies">Replies to requests of this tool.</param>
/// <param name="Unanswered">Tasks that were asked for and have no reply.</param>
/// <param name="ImportedReplies">Replies found in files that others collected; null where one of them could not be counted.</param>
public sealed record CustodySubject(string Name, SubjectRole Role, string Endpoint, string Model, long Replies, long Unanswered, long? ImportedReplies);

/// <summary>A file that somebody else collected.</summary>
/// <param name="Subject">The suspect or control that it is said to come from.</param>
/// <param name="By">Who imported it.</param>
/// <param name="Name">The file's name where it came from.</param>
/// <param name="File">Its path in the case's folder, with slashes.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Records">The replies found in it; null where it could not be read.</param>
/// <param name="Time">When it was imported.</param>
public sealed record CustodyImport(string Subject, string By, string Name, string File, string Sha256, long Size, long? Records, DateTimeOffset Time);

/// <summary>What the check of a collection log found.</summary>
public sealed record CustodyResult
{
    /// <summary>Records in the log.</summary>
    public required long Records { get; init; }

    /// <summary>The time of the first record; null for an empty log.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>The time of the last record; null for an empty log.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>
    /// The hash of the last record, which stands for the whole log: SHA-256 of its line without the line feed, 64 lower-case
    /// hexadecimal digits. An edit of the last record is seen only by comparing this with a hash that was kept elsewhere, so
    /// it is what statements and time stamps must cover.
    /// </summary>
    public required string Head { get; init; }

    /// <summary>SHA-256 of the plan that the log was started under; null without a plan.</summary>
    public string? PlanSha256 { get; init; }

    /// <summary>SHA-256 of the prompts that the log's requests are about; null where nothing was asked.</summary>
    public string? PromptsSha256 { get; init; }

    /// <summary>The time of the first request or import; null where there is none.</summary>
    public DateTimeOffset? FirstData { get; init; }

    /// <summary>The subjects in order of name.</summary>
    public IReadOnlyList<CustodySubject> Subjects { get; init; } = [];

    /// <summary>The files that others collected, in the log's order.</summary>
    public IReadOnlyList<CustodyImport> Imports { get; init; } = [];

    /// <summary>What is wrong, in the order of the records; empty where the log is as it was written.</summary>
    public IReadOnlyList<CustodyFault> Faults { get; init; } = [];

    /// <summary>What a reader should know though nothing is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// The replies that the log lists for a subject, collected and imported, so that a finding can state how many of them the
    /// test left out; null where an imported file could not be counted.
    /// </summary>
    /// <param name="subject">The subject's name.</param>
    public long? ListedReplies(string subject)
    {
        CustodySubject? found = Subjects.FirstOrDefault(item => item.Name == subject);
        return found is null ? 0 : found.Replies + found.ImportedReplies;
    }

    /// <summary>The log in numbers, as a report shows it.</summary>
    /// <param name="tested">Replies that the test read, by subject; null for a subject that no test read.</param>
    public CaseCustody ToCase(Func<string, long?>? tested = null) => new()
    {
        Records = Records,
        First = First,
        Last = Last,
        Head = Head,
        PlanSha256 = PlanSha256,
        PromptsSha256 = PromptsSha256,
        Subjects =
        [
            .. Subjects.Select(subject => new CaseSubject(
                subject.Name, PlanJson.NameOf(subject.Role), subject.Endpoint, subject.Model, subject.Replies + (subject.ImportedReplies ?? 0), subject.Unanswered, ListedReplies(subject.Name) - tested?.Invoke(subject.Name))),
        ],
        Imports = [.. Imports.Select(import => new CaseImport(import.Subject, import.Name, import.Sha256, import.By, import.Time) { File = import.File })],
        Faults = [.. Faults.Select(fault => fault.Sentence)],
        Warnings = Warnings,
    };
}
