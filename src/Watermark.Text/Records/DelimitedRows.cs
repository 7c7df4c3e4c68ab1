using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Watermark.Text.Records;

/// <summary>A row of delimited text.</summary>
/// <param name="Fields">Its fields, unquoted.</param>
/// <param name="Line">The line it begins at, from 1.</param>
/// <param name="BadQuotes">Whether a quote stands where none is allowed.</param>
internal readonly record struct DelimitedRow(string[] Fields, long Line, bool BadQuotes);

/// <summary>The rows of delimited text, one at a time; blank lines are skipped.</summary>
internal sealed class DelimitedRows : IDisposable
{
    /// <summary>
    /// Bytes that are not UTF-8 become this noncharacter, which interchanged text does not hold (Unicode, section 23.7), so
    /// that rows with such bytes can be recognised.
    /// </summary>
    public const string Undecodable = "\uFFFF";

    private readonly StreamReader text;
    private readonly CsvParser parser;
    private bool badQuotes;

    /// <param name="stream">The file; not disposed.</param>
    /// <param name="delimiter">What stands between fields.</param>
    /// <param name="maxField">The longest field in characters.</param>
    public DelimitedRows(Stream stream, char delimiter, int maxField)
    {
        var encoding = Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(Undecodable));
        text = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            MaxFieldSize = maxField,
            BadDataFound = _ => badQuotes = true,
        });
    }

    /// <summary>The current row.</summary>
    public DelimitedRow Current { get; private set; }

    /// <summary>The line reached.</summary>
    public long Line => parser.RawRow;

    /// <summary>Whether a field was longer than allowed; reading ends there.</summary>
    public bool Overlong { get; private set; }

    /// <summary>Moves to the next row; false at the end.</summary>
    public bool Read()
    {
        if (Overlong)
            return false;
        try
        {
            if (!parser.Read())
                return false;
            badQuotes = false;
            string[] fields = parser.Record ?? [];
            long lines = 1 + parser.RawRecord.AsSpan().TrimEnd("\r\n").Count('\n');
            Current = new DelimitedRow(fields, parser.RawRow - lines + 1, badQuotes);
            return true;
        }
        catch (MaxFieldSizeException)
        {
            Overlong = true;
            return false;
        }
    }

    public void Dispose()
    {
        parser.Dispose();
        text.Dispose();
    }
}
