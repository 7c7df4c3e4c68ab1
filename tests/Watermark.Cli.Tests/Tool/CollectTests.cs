using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Forensics.Cases.Collection;
using Watermark.TestKit.Endpoints;

namespace Watermark.Cli.Tests.Tool;

/// <summary><c>collect</c> against an endpoint on this machine.</summary>
public sealed class CollectTests : IDisposable
{
    private const string Key = "sk-test-0123456789abcdefABCDEF";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Replies_are_recorded_with_the_exact_bytes_and_without_the_key()
    {
        using var server = new ChatServer(call => ChatAnswer.Of(call, $"Reply to {call.Prompt} ü"));
        Prompts(3);
        ToolProcess run = Collect([.. One(server), "--temperature", "0.7", "--max-tokens", "50", "--json"], ("OPENAI_API_KEY", Key));

        Assert.Equal(0, run.ExitCode);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement json = document.RootElement;
        Assert.Equal((3, 0, 0, "complete"), (json.GetProperty("collected").GetInt32(), json.GetProperty("failed").GetInt32(), json.GetProperty("missing").GetInt32(), json.GetProperty("reason").GetString()));
        Assert.Contains("No plan", run.Error, StringComparison.Ordinal);
        Assert.All(server.Calls, call => Assert.Equal($"Bearer {Key}", call.Authorization));
        Assert.All(server.Calls, call => Assert.Equal("/v1/chat/completions", call.Path));

        CustodyResult custody = Check();
        Assert.Empty(custody.Faults);
        Assert.Empty(custody.Warnings);
        Assert.Equal(json.GetProperty("head").GetString(), custody.Head);
        Assert.Equal($"{server.Address}/chat/completions", Assert.Single(custody.Subjects).Endpoint);
        JsonElement[] records = Records();
        byte[][] sent = [.. records.Where(record => Kind(record) == "request").Select(record => record.GetProperty("body").GetBytesFromBase64())];
        Assert.Equal(server.Calls.Select(call => Convert.ToHexString(call.Body)).Order(), sent.Select(Convert.ToHexString).Order());
        foreach (JsonElement reply in records.Where(record => Kind(record) == "reply"))
        {
            using JsonDocument body = JsonDocument.Parse(reply.GetProperty("body").GetBytesFromBase64());
            string content = body.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
            Assert.Equal(content, reply.GetProperty("text").GetString());
            Assert.Equal(("req-1", 200), (reply.GetProperty("requestId").GetString(), reply.GetProperty("status").GetInt32()));
        }

        using JsonDocument request = JsonDocument.Parse(sent[0]);
        Assert.Equal((0.7, "student"), (request.RootElement.GetProperty("temperature").GetDouble(), request.RootElement.GetProperty("model").GetString()));
        AssertNowhere(Key, run);
    }

