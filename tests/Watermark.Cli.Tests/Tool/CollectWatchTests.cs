using System.Collections.Concurrent;
using System.Text;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Collection;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.TestKit.Endpoints;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Tests.Tool;

/// <summary><c>collect --watch</c>: the e-value grows, and only a plan that says so ends the collection by it.</summary>
public sealed class CollectWatchTests : IDisposable
{
    private const int Prompts = 24;

    private static readonly string[] Words =
        "time year people way day man thing woman life child world school state family student group country problem hand part place case week company system program question work government number night point home water room mother area money story fact month lot right study book eye job word business issue side kind head house service friend father power hour game line end member law car city community name president team minute idea body information back parent face others level office door health person art war history party result change morning reason research girl guy moment air teacher force education".Split(' ');

    private readonly TemporaryFolder folder = new();
    private readonly string key;

    public CollectWatchTests()
    {
        key = Path.Combine(folder.Path, "owner.wmkey");
        Assert.Equal(0, ToolProcess.Run("keygen", "--out", key, "--tokenizer", "cl100k_base").ExitCode);
        folder.Write("case/prompts.jsonl", string.Concat(Enumerable.Range(0, Prompts).Select(i => $"{{\"id\":\"p{i}\",\"prompt\":\"Number {i}?\"}}\n")));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_plan_for_any_time_ends_the_collection_at_support()
    {
        ToolProcess run = Watch("anytime", marked: true);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("suspect-x: 10 replies", run.Output, StringComparison.Ordinal);
        Assert.EndsWith(", support", Assert.Single(run.Output.Split('\n'), line => line.Contains("log10 E", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("Ended: stopped: the plan's stopping rule", run.Output, StringComparison.Ordinal);
        Assert.Equal(10, Check().ListedReplies("suspect-x"));
        Assert.Empty(Check().Warnings);
    }

    [Fact]
    public void A_fixed_plan_never_ends_early()
    {
        ToolProcess run = Watch("fixed", marked: true);

        Assert.Equal(0, run.ExitCode);
        string[] lines = [.. run.Output.Split('\n').Where(line => line.Contains("log10 E", StringComparison.Ordinal))];
        Assert.True(lines.Length > 3);
        Assert.All(lines, line => Assert.EndsWith(", support", line, StringComparison.Ordinal));
        Assert.Contains("Ended: complete", run.Output, StringComparison.Ordinal);
        Assert.Equal(Prompts, Check().ListedReplies("suspect-x"));
    }

    [Fact]
    public void A_suspect_without_the_mark_is_not_called_marked()
    {
        ToolProcess run = Watch("anytime", marked: false);

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(", support", run.Output, StringComparison.Ordinal);
        Assert.Equal(Prompts, Check().ListedReplies("suspect-x"));
    }

    private ToolProcess Watch(string stopping, bool marked)
    {
        using KeyFile file = KeyFile.Load(key);
        using KeyedScheme scheme = file.ToKeyedScheme();
        TextTokenizer tokenizer = TextTokenizer.Load("cl100k_base");
        (string Text, int Id)[] words = [.. Words.Select(word => (" " + word, tokenizer.Encode(" " + word))).Where(word => word.Item2.Length == 1).Select(word => (word.Item1, word.Item2[0]))];
        Assert.True(words.Length > 80);
        var texts = new ConcurrentDictionary<string, string>();
        var random = new SeededRandomBits(5);
        for (int i = 0; i < Prompts; i++)
            texts[$"Number {i}?"] = Reply(scheme, words, marked, random);
        using var server = new ChatServer(call => ChatAnswer.Of(call, texts[call.Prompt]));
        folder.Write("case/plan.json", $$$"""
            {"format":"watermark-plan/2","keys":["{{{file.Id}}}"],"statistic":"kgw/coins 2","prior":"uniform 1",
             "subjects":[{"name":"suspect-x","role":"suspect","endpoint":"{{{server.Address}}}","model":"student"}],"stopping":{"kind":"{{{stopping}}}","replies":{{{Prompts}}}}}
            """);
        return ToolProcess.Run("collect", "--case", Path.Combine(folder.Path, "case"), "--watch", "--key", key, "--parallel", "1");
    }

    /// <summary>A hundred and fifty words, nine of ten of them green where they are marked.</summary>
    private static string Reply(KeyedScheme scheme, (string Text, int Id)[] words, bool marked, SeededRandomBits random)
    {
        var text = new StringBuilder("So");
        var ids = new List<int>();
        int width = scheme.ContextWidth;
        while (ids.Count < 150)
        {
            bool wants = marked && ids.Count >= width && random.NextBelow(10) < 9;
            (string Text, int Id) word;
            int tries = 0;
            do
                word = words[random.NextBelow((ulong)words.Length)];
            while (wants && ++tries < 50 && scheme.Score([.. ids[^width..]], word.Id) == 0);
            text.Append(word.Text);
            ids.Add(word.Id);
        }

        return text.ToString();
    }

    private CustodyResult Check()
    {
        using FileStream stream = File.OpenRead(Path.Combine(folder.Path, "case", "collection", "log.jsonl"));
        return CollectionLogReader.Check(stream);
    }
}
