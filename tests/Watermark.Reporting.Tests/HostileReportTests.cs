using Watermark.Forensics.Findings;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Reporting.Tests;

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
