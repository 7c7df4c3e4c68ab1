using System.Globalization;
using System.Text;
using System.Text.Json;
using ExcelDataReader;

namespace Watermark.Text.Records;

/// <summary>An Excel workbook (.xlsx): every sheet whose first row is a header is a payload, every further row a record.</summary>
internal sealed class ExcelFormat : IDisposable
{
    /// <summary>The longest text that a cell holds; Excel cuts what is longer without a word.</summary>
    private const int CellLimit = 32_767;

    private readonly IExcelDataReader reader;

    // The library asks for Windows-1252, which it needs for old workbooks, before it looks at the file.
    static ExcelFormat() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    private ExcelFormat(IExcelDataReader reader) => this.reader = reader;

    /// <summary>Opens a workbook; null where it is damaged.</summary>
    /// <param name="stream">The file, seekable; not disposed.</param>
    public static ExcelFormat? Open(Stream stream)
    {
        try
        {
            return new ExcelFormat(ExcelReaderFactory.CreateOpenXmlReader(stream, new ExcelReaderConfiguration { LeaveOpen = true }));
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            return null;
        }
    }

    /// <summary>The current sheet's name.</summary>
    public string Sheet => reader.Name;

    /// <summary>Whether the current sheet is hidden.</summary>
    public bool IsHidden => reader.VisibleState is not (null or "visible");

    /// <summary>The header of the current sheet; null where its first row is none.</summary>
    public IReadOnlyList<string>? Header { get; private set; }

    /// <summary>The row of the current sheet that was read last, from 1.</summary>
    public long Row { get; private set; }

    /// <summary>Goes on to the next sheet that holds anything, and reads its header.</summary>
    /// <param name="first">Whether none was read before.</param>
    /// <param name="damaged">Whether the workbook breaks off here.</param>
    public bool NextSheet(bool first, out bool damaged)
    {
        damaged = false;
        while (true)
        {
            try
            {
                if (!first && !reader.NextResult())
                    return false;
            }
            catch (Exception exception) when (IsDamage(exception))
            {
                damaged = true;
                return false;
            }

            first = false;
            Row = 0;
            if (Next(out damaged) is not { } cells)
            {
                if (damaged)
                    return false;
                continue; // An empty sheet.
            }

            string[] header = [.. cells.Select(static cell => cell?.Trim() ?? "")];
            int count = Array.FindLastIndex(header, static name => name.Length > 0) + 1;
            Header = header[..count].All(static name => name.Length == 0 || DelimitedSniffer.IsName(name)) ? header[..count] : null;
            return true;
        }
    }

    /// <summary>The rows of the current sheet.</summary>
    public IEnumerable<SourceRecord> Read(PayloadContext context)
    {
        if (context.Writer(Header!, Row) is not { } writer)
            yield break;
        using (writer)
        {
            bool damaged;
            while (Next(out damaged) is { } cells)
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                if (Fault(cells, writer.Count) is { } fault)
                {
                    context.Bad(Row, fault);
                    continue;
                }

                using JsonDocument json = writer.Row(cells);
                yield return new SourceRecord(context.Place(Row), SourceFormat.Excel, json.RootElement);
            }

            if (damaged)
                context.BrokenOff(Row + 1, "the sheet is damaged");
        }
    }

    public void Dispose() => reader.Dispose();

    private string? Fault(string?[] cells, int columns)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (i >= columns && !string.IsNullOrWhiteSpace(cells[i]))
                return string.Create(CultureInfo.InvariantCulture, $"a value in column {i + 1}, expected {columns} columns as in the header");
            if (cells[i] is { Length: >= CellLimit })
                return string.Create(CultureInfo.InvariantCulture, $"the cell '{Header![i]}' is cut at Excel's limit of {CellLimit:N0} characters, expected its whole text");
        }

        return null;
    }

    /// <summary>The next row that is not blank; null at the end of the sheet.</summary>
    private string?[]? Next(out bool damaged)
    {
        damaged = false;
        try
        {
            while (reader.Read())
            {
                Row++;
                var cells = new string?[reader.FieldCount];
                for (int i = 0; i < cells.Length; i++)
                    cells[i] = Text(reader.GetValue(i));
                if (Array.Exists(cells, static cell => !string.IsNullOrWhiteSpace(cell)))
                    return cells;
            }
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            damaged = true;
        }

        return null;
    }

    private static string? Text(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "TRUE" : "FALSE",
        DateTime time => time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    // The library says in many ways that a file is damaged.
    private static bool IsDamage(Exception exception) => exception is not (OutOfMemoryException or OperationCanceledException);
}
