namespace Watermark.Forensics.Cases;

/// <summary>The names of the files in a case's folder, with slashes on every system.</summary>
public static class CaseFiles
{
    /// <summary>The registry of all committed keys.</summary>
    public const string Commitments = "commitments.json";

    /// <summary>The plan that was fixed before the collection.</summary>
    public const string Plan = "plan.json";

    /// <summary>The signature of the plan.</summary>
    public const string PlanSignature = "plan.dsse.json";

    /// <summary>The design of a fingerprint test that the plan names by its digest: everything public that decides it.</summary>
    public const string Design = "design.json";

    /// <summary>The prompts that the plan names by their digest.</summary>
    public const string Prompts = "prompts.jsonl";

    /// <summary>The hash-chained log of requests, replies and imports.</summary>
    public const string Log = "collection/log.jsonl";

    /// <summary>The folder of imported files.</summary>
    public const string Imported = "collection/imported";

    /// <summary>The folder of time stamps.</summary>
    public const string Timestamps = "timestamps";

    /// <summary>The folder of the samples that the findings were computed from.</summary>
    public const string Samples = "samples";

    /// <summary>The folder of row scores, where the owner chose to give them.</summary>
    public const string Scores = "scores";

    /// <summary>The verdict.</summary>
    public const string Verdict = "verdict.json";

    /// <summary>The measured error rates of the procedure.</summary>
    public const string Validation = "validation.json";

    /// <summary>What was found, from which files: the payload of the signed statement.</summary>
    public const string Statement = "statement.json";

    /// <summary>The signed statement.</summary>
    public const string SignedStatement = "statement.dsse.json";

    /// <summary>When, where and how the verdict was computed; no number depends on it.</summary>
    public const string Run = "run.json";

    /// <summary>The report as a web page.</summary>
    public const string ReportHtml = "report.html";

    /// <summary>The report as Markdown.</summary>
    public const string ReportMarkdown = "report.md";

    /// <summary>The report as PDF.</summary>
    public const string ReportPdf = "report.pdf";

    /// <summary>The public key of the signer.</summary>
    public const string Signer = "signer.pem";

    /// <summary>The signed list of every other file.</summary>
    public const string Manifest = "manifest.dsse.json";

    /// <summary>The lock that a command holds while it changes the case; no part of the case.</summary>
    public const string Lock = ".lock";
}
