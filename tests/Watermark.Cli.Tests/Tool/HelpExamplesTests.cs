using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Watermark.Cli.Commands;
using Watermark.TestKit;
using Watermark.TestKit.Endpoints;

namespace Watermark.Cli.Tests.Tool;

/// <summary>
/// The examples of all help texts, run by a shell one after the other in one folder, as somebody does who tries the tool:
/// what one example writes the next ones read.
/// </summary>
public sealed class HelpExamplesTests : IDisposable
{
    private const string Heading = "Examples:";

    // The order of the work, which is the order in which 'watermark --help' lists them.
    private static readonly string[] Commands =
        ["demo", "keygen", "signer", "commit", "timestamp", "plan", "collect", "import", "inspect", "tokenize", "extract", "merge", "detect", "receipt", "verify", "recheck", "fingerprint", "validate", "report", "check", "package", "power", "tune", "schemes"];

    private static readonly ConcurrentDictionary<string, string> Helps = new(StringComparer.Ordinal);

    // The endpoint that the examples name; the test has it at another port.
    private const string Endpoint = "http://localhost:8000/v1";

    private readonly TemporaryFolder folder = new();
    private readonly ChatServer server = new(call => ChatAnswer.Of(call, $"A reply to: {call.Prompt}"));

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void The_examples_run_in_order()
    {
        if (!OperatingSystem.IsLinux())
            return;
        string help = ToolProcess.Run("--help").Output;
        Assert.Equal(Commands, Commands.OrderBy(command => help.IndexOf($"\n  {command} ", StringComparison.Ordinal)));
        ProvideInputs();
        int run = 0;
        foreach (string example in Commands.SelectMany(WithMethods).SelectMany(Examples))
        {
            (int code, string output) = Shell(example);
            Assert.True(code == 0, $"{example}\nended with {code}:\n{output}");
            run++;

            // What comes after works on what the demonstration's suspect said.
            if (example == "watermark demo")
                ProvideReplies();
            if (example.StartsWith("watermark timestamp request", StringComparison.Ordinal))
                ProvideTimestamp();
        }

        Assert.True(run > Commands.Length);
        Assert.Equal(["part-1.ngrams", "part-2.ngrams"], Directory.GetFiles(folder.Path, "part-*").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_option_for_a_tokenizer_names_what_it_takes()
    {
        foreach (string command in Commands)
        {
            string help = HelpOf(command);
            if (!help.Contains("--tokenizer <", StringComparison.Ordinal))
                continue;
            foreach (string kind in new[] { "cl100k_base", "tokenizer.json", ".gguf", "PATH#PATTERN" })
                Assert.Contains(kind, help, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_file_of_a_tokenizer_is_known_behind_its_pattern()
    {
        folder.Write("a#b.tiktoken", "");
        string path = Path.Combine(folder.Path, "a#b.tiktoken");

        Assert.Equal(path, KeyOptions.FileOf(path));
        Assert.Equal(path, KeyOptions.FileOf(path + "#qwen2"));
        Assert.Equal("cl100k_base", KeyOptions.FileOf("cl100k_base"));
    }

    /// <summary>A command, and below 'fingerprint' every method with its subcommands.</summary>
    private static IEnumerable<string> WithMethods(string command)
    {
        yield return command;
        if (!command.StartsWith("fingerprint", StringComparison.Ordinal))
            yield break;
        string help = HelpOf(command);
        int list = help.IndexOf("Commands:", StringComparison.Ordinal);
        if (list < 0)
            yield break;
        foreach (string name in help[list..].Split('\n').Where(line => line.Length > 3 && line.StartsWith("  ", StringComparison.Ordinal) && line[2] != ' ').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]))
        {
            foreach (string below in WithMethods($"{command} {name}"))
                yield return below;
        }
    }

    /// <summary>The help of a command; each is asked for once.</summary>
    private static string HelpOf(string command) => Helps.GetOrAdd(command, static name => ToolProcess.Run([.. name.Split(' '), "--help"]).Output);

    private static IEnumerable<string> Examples(string command)
    {
        string[] lines = HelpOf(command).Split('\n');
        string[] examples = [.. lines.SkipWhile(line => line.Trim() != Heading).Skip(1).TakeWhile(line => line.Trim().Length > 0).Select(line => line.Trim())];
        Assert.NotEmpty(examples);
        return examples;
    }

    /// <summary>Runs a line of a shell in which <c>watermark</c> is the tool.</summary>
    private (int Code, string Output) Shell(string line)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["-c", $"watermark() {{ dotnet exec '{ToolProcess.Assembly}' \"$@\"; }}; exec 2>&1; set -o pipefail; {line.Replace(Endpoint, server.Address, StringComparison.Ordinal)}"])
            start.ArgumentList.Add(argument);
        start.Environment["OWNER_PASSPHRASE"] = "of the test";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    private void ProvideInputs()
    {
        string[] kinds = ["old", "red", "small", "quiet", "wooden", "distant", "new", "heavy", "green", "careful", "early"];
        string[] things = ["boats", "letters", "windows", "farmers", "songs", "roads", "bridges", "doctors", "gardens", "clocks", "rivers", "horses", "maps"];
        string[] deeds = ["reached", "followed", "changed", "remembered", "carried", "forgot", "described"];
        var words = new StringBuilder();
        for (int i = 0; i < 8_000; i++)
            words.Append(System.Globalization.CultureInfo.InvariantCulture, $"The {kinds[i % 11]} {things[i / 11 % 13]} {deeds[i / 143 % 7]} {kinds[i / 1001]} {things[i * 5 % 13]} before the {things[i * 3 % 13]} {deeds[i * 2 % 7]} the {kinds[i * 7 % 11]} hill. ");
        folder.Write("my-texts/boats.txt", words.ToString());
        folder.Write("rows.jsonl", string.Concat(Enumerable.Range(1, 5).Select(i => $"{{\"logprobs\":[-0.{i + 2},-2.5,-4]}}\n")));
        folder.Write("kgw.json", """{"hashKey": 123456789}""");
        folder.Write("ids.jsonl", """{"prompt_ids": [5, 6], "tokens": [7, 8, 9, 10, 11]}""");
        folder.Write("reply.txt", "Somebody wrote these words, and nobody knows who it was.");
        folder.Write("prompts.jsonl", string.Concat(Enumerable.Range(0, 12).Select(i => $"{{\"id\":\"p{i}\",\"prompt\":\"Describe the hill of {i} horses.\"}}\n")));
        folder.Write("subjects.json", $$"""
            {"format":"watermark-subjects/1","subjects":[{"name":"suspect-x","role":"suspect","endpoint":"{{server.Address}}","model":"student"},{"name":"control-a","role":"control","endpoint":"{{server.Address}}","model":"other"}]}
            """);
        string tokenizer = Path.Combine(AppContext.BaseDirectory, "TestData", "HuggingFace", "nfc-and-added", "tokenizer.json");
        folder.Write("model/tokenizer.json", File.ReadAllText(tokenizer));
    }

    private void ProvideReplies()
    {
        string[] replies = File.ReadAllLines(In("watermark-demo", "suspect", "replies.jsonl"));
        File.WriteAllLines(In("replies.jsonl"), replies[..600]);
        folder.Write("corpus/a.jsonl", string.Join('\n', replies[600..1_000]));
        using (var gzip = new GZipStream(File.Create(In("more.jsonl.gz")), CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', replies[1_000..])));
        File.Copy(In("watermark-demo", "innocent", "replies.jsonl"), In("other.jsonl"));
        folder.Write("negatives/other.jsonl", File.ReadAllText(In("other.jsonl")));
        using ZipArchive zip = ZipFile.Open(In("chats.zip"), ZipArchiveMode.Create);
        zip.CreateEntryFromFile(In("other.jsonl"), "other.jsonl");
    }

    /// <summary>What an authority answers to the query of an example.</summary>
    private void ProvideTimestamp()
    {
        using var authority = new TestAuthority(new AuthorityOptions { Until = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero), IntermediateUntil = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        File.WriteAllBytes(In("commitments.tsr"), authority.Reply(File.ReadAllBytes(In("case", "timestamps", "commitments.tsq")), TimeProvider.System.GetUtcNow()));
        File.WriteAllText(In("authority.pem"), authority.ChainPem);
    }

    private string In(params string[] names) => Path.Combine([folder.Path, .. names]);
}
