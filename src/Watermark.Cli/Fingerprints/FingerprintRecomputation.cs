using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Cli.Fingerprints.Files;
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
        if (folder.Has(CaseFiles.Design) && ArgumentDesign.Read(folder.Read(CaseFiles.Design)) is { } arguments)
            return OfFiles(folder, stored, arguments, paths, files, console, cancellationToken);
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
        IReadOnlyList<Finding> again = new ReplyVerification(test, new ReplyReaderOptions(), owner, options, console, ReplyMethodCommand.ServedBy(method, design, key)).Run(replies.Suspects, replies.Controls, cancellationToken);
        return Compare(folder, stored, [.. again.Select(finding => CaseJudge.Judge(finding, facts))]);
    }

    /// <summary>The step for a method that judges files as a plan fixed it.</summary>
    private static CaseCheckStep OfFiles(
        CaseFolder folder, Verdict stored, ArgumentDesign design, IReadOnlyList<string> paths, IReadOnlyList<KeyFile> files, ConsoleOutput console, CancellationToken cancellationToken)
    {
        if (FileMethodCommand.Find(design) is not { } method)
            throw new InputFormatException($"{CaseFiles.Design} names the method '{design.Method}', which this version does not know.");
        if (method.NeedsKey && files.Count == 0)
            return new CaseCheckStep(What, [], "not computed again, since no --key was given");
        if (design.Missing(folder.Root) is { } missing)
            return new CaseCheckStep(What, [], $"not computed again, since {missing.Path} is not here, nor beside the case; the plan fixed its content, SHA-256 {missing.Sha256}");
        KeyFile? key = method.NeedsKey ? files[0] : null;
        CaseFacts facts = CaseReader.Facts(folder, cancellationToken);
        CommittedKeys committed = CommittedKeys.Of(folder, paths, files);
        using var replies = new CaseReplies(folder, facts.Custody ?? throw new InputFormatException($"{folder.PathOf(CaseFiles.Log)} is missing."));
        Plan plan = stored.Plan ?? throw new InputFormatException($"{CaseFiles.Verdict} has no plan, and {CaseFiles.Design} needs one.");
        (FileMethodResult result, _) = method.OfCase(
            design, folder.Read(CaseFiles.Design), folder, plan, (replies.Suspects, replies.Controls), key, key is null ? null : committed.CommitmentOf(key), [], stored.Tests, console, cancellationToken);
        return Compare(folder, stored, [.. result.Findings.Select(finding => CaseJudge.Judge(finding, facts))]);
    }

    private static CaseCheckStep Compare(CaseFolder folder, Verdict stored, IReadOnlyList<Finding> again)
    {
        Verdict verdict = Verdict.From(again, stored.Plan, stored.Tests, stored.Run);
        IReadOnlyList<string> differences = VerdictComparison.Differences(folder.Read(CaseFiles.Verdict), verdict);
        return new CaseCheckStep(What, [.. differences.Select(difference => $"{CaseFiles.Verdict}: {difference}")], $"{again.Count} computed again from the design and the log, with the same result");
    }
}
