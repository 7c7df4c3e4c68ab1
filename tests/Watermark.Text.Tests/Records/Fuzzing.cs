namespace Watermark.Text.Tests.Records;

/// <summary>Whatever the bytes: records, counted faults, or one sentence.</summary>
internal static class Fuzzing
{
    public static void ReadOrRefuse(string path)
    {
        try
        {
            Reading reading = Reading.Of(path);
            Assert.Equal(reading.Report.Records, reading.Records.Count + reading.Report.Unread);
        }
        catch (InputFormatException exception)
        {
            Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }
}
