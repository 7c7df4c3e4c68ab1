using System.Runtime.InteropServices;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.NGrams;

namespace Watermark.Cli.Cases;

/// <summary>
/// A verification inside a case: the suspects and controls are those of its log, the keys open their commitments, and what
/// was found is written into the case and sealed.
/// </summary>
internal sealed class CaseRun : IDisposable
{
    private readonly CaseFolder folder;
    private readonly SigningKey signer;
    private readonly CaseReplies? replies;
    private readonly CommittedKeys committed;
    private readonly CaseFacts facts;
    private readonly IDisposable caseLock;

    /// <summary>Opens a case for a verification.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="paths">The key files.</param>
    /// <param name="files">The keys.</param>
    /// <param name="signer">The signer; the caller disposes it.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InputFormatException">The case has no replies, a key does not open its commitment, or another signed the case.</exception>
    public CaseRun(CaseFolder folder, IReadOnlyList<string> paths, IReadOnlyList<KeyFile> files, SigningKey signer, CancellationToken cancellationToken)
    {
        this.folder = folder;
        this.signer = signer;
        if (!folder.Has(CaseFiles.Log))
            throw new InputFormatException($"{folder.PathOf(CaseFiles.Log)} is missing: a case gets its replies by 'watermark collect' or 'watermark import'.");
        caseLock = folder.Lock();
        try
        {
            CaseOptions.CheckSigner(folder, signer, cancellationToken);
            facts = CaseReader.Facts(folder, cancellationToken);
            committed = CommittedKeys.Of(folder, paths, files);
            replies = new CaseReplies(folder, facts.Custody!);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The suspects of the log.</summary>
    public IReadOnlyList<NamedInput> Suspects => replies!.Suspects;

    /// <summary>The controls of the log.</summary>
    public IReadOnlyList<NamedInput> Controls => replies!.Controls;

    /// <summary>The plan; null where none was fixed.</summary>
    public Plan? Plan => facts.Plan?.Plan;

    /// <summary>The number of committed keys, each of which could have been reported; 0 where none were committed.</summary>
    public long CommittedCount => committed.Count;

    /// <summary>The commitment that a key opens; null where none was made.</summary>
    /// <param name="file">The key.</param>
    public string? CommitmentOf(KeyFile file) => committed.CommitmentOf(file);

    /// <summary>The design of a fingerprint test, with its digest; null where the case has none.</summary>
    public byte[]? Design => folder.Has(CaseFiles.Design) ? folder.Read(CaseFiles.Design) : null;

    /// <summary>A finding with what the case says of it.</summary>
    /// <param name="finding">The finding.</param>
    public Finding Judge(Finding finding) => CaseJudge.Judge(finding, facts);

    /// <summary>Writes samples, verdict and statement into the case and seals it; the seal comes last.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="samples">The samples with the names of their files.</param>
    /// <param name="scoredBy">The keys whose row scores are written too; none where the owner keeps them.</param>
    /// <param name="console">Where it is said.</param>
    /// <param name="cancellationToken">Stops it before the seal.</param>
    public void Save(Verdict verdict, IReadOnlyList<(string Name, Sample Sample)> samples, IReadOnlyList<OwnerKey> scoredBy, ConsoleOutput console, CancellationToken cancellationToken)
    {
        // An earlier report would say what is no longer so.
        foreach (string old in folder.Names().Where(name => name.StartsWith(CaseFiles.Samples + "/", StringComparison.Ordinal) || name.StartsWith(CaseFiles.Scores + "/", StringComparison.Ordinal) || name is CaseFiles.ReportHtml or CaseFiles.ReportMarkdown or CaseFiles.ReportPdf))
            File.Delete(folder.PathOf(old));
        foreach ((string name, Sample sample) in samples)
            CaseOptions.Write(folder, $"{CaseFiles.Samples}/{name}", sample.Write);
        foreach (OwnerKey key in scoredBy)
        {
            foreach ((string name, Sample sample) in samples.Where(item => item.Sample.Schema.ContextWidth == key.Scheme.ContextWidth))
                CaseOptions.Write(folder, $"{CaseFiles.Scores}/{Path.GetFileNameWithoutExtension(name)}-{key.Identity.Id}.rows", RowScores.Make(sample, key.Scheme, key.Identity).Write);
        }

        CaseOptions.Write(folder, CaseFiles.Verdict, stream => VerdictJson.Write(verdict, stream, NumberStyle.DecimalStrings));
        CaseOptions.Write(folder, CaseFiles.Run, WriteRun);

        // From the file, whose digits are fewer: who checks the case has no others.
        Verdict stored = folder.Read(CaseFiles.Verdict, bytes => VerdictJson.Read(bytes));
        byte[] statement = CaseStatement.Make(folder, stored, BuildIdentity.OfProcess());
        CaseOptions.Write(folder, CaseFiles.Statement, statement);
        CaseOptions.Write(folder, CaseFiles.SignedStatement, DsseEnvelope.Seal(CaseStatement.PayloadType, statement, signer));
        CaseOptions.Seal(folder, signer, cancellationToken);
        console.WriteLine($"Sealed {folder.Root}: {folder.Names().Count} files, signed by key {signer.KeyId}. Next: 'watermark report'.");
    }

    /// <summary>Removes the copies of replies and lets others change the case.</summary>
    public void Dispose()
    {
        caseLock.Dispose();
        replies?.Dispose();
    }

    private static void WriteRun(Stream stream) => JsonOutput.Write(stream, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("format", "watermark-run/1");
        writer.WriteString("time", CaseOptions.Now().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("commandLine", CaseOptions.CommandLine());
        writer.WriteString("tool", "watermark");
        writer.WriteString("version", Verification.ToolVersion);
        writer.WriteString("framework", RuntimeInformation.FrameworkDescription);
        writer.WriteString("system", RuntimeInformation.OSDescription);
        writer.WriteString("processor", RuntimeInformation.ProcessArchitecture.ToString());
        writer.WriteEndObject();
    });
}
