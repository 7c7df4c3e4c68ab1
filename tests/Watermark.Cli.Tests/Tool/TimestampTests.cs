using System.Text.Json;
using Watermark.Forensics.Cases.Timestamps;
using Watermark.TestKit;

namespace Watermark.Cli.Tests.Tool;

public sealed class TimestampTests : IDisposable
{
    private static readonly DateTimeOffset Time = new(2027, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_query_is_written_and_the_reply_is_checked_and_kept()
    {
        folder.Write("commitments.json", "{}");
        ToolProcess request = ToolProcess.Run("timestamp", "request", folder.Path, "commitments");
        Assert.Equal((0, ""), (request.ExitCode, request.Error));
        Assert.Contains("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", request.Output, StringComparison.Ordinal);
        Assert.Contains("curl -sS -H 'Content-Type: application/timestamp-query'", request.Output, StringComparison.Ordinal);
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        File.WriteAllBytes(In("r.tsr"), authority.Reply(File.ReadAllBytes(In("timestamps/commitments.tsq")), Time));
        File.WriteAllText(In("chain.pem"), authority.ChainPem);
        File.WriteAllText(In("other.pem"), other.ChainPem);

        ToolProcess.Run("timestamp", "attach", folder.Path, "commitments", "--reply", In("r.tsr"), "--chain", In("other.pem")).AssertRefused("r.tsr: The authority's c");
        Assert.False(File.Exists(In("timestamps/commitments.tsr")));
        JsonElement kept = ToolProcess.Run("timestamp", "attach", folder.Path, "commitments", "--reply", In("r.tsr"), "--chain", In("chain.pem"), "--json").Json;

        Assert.Equal("2027-01-02T03:04:05Z", kept.GetProperty("time").GetString());
        Assert.Equal("CN=Test Time Stamping", kept.GetProperty("authority").GetString());
        Assert.Null(TimestampFiles.Check(folder.Path, "commitments")!.Fault);
        ToolProcess.Run("timestamp", "attach", folder.Path, "commitments", "--reply", In("r.tsr"), "--chain", In("chain.pem")).AssertRefused("exists; name another file or give --force");
        ToolProcess.Run("timestamp", "request", folder.Path, "commitments").AssertRefused("exists; name another file or give --force");
        File.WriteAllText(In("commitments.json"), "{ }");
        Assert.Equal("commitments.json is not the file that was stamped: it was changed afterwards.", TimestampFiles.Check(folder.Path, "commitments")!.Fault);
    }

    [Fact]
    public void What_cannot_be_stamped_is_refused()
    {
        ToolProcess.Run("timestamp", "request", folder.Path, "plan").AssertRefused("plan.json is missing");
        ToolProcess.Run("timestamp", "request", folder.Path, "report").AssertRefused("NAME");
        folder.Write("plan.json", "{}");
        ToolProcess.Run("timestamp", "request", folder.Path, "plan", "--policy", "7.x").AssertRefused("--policy must be an object identifier");
        ToolProcess.Run("timestamp", "request", folder.Path, "plan", "--nonsense").AssertRefused("'watermark timestamp request --help' lists them");
    }

    private string In(string name) => Path.Combine(folder.Path, name);
}
