using System.Text.Json;
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
    }

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
