using System.Text;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.NGrams;

namespace Watermark.Forensics.Cases;

/// <summary>One step of a check.</summary>
/// <param name="What">What was checked, in a few words.</param>
/// <param name="Faults">What is wrong, one sentence each, which begins with the file's name; empty where nothing is.</param>
/// <param name="Sentence">What was seen where nothing is wrong.</param>
public sealed record CaseCheckStep(string What, IReadOnlyList<string> Faults, string Sentence);

/// <summary>
/// Checks a case without its key and without a network: every file against the signed list, the signatures, the log, the time
/// stamps, the statement, and that the verdict follows from its own findings. Findings are computed again by who has the key.
/// A link, a pipe or a device in the folder is named and nothing is opened: then the check ends with its first step.
/// </summary>
public static class CaseCheck
{
    /// <summary>Runs all steps; one that fails does not keep the others from running.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="signerKeyId">The id of the key that must have signed; null where the reader knows none.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public static IEnumerable<CaseCheckStep> Run(CaseFolder folder, string? signerKeyId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        CaseCheckStep kinds = Step(folder, CaseFiles.Manifest, "folder", () => (folder.Foreign(), "files and folders only"));
        yield return kinds;
        if (kinds.Faults.Count > 0)
            yield break;
        yield return Step(folder, CaseFiles.Signer, "signer", () => Signer(folder, signerKeyId));
        yield return Step(folder, CaseFiles.Manifest, "files", () => Files(folder, cancellationToken));
        yield return Step(folder, CaseFiles.Plan, "plan", () => Plan(folder));
        yield return Step(folder, CaseFiles.Log, "collection", () => Collection(folder, cancellationToken));
        yield return Step(folder, CaseFiles.Timestamps, "time stamps", () => Timestamps(folder));
        yield return Step(folder, CaseFiles.Samples, "samples", () => Samples(folder));
        yield return Step(folder, CaseFiles.Verdict, "verdict", () => Verdict(folder));
        yield return Step(folder, CaseFiles.Statement, "statement", () => Statement(folder));
    }

    private static CaseCheckStep Step(CaseFolder folder, string file, string what, Func<(IReadOnlyList<string> Faults, string Sentence)> check)
    {
        try
        {
            (IReadOnlyList<string> faults, string sentence) = check();
            return new CaseCheckStep(what, faults, sentence);
        }
        catch (Exception exception) when (exception is InputFormatException or IOException or UnauthorizedAccessException)
        {
            string message = folder.Shorten(exception.Message);
            return new CaseCheckStep(what, [message != exception.Message || message.StartsWith(file, StringComparison.Ordinal) ? message : $"{file}: {message}"], string.Empty);
        }
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Signer(CaseFolder folder, string? expected)
    {
        using VerificationKey key = Key(folder);
        if (expected is null)
            return ([], $"signed by key {key.KeyId}; whose it is must be known from elsewhere");
        return expected == key.KeyId
            ? ([], $"signed by the expected key {key.KeyId}")
            : ([$"{CaseFiles.Signer}: the case is signed by key {key.KeyId}; {expected} was expected."], string.Empty);
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Files(CaseFolder folder, CancellationToken cancellationToken)
    {
        using VerificationKey key = Key(folder);
        IReadOnlyList<CaseFile> files = CaseManifest.Open(folder.Read(CaseFiles.Manifest), key);
        return ([.. CaseManifest.Differences(folder, files, cancellationToken)], $"{files.Count} files are as they were sealed, and there is no other");
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Plan(CaseFolder folder)
    {
        if (PlanSeal.Read(folder) is not { } plan)
            return ([], "no plan was fixed");
        return plan.Fault is { } fault ? ([$"{CaseFiles.Plan}: {fault}"], string.Empty) : ([], $"signed, SHA-256 {plan.Sha256}");
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Collection(CaseFolder folder, CancellationToken cancellationToken)
    {
        CaseCustody? custody = CaseReader.Custody(folder, cancellationToken);
        return custody is null
            ? ([], "there is no log")
            : ([.. custody.Faults.Select(fault => $"{CaseFiles.Log}: {fault}")], $"{custody.Records} records in one chain, head {custody.Head}");
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Timestamps(CaseFolder folder)
    {
        IReadOnlyList<CaseTimestamp> stamps = CaseReader.Timestamps(folder);
        return (
            [.. stamps.Where(stamp => stamp.Fault is not null).Select(stamp => $"{CaseFiles.Timestamps}/{stamp.Name}: {stamp.Fault}")],
            stamps.Count == 0 ? "there are none" : string.Join("; ", stamps.Select(stamp => $"{stamp.Name} at {stamp.Time?.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC by {stamp.Authority}")));
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Samples(CaseFolder folder)
    {
        var faults = new List<string>();
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in folder.Names().Where(name => name.StartsWith(CaseFiles.Samples + "/", StringComparison.Ordinal)))
        {
            using FileStream stream = File.OpenRead(folder.PathOf(name));
            try
            {
                digests[Sample.Read(stream).Digest] = name;
            }
            catch (InputFormatException exception)
            {
                faults.Add($"{name}: {exception.Message}");
            }
        }

        foreach (Finding finding in Stored(folder).Findings)
        {
            foreach (InputDigest input in finding.Inputs.Concat(finding.Controls.SelectMany(control => control.Inputs)).Where(input => input.Role is "suspect-sample" or "control-sample"))
            {
                if (!digests.ContainsKey(input.Sha256))
                    faults.Add($"{CaseFiles.Verdict}: a finding was computed from the sample {input.Sha256}, and no file of {CaseFiles.Samples} is that sample.");
            }
        }

        return ([.. faults.Distinct(StringComparer.Ordinal)], $"{digests.Count} samples; every finding names one of them");
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Verdict(CaseFolder folder)
    {
        Verdict verdict = Stored(folder);
        CaseFacts facts = CaseReader.Facts(folder);
        var faults = new List<string>();
        if (PlanFault(verdict.Plan, facts.Plan?.Plan) is { } fault)
            faults.Add($"{CaseFiles.Verdict}: {fault}");
        foreach (Finding finding in verdict.Findings)
        {
            foreach (Diagnostic left in CaseJudge.Judge(finding, facts).Diagnostics.Except(finding.Diagnostics))
                faults.Add($"{CaseFiles.Verdict}: the finding '{finding.Title}' does not say what the case shows: {left.Message} [{left.Code}]");
        }

        return (faults, $"{verdict.Findings.Count} findings; outcome, thresholds and adjusted values follow from their numbers");
    }

    private static (IReadOnlyList<string> Faults, string Sentence) Statement(CaseFolder folder)
    {
        byte[] stated = folder.Read(CaseFiles.Statement);
        using VerificationKey key = Key(folder);
        byte[] signed = DsseEnvelope.Open(folder.Read(CaseFiles.SignedStatement), CaseStatement.PayloadType, key);
        if (!signed.AsSpan().SequenceEqual(stated))
            return ([$"{CaseFiles.Statement}: the signed statement is another; one of the two was changed."], string.Empty);
        byte[] again = CaseStatement.Make(folder, Stored(folder), CaseStatement.ToolOf(stated));
        return again.AsSpan().SequenceEqual(stated)
            ? ([], "signed, and what the files give again")
            : ([$"{CaseFiles.Statement}: the files of the case give another statement."], string.Empty);
    }

    /// <summary>The verdict holds a copy of its plan, which decides thresholds and deviations: it must be the plan that was signed.</summary>
    private static string? PlanFault(Plan? ofVerdict, Plan? ofCase)
    {
        if (ofVerdict is null)
            return ofCase is null ? null : $"the verdict was made without a plan, and the case has {CaseFiles.Plan}.";
        if (ofCase is null)
            return $"the verdict was made under a plan, and {CaseFiles.Plan} is missing.";
        return Bytes(ofVerdict).AsSpan().SequenceEqual(Bytes(ofCase)) ? null : $"the verdict was made under another plan than {CaseFiles.Plan}.";
    }

    private static byte[] Bytes(Plan plan)
    {
        using var stream = new MemoryStream();
        PlanJson.Write(plan, stream);
        return stream.ToArray();
    }

    private static Verdict Stored(CaseFolder folder) => folder.Read(CaseFiles.Verdict, bytes => VerdictJson.Read(bytes));

    private static VerificationKey Key(CaseFolder folder) => folder.Read(CaseFiles.Signer, bytes => VerificationKey.FromPem(Encoding.ASCII.GetString(bytes)));
}
