using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Fingerprints;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.NGrams;
using Watermark.Reporting;

namespace Watermark.Cli.Cases;

/// <summary>The steps of a check that compute what the case holds again.</summary>
internal static class CaseRecomputation
{
    private const string What = "findings";

    /// <summary>Computes the findings again from the samples, with the keys or with row scores.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="paths">The key files.</param>
    /// <param name="files">The keys; none where only row scores can serve.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="console">Shows progress.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static CaseCheckStep Findings(
        CaseFolder folder, IReadOnlyList<string> paths, IReadOnlyList<KeyFile> files, int threads, ConsoleOutput console, CancellationToken cancellationToken)
    {
        try
        {
            Verdict stored = folder.Read(CaseFiles.Verdict, bytes => VerdictJson.Read(bytes));
            if (FingerprintRecomputation.Step(folder, stored, paths, files, console, cancellationToken) is { } step)
                return step;
            if (files.Count == 0 && !folder.Names().Any(IsScores))
                return new CaseCheckStep(What, [], "not computed again, since no --key was given and the case holds no row scores");
            CommittedKeys committed = CommittedKeys.Of(folder, paths, files);
            var recomputation = new Recomputation(files, Samples(folder), threads, console, committed.CommitmentOf);
            CaseFacts facts = CaseReader.Facts(folder, cancellationToken);
            RowScores[] scores = files.Count > 0 ? [] : [.. folder.Names().Where(IsScores).Select(name => ReadScores(folder, name))];
            Finding[] findings =
            [
                .. stored.Findings.Select(finding => files.Count > 0 ? recomputation.Again(finding, cancellationToken) : recomputation.Again(finding, scores, cancellationToken))
                    .Select(finding => CaseJudge.Judge(finding, facts)),
            ];
            IReadOnlyList<string> differences = VerdictComparison.Differences(folder.Read(CaseFiles.Verdict), Verdict.From(findings, stored.Plan, stored.Tests, stored.Run));
            return new CaseCheckStep(What, [.. differences.Select(difference => $"{CaseFiles.Verdict}: {difference}")], $"{findings.Length} computed again from the samples and the {(files.Count > 0 ? "key" : "row scores")}, with the same result");
        }
        catch (Exception exception) when (exception is InputFormatException or IOException or UnauthorizedAccessException)
        {
            return new CaseCheckStep(What, [folder.Shorten(exception.Message)], string.Empty);
        }
    }

    /// <summary>Whether the report says what the case gives. A PDF holds the time of its printing, so only the list of files covers it.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static CaseCheckStep Report(CaseFolder folder, CancellationToken cancellationToken)
    {
        (string Name, Action<Case, Stream> Write)[] pages = [(CaseFiles.ReportHtml, CaseReport.WriteHtml), (CaseFiles.ReportMarkdown, CaseReport.WriteMarkdown)];
        (string Name, Action<Case, Stream> Write)[] present = [.. pages.Where(page => folder.Has(page.Name))];
        if (present.Length == 0)
            return new CaseCheckStep("report", [], "there is none");
        try
        {
            Case evidence = CaseReader.Load(folder, cancellationToken);

            // Another version may word or draw something in another way, which is no fault of the case.
            if (evidence.BuildHash != BuildIdentity.OfProcess().BuildSha256)
                return new CaseCheckStep("report", [], "written by another build of this program, so not compared; the signed list of files covers it");
            string[] faults = [.. present.Where(page => !IsSame(folder, page.Name, page.Write, evidence)).Select(page => $"{page.Name}: it is not the report that the case gives; it was changed, or the case was.")];
            return new CaseCheckStep("report", faults, $"{string.Join(" and ", present.Select(page => page.Name))}: what the case gives again");
        }
        catch (Exception exception) when (exception is InputFormatException or IOException or UnauthorizedAccessException)
        {
            return new CaseCheckStep("report", [folder.Shorten(exception.Message)], string.Empty);
        }
    }

    private static bool IsScores(string name) => name.StartsWith(CaseFiles.Scores + "/", StringComparison.Ordinal);

    private static RowScores ReadScores(CaseFolder folder, string name)
    {
        using FileStream stream = File.OpenRead(folder.PathOf(name));
        try
        {
            return RowScores.Read(stream);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{name}: {exception.Message}", exception);
        }
    }

    private static bool IsSame(CaseFolder folder, string name, Action<Case, Stream> write, Case evidence)
    {
        using var stream = new MemoryStream();
        write(evidence, stream);
        return stream.GetBuffer().AsSpan(0, (int)stream.Length).SequenceEqual(folder.Read(name));
    }

    private static Dictionary<string, Sample> Samples(CaseFolder folder)
    {
        var samples = new Dictionary<string, Sample>(StringComparer.Ordinal);
        foreach (string name in folder.Names().Where(name => name.StartsWith(CaseFiles.Samples + "/", StringComparison.Ordinal)))
        {
            Sample sample = SampleLoader.ReadSample(folder.PathOf(name));
            samples[sample.Digest] = sample;
        }

        return samples;
    }
}
