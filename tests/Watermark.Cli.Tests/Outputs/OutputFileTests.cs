using System.Diagnostics;
using System.Globalization;
using Watermark.Cli.Outputs;

namespace Watermark.Cli.Tests.Outputs;

public sealed class OutputFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_file_appears_when_it_is_complete()
    {
        string path = In("new", "sub", "file.bin");
        OutputFile.Check(path, force: false).Write(stream =>
        {
            stream.Write("sync"u8);
            Assert.False(File.Exists(path));
            Assert.Equal($"{path}.{Environment.ProcessId}.tmp", Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!)));
        });
        Assert.Equal("sync", await File.ReadAllTextAsync(path));
        await OutputFile.Check(path, force: true).WriteAsync(async stream =>
        {
            await stream.WriteAsync("async"u8.ToArray());
            Assert.Equal("sync", await File.ReadAllTextAsync(path));
        });
        Assert.Equal("async", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_nothing_else()
    {
        string path = Write("file.bin", "old");
        Assert.Throws<InvalidDataException>(() => OutputFile.Check(path, force: true).Write(stream =>
        {
            stream.Write("half"u8);
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public async Task Cancellation_leaves_the_old_file_and_nothing_else()
    {
        string path = Write("file.bin", "old");
        using var source = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OutputFile.Check(path, force: true).WriteAsync(
            async stream =>
            {
                await stream.WriteAsync("half"u8.ToArray());
                await source.CancelAsync();
            },
            source.Token));
        Assert.Equal("old", await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_by_force_and_keeps_its_mode()
    {
        string path = Write("file.bin", "old");
        Assert.Equal($"{path} exists; name another file or give --force.", Refusal(path).Message);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        OutputFile.Check(path, force: true).Write(stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void A_file_that_appears_during_the_work_is_not_replaced()
    {
        string path = In("file.bin");
        OutputFile output = OutputFile.Check(path, force: false);

        IOException exception = Assert.Throws<IOException>(() => output.Write(_ => File.WriteAllText(path, "theirs")));

        Assert.StartsWith($"{path} cannot be written: ", exception.Message, StringComparison.Ordinal);
        Assert.Equal("theirs", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void What_cannot_be_written_is_refused_before_the_work()
    {
        string file = Write("file.bin", "old");
        Assert.Equal($"{folder.Path} is a folder; the path of a file was expected.", Refusal(folder.Path).Message);
        Assert.Equal($"{folder.Path}/ is a folder; the path of a file was expected.", Refusal(folder.Path + "/").Message);
        Assert.Equal($"{file}/new/sub cannot be written: {file} is no folder.", Refusal(file + "/new/sub").Message);
        Assert.Contains("empty name", Refusal("").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_stay_and_what_they_lead_to_is_written()
    {
        string target = Write("target.bin", "old");
        string link = In("link.bin");
        string chain = In("chain.bin");
        string dangling = In("dangling.bin");
        File.CreateSymbolicLink(link, "target.bin");
        File.CreateSymbolicLink(chain, link);
        Directory.CreateDirectory(In("sub"));
        File.CreateSymbolicLink(dangling, Path.Combine("sub", "made.bin"));

        Assert.Contains("--force", Refusal(chain).Message, StringComparison.Ordinal);
        OutputFile.Check(chain, force: true).Write(stream => stream.Write("new"u8));
        OutputFile.Check(dangling, force: false).Write(stream => stream.Write("made"u8));

        Assert.Equal("new", File.ReadAllText(target));
        Assert.Equal("made", File.ReadAllText(In("sub", "made.bin")));
        Assert.Equal(["target.bin", link, Path.Combine("sub", "made.bin")], new[] { link, chain, dangling }.Select(path => new FileInfo(path).LinkTarget));
    }

    [Fact]
    public void Links_in_a_circle_are_refused_in_a_sentence()
    {
        File.CreateSymbolicLink(In("a"), In("b"));
        File.CreateSymbolicLink(In("b"), In("a"));

        Assert.Contains("circle", Assert.Throws<IOException>(() => OutputFile.Check(In("a"), force: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_is_never_replaced_whatever_it_is_called()
    {
        string input = Write("input.jsonl", "evidence");
        string sub = Directory.CreateDirectory(In("sub")).FullName;
        string link = In("link.jsonl");
        string folderLink = In("folder");
        File.CreateSymbolicLink(link, input);
        Directory.CreateSymbolicLink(folderLink, folder.Path);
        File.WriteAllText(Path.Combine(sub, "deep.jsonl"), "evidence");
        string[][] pairs =
        [
            [input, input],
            [link, input],
            [input, link],
            [Path.Combine(sub, "..", "input.jsonl"), input],
            [Path.Combine(folderLink, "input.jsonl"), input],
            [Path.Combine(sub, "deep.jsonl"), folder.Path],
            [Path.Combine(sub, "deep.jsonl"), folderLink],
        ];
        foreach (string[] pair in pairs)
            Assert.Contains($"the output is an input, {pair[1]},", Assert.Throws<InputFormatException>(() => OutputFile.Check(pair[0], true, "-", pair[1])).Message, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(sub, "new.jsonl"), OutputFile.Check(Path.Combine(sub, "new.jsonl"), true, folder.Path).Path);
    }

    [Fact]
    public void An_input_under_another_hard_link_is_not_replaced()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string input = Write("input.jsonl", "evidence");
        string other = In("other.jsonl");
        using (Process process = Process.Start("ln", [input, other]))
            process.WaitForExit();

        Assert.Contains("the output is an input", Assert.Throws<InputFormatException>(() => OutputFile.Check(other, true, input)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_are_written_through()
    {
        if (OperatingSystem.IsWindows())
            return;
        File.CreateSymbolicLink(In("null"), "/dev/null");
        OutputFile output = OutputFile.Check(In("null"), force: false);

        output.Write(stream => stream.Write("gone"u8));

        Assert.True(output.IsStream && !output.IsStandardOutput);
        Assert.Equal([In("null")], Directory.GetFileSystemEntries(folder.Path));
        IOException full = Assert.Throws<IOException>(() => OutputFile.Check("/dev/full", force: false).Write(stream => stream.Write("no"u8)));
        Assert.Equal("/dev/full cannot be written: No space left on device", full.Message);
        Assert.True(OutputFile.Check("/dev/stdout", force: false).IsStandardOutput);
        Assert.True(OutputFile.Check("/dev/fd/1", force: false).IsStandardOutput);
    }

    [Fact]
    public void Temporary_files_of_dead_processes_are_removed_and_no_others()
    {
        string path = In("file.bin");
        int dead;
        using (Process process = Process.Start("dotnet", ["--version"]))
        {
            dead = process.Id;
            process.WaitForExit();
        }

        string[] kept = [Write($"file.bin.{Environment.ProcessId}x.tmp", ""), Write($"file.bin.{dead}.tmp.old", ""), Write($"other.bin.{dead}.tmp", ""), Write("file.bin.tmp", ""), Write("file.bin.1.tmp", "")];
        string[] stale = [Write(string.Create(CultureInfo.InvariantCulture, $"file.bin.{dead}.tmp"), "half"), Write($"file.bin.{Environment.ProcessId}.tmp", "half")];

        OutputFile.Check(path, force: false).Write(stream => stream.Write("whole"u8));

        Assert.Equal(kept.Append(path).Order(StringComparer.Ordinal), Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(stale, File.Exists);
    }

    private InputFormatException Refusal(string path) => Assert.Throws<InputFormatException>(() => OutputFile.Check(path, force: false));

    private string Write(string name, string text)
    {
        File.WriteAllText(In(name), text);
        return In(name);
    }

    private string In(params string[] names) => Path.Combine([folder.Path, .. names]);
}
