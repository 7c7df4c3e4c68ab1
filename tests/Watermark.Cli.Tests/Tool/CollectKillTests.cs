using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Cases.Collection;
using Watermark.Randomness;
using Watermark.TestKit.Endpoints;

namespace Watermark.Cli.Tests.Tool;

/// <summary>
/// The tool is killed (SIGKILL) at random moments and started again until it is done: nothing is lost, nothing is there twice.
/// With the environment variable <c>WATERMARK_KILLS</c> each test goes on until that many processes were killed while they worked.
/// </summary>
public sealed class CollectKillTests : IDisposable
{
    private const int Usual = 8;

    private readonly TemporaryFolder folder = new();

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("WATERMARK_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int kills) ? kills : Usual;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_killed_collection_loses_and_doubles_nothing()
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int prompts = 400;
        var random = new SeededRandomBits(1);
        int killed = 0;
        for (int round = 0; killed < Kills; round++)
        {
            // Long texts, so that a kill falls into the writing of a line now and then.
            using var server = new ChatServer(call => ChatAnswer.Of(call, $"{call.Model}: {call.Prompt}{new string('x', 20_000)}"));
            string name = $"case-{round}";
            folder.Write($"{name}/prompts.jsonl", string.Concat(Enumerable.Range(0, prompts).Select(i => $"{{\"id\":\"p{i}\",\"prompt\":\"Say {i}.\"}}\n")));
            folder.Write("subjects.json", $$"""
                {"format":"watermark-subjects/1","subjects":[{"name":"a","role":"suspect","endpoint":"{{server.Address}}","model":"m-a"},{"name":"b","role":"control","endpoint":"{{server.Address}}","model":"m-b"}]}
                """);
            string log = In(name, "collection", "log.jsonl");
            string[] arguments = ["collect", "--case", In(name), "--subjects", In("subjects.json"), "--parallel", "8"];
            byte[] before = [];
            while (killed < Kills && RunAndKill(arguments, log, 1 + (int)random.NextBelow(40), () => random.NextBelow(4000)))
            {
                killed++;
                before = AssertGrows(log, before);
            }

            ToolProcess last = ToolProcess.Run(arguments);
            Assert.Equal(0, last.ExitCode);
            AssertGrows(log, before);
            CustodyResult custody = Check(log);
            Assert.Empty(custody.Faults);
            Assert.All(custody.Subjects, subject => Assert.Equal((prompts, 0), (subject.Replies, subject.Unanswered)));
            foreach (string subject in (string[])["a", "b"])
            {
                using var stream = new MemoryStream();
                CollectionReplies.Export(In(name), subject, stream);
                string[] lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(
                    Enumerable.Range(0, prompts).Select(i => $"{{\"id\":\"p{i}/0\",\"prompt\":\"Say {i}.\",\"text\":\"m-{subject}: Say {i}.{new string('x', 20_000)}\"}}").Order(StringComparer.Ordinal),
                    lines.Order(StringComparer.Ordinal));
            }

            Directory.Delete(In(name), recursive: true);
        }
    }

    [Fact]
    public void A_killed_import_loses_and_doubles_nothing()
    {
        if (!OperatingSystem.IsLinux())
            return;
        const int files = 30;
        var random = new SeededRandomBits(2);
        string[] paths = [.. Enumerable.Range(0, files).Select(i => In($"part-{i}.jsonl"))];
        for (int i = 0; i < files; i++)
            File.WriteAllText(paths[i], string.Concat(Enumerable.Range(0, 400).Select(line => $"{{\"prompt\":\"p{i}-{line}\",\"text\":\"{new string((char)('a' + (i % 26)), 500)}\"}}\n")));
        int killed = 0;
        for (int round = 0; killed < Kills; round++)
        {
            string name = $"case-{round}";
            string log = In(name, "collection", "log.jsonl");
            string[] arguments = ["import", "--case", In(name), "--name", "suspect-x", "--by", "J. Doe", .. paths];
            byte[] before = [];
            while (killed < Kills && RunAndKill(arguments, log, (int)random.NextBelow(6), () => random.NextBelow(60_000)))
            {
                killed++;
                before = AssertGrows(log, before);
            }

            Assert.Equal(0, ToolProcess.Run(arguments).ExitCode);
            AssertGrows(log, before);
            CustodyResult custody = Check(log);
            Assert.Empty(custody.Faults);
            Assert.Equal(paths.Select(Hash).Order(StringComparer.Ordinal), custody.Imports.Select(import => import.Sha256).Order(StringComparer.Ordinal));
            Assert.All(custody.Imports, import => Assert.Equal((import.Sha256, 400), (Hash(In(name, import.File)), import.Records)));
            Assert.Equal(files, Directory.GetFiles(In(name, "collection", "imported")).Length);
            Directory.Delete(In(name), recursive: true);
        }
    }

    /// <summary>Starts the tool and kills it some records and moments later; false where it ended before.</summary>
    /// <param name="arguments">The command.</param>
    /// <param name="log">The log that it writes.</param>
    /// <param name="records">The records that it may write first.</param>
    /// <param name="spins">A number of turns of a loop to wait then.</param>
    private static bool RunAndKill(string[] arguments, string log, int records, Func<ulong> spins)
    {
        long start = Length(log);
        using Process process = ToolProcess.Start(arguments);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        long seen = start;
        for (int changes = 0; changes <= records && !process.HasExited;)
        {
            long now = Length(log);
            if (now != seen)
                (seen, changes) = (now, changes + 1);
            else
                process.WaitForExit(1);
        }

        Thread.SpinWait((int)spins());
        process.Kill();
        process.WaitForExit();
        return process.ExitCode == 137;
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    /// <summary>What was on the disk stays there, but for a half-written line at its end.</summary>
    private static byte[] AssertGrows(string log, byte[] before)
    {
        byte[] after = File.Exists(log) ? File.ReadAllBytes(log) : [];
        int complete = before.AsSpan().LastIndexOf((byte)'\n') + 1;
        Assert.True(after.AsSpan().StartsWith(before.AsSpan(..complete)), "The log lost what it held.");
        return after;
    }

    private static CustodyResult Check(string log)
    {
        using FileStream stream = File.OpenRead(log);
        return CollectionLogReader.Check(stream);
    }

    private static string Hash(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private string In(params string[] names) => Path.Combine([folder.Path, .. names]);
}
