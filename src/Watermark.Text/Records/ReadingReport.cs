using System.Globalization;

namespace Watermark.Text.Records;

/// <summary>A file, or an entry of an archive, as it was read.</summary>
/// <param name="Path">The file as the user named it or as it was found, with the entry after <c>!/</c>.</param>
/// <param name="Format">How its records are written.</param>
/// <param name="Encoding">The encoding of its text, such as <c>UTF-8</c> or <c>UTF-16 LE</c>; empty for binary formats.</param>
/// <param name="Wrapping">The containers around it, outermost first, such as <c>zip</c> or <c>tar, gzip</c>; empty for none.</param>
public sealed record FileReading(string Path, SourceFormat Format, string Encoding, string Wrapping)
{
    /// <summary>Records read.</summary>
    public long Records { get; internal set; }

    /// <summary>Records that could not be read.</summary>
    public long Unread { get; internal set; }

    /// <summary>Replies found.</summary>
    public long Replies { get; internal set; }

    /// <summary>Whether the file broke off; what stands before counts.</summary>
    public bool Truncated { get; internal set; }
}

/// <summary>Something that was not read.</summary>
/// <param name="Where">The file, with the line or row where one is known.</param>
/// <param name="Code">Why, for programs.</param>
/// <param name="Why">Why: what was found and what was expected.</param>
public sealed record UnreadPart(string Where, string Code, string Why);

/// <summary>What was read, what was not, and why. Filled during reading.</summary>
public sealed partial class ReadingReport
{
    private const int Kept = 10;
    private const int JudgedFrom = 1000;

    private readonly List<FileReading> files = [];
    private readonly List<UnreadPart> unread = [];
    private readonly List<UnreadPart> skipped = [];
    private readonly List<string> truncated = [];
    private readonly SortedDictionary<string, long> unreadByCode = new(StringComparer.Ordinal);

    internal ReadingReport()
    {
    }

    /// <summary>The files and entries of archives that were read, in order.</summary>
    public IReadOnlyList<FileReading> Files => files;

    /// <summary>Records read and not read.</summary>
    public long Records { get; private set; }

    /// <summary>Records that could not be read, including those at which a file broke off.</summary>
    public long Unread { get; private set; }

    /// <summary>The number of unread records for each code.</summary>
    public IReadOnlyDictionary<string, long> UnreadByCode => unreadByCode;

    /// <summary>The first ten unread records.</summary>
    public IReadOnlyList<UnreadPart> FirstUnread => unread;

    /// <summary>Files, entries and parts of files that were not opened as documents, all of them.</summary>
    public IReadOnlyList<UnreadPart> Skipped => skipped;

    /// <summary>Files that broke off, such as a truncated <c>.gz</c>: the part before is used, the rest is missing.</summary>
    public IReadOnlyList<string> TruncatedFiles => truncated;

    /// <summary>Notes a file or entry; the records that follow are its own.</summary>
    internal FileReading Opened(string path, SourceFormat format, string encoding, string wrapping)
    {
        var reading = new FileReading(path, format, encoding, wrapping);
        files.Add(reading);
        return reading;
    }

    /// <summary>Notes a file, an entry or a part of a file that is not read.</summary>
    /// <param name="where">Its name.</param>
    /// <param name="why">What it is and what was expected.</param>
    internal void Skip(string where, string why) => skipped.Add(new UnreadPart(where, "not-read", why));

    /// <summary>Counts a record that was read.</summary>
    internal void Good(FileReading file)
    {
        file.Records++;
        Records++;
    }

    /// <summary>Counts a record that could not be read.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="code">One of the codes of <see cref="RecordFault"/>.</param>
    /// <param name="what">What is wrong and what was expected.</param>
    internal void Bad(FileReading file, RecordPlace place, string code, string what)
    {
        file.Unread++;
        Records++;
        Unread++;
        unreadByCode[code] = unreadByCode.GetValueOrDefault(code) + 1;
        if (unread.Count < Kept)
            unread.Add(new UnreadPart(place.ToString(), code, what));
    }

    /// <summary>Notes that a file broke off.</summary>
    /// <param name="file">The file.</param>
    /// <param name="place">Where.</param>
    /// <param name="why">Why.</param>
    internal void BrokenOff(FileReading file, RecordPlace place, string why)
    {
        file.Truncated = true;
        truncated.Add(file.Path);
        Bad(file, place, "truncated-input", $"{why}, expected more; what was read before counts");
    }

    /// <summary>Notes that an archive broke off between its entries.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="why">Why.</param>
    internal void BrokenOff(string archive, string why)
    {
        truncated.Add(archive);
        Records++;
        Unread++;
        unreadByCode["truncated-input"] = unreadByCode.GetValueOrDefault("truncated-input") + 1;
        if (unread.Count < Kept)
            unread.Add(new UnreadPart(archive, "truncated-input", $"{why}, expected more; what was read before counts"));
    }

    /// <summary>Throws where more records are unread than allowed.</summary>
    /// <param name="maxShare">The largest share of unread records, 0 to 1.</param>
    /// <param name="atEnd">Whether all input was seen; before, judged only after 1,000 records.</param>
    internal void Judge(double maxShare, bool atEnd)
    {
        long count = Unread - truncated.Count;
        long total = Records - truncated.Count;
        if (count == 0 || (!atEnd && total < JudgedFrom))
            return;
        UnreadPart first = unread.First(part => part.Code != "truncated-input");
        if (atEnd && count == total)
            throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"No record of {total} could be read; the first is {first.Where}: {first.Why}."));
        if (count > maxShare * total)
        {
            throw new InputFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"{count} of {total} records could not be read, more than the allowed share of {maxShare}; the first is {first.Where}: {first.Why}."));
        }
    }
}
