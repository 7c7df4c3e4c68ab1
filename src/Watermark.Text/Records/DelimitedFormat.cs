using System.Globalization;
using System.Text.Json;

namespace Watermark.Text.Records;

/// <summary>Delimited text with a header (RFC 4180): a record a row; quoted fields may hold line ends.</summary>
internal static class DelimitedFormat
{
    /// <summary>Reads the rows.</summary>
    /// <param name="content">The file, UTF-8.</param>
    /// <param name="delimiter">What stands between fields.</param>
    /// <param name="context">Its surroundings.</param>
    public static IEnumerable<SourceRecord> Read(Stream content, char delimiter, PayloadContext context)
    {
        using var rows = new DelimitedRows(content, delimiter, context.MaxRecordLength);
        bool more = rows.Read();
        if (more && IsSeparatorLine(rows.Current.Fields))
            more = rows.Read();
        if (more)
        {
            string[] header = rows.Current.Fields;
            using RowWriter? writer = context.Writer(header, rows.Current.Line);
            if (writer is null)
                yield break;
            // Stays one row behind: the last row of a file that broke off may be incomplete and does not count.
            more = rows.Read();
            while (more)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                DelimitedRow row = rows.Current;
                more = rows.Read();
                if (!more && (context.Fault() is not null || rows.Overlong))
                    break;
                if (Fault(row, writer.Count) is { } fault)
                {
                    context.Bad(row.Line, fault);
                    continue;
                }

                using JsonDocument json = writer.Row(row.Fields);
                yield return new SourceRecord(context.Place(row.Line), SourceFormat.Delimited, json.RootElement);
            }
        }

        if (context.Fault() is { } why)
            context.BrokenOff(rows.Line, why);
        else if (rows.Overlong)
            context.BrokenOff(rows.Line, "a field is too long or its quote is never closed");
    }

    /// <summary>Whether a line is Excel's <c>sep=;</c>, which names the delimiter and is no row.</summary>
    private static bool IsSeparatorLine(string[] fields) =>
        fields is [['s' or 'S', 'e' or 'E', 'p' or 'P', '=', ..], ..] && fields.Length <= 2 && fields[0].Length <= 5 && (fields.Length == 1 || fields[1].Length == 0);

    private static string? Fault(DelimitedRow row, int columns)
    {
        if (row.BadQuotes)
            return "a quote within a field, expected quoted fields with inner quotes doubled (RFC 4180)";
        if (row.Fields.Length != columns)
            return string.Create(CultureInfo.InvariantCulture, $"{row.Fields.Length} fields, expected {columns} as in the header");
        return Array.Exists(row.Fields, static field => field.Contains(DelimitedRows.Undecodable, StringComparison.Ordinal)) ? JsonRecord.NotUtf8 : null;
    }
}
