using System.Globalization;
using Watermark.Cli.Terminal;
using Watermark.Text.Records;

namespace Watermark.Cli.Commands;

/// <summary>What was read, in three lines: shown before anything is concluded from it.</summary>
internal static class ReadingSummary
{
    /// <summary>The lines.</summary>
    /// <param name="report">What was read, complete.</param>
    public static IReadOnlyList<string> Lines(ReadingReport report) =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"Read {Files(report)}: {report.Conversations:N0} conversations, {report.Replies:N0} replies, {report.RepliesWithPrompt:N0} with their prompt, {report.Replies - report.RepliesWithPrompt:N0} without, {report.EmptyReplies:N0} empty."),
        $"Read as {Counted(report.Shapes)}; roles: {Counted(report.Roles)}.",
        $"Not read: {NotRead(report)}.",
    ];

    /// <summary>
    /// Writes the lines to the error stream, since the standard output may be the result, and warns of records that were not
    /// read. With JSON only the warning is written: the result holds the rest.
    /// </summary>
    /// <param name="report">What was read, complete.</param>
    /// <param name="console">The output.</param>
    public static void Write(ReadingReport report, ConsoleOutput console)
    {
        foreach (string line in console.Json ? [] : Lines(report))
            console.WriteError(line);
        if (report.Unread == 0)
            return;
        console.WriteError(string.Create(CultureInfo.InvariantCulture, $"Warning: {report.Unread:N0} of {report.Records:N0} records could not be read and were left out:"));
        foreach (UnreadPart part in report.FirstUnread)
            console.WriteError($"  {part.Where}: {part.Why}");
        if (report.Unread > report.FirstUnread.Count)
            console.WriteError("  …");
    }

    /// <summary>The name of a format.</summary>
    /// <param name="format">The format.</param>
    public static string NameOf(SourceFormat format) => format switch
    {
        SourceFormat.JsonLines => "JSON Lines",
        SourceFormat.JsonArray => "JSON array",
        SourceFormat.Json => "JSON",
        SourceFormat.EventStream => "streamed chunks",
        SourceFormat.Delimited => "delimited text",
        SourceFormat.Parquet => "Parquet",
        SourceFormat.Excel => "Excel",
        _ => "text",
    };

    /// <summary>A file's format with its encoding and containers, in words.</summary>
    /// <param name="file">The file.</param>
    public static string Describe(FileReading file)
    {
        string inside = string.Join(", ", new[] { file.Encoding, file.Wrapping }.Where(part => part.Length > 0));
        return inside.Length == 0 ? NameOf(file.Format) : $"{NameOf(file.Format)} ({inside})";
    }

    /// <summary>Names with their counts, the most frequent first.</summary>
    /// <param name="counts">The counts.</param>
    public static string Counted(IReadOnlyDictionary<string, long> counts) => counts.Count == 0
        ? "none"
        : string.Join(", ", counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).Select(count => string.Create(CultureInfo.InvariantCulture, $"{count.Key} {count.Value:N0}")));

    private static string Files(ReadingReport report)
    {
        if (report.Files.Count == 1)
            return $"{Path.GetFileName(report.Files[0].Path)} as {Describe(report.Files[0])}";
        var formats = report.Files.CountBy(file => NameOf(file.Format)).ToDictionary(pair => pair.Key, pair => (long)pair.Value, StringComparer.Ordinal);
        return string.Create(CultureInfo.InvariantCulture, $"{report.Files.Count:N0} files ({Counted(formats)})");
    }

    private static string NotRead(ReadingReport report)
    {
        if (report.Unread == 0 && report.Skipped.Count == 0)
            return "nothing";
        UnreadPart first = report.FirstUnread.Concat(report.Skipped).First();
        return string.Create(CultureInfo.InvariantCulture, $"{report.Unread:N0} of {report.Records:N0} records, {report.Skipped.Count:N0} files; the first is {first.Where}: {first.Why}");
    }
}
