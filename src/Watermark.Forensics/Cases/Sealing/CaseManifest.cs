using System.Text.Json;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Cases.Timestamps;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Sealing;

/// <summary>
/// The signed list of every file of a case. Each command that changes a case writes it last, so that any changed, missing or
/// additional file is noticed.
/// </summary>
public static class CaseManifest
{
    /// <summary>The media type of the payload.</summary>
    public const string PayloadType = "application/vnd.watermark.manifest+json";

    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-manifest/1";

    private static readonly string[] Evidence =
        [CaseFiles.Commitments, CaseFiles.Design, CaseFiles.Plan, CaseFiles.PlanSignature, CaseFiles.Prompts, CaseFiles.Signer];

    private static readonly string[] EvidenceFolders = ["collection/", CaseFiles.Timestamps + "/"];

    // The log grows and the statement is made again; a stamp of the new one may take the place of the old.
    private static readonly string[] Renewed = ["log", "statement"];

    /// <summary>Makes the manifest of a folder as it is now.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="signer">The signer, whose public key stands in the folder.</param>
    /// <param name="time">When it is sealed.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>The bytes of <see cref="CaseFiles.Manifest"/>.</returns>
    public static byte[] Make(CaseFolder folder, SigningKey signer, DateTimeOffset time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(signer);
        using var stream = new MemoryStream();
        JsonMembers.WriteDocument(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            JsonMembers.WriteTime(writer, "sealed", time);
            writer.WriteStartArray("files");
            foreach (string name in folder.Names())
            {
                cancellationToken.ThrowIfCancellationRequested();
                CaseFile file = folder.Digest(name);
                writer.WriteStartObject();
                writer.WriteString("name", file.Name);
                writer.WriteString("sha256", file.Sha256);
                JsonMembers.WriteWhole(writer, "size", file.Size);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return DsseEnvelope.Seal(PayloadType, stream.ToArray(), signer);
    }

    /// <summary>Reads the files of a manifest whose signature is right.</summary>
    /// <param name="envelope">The bytes of <see cref="CaseFiles.Manifest"/>.</param>
    /// <param name="key">The signer's public key.</param>
    /// <exception cref="InputFormatException">It is no manifest, or was changed.</exception>
    public static IReadOnlyList<CaseFile> Open(ReadOnlyMemory<byte> envelope, VerificationKey key) =>
        JsonFields.Parse(DsseEnvelope.Open(envelope, PayloadType, key), "The manifest", Read);

    /// <summary>What differs between a manifest and the folder, one sentence a file, which begins with the file's name.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="files">The files of the manifest.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    public static IEnumerable<string> Differences(CaseFolder folder, IReadOnlyList<CaseFile> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(files);
        HashSet<string> present = [.. folder.Names()];
        if (new FileInfo(folder.PathOf(CaseFiles.Lock)) is { Exists: true, Length: > 0 })
            yield return $"{CaseFiles.Lock}: the file holds something; it must be empty.";
        foreach (CaseFile file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!present.Remove(file.Name))
                yield return $"{file.Name}: the file is missing.";
            else if (folder.Digest(file.Name) is var now && now != file)
                yield return $"{file.Name}: the file was changed: it has SHA-256 {now.Sha256} and {now.Size} bytes; {file.Sha256} and {file.Size} were sealed.";
        }

        foreach (string name in present.Order(StringComparer.Ordinal))
            yield return $"{name}: the file was added after the case was sealed.";
        foreach (string name in folder.EmptyFolders())
            yield return $"{name}: the folder is empty; a case holds files only.";
    }

    /// <summary>
    /// What an earlier seal covers and would be lost by another: commitments, plan, design, prompts, signatures of the plan,
    /// imported files and time stamps that are missing or changed, and a log that did more than grow. What is computed from
    /// them may change.
    /// </summary>
    /// <param name="folder">The case.</param>
    /// <param name="key">The signer's public key.</param>
    /// <param name="cancellationToken">Stops between files.</param>
    /// <returns>One sentence a file, which begins with its name; none where the case was not sealed yet.</returns>
    /// <exception cref="InputFormatException">The earlier list is damaged or another signed it.</exception>
    public static IEnumerable<string> LostEvidence(CaseFolder folder, VerificationKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(key);
        HashSet<string> present = [.. folder.Names()];
        IReadOnlyList<CaseFile> files = folder.Has(CaseFiles.Manifest) ? folder.Read(CaseFiles.Manifest, bytes => Open(bytes, key)) : [];
        foreach (CaseFile file in files.Where(file => Evidence.Contains(file.Name) || EvidenceFolders.Any(part => file.Name.StartsWith(part, StringComparison.Ordinal))))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!present.Contains(file.Name))
                yield return $"{file.Name} is missing, and the case was sealed with it: put it back, or begin another case.";
            else if (file.Name == CaseFiles.Log && !Continues(folder, file))
                yield return $"{file.Name} does not begin with the {file.Size} bytes that were sealed, and a log only grows: put it back, or begin another case.";
            else if (file.Name != CaseFiles.Log && folder.Digest(file.Name) != file && !IsRenewedStamp(folder, file.Name))
                yield return $"{file.Name} was changed since the case was sealed: put the sealed file back, or begin another case.";
        }
    }

    private static bool Continues(CaseFolder folder, CaseFile log)
    {
        if (FileDigest.Of(folder.PathOf(log.Name), log.Size) == log.Sha256)
            return true;
        using FileStream stream = File.OpenRead(folder.PathOf(log.Name));
        return CollectionLogReader.WasCutAt(stream, log.Size);
    }

    private static bool IsRenewedStamp(CaseFolder folder, string name) =>
        Renewed.Any(stamp => name.StartsWith($"{CaseFiles.Timestamps}/{stamp}.", StringComparison.Ordinal) && TimestampFiles.Check(folder.Root, stamp) is { IsValid: true });

    private static IReadOnlyList<CaseFile> Read(JsonFields fields)
    {
        fields.Format(Format);
        fields.OptionalTime("sealed");
        CaseFile[] files = [.. fields.Objects("files").Select(ReadFile)];
        fields.Done();
        return files;
    }

    private static CaseFile ReadFile(JsonFields fields)
    {
        var file = new CaseFile(fields.Text("name"), fields.Text("sha256"), fields.Whole("size"));
        fields.Done();
        return file;
    }
}