    [Fact]
    public void Failures_that_pass_are_tried_again_and_recorded()
    {
        int calls = 0;
        using var server = new ChatServer(call => Interlocked.Increment(ref calls) switch
        {
            1 => ChatAnswer.Refusal(429),
            2 => ChatAnswer.Refusal(503),
            3 => ChatAnswer.Refusal(500),
            _ => ChatAnswer.Of(call, "at last"),
        });
        Prompts(1);
        ToolProcess run = Collect([.. One(server), "--retries", "4"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["start", "request", "failure", "request", "failure", "request", "failure", "request", "reply", "end"], Records().Select(Kind));
        Assert.Equal([429, 503, 500], Records().Where(record => Kind(record) == "failure").Select(record => record.GetProperty("status").GetInt32()));
        Assert.Equal(4, Records().Single(record => Kind(record) == "reply").GetProperty("attempt").GetInt32());
        Assert.Empty(Check().Faults);
        Assert.All(server.Calls, call => Assert.Null(call.Authorization));
    }

    [Fact]
    public void Prompts_without_a_reply_give_code_2_and_are_asked_again()
    {
        bool fails = true;
        using var server = new ChatServer(call => fails && call.Prompt.Contains('1', StringComparison.Ordinal) ? ChatAnswer.Refusal(400) : ChatAnswer.Of(call, "text"));
        Prompts(3);
        ToolProcess first = Collect(One(server));
        Assert.Equal(2, first.ExitCode);
        Assert.Contains("1 replies are missing", first.Error, StringComparison.Ordinal);
        Assert.Contains("suspect-x (suspect): 2 replies, 1 requests without one", first.Output, StringComparison.Ordinal);

        fails = false;
        server.Calls.Clear();
        Assert.Equal(0, Collect(One(server)).ExitCode);
        Assert.Equal("Say 1.", Assert.Single(server.Calls).Prompt);
        Assert.Equal((3, 0), (Check().Subjects[0].Replies, Check().Subjects[0].Unanswered));
    }

    [Fact]
    public void An_endpoint_that_is_not_there_is_a_failure_that_is_recorded()
    {
        var server = new ChatServer(call => ChatAnswer.Of(call, "never"));
        string[] arguments = One(server);
        server.Dispose();
        Prompts(1);
        ToolProcess run = Collect([.. arguments, "--retries", "0"], ("OPENAI_API_KEY", Key));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("ConnectionError", Records().First(record => Kind(record) == "failure").GetProperty("reason").GetString(), StringComparison.Ordinal);
        AssertNowhere(Key, run);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(200)]
    public void An_answer_that_repeats_the_key_is_not_kept(int status)
    {
        using var server = new ChatServer(call => ChatAnswer.Of(call, $"your key is {call.Authorization}") with { Status = status });
        Prompts(1);
        ToolProcess run = Collect([.. One(server), "--retries", "2"], ("OPENAI_API_KEY", Key));

        Assert.Equal(2, run.ExitCode);
        Assert.Single(server.Calls);
        Assert.Contains("repeats the API key", Records().First(record => Kind(record) == "failure").GetProperty("reason").GetString(), StringComparison.Ordinal);
        AssertNowhere(Key, run);
    }

    [Fact]
    public void An_answer_that_is_no_completion_is_recorded_as_it_came()
    {
        using var server = new ChatServer(_ => new ChatAnswer(200, "<html>no</html>"u8.ToArray()));
        Prompts(1);

        Assert.Equal(2, Collect(One(server)).ExitCode);
        JsonElement failure = Records().Single(record => Kind(record) == "failure");
        Assert.Equal("<html>no</html>", Encoding.UTF8.GetString(failure.GetProperty("body").GetBytesFromBase64()));
        Assert.True(failure.GetProperty("final").GetBoolean());
    }

    [Fact]
    public void Several_subjects_come_from_a_file_each_with_its_own_key()
    {
        using var server = new ChatServer(call => ChatAnswer.Of(call, $"I am {call.Model}"));
        Prompts(4);
        folder.Write("subjects.json", $$$"""
            {"format":"watermark-subjects/1","subjects":[
              {"name":"suspect-x","role":"suspect","endpoint":"{{{server.Address}}}?tenant=hidden","model":"a","apiKeyEnv":"KEY_A","parameters":{"seed":5}},
              {"name":"control-b","role":"control","endpoint":"{{{server.Address}}}","model":"b","apiKeyEnv":"KEY_B"}]}
            """);
        ToolProcess run = Collect(["--subjects", In("subjects.json")], ("KEY_A", "key-of-a"), ("KEY_B", "key-of-b"));

        Assert.Equal(0, run.ExitCode);
        Assert.All(server.Calls, call => Assert.Equal(call.Model == "a" ? "Bearer key-of-a" : "Bearer key-of-b", call.Authorization));
        Assert.Equal([("control-b", 4), ("suspect-x", 4)], Check().Subjects.Select(subject => (subject.Name, (int)subject.Replies)));
        AssertNowhere("hidden", run);
        Collect(["--subjects", In("subjects.json")]).AssertRefused("KEY_A is not set");
    }

    [Fact]
    public void A_plan_binds_prompts_subjects_and_number()
    {
        using var server = new ChatServer(call => ChatAnswer.Of(call, "text"));
        Prompts(5);
        string sha256 = CollectionPrompts.Load(In("case/prompts.jsonl")).Sha256;
        folder.Write("case/plan.json", Plan(server, sha256, """{"kind":"fixed","replies":3}"""));

        Assert.Equal(0, Collect([]).ExitCode);
        Assert.Equal(3, Check().ListedReplies("suspect-x"));
        Assert.NotNull(Check().PlanSha256);
        Collect(["--name", "other", "--endpoint", server.Address, "--model", "student"]).AssertRefused("does not name 'other'");
        Collect(["--name", "suspect-x", "--role", "control"]).AssertRefused("--role says otherwise");
        Collect(["--name", "suspect-x", "--model", "another"]).AssertRefused("another model");
        Collect(["--replies-per-prompt", "2"]).AssertRefused("fixes 1 replies per prompt");

        folder.Write("case/plan.json", Plan(server, new string('0', 64), """{"kind":"fixed","replies":3}"""));
        Collect([]).AssertRefused("the plan fixes 0000");
        folder.Write("case/plan.json", Plan(server, sha256, """{"kind":"fixed","replies":30}"""));
        Collect([]).AssertRefused("give only 5");
        folder.Write("case/plan.json", Plan(server, sha256, """{"kind":"fixed","replies":4}"""));
        Collect([]).AssertRefused("begun under the plan");
    }

    [Theory]
    [InlineData("--name suspect-x", "no endpoint")]
    [InlineData("--endpoint http://localhost/v1", "--name")]
    [InlineData("", "Nobody is named")]
    [InlineData("--name a/b --endpoint http://localhost/v1 --model m", "'a/b'")]
    [InlineData("--name x --endpoint ftp://localhost/v1 --model m", "http or https")]
    [InlineData("--name x --endpoint http://localhost/v1 --model m --temperature 5", "temperature")]
    [InlineData("--name x --endpoint http://localhost/v1 --model m --watch", "belong together")]
    [InlineData("--name x --endpoint http://localhost/v1 --model m --parallel 0", "--parallel")]
    public void Wrong_usage_is_refused_in_one_sentence(string arguments, string words)
    {
        Prompts(1);
        ToolProcess run = Collect(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        run.AssertRefused(words);
        Assert.False(File.Exists(In("case/collection/log.jsonl")) && new FileInfo(In("case/collection/log.jsonl")).Length > 0);
    }

    [Fact]
    public void Ctrl_C_ends_the_collection_and_the_log_says_so()
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var asked = new SemaphoreSlim(0);
        using var ending = new ManualResetEventSlim();
        using var server = new ChatServer(call =>
        {
            if (call.Prompt != "Say 2.")
                return ChatAnswer.Of(call, "text");
            asked.Release();
            ending.Wait(TimeSpan.FromMinutes(1));
            return new ChatAnswer(0, []);
        });
        Prompts(5);
        using Process process = ToolProcess.Start(["collect", "--case", In("case"), .. One(server), "--parallel", "1"]);
        Assert.True(asked.Wait(TimeSpan.FromMinutes(1)));
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(1)));
        ending.Set();

