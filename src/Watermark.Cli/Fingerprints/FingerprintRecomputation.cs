using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Json;
using Watermark.Text.Conversations;

namespace Watermark.Cli.Fingerprints;

/// <summary>Computes the findings of a case with a design again, from the design, the log and, where one decides, the key.</summary>
internal static class FingerprintRecomputation
{
    private const string What = "findings";

    /// <summary>The step of a check; null where the findings are of another kind.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="stored">Its verdict.</param>
    /// <param name="paths">The key files.</param>
    /// <param name="files">The keys.</param>
    /// <param name="console">Shows progress.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InputFormatException">The design, the log or the key is not what it was.</exception>
    public static CaseCheckStep? Step(
        CaseFolder folder, Verdict stored, IReadOnlyList<string> paths, IReadOnlyList<KeyFile> files, ConsoleOutput console, CancellationToken cancellationToken)
    {
        string question = stored.Findings[0].Question;
        if (question == Questions.Distillation)
            return null;
        IReplyMethod? method = FingerprintCommand.ReplyMethods.Select(create => create()).FirstOrDefault(method => method.Name == question);
        if (method is null || !folder.Has(CaseFiles.Design))
            return new CaseCheckStep(What, [], $"not computed again here: it needs the files that 'watermark fingerprint {question} verify' read, which gives the same numbers from them");
        if (method.NeedsKey && files.Count == 0)
            return new CaseCheckStep(What, [], "not computed again, since no --key was given");

        KeyFile? key = method.NeedsKey ? files[0] : null;
        byte[] design = folder.Read(CaseFiles.Design);
        CaseFacts facts = CaseReader.Facts(folder, cancellationToken);
        CommittedKeys committed = CommittedKeys.Of(folder, paths, files);
        using var replies = new CaseReplies(folder, facts.Custody ?? throw new InputFormatException($"{folder.PathOf(CaseFiles.Log)} is missing."));
        using IReplyTest test = method.Open(design, key);
        using OwnerKey? owner = key is null ? null : OwnerKey.Of(key, null, null, committed.CommitmentOf(key));
        FingerprintOptions options = ReplyVerification.Options(stored.Plan, stored.Tests, design, method.DefaultEffect);
        IReadOnlyList<Finding> again = new ReplyVerification(test, new ReplyReaderOptions(), owner, options, console).Run(replies.Suspects, replies.Controls, cancellationToken);
        Verdict verdict = Verdict.From([.. again.Select(finding => CaseJudge.Judge(finding, facts))], stored.Plan, stored.Tests, stored.Run);
        IReadOnlyList<string> differences = VerdictComparison.Differences(folder.Read(CaseFiles.Verdict), verdict);
        return new CaseCheckStep(What, [.. differences.Select(difference => $"{CaseFiles.Verdict}: {difference}")], $"{again.Count} computed again from the design and the log, with the same result");
    }
}
