using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Forensics.Tests.Json;

/// <summary>Damaged and forged plans and verdicts are refused in one sentence.</summary>
public sealed class HostileReportTests
{
    [Fact]
    public void Any_change_of_a_plan_is_read_or_refused()
    {
        using var stream = new MemoryStream();
        PlanJson.Write(Examples.Plan, stream);

        FuzzReport report = FuzzRun.Run("plan", [stream.ToArray()], bytes => PlanJson.Write(PlanJson.Read(bytes), Stream.Null), new FuzzOptions { Inputs = 2000 });

        Assert.True(report.Read > 0 && report.Refused > 0, $"{report.Read} read, {report.Refused} refused.");
    }

    [Theory]
    [InlineData("\"supportThreshold\": 1000", "\"supportThreshold\": null", "The field 'findings[0].rule.supportThreshold' must be a number.")]
    [InlineData("\"interval\": [\n", "\"interval\": [null,2],\"x\":[\n", "The field 'findings[0].effect.interval' must be an array of two numbers or null.")]
    [InlineData("\"low\": ", "\"low\": null, \"x\": ", "The field 'findings[0].randomKeys.histogram.low' must be a number.")]
    public void A_number_that_cannot_be_written_again_is_not_read(string old, string replacement, string message)
    {
        string json = System.Text.Encoding.UTF8.GetString(Examples.Bytes(Examples.Full()));
        int at = json.IndexOf(old, json.IndexOf("\"findings\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(at > 0);

        byte[] changed = System.Text.Encoding.UTF8.GetBytes(json[..at] + replacement + json[(at + old.Length)..]);

        Assert.Equal(message, Assert.Throws<InputFormatException>(() => VerdictJson.ReadForComparison(changed)).Message);
    }

    [Fact]
    public void Any_change_of_a_verdict_is_read_and_compared_or_refused()
    {
        Verdict whole = Examples.Full();
        byte[][] seeds = [Examples.Bytes(whole), Examples.Bytes(Examples.WithoutPlan())];

        FuzzReport report = FuzzRun.Run("verdict", seeds, bytes =>
        {
            Verdict read = VerdictJson.ReadForComparison(bytes);
            VerdictJson.Write(read, Stream.Null);
            _ = VerdictComparison.Differences(bytes, whole);
            _ = VerdictComparison.Notes(bytes, read);
            VerdictJson.Read(bytes);
        }, new FuzzOptions { Inputs = 2000 });

        Assert.True(report.Read > 0 && report.Refused > 0, $"{report.Read} read, {report.Refused} refused.");
    }
}
