using System.Text;
using System.Text.Json;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Tests.Cases.Collection;

public sealed class CollectorTests
{
    [Fact]
    public async Task Everything_asked_is_recorded_once()
    {
        using var folder = new TestCase();
        CollectionOutcome outcome = await folder.CollectAsync(
            [TestCase.Suspect(), TestCase.Suspect(_ => "Something else.", "control-a", SubjectRole.Control)], new CollectorOptions { RepliesPerPrompt = 2, Parallelism = 3 });

        Assert.Equal((16, 0, 0, "complete", false), (outcome.Collected, outcome.Failed, outcome.Remaining, outcome.Reason, outcome.IsStopped));
        CustodyResult custody = folder.Check();
        Assert.Empty(custody.Faults);
        Assert.Empty(custody.Warnings);
        Assert.Equal(1 + 16 + 16 + 1, custody.Records);
        Assert.Equal(["control-a", "suspect-x"], custody.Subjects.Select(subject => subject.Name));
        Assert.All(custody.Subjects, subject => Assert.Equal((8, 0), (subject.Replies, subject.Unanswered)));
        Assert.Equal(8, custody.ListedReplies("suspect-x"));
        Assert.Equal(16, folder.Records<ReplyRecord>().Select(reply => reply.Task).Distinct().Count());
        SessionRecord start = Assert.Single(folder.Records<SessionRecord>());
        Assert.Equal((false, "test 1", null, folder.Prompts.Sha256), (start.Resumes, start.Tool, start.PlanSha256, start.PromptsSha256));
        CaseCustody shown = custody.ToCase(name => name == "suspect-x" ? 5 : null);
        Assert.Equal([null, 3], shown.Subjects.Select(subject => subject.LeftOut));
        Assert.Equal((custody.Head, folder.Prompts.Sha256), (shown.Head, shown.PromptsSha256));
    }

    [Fact]
    public async Task Subjects_take_turns_on_the_same_prompts_in_a_seeded_order()
    {
        string[] orders = [await OrderAsync(1), await OrderAsync(1), await OrderAsync(2)];
        Assert.Equal(orders[0], orders[1]);
        Assert.NotEqual(orders[0], orders[2]);

        static async Task<string> OrderAsync(ulong seed)
        {
            using var folder = new TestCase(prompts: 12);
            CollectionSubject[] subjects = [.. new[] { "a", "b", "c" }.Select(name => TestCase.Suspect(name: name))];
            await folder.CollectAsync(subjects, new CollectorOptions { Seed = seed, Parallelism = 1 });
            TaskId[] tasks = [.. folder.Records<RequestRecord>().Select(request => request.Task)];
            Assert.All(tasks.Chunk(3), (three, i) => Assert.Equal([("a", $"p{i}"), ("b", $"p{i}"), ("c", $"p{i}")], three.Select(task => (task.Subject, task.Prompt)).Order()));
            return string.Concat(tasks.Select(task => task.Subject));
        }
    }

