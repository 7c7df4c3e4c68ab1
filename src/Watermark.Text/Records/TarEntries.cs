using System.Formats.Tar;

namespace Watermark.Text.Records;

/// <summary>The entries of a tar archive, in the order in which they stand.</summary>
internal static class TarEntries
{
    private const int HeaderLength = 512;
    private const int ChecksumAt = 148;

    /// <summary>Whether these bytes begin a tar archive: the checksum of the first header is right.</summary>
    /// <param name="start">The first bytes.</param>
    public static bool IsTar(ReadOnlySpan<byte> start)
    {
        if (start.Length < HeaderLength || start[0] == 0)
            return false;
        ReadOnlySpan<byte> field = start.Slice(ChecksumAt, 8).Trim(" \0"u8);
        if (field.IsEmpty || field.Length > 7 || field.IndexOfAnyExceptInRange((byte)'0', (byte)'7') >= 0)
            return false;
        int stored = 0;
        foreach (byte digit in field)
            stored = stored * 8 + digit - '0';
        int sum = 8 * ' ';
        for (int i = 0; i < HeaderLength; i++)
        {
            if (i is < ChecksumAt or >= ChecksumAt + 8)
                sum += start[i];
        }

        return sum == stored;
    }

    /// <summary>The files; each is to be read before the next is asked for.</summary>
    /// <param name="stream">The archive from its beginning; not disposed.</param>
    /// <param name="brokenOff">Told why, where the archive is damaged.</param>
    public static IEnumerable<ArchiveEntry> Read(Stream stream, Action<string> brokenOff)
    {
        using var reader = new TarReader(stream, leaveOpen: true);
        while (Next(reader, brokenOff) is { } entry)
        {
            string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            if (ArchiveEntry.IsHidden(name) || entry.EntryType is TarEntryType.Directory or TarEntryType.DirectoryList or TarEntryType.GlobalExtendedAttributes)
                continue;
            bool file = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile;
            yield return new ArchiveEntry(name, file ? null : "a link or special file", () => new Entry(entry.DataStream ?? Stream.Null, entry.Length));
        }
    }

    private static TarEntry? Next(TarReader reader, Action<string> brokenOff)
    {
        try
        {
            return reader.GetNextEntry();
        }
        catch (EndOfStreamException)
        {
            brokenOff("the archive ends early");
        }
        catch (Exception exception) when (exception is InvalidDataException or FormatException or ArgumentException or NotSupportedException or IOException or OverflowException or InvalidOperationException)
        {
            brokenOff("the archive is damaged");
        }

        return null;
    }

    /// <summary>The data of an entry; they end early where the archive does.</summary>
    private sealed class Entry(Stream inner, long length) : Streams.ReadOnlyStream
    {
        private long count;

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            count += read;
            return read > 0 || buffer.IsEmpty || count >= length ? read : throw new EndOfStreamException();
        }
    }
}
