using System.Diagnostics;
using System.Globalization;

namespace Watermark.Cli.Tests.Tool;

/// <summary>Every command ends when it is told to, whatever it waits for or computes.</summary>
public sealed class SignalTests : IDisposable
{
    // A second is what is promised; the rest is for a machine with other work.
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(4);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    [InlineData("HUP", 129)]
    public void A_command_that_waits_for_input_ends_and_leaves_nothing(string signal, int code)
    {
        if (!OperatingSystem.IsLinux())
            return;
        string key = Replies.Key(folder);
        string output = Path.Combine(folder.Path, "out.jsonl");
        using Process process = ToolProcess.Start(["detect", "--key", key, "--tokens-field", "tokens", "-", "--out", output]);
        WaitFor(() => Directory.GetFiles(folder.Path).Length == 2, process);

        End(process, signal, code);

        Assert.Equal([key], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_pipe_that_nobody_opens_does_not_hold_a_command()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string key = Replies.Key(folder);
        string pipe = Path.Combine(folder.Path, "pipe.jsonl");
        using (Process make = Process.Start("mkfifo", [pipe]))
            make.WaitForExit();
        string output = Path.Combine(folder.Path, "out.jsonl");
        using Process process = ToolProcess.Start(["detect", "--key", key, "--tokens-field", "tokens", pipe, "--out", output]);
        WaitFor(() => Directory.GetFiles(folder.Path).Length == 3, process);

        End(process, "TERM", 143);

        Assert.Equal([key, pipe], Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("demo", "--out", "demo.folder", "--seed", "1")]
    [InlineData("verify", "--key", "owner.wmkey", "--tokens-field", "tokens", "--suspect", "replies.jsonl", "--keys", "10000000")]
    public void A_command_that_computes_ends(params string[] command)
    {
        if (!OperatingSystem.IsLinux())
            return;
        Replies.Key(folder);
        Replies.Write(folder, "replies.jsonl", null, count: 200);
        string[] arguments = [command[0], .. command.Skip(1).Select(word => word.Contains('.', StringComparison.Ordinal) ? Path.Combine(folder.Path, word) : word)];
        using Process process = ToolProcess.Start(arguments);
        WaitFor(() => process.TotalProcessorTime > TimeSpan.FromSeconds(1), process);

        End(process, "TERM", 143);
    }

    [Fact]
    public void A_signal_that_was_ignored_stays_ignored()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string key = Replies.Key(folder);
        string output = Path.Combine(folder.Path, "out.jsonl");
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardError = true };
        foreach (string word in (string[])["-c", "trap '' HUP; exec \"$@\"", "bash", "dotnet", "exec", ToolProcess.Assembly, "detect", "--key", key, "--tokens-field", "tokens", "-", "--out", output])
            start.ArgumentList.Add(word);
        using Process process = Process.Start(start)!;
        WaitFor(() => Directory.GetFiles(folder.Path).Length == 2, process);

        Send(process, "HUP");
        process.StandardInput.Write("{\"tokens\":[5,6,7,8]}\n");
        process.StandardInput.Close();

        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        Assert.Equal((0, ""), (process.ExitCode, ToolProcess.WithoutSummary(process.StandardError.ReadToEnd())));
        Assert.Single(File.ReadAllLines(output));
    }

    private static void End(Process process, string signal, int code)
    {
        long started = Stopwatch.GetTimestamp();
        Send(process, signal);
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)), "The command did not end.");
        Assert.Equal(code, process.ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(started) < Promised + Leeway, $"The command took {Stopwatch.GetElapsedTime(started)} to end.");
        Assert.Equal("Cancelled.\n", ToolProcess.WithoutSummary(process.StandardError.ReadToEnd()));
    }

    private static void Send(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for something that a process does.</summary>
    private static void WaitFor(Func<bool> happened, Process process)
    {
        long started = Stopwatch.GetTimestamp();
        while (!happened())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), "The command did not begin.");
            if (process.WaitForExit(TimeSpan.FromMilliseconds(20)))
                return;
        }
    }
}