    [Fact]
    public async Task A_run_goes_on_where_the_one_before_ended()
    {
        using var folder = new TestCase(prompts: 6);
        bool fails = true;
        var asked = new List<string>();
        CollectionSubject suspect = TestCase.Suspect(prompt =>
        {
            asked.Add(prompt);
            return fails && prompt is "Say 2." or "Say 4." && fails ? throw new InvalidOperationException("secret words of the client") : "text";
        });

        CollectionOutcome first = await folder.CollectAsync([suspect]);
        Assert.Equal((4, 2, 2), (first.Collected, first.Failed, first.Remaining));
        Assert.Equal("incomplete: 2 of 6 replies are missing", first.Reason);
        FailureRecord[] failures = folder.Records<FailureRecord>();
        Assert.All(failures, failure => Assert.Equal((true, "the client failed (InvalidOperationException)"), (failure.IsFinal, failure.Reason)));
        Assert.Equal(2, folder.Check().Subjects[0].Unanswered);

        fails = false;
        asked.Clear();
        CollectionOutcome second = await folder.CollectAsync([suspect]);
        Assert.Equal(["Say 2.", "Say 4."], asked);
        Assert.Equal((2, 0, 0, "complete"), (second.Collected, second.Failed, second.Remaining, second.Reason));
        Assert.Equal([1, 1, 1, 1, 1, 1, 2, 2], folder.Records<RequestRecord>().Select(request => request.Attempt));
        Assert.Equal([false, true], folder.Records<SessionRecord>().Select(session => session.Resumes));

        // A run that has nothing to do leaves the log as it was.
        byte[] before = File.ReadAllBytes(folder.LogFile);
        Assert.Equal(0, (await folder.CollectAsync([suspect])).Collected);
        Assert.Equal(before, File.ReadAllBytes(folder.LogFile));
        Assert.Empty(folder.Check().Faults);
        Assert.DoesNotContain("secret words", File.ReadAllText(folder.LogFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_that_gives_nothing_ends_the_collection()
    {
        using var folder = new TestCase(prompts: 50);
        CollectionOutcome outcome = await folder.CollectAsync([TestCase.Suspect(_ => throw new InvalidOperationException())], new CollectorOptions { GiveUpAfter = 5, Parallelism = 1 });

        Assert.Equal((0, 5, 50, false), (outcome.Collected, outcome.Failed, outcome.Remaining, outcome.IsStopped));
        Assert.Contains("no reply to 5 prompts", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_stops_and_the_log_says_why()
    {
        using var folder = new TestCase(prompts: 50);
        using (CollectionLog log = folder.Open())
        {
            var seen = new List<long>();
            CollectionOutcome outcome = await new Collector(log, [TestCase.Suspect()], folder.Prompts, new CollectorOptions { Parallelism = 1 }).RunAsync((state, _) =>
            {
                seen.Add(state.Replies["suspect-x"]);
                return ValueTask.FromResult(state.Done == 7 ? new StopDecision("enough") : StopDecision.GoOn);
            });

            Assert.Equal((7, 43, true, "stopped: enough"), (outcome.Collected, outcome.Remaining, outcome.IsStopped, outcome.Reason));
            Assert.Equal([1, 2, 3, 4, 5, 6, 7], seen);
        }

        Assert.Equal("stopped: enough", Assert.Single(folder.Records<EndRecord>()).Reason);
    }

    [Fact]
    public async Task A_cancelled_run_is_recorded_as_interrupted()
    {
        using var folder = new TestCase(prompts: 5);
        using var source = new CancellationTokenSource();
        var waits = new CollectionSubject("suspect-x", SubjectRole.Suspect, new TestClient(async (prompt, token) =>
        {
            if (prompt != "Say 2.")
                return "text";
            await source.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return "never";
        }));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => folder.CollectAsync([waits], cancellationToken: source.Token));

        Assert.Equal("interrupted", Assert.Single(folder.Records<EndRecord>()).Reason);
        Assert.Equal(2, folder.Records<ReplyRecord>().Length);
        Assert.Equal(0, (await folder.CollectAsync()).Remaining);
        Assert.Equal((5, 0), (folder.Check().Subjects[0].Replies, folder.Check().Subjects[0].Unanswered));
    }

    [Fact]
    public async Task A_number_of_replies_of_each_subject_is_kept_exactly()
    {
        using var folder = new TestCase(prompts: 10);
        await folder.CollectAsync(options: new CollectorOptions { RepliesPerPrompt = 3, RepliesPerSubject = 8, Parallelism = 1 });

        Assert.Equal(8, folder.Check().ListedReplies("suspect-x"));
        Assert.Equal(["p0/0", "p0/1", "p0/2", "p1/0", "p1/1", "p1/2", "p2/0", "p2/1"], folder.Records<ReplyRecord>().Select(reply => reply.Task.ReplyId));
    }

    [Fact]
    public async Task Replies_come_out_in_the_order_of_the_log_with_their_prompts()
    {
        using var folder = new TestCase(prompts: 3);
        const string strange = "Zeile\u2028eins\n\t\"zwei\" \ud83d\ude00 \u0000 Ende";
        await folder.CollectAsync([TestCase.Suspect(prompt => prompt == "Say 1." ? strange : prompt == "Say 2." ? string.Empty : "ok"), TestCase.Suspect(name: "control-a", role: SubjectRole.Control)]);

        string[] lines = folder.Export().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Equal("{\"id\":\"p0/0\",\"prompt\":\"Say 0.\",\"text\":\"ok\"}", lines[0]);
        using JsonDocument second = JsonDocument.Parse(lines[1]);
        Assert.Equal(strange, second.RootElement.GetProperty("text").GetString());
        Assert.Equal(folder.Export(), folder.Export());

        File.AppendAllText(folder.InFolder(CaseFiles.Prompts), "{\"id\":\"later\",\"prompt\":\"More.\"}\n");
        InputFormatException error = Assert.Throws<InputFormatException>(() => folder.Export());
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_surrogate_does_not_break_the_log()
    {
        using var folder = new TestCase(prompts: 1);
        await folder.CollectAsync([TestCase.Suspect(_ => "a\ud800b")]);

        Assert.Empty(folder.Check().Faults);
        Assert.Equal("a\ufffdb", Assert.Single(folder.Records<ReplyRecord>()).Text);
    }

    [Fact]
    public async Task Parameters_and_wire_bytes_stand_in_the_log()
    {
        using var folder = new TestCase(prompts: 1);
        byte[] sent = [1, 2, 250];
        byte[] came = Encoding.UTF8.GetBytes("{ \"raw\" : true }");
        var client = new TestClient(_ =>
        {
            WireExchange exchange = WireExchange.Current!;
            exchange.Sending(new Uri("https://user:pass@api.example.com:8443/v1/chat?api-key=hidden#part"), sent);
            exchange.Received(429, null, came);
            exchange.Sending(new Uri("https://api.example.com/v1/chat"), sent);
            exchange.Failed("no answer came (ConnectionError)");
            exchange.Sending(new Uri("https://api.example.com/v1/chat"), sent);
            exchange.Received(200, "req-7", came);
            return "text";
        });
        var subject = new CollectionSubject("suspect-x", SubjectRole.Suspect, client)
        {
            Model = "m",
            RecordsWire = true,
            Parameters = new CollectionParameters { Temperature = 0.7, TopP = 0.9, MaxTokens = 64, Seed = 10, System = "Be short." },
        };

        await folder.CollectAsync([subject], new CollectorOptions { RepliesPerPrompt = 2, Parallelism = 1 });

        RequestRecord[] requests = folder.Records<RequestRecord>();
        Assert.Equal([1, 2, 3, 1, 2, 3], requests.Select(request => request.Attempt));
        Assert.Equal("https://api.example.com:8443/v1/chat", requests[0].Endpoint);
        Assert.All(requests, request => Assert.Equal(sent, request.Body!.Value.ToArray()));
        Assert.Equal("temperature=0.7 topP=0.9 maxTokens=64 seed=11 system=Be short.", string.Join(' ', requests[3].Parameters.Select(item => $"{item.Name}={item.Value}")));
        FailureRecord[] failures = folder.Records<FailureRecord>();
        Assert.Equal([(429, false), (null, false)], failures[..2].Select(failure => (failure.Status, failure.IsFinal)));
        Assert.Equal(came, failures[0].Body!.Value.ToArray());
        ReplyRecord reply = folder.Records<ReplyRecord>()[0];
        Assert.Equal((3, 200, "req-7", "said", "stop", "text"), (reply.Attempt, reply.Status, reply.RequestId, reply.Model, reply.Finish, reply.Text));
        Assert.Equal(came, reply.Body!.Value.ToArray());
        string log = File.ReadAllText(folder.LogFile);
        Assert.DoesNotContain("hidden", log, StringComparison.Ordinal);
        Assert.DoesNotContain("pass@", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\":\"a\",\"prompt\":\"x\"}\n{\"id\":\"a\",\"prompt\":\"y\"}", "line 2", "'a'")]
    [InlineData("{\"id\":\"a\"}", "line 1", "'prompt'")]
    [InlineData("{\"id\":\"a\",\"prompt\":\"x\",\"more\":1}", "line 1", "'more'")]
    [InlineData("{\"id\":\"\",\"prompt\":\"x\"}", "line 1", "empty")]
    [InlineData("\n\n{", "line 3", "not valid JSON")]
    [InlineData("\n", "prompts.jsonl", "no prompts")]
    public void Prompts_are_read_strictly(string text, string where, string what)
    {
        InputFormatException error = Assert.Throws<InputFormatException>(() => CollectionPrompts.Read(Encoding.UTF8.GetBytes(text), "prompts.jsonl"));
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"format":"watermark-subjects/1","subjects":[]}""", "'subjects'")]
    [InlineData("""{"format":"watermark-subjects/1","subjects":[{"name":"a/b","role":"suspect"}]}""", "'subjects[0].name'")]
    [InlineData("""{"format":"watermark-subjects/1","subjects":[{"name":"a","role":"owner"}]}""", "'subjects[0].role'")]
    [InlineData("""{"format":"watermark-subjects/1","subjects":[{"name":"a","role":"suspect","apiKey":"sk-1"}]}""", "'subjects[0].apiKey'")]
    [InlineData("""{"format":"watermark-subjects/1","subjects":[{"name":"a","role":"suspect","parameters":{"temperature":3}}]}""", "'temperature'")]
    public void Subjects_are_read_strictly(string json, string field)
    {
        InputFormatException error = Assert.Throws<InputFormatException>(() => SubjectsJson.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-1", error.Message, StringComparison.Ordinal);
    }
}
