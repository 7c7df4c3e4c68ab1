using System.Buffers;
using System.Security.Cryptography;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>Takes files that others collected into a case.</summary>
public static class CollectionImporter
{
    private const string Unfinished = ".part";
    private const int LongestName = 100;

    /// <summary>
    /// Copies a file into the case and records its digest, size and who imported it. The copy appears when it is complete and on
    /// the disk, and the record after it. A file that was imported for the subject before is not imported again.
    /// </summary>
    /// <param name="log">The case's log.</param>
    /// <param name="path">The file.</param>
    /// <param name="subject">The subject that it is said to come from.</param>
    /// <param name="role">What the subject is.</param>
    /// <param name="by">Who imports it.</param>
    /// <param name="count">Counts the replies in the copy; null, or a result of null, where they are not counted.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Its SHA-256 and size, and whether it is new.</returns>
    /// <exception cref="InputFormatException">The subject's name is not valid, nobody is named, or the path is no file.</exception>
    /// <exception cref="IOException">The file cannot be read, changed while it was read, or the case cannot be written.</exception>
    public static ImportedFile Import(
        CollectionLog log, string path, string subject, SubjectRole role, string by, Func<string, long?>? count = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(by);
        if (new PlannedSubject(subject, role).Fault() is { } fault)
            throw new InputFormatException(fault);
        if (string.IsNullOrWhiteSpace(by))
            throw new InputFormatException("Nobody is named who imports the file; a name was expected.");
        if (Directory.Exists(path))
            throw new InputFormatException($"{path} is a folder; a file was expected.");
        string folder = Path.Combine(log.Folder, Path.Combine(CaseFiles.Imported.Split('/')));
        Directory.CreateDirectory(folder);
        foreach (string left in Directory.GetFiles(folder, "*" + Unfinished))
            File.Delete(left);

        (string sha256, long size) = Digest(path, cancellationToken);
        if (log.Content.HasImport(subject, sha256))
            return new ImportedFile(sha256, size, IsNew: false);
        string name = $"{sha256}-{Plain(Path.GetFileName(path))}";
        string copy = Path.Combine(folder, name);
        if (!File.Exists(copy) || Digest(copy, cancellationToken).Sha256 != sha256)
            Copy(path, copy, sha256, cancellationToken);
        long? records = count?.Invoke(copy);
        cancellationToken.ThrowIfCancellationRequested();
        log.Append(new ImportRecord(subject, role, by, Path.GetFileName(path), $"{CaseFiles.Imported}/{name}", sha256, size, records));
        log.Content.AddImport(subject, sha256);
        return new ImportedFile(sha256, size, IsNew: true);
    }

    private static (string Sha256, long Size) Digest(string path, CancellationToken cancellationToken)
    {
        using FileStream source = File.OpenRead(path);
        return Through(source, Stream.Null, cancellationToken);
    }

    private static void Copy(string path, string copy, string sha256, CancellationToken cancellationToken)
    {
        string unfinished = copy + Unfinished;
        try
        {
            using (FileStream source = File.OpenRead(path))
            using (var target = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                if (Through(source, target, cancellationToken).Sha256 != sha256)
                    throw new IOException($"{path} changed while it was read; nothing was imported from it.");
                target.Flush(flushToDisk: true);
            }

            File.Move(unfinished, copy, overwrite: true);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    private static (string Sha256, long Size) Through(Stream source, Stream target, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            long size = 0;
            for (int read = source.Read(buffer); read > 0; read = source.Read(buffer))
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                target.Write(buffer, 0, read);
                size += read;
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A name that every file system takes.</summary>
    private static string Plain(string name)
    {
        string plain = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' ? letter : '_'));
        return plain.Length <= LongestName ? plain : plain[^LongestName..];
    }
}

/// <summary>A file in a case.</summary>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="IsNew">Whether it was not in the log before.</param>
public readonly record struct ImportedFile(string Sha256, long Size, bool IsNew);
