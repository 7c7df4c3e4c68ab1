using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Cases;

/// <summary>What the files of a case say besides its findings.</summary>
public sealed record CaseFacts
{
    /// <summary>The plan; null where there is none.</summary>
    public CasePlan? Plan { get; init; }

    /// <summary>The registry of committed keys; null where none were committed.</summary>
    public CaseCommitments? Commitments { get; init; }

    /// <summary>The time stamps, valid or not.</summary>
    public IReadOnlyList<CaseTimestamp> Timestamps { get; init; } = [];

    /// <summary>The collection log; null where there is none.</summary>
    public CaseCustody? Custody { get; init; }

    /// <summary>What is missing to show that the key came before the data; null where it is shown.</summary>
    public string? KeyOrderFault { get; init; }

    /// <summary>Says of a finding why no measured error rate applies to it; null where one does.</summary>
    public Func<Finding, string?> ValidationFault { get; init; } = _ => null;
}
