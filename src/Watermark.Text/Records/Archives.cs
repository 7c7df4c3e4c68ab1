using System.IO.Compression;
using System.IO.Hashing;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>A file within an archive.</summary>
/// <param name="Name">Its path within the archive.</param>
/// <param name="Why">Why it is not read, such as a password; null where it can be opened.</param>
/// <param name="Open">Opens it, once, before the next entry is asked for.</param>
internal sealed record ArchiveEntry(string Name, string? Why, Func<Stream> Open)
{
    /// <summary>Whether a file is one of those that systems leave behind unseen.</summary>
    /// <param name="name">Its path within the archive or folder.</param>
    public static bool IsHidden(string name) =>
        name.Split('/', '\\').Any(static part => (part.StartsWith('.') && part is not ("." or "..")) || part == "__MACOSX");
}

/// <summary>The entries of a zip archive, in the ordinal order of their names.</summary>
internal sealed class ZipEntries : IDisposable
{
    private readonly ZipArchive archive;

    /// <param name="stream">The archive, seekable; not disposed.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public ZipEntries(Stream stream)
    {
        archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        try
        {
            // The directory is read, and found damaged, only when it is asked for.
            _ = archive.Entries.Count;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>What the file is where it is a document that happens to be a zip file; null for an archive.</summary>
    public string? Document()
    {
        var names = new HashSet<string>(archive.Entries.Select(static entry => entry.FullName), StringComparer.OrdinalIgnoreCase);
        if (names.Contains("[Content_Types].xml"))
        {
            return names.Contains("xl/workbook.bin") ? "a binary Excel workbook (.xlsb)"
                : names.Any(static name => name.StartsWith("word/", StringComparison.OrdinalIgnoreCase)) ? "a Word document"
                : names.Any(static name => name.StartsWith("ppt/", StringComparison.OrdinalIgnoreCase)) ? "a PowerPoint document"
                : null;
        }

        if (names.Contains("META-INF/manifest.xml") && names.Contains("content.xml"))
            return "an OpenDocument file";
        if (names.Contains("META-INF/container.xml"))
            return "an EPUB book";
        return names.Contains("META-INF/MANIFEST.MF") ? "a Java archive" : null;
    }

    /// <summary>Whether the file is a workbook of Excel.</summary>
    public bool IsWorkbook() => archive.GetEntry("[Content_Types].xml") is not null && archive.Entries.Any(static entry => entry.FullName.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Whether the sheets of a workbook keep to the columns and rows that Excel has. One cell beyond them makes a reader of
    /// workbooks take memory for all columns, or pass over all rows, before it.
    /// </summary>
    /// <param name="cancellationToken">Stops between cells.</param>
    /// <exception cref="InvalidDataException">A sheet is damaged.</exception>
    /// <exception cref="System.Xml.XmlException">A sheet is no XML.</exception>
    public bool KeepsToSheetSize(CancellationToken cancellationToken)
    {
        foreach (ZipArchiveEntry entry in archive.Entries.Where(static entry => entry.FullName.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase)))
        {
            using Stream stream = entry.Open();
            using var reader = System.Xml.XmlReader.Create(stream);
            while (reader.Read())
            {
                cancellationToken.ThrowIfCancellationRequested();
                string? cell = reader.NodeType == System.Xml.XmlNodeType.Element && reader.LocalName is "row" or "c" or "dimension" ? reader.GetAttribute("r") ?? reader.GetAttribute("ref") : null;
                if (cell is not null && !cell.Split(':').All(static part => IsInSheet(part)))
                    return false;
            }
        }

        return true;
    }

    private static bool IsInSheet(ReadOnlySpan<char> cell)
    {
        ReadOnlySpan<char> row = cell.TrimStart("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
        int letters = cell.Length - row.Length;
        int column = 0;
        foreach (char letter in cell[..Math.Min(letters, 4)])
            column = 26 * column + (char.ToUpperInvariant(letter) - 'A' + 1);
        return letters <= 3 && column <= 16_384 && int.TryParse(row, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number) && number <= 1_048_576;
    }

    /// <summary>The files; may be asked for more than once.</summary>
    public IEnumerable<ArchiveEntry> Read()
    {
        foreach (ZipArchiveEntry entry in archive.Entries.OrderBy(static entry => entry.FullName, StringComparer.Ordinal))
        {
            if (!entry.FullName.EndsWith('/') && !ArchiveEntry.IsHidden(entry.FullName))
                yield return new ArchiveEntry(entry.FullName, entry.IsEncrypted ? "an entry with a password" : null, () => new CheckedEntry(entry.Open(), entry.Crc32, entry.Length));
        }
    }

    public void Dispose() => archive.Dispose();

    /// <summary>An entry whose length and checksum are compared with the directory's when it ends.</summary>
    private sealed class CheckedEntry(Stream inner, uint crc, long length) : ReadOnlyStream
    {
        private readonly Crc32 hash = new();
        private long count;

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            hash.Append(buffer[..read]);
            count += read;
            if (read == 0 && buffer.Length > 0)
            {
                if (count < length)
                    throw new EndOfStreamException();
                if (count > length || hash.GetCurrentHashAsUInt32() != crc)
                    throw new InvalidDataException();
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
