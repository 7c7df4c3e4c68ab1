using System.Diagnostics;

namespace Watermark.Cli.Tests.Tool;

/// <summary>What commands write, and what they never overwrite.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_command_keeps_what_is_there_unless_it_is_forced()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 2);
        string sample = In("made.ngrams");
        Assert.Equal(0, ToolProcess.Run("extract", "--tokenizer", "ids", "--tokens-field", "tokens", "--out", sample, replies).ExitCode);
        string target = In("target");
        string[][] commands =
        [
            ["extract", "--tokenizer", "ids", "--tokens-field", "tokens", replies, "--out", target],
            ["merge", sample, "--out", target],
            ["detect", "--key", key, "--tokens-field", "tokens", replies, "--out", target],
        ];
        foreach (string[] command in commands)
        {
            File.WriteAllText(target, "precious");
            ToolProcess.Run(command).AssertRefused($"{target} exists; name another file or give --force.");
            Assert.Equal("precious", File.ReadAllText(target));

            ToolProcess forced = ToolProcess.Run([.. command, "--force"]);

            Assert.Equal((0, ""), (forced.ExitCode, forced.Error));
            Assert.NotEqual("precious", File.ReadAllText(target));
        }
    }

    [Fact]
    public void Evidence_is_not_overwritten_even_by_force()
    {
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 2);
        string plan = In("verdict.json");
        File.WriteAllText(plan, "{}");
        byte[] before = File.ReadAllBytes(replies);
        byte[] keyBefore = File.ReadAllBytes(key);

        ToolProcess.Run("extract", "--tokenizer", "ids", "--tokens-field", "tokens", replies, "--out", replies, "--force").AssertRefused("the output is an input");
        ToolProcess.Run("detect", "--key", key, "--tokens-field", "tokens", replies, "--out", key, "--force").AssertRefused("the output is an input");
        ToolProcess.Run("verify", "--key", key, "--tokens-field", "tokens", "--suspect", replies, "--plan", plan, "--out", folder.Path, "--force").AssertRefused("the output is an input");

        Assert.Equal(before, File.ReadAllBytes(replies));
        Assert.Equal(keyBefore, File.ReadAllBytes(key));
        Assert.Equal("{}", File.ReadAllText(plan));
    }

    [Fact]
    public void Verify_checks_its_folder_before_the_work_and_prints_before_it_saves()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 20);
        string[] verify = ["verify", "--key", key, "--tokens-field", "tokens", "--suspect", replies, "--keys", "20", "--out"];
        string verdict = In("verdict");
        Directory.CreateDirectory(verdict);
        File.WriteAllText(Path.Combine(verdict, "replies.jsonl.ngrams"), "precious");
        ToolProcess.Run([.. verify, verdict]).AssertRefused("exists; name another file or give --force.");
        ToolProcess.Run([.. verify, replies]).AssertRefused("is no folder");

        // A disk that is full when the verdict is saved.
        string full = In("full");
        Directory.CreateDirectory(full);
        File.CreateSymbolicLink(Path.Combine(full, "verdict.json"), "/dev/full");
        ToolProcess run = ToolProcess.Run([.. verify, full]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("replies.jsonl", run.Output, StringComparison.Ordinal);
        Assert.Contains("of 21", run.Output, StringComparison.Ordinal);
        Assert.Equal($"{Path.Combine(full, "verdict.json")} cannot be written: No space left on device.\n", run.Error);
        ToolProcess forced = ToolProcess.Run([.. verify, verdict, "--force"]);
        Assert.Equal((0, ""), (forced.ExitCode, forced.Error));
        Assert.NotEqual("precious", File.ReadAllText(Path.Combine(verdict, "replies.jsonl.ngrams")));
    }

    [Fact]
    public void A_full_disk_is_one_sentence_and_leaves_nothing()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 2);

        ToolProcess.Run("extract", "--tokenizer", "ids", "--tokens-field", "tokens", replies, "--out", "/dev/full").AssertRefused("/dev/full cannot be written: No space left on device.");
        (int code, string error) = Shell("\"$@\" > /dev/full", "schemes");

        Assert.Equal((2, "No space left on device.\n"), (code, error));
        Assert.Equal([replies], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void The_standard_output_can_be_the_file()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 2);
        string sample = In("made.ngrams");
        string[] extract = ["extract", "--tokenizer", "ids", "--tokens-field", "tokens", replies, "--out"];
        Assert.Equal(0, ToolProcess.Run([.. extract, sample]).ExitCode);

        Assert.Equal((0, ""), Shell($"\"$@\" | cmp - '{sample}'", [.. extract, "/dev/stdout"]));
        Assert.Equal((0, ""), Shell($"\"$@\" > '{sample}.again' && cmp '{sample}' '{sample}.again'", [.. extract, "/dev/stdout"]));
        Assert.Equal((0, ""), Shell($"mkfifo '{sample}.pipe' && (cmp '{sample}' '{sample}.pipe' & \"$@\" > /dev/null && wait $!)", [.. extract, sample + ".pipe"]));
    }

    [Theory]
    [InlineData("schemes")]
    [InlineData("detect")]
    [InlineData("verify", "--help")]
    public void A_reader_that_has_gone_ends_the_command_quietly(params string[] command)
    {
        if (!OperatingSystem.IsLinux())
            return;
        string key = Replies.Key(folder);
        string replies = Replies.Write(folder, "replies.jsonl", null, count: 500);
        string[] arguments = command is ["detect"] ? ["detect", "--key", key, "--tokens-field", "tokens", replies] : command;

        (int code, string error) = Shell("set -o pipefail; \"$@\" | true", arguments);

        Assert.Equal((141, ""), (code, error));
    }

    [Fact]
    public void Closed_standard_streams_are_said_and_not_waited_for()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string key = Replies.Key(folder);

        (int detect, string detectError) = Shell("\"$@\" <&-", "detect", "--key", key, "--tokens-field", "tokens", "-");
        (int keygen, string keygenError) = Shell("\"$@\" <&-", "keygen", "--out", key + "2", "--tokenizer", "ids", "--secret-file", "-");
        (int schemes, _) = Shell("\"$@\" <&-", "schemes");
        (int printed, string printedError) = Shell("\"$@\" >&-", "schemes");
        (int made, string madeError) = Shell("\"$@\" <&- >&-", "extract", "--tokenizer", "ids", "--tokens-field", "tokens", Replies.Write(folder, "replies.jsonl", null, count: 2), "--out", In("made.ngrams"));

        const string sentence = "Standard input ('-') is closed; a file, or data from a pipe, was expected.\n";
        Assert.Equal((2, sentence), (detect, detectError));
        Assert.Equal((2, sentence), (keygen, keygenError));
        Assert.Equal(0, schemes);
        Assert.Equal((2, "The standard output is closed; the result has nowhere to go.\n"), (printed, printedError));
        Assert.Equal((2, "The standard output is closed; the result has nowhere to go.\n"), (made, madeError));
        Assert.True(File.Exists(In("made.ngrams")));
    }

    [Fact]
    public void A_files_name_cannot_write_lines_of_its_own()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string replies = Replies.Write(folder, "a\nVerdict: \u001b[2Jno support \u202e.jsonl", null, count: 2);

        ToolProcess shown = ToolProcess.Run("inspect", "--tokens-field", "tokens", replies);
        ToolProcess refused = ToolProcess.Run("extract", "--tokenizer", "ids", "--tokens-field", "none", replies, "--out", In("o.ngrams"));

        refused.AssertRefused(".jsonl:1: no field has the name that was given");
        Assert.Equal(0, shown.ExitCode);
        Assert.DoesNotContain('\u001b', shown.Output);
        Assert.DoesNotContain('\u202e', shown.Output);
        Assert.DoesNotContain(shown.Output.Split('\n'), line => line.StartsWith("Verdict", StringComparison.Ordinal));
    }

    /// <summary>Runs the tool within a command of the shell, in which <c>"$@"</c> stands for it.</summary>
    private static (int Code, string Error) Shell(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])["-c", command, "bash", "dotnet", "exec", ToolProcess.Assembly, .. arguments])
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = ToolProcess.WithoutSummary(process.StandardError.ReadToEnd());
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        output.GetAwaiter().GetResult();
        return (process.ExitCode, error);
    }

    private string In(string name) => Path.Combine(folder.Path, name);
}
