using System.Diagnostics.CodeAnalysis;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Cases;

/// <summary>
/// Everything that a case's folder says, read and checked: what a report shows. Texts that came from files may hold anything
/// and must be escaped.
/// </summary>
[SuppressMessage("Naming", "CA1716", Justification = "The field's word; Visual Basic can write [Case].")]
public sealed record Case
{
    /// <summary>The name for readers: the plan's title, else one made of the suspects' names.</summary>
    public required string Title { get; init; }

    /// <summary>The question that the case answers, one sentence.</summary>
    public required string Question { get; init; }

    /// <summary>The findings and what they say together.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The plan and its signature; null where none was fixed.</summary>
    public CasePlan? Plan { get; init; }

    /// <summary>The committed keys; null where none were committed.</summary>
    public CaseCommitments? Commitments { get; init; }

    /// <summary>
    /// What is missing to show that the key came before the data, one sentence with the words "key not shown to precede the
    /// data"; null where it is shown.
    /// </summary>
    public string? KeyOrderFault { get; init; }

    /// <summary>The time stamps, valid or not.</summary>
    public IReadOnlyList<CaseTimestamp> Timestamps { get; init; } = [];

    /// <summary>The collection log; null where there is none, and files were given directly.</summary>
    public CaseCustody? Custody { get; init; }

    /// <summary>The measured error rates of the procedure; null where none were measured.</summary>
    public CaseValidation? Validation { get; init; }

    /// <summary>The files of the folder, in ordinal order of name.</summary>
    public IReadOnlyList<CaseFile> Files { get; init; } = [];

    /// <summary>The id of the signer's public key; null where nothing is signed.</summary>
    public string? SignerKeyId { get; init; }

    /// <summary>The SHA-256 of <see cref="CaseFiles.Statement"/>; null where there is none.</summary>
    public string? StatementSha256 { get; init; }

    /// <summary>The SHA-256 of the program that computed the findings; empty where it is not known.</summary>
    public string BuildHash { get; init; } = string.Empty;
}

/// <summary>A file of a case.</summary>
/// <param name="Name">Its path in the folder, with slashes.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record CaseFile(string Name, string Sha256, long Size);

/// <summary>A plan and how it was fixed.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Sha256">SHA-256 of its file.</param>
/// <param name="SignedBy">The id of the key that signed it; null where it is not signed.</param>
/// <param name="Fault">What is wrong with how it was fixed, one sentence; null where nothing is.</param>
public sealed record CasePlan(Plan Plan, string Sha256, string? SignedBy, string? Fault);

/// <summary>The registry of committed keys.</summary>
/// <param name="Count">M, the number of keys committed; every one could have been reported.</param>
/// <param name="Sha256">SHA-256 of the registry's file.</param>
/// <param name="Opened">The commitments that the keys of the findings open.</param>
public sealed record CaseCommitments(long Count, string Sha256, IReadOnlyList<string> Opened);

/// <summary>A time stamp (RFC 3161).</summary>
/// <param name="Name">What was stamped: <c>commitments</c>, <c>plan</c>, <c>log</c> or <c>statement</c>.</param>
/// <param name="Time">The time that the authority states; null where the token is not valid.</param>
/// <param name="Authority">The authority's name in its certificate.</param>
/// <param name="Fault">Why it is not valid, one sentence; null where it is valid.</param>
public sealed record CaseTimestamp(string Name, DateTimeOffset? Time, string Authority, string? Fault);

/// <summary>The collection log in numbers.</summary>
public sealed record CaseCustody
{
    /// <summary>Records in the log.</summary>
    public required long Records { get; init; }

    /// <summary>The time of the first record.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>The time of the last record.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>The hash of the last record, which stands for the whole log.</summary>
    public string Head { get; init; } = string.Empty;

    /// <summary>SHA-256 of the plan that the log began under; null where it began without one.</summary>
    public string? PlanSha256 { get; init; }

    /// <summary>SHA-256 of the prompts that the log began with; null where it names none.</summary>
    public string? PromptsSha256 { get; init; }

    /// <summary>The subjects in order of name.</summary>
    public IReadOnlyList<CaseSubject> Subjects { get; init; } = [];

    /// <summary>The files that others collected.</summary>
    public IReadOnlyList<CaseImport> Imports { get; init; } = [];

    /// <summary>Records that were edited, removed, reordered or doubled, one sentence each; empty where the chain is whole.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>What a reader should know though the chain is whole, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>A suspect or control in the log.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Role"><c>suspect</c> or <c>control</c>.</param>
/// <param name="Endpoint">The endpoint asked, without secrets; empty for imports.</param>
/// <param name="Model">The model asked for; empty for imports.</param>
/// <param name="Replies">Replies that the log lists.</param>
/// <param name="Failures">Requests that got no reply in the end.</param>
/// <param name="LeftOut">Replies that the log lists and the test left out; null where no test read them.</param>
public sealed record CaseSubject(string Name, string Role, string Endpoint, string Model, long Replies, long Failures, long? LeftOut);

/// <summary>A file that somebody else collected.</summary>
/// <param name="Subject">The suspect or control that it is said to come from.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Sha256">SHA-256 of its bytes.</param>
/// <param name="By">Who imported it.</param>
/// <param name="Time">When it was imported.</param>
public sealed record CaseImport(string Subject, string Name, string Sha256, string By, DateTimeOffset Time)
{
    /// <summary>Its path in the case's folder, with slashes.</summary>
    public string File { get; init; } = string.Empty;
}

/// <summary>Error rates of the whole procedure, measured on text known to be independent of the key.</summary>
/// <param name="Runs">Runs of the procedure.</param>
/// <param name="FalsePositives">Runs that ended in support.</param>
/// <param name="UpperBound">The 95 % upper bound of the false-positive rate.</param>
/// <param name="Sentence">What was measured, on what, and the bound, one sentence to stand beside a p-value.</param>
/// <param name="Fault">Why it does not apply to this case's findings, one sentence; null where it applies.</param>
public sealed record CaseValidation(long Runs, long FalsePositives, double UpperBound, string Sentence, string? Fault);
