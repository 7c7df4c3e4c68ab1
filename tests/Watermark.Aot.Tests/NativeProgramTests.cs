using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Randomness;

namespace Watermark.Aot.Tests;

/// <summary>Programs compiled ahead of time do what they do under the ordinary runtime.</summary>
[Collection(NativePrograms.Collection)]
public sealed class NativeProgramTests(NativePrograms programs) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("watermark-test-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [AotFact]
    public void The_core_gives_the_same_numbers()
    {
        ProgramRun native = ProgramRun.Of(programs.Core);
        ProgramRun managed = ProgramRun.Of("dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "CoreApp.dll"));

        Assert.Equal((0, ""), (native.ExitCode, native.Error));
        Assert.Equal(managed.Output, native.Output);
        string[][] lines = [.. native.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))];
        Assert.Equal(["green-list 398 301", "sample 398 301", "gumbel 398 -1", "sample 398 12911457769833"], lines.Select(line => string.Join(' ', line[..3])));
        Assert.All(lines, line => Assert.True(double.Parse(line[3], CultureInfo.InvariantCulture) < -20, native.Output));
    }

    [AotFact]
    public void The_tool_extracts_verifies_and_detects()
    {
        string key = InFolder("owner.wmkey");
        string replies = WriteReplies("replies.jsonl");
        string table = WriteTable("replies.csv");

        AssertDone(Native("keygen", "--out", key));
        foreach (string[] input in new string[][] { [replies], [table] })
        {
            string sample = input[0] + ".ngrams";
            ProgramRun extracted = Native(["extract", "--tokenizer", "cl100k_base", "--context-width", "2", "--out", sample, .. input]);
            AssertDone(extracted);
            byte[] native = File.ReadAllBytes(sample);
            AssertDone(Managed(["extract", "--tokenizer", "cl100k_base", "--context-width", "2", "--out", sample + ".managed", .. input]));
            Assert.Equal(File.ReadAllBytes(sample + ".managed"), native);
        }

        string[] verify = ["verify", "--key", key, "--suspect", replies + ".ngrams", "--keys", "20", "--json"];
        JsonElement verdict = Json(Native(verify));
        JsonElement expected = Json(Managed(verify));
        Assert.Equal(Numbers(expected), Numbers(verdict));
        AssertDone(Native("verify", "--key", key, "--suspect", replies, "--control", table, "--keys", "20", "--out", InFolder("verdict")));

        ProgramRun detected = Native("detect", "--key", key, replies);
        AssertDone(detected);
        Assert.Equal(Managed("detect", "--key", key, replies).Output, detected.Output);
        AssertDone(Native("schemes"));
        AssertDone(Native("power", "--tokens", "100000"));
    }

    [AotFact]
    public void The_tool_reads_workbooks_and_Parquet_files()
    {
        string data = Path.Combine(NativePrograms.Root(), "tests", "TestData", "records");
        string[] files = [Path.Combine(data, "workbook.xlsx"), .. Directory.GetFiles(Path.Combine(data, "parquet"), "*.parquet").Order(StringComparer.Ordinal)];

        foreach (string file in files)
        {
            ProgramRun native = Native("inspect", "--json", file);
            Assert.Equal(0, native.ExitCode);
            Assert.Equal(Managed("inspect", "--json", file), native);
            Assert.Contains("\"replies\"", native.Output, StringComparison.Ordinal);
        }
    }

    private static ProgramRun Managed(params IEnumerable<string> arguments) =>
        ProgramRun.Of("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Watermark.Cli.dll"), .. arguments]);

    /// <summary>The run ended well and said nothing on the error stream but what it read.</summary>
    private static void AssertDone(ProgramRun run) => Assert.Equal(
        (0, ""),
        (run.ExitCode, string.Join('\n', run.Error.Split('\n').Where(line => !line.StartsWith("Read ", StringComparison.Ordinal) && !line.StartsWith("Not read: ", StringComparison.Ordinal)))));

    private static JsonElement Json(ProgramRun run)
    {
        AssertDone(run);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return document.RootElement.Clone();
    }

    private static (double LogP, double LogE) Numbers(JsonElement verdict)
    {
        JsonElement finding = Assert.Single(verdict.GetProperty("findings").EnumerateArray().ToArray());
        return (finding.GetProperty("logP").GetDouble(), finding.GetProperty("logE").GetDouble());
    }

    private ProgramRun Native(params IEnumerable<string> arguments) => ProgramRun.Of(programs.Tool, arguments);

    private string InFolder(string name) => Path.Combine(folder, name);

    private string WriteReplies(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < 60; i++)
            text.Append(CultureInfo.InvariantCulture, $"{{\"id\":\"r{i}\",\"prompt\":\"{Sentence(i, 3)}\",\"text\":\"{Sentence(i + 1_000, 60)}\"}}\n");
        File.WriteAllText(InFolder(name), text.ToString());
        return InFolder(name);
    }

    private string WriteTable(string name)
    {
        var text = new StringBuilder("id,text\n");
        for (int i = 0; i < 20; i++)
            text.Append(CultureInfo.InvariantCulture, $"r{i},\"{Sentence(i + 2_000, 60)}, \"\"and a quotation\"\"\"\n");
        File.WriteAllText(InFolder(name), text.ToString());
        return InFolder(name);
    }

    private static string Sentence(int seed, int words)
    {
        string[] vocabulary = ["the", "stream", "reads", "a", "buffer", "of", "bytes", "and", "returns", "its", "length", "when", "naïve", "callers", "wait", "für", "수신", "42"];
        var random = new SeededRandomBits((ulong)seed);
        return string.Join(' ', Enumerable.Range(0, words).Select(_ => vocabulary[(int)random.NextBelow((ulong)vocabulary.Length)]));
    }
}