        Assert.Equal(130, process.ExitCode);
        Assert.Equal("interrupted", Records()[^1].GetProperty("reason").GetString());
        Assert.Equal(2, Check().Subjects[0].Replies);
        Assert.Empty(Check().Warnings);
    }

    [Fact]
    public void A_second_process_is_refused()
    {
        using var server = new ChatServer(call => ChatAnswer.Of(call, "text"));
        Prompts(1);
        using (CollectionLog.Open(In("case"), "test"))
            Collect(One(server)).AssertRefused("another process works on this case");
        Assert.Empty(server.Calls);
    }

    private static string Kind(JsonElement record) => record.GetProperty("kind").GetString()!;

    private static string[] One(ChatServer server) => ["--name", "suspect-x", "--endpoint", server.Address, "--model", "student"];

    private static string Plan(ChatServer server, string prompts, string stopping) => $$"""
        {"format":"watermark-plan/2","keys":["k"],"statistic":"kgw/coins 2","prior":"uniform 1","promptsSha256":"{{prompts}}",
         "subjects":[{"name":"suspect-x","role":"suspect","endpoint":"{{server.Address}}","model":"student"}],"stopping":{{stopping}}}
        """;

    private string In(string name) => Path.Combine(folder.Path, name);

    private void Prompts(int count) => folder.Write("case/prompts.jsonl", string.Concat(Enumerable.Range(0, count).Select(i => $"{{\"id\":\"p{i}\",\"prompt\":\"Say {i}.\"}}\n")));

    private ToolProcess Collect(string[] arguments, params (string Name, string Value)[] environment) => ToolProcess.Run(["collect", "--case", In("case"), .. arguments], "", environment);

    private CustodyResult Check()
    {
        using FileStream stream = File.OpenRead(In("case/collection/log.jsonl"));
        return CollectionLogReader.Check(stream);
    }

    private JsonElement[] Records() => [.. File.ReadLines(In("case/collection/log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>A secret is in no file, in no base64 of the log, and was not printed.</summary>
    private void AssertNowhere(string secret, ToolProcess run)
    {
        Assert.DoesNotContain(secret, run.Output + run.Error, StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(In("case"), "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(secret, File.ReadAllText(file), StringComparison.Ordinal);
        foreach (JsonElement record in Records().Where(record => record.TryGetProperty("body", out JsonElement body) && body.ValueKind == JsonValueKind.String))
            Assert.DoesNotContain(secret, Encoding.UTF8.GetString(record.GetProperty("body").GetBytesFromBase64()), StringComparison.Ordinal);
    }
}
