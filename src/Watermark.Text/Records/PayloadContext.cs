using System.Globalization;

namespace Watermark.Text.Records;

/// <summary>What the reader of a format knows of its surroundings.</summary>
/// <param name="Report">Where faults are counted.</param>
/// <param name="File">The file or entry that is read.</param>
/// <param name="Name">The beginning of the ids of its records.</param>
/// <param name="MaxRecordLength">The longest record in bytes.</param>
/// <param name="Fault">Why the data ended early, asked when they have ended; null if they did not.</param>
/// <param name="CancellationToken">Stops between records.</param>
internal sealed record PayloadContext(ReadingReport Report, FileReading File, string Name, int MaxRecordLength, Func<string?> Fault, CancellationToken CancellationToken)
{
    /// <summary>A place in this file.</summary>
    public RecordPlace Place(long number) => new(File.Path, Name, number);

    /// <summary>Counts a record that could not be read.</summary>
    public void Bad(long number, string what) => Report.Bad(File, Place(number), RecordFault.Unread, what);

    /// <summary>Notes that the file ends early.</summary>
    public void BrokenOff(long number, string why) => Report.BrokenOff(File, Place(number), why);

    /// <summary>Counts a record that is longer than allowed.</summary>
    public void TooLong(long number) => Bad(number, TooLongText);

    /// <summary>The fault of a record above the limit.</summary>
    public string TooLongText => string.Create(CultureInfo.InvariantCulture, $"too long, expected at most {MaxRecordLength:N0} bytes");
}
