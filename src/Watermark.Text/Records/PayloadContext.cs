using System.Globalization;

namespace Watermark.Text.Records;

/// <summary>What the reader of a format knows of its surroundings.</summary>
/// <param name="Report">Where faults are counted.</param>
/// <param name="File">The file or entry that is read.</param>
/// <param name="Name">The beginning of the ids of its records.</param>
/// <param name="MaxRecordLength">The longest record in bytes.</param>
/// <param name="Fault">Why the data ended early, asked when they have ended; null if they did not.</param>
/// <param name="IsNamed">Whether the user named it: it is then read or refused, never passed over.</param>
/// <param name="CancellationToken">Stops between records.</param>
internal sealed record PayloadContext(ReadingReport Report, FileReading File, string Name, int MaxRecordLength, Func<string?> Fault, bool IsNamed, CancellationToken CancellationToken)
{
    /// <summary>A place in this file.</summary>
    public RecordPlace Place(long number) => new(File.Path, Name, number);

    /// <summary>Counts a record that could not be read.</summary>
    public void Bad(long number, string what) => Report.Bad(File, Place(number), RecordFault.Unread, what);

    /// <summary>Notes that the file ends early.</summary>
    public void BrokenOff(long number, string why) => Report.BrokenOff(File, Place(number), why);

    /// <summary>Counts a record that is longer than allowed.</summary>
    public void TooLong(long number) => Bad(number, TooLongText);

    /// <summary>Throws for a file that the user named; lists any other.</summary>
    /// <param name="number">Where in it.</param>
    /// <param name="what">What is wrong and what was expected.</param>
    public void Refuse(long number, string what)
    {
        if (IsNamed)
            throw new InputFormatException($"{Place(number)}: {what}.");
        Report.Skip(Place(number).ToString(), what);
    }

    /// <summary>What turns rows of a table into records; null where the header is refused.</summary>
    /// <param name="header">The names of the columns.</param>
    /// <param name="number">Where the header stands.</param>
    public RowWriter? Writer(IReadOnlyList<string> header, long number)
    {
        try
        {
            return new RowWriter(header);
        }
        catch (RecordFault fault)
        {
            Refuse(number, fault.Message);
            return null;
        }
    }

    /// <summary>The fault of a record above the limit.</summary>
    public string TooLongText => string.Create(CultureInfo.InvariantCulture, $"too long, expected at most {MaxRecordLength:N0} bytes");
}
