using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Watermark.NGrams;
using Watermark.Text.Conversations;
using Watermark.Text.Records;

namespace Watermark.Text.Tests.Conversations;

/// <summary>Files to replies: what is read, counted and refused.</summary>
public sealed class ReplyReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Replies_of_several_formats_are_read_and_the_rest_is_listed()
    {
        folder.Write("data/a.jsonl", "{\"id\": 1, \"prompt\": \"Which river?\", \"text\": \"The Tana.\"}\n{\"id\": 2, \"prompt\": \"Which lake?\", \"text\": null}\n");
        folder.Write("data/b.csv", "question;answer\nWhich town?;Alta\n");
        folder.Write("data/c.json", "[{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Hello.\"}]}]");
        folder.Write("data/README.md", "# Notes\n");
        var reader = new ReplyReader(new ReplyReaderOptions());

        List<Reply> replies = [.. reader.Read([Path.Combine(folder.Path, "data")])];

        Assert.Equal([("1", "The Tana."), ("b.csv:2", "Alta"), ("c.json:1", "Hello.")], replies.Select(reply => (reply.Id, reply.Text)));
        Assert.All(replies, reply => Assert.True(reply.HasPrompt));
        ReadingReport report = reader.Report;
        Assert.Equal((3, 3, 4, 4, 1), (report.Replies, report.RepliesWithPrompt, report.Conversations, report.Records, report.EmptyReplies));
        Assert.Equal([SourceFormat.JsonLines, SourceFormat.Delimited, SourceFormat.JsonArray], report.Files.Select(file => file.Format));
        Assert.EndsWith("README.md", Assert.Single(report.Skipped).Where, StringComparison.Ordinal);
        Assert.Equal((1, 1), (report.Counts()[ReadingCounts.SkippedFiles], report.Counts()[ReadingCounts.EmptyReplies]));
        Assert.Equal(replies.Select(reply => reply.Id), report.Samples.Select(reply => reply.Id));
        SampleInput first = reader.Inputs[0];
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.Path, "data/a.jsonl")))), first.Sha256);
        Assert.Equal(("a.jsonl", 1, 0), (first.Name, first.Documents, first.Unread));
    }

    [Fact]
    public void Conversations_are_read_with_all_their_turns()
    {
        string path = folder.Write("a.json", "[{\"messages\": [{\"role\": \"system\", \"content\": \"Be brief.\"}, {\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\", \"content\": \"Hello.\"}]}]");

        Conversation conversation = Assert.Single(new ReplyReader(new ReplyReaderOptions()).ReadConversations([path]));

        Assert.Equal([(Role.System, "Be brief."), (Role.User, "Hi"), (Role.Assistant, "Hello.")], conversation.Turns.Select(turn => (turn.Role, turn.Text)));
    }

    [Theory]
    [InlineData(200, 2, true)]
    [InlineData(200, 3, false)]
    public void Too_large_a_share_of_unread_records_fails(int records, int bad, bool passes)
    {
        string path = folder.Write("a.jsonl", Lines(records - bad) + string.Concat(Enumerable.Repeat("not JSON\n", bad)));
        var reader = new ReplyReader(new ReplyReaderOptions());

        if (passes)
        {
            Assert.Equal(records - bad, reader.Read([path]).Count());
            Assert.Equal(bad, reader.Report.Unread);
            Assert.Equal(bad, reader.Inputs[0].Unread);
        }
        else
        {
            InputFormatException fault = Assert.Throws<InputFormatException>(() => reader.Read([path]).Count());
            Assert.Contains($"a.jsonl:{records - bad + 1}", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_hopeless_input_is_left_after_a_thousand_records()
    {
        string path = folder.Write("a.jsonl", string.Concat(Enumerable.Range(0, 5000).Select(i => i % 2 == 0 ? "{\"prompt\": \"p\", \"text\": \"t\"}\n" : "{}\n")));
        var reader = new ReplyReader(new ReplyReaderOptions());

        Assert.Throws<InputFormatException>(() => reader.Read([path]).Count());

        Assert.Equal(1000, reader.Report.Records);
    }

    [Fact]
    public void The_same_bytes_under_two_names_and_one_file_twice_are_refused()
    {
        string path = folder.Write("a.jsonl", Lines(2));
        string copy = folder.Write("b.jsonl", Lines(2));

        Assert.Contains("[duplicate-input]", Assert.Throws<InputFormatException>(() => new ReplyReader(new ReplyReaderOptions()).Read([path, copy]).Count()).Message, StringComparison.Ordinal);
        Assert.Throws<InputFormatException>(() => new ReplyReader(new ReplyReaderOptions()).Read([path, path]));
    }

    [Fact]
    public void A_chosen_prompt_field_that_is_nowhere_is_an_error()
    {
        string path = folder.Write("a.jsonl", Lines(2));
        var options = new ReplyReaderOptions { Fields = new ConversationFields { Prompt = "promt" } };

        Assert.Contains("'promt'", Assert.Throws<InputFormatException>(() => new ReplyReader(options).Read([path]).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Standard_input_is_recognised_by_its_content()
    {
        var reader = new ReplyReader(new ReplyReaderOptions(), () => new MemoryStream(Encoding.UTF8.GetBytes("[" + Lines(3).TrimEnd().Replace("\n", ",", StringComparison.Ordinal) + "]")));

        Assert.Equal(3, reader.Read(["-"]).Count());
    }

    [Fact]
    public void Every_text_of_a_file_can_be_read_to_exclude_it()
    {
        string json = folder.Write("pages.json", "{\"pages\": [{\"title\": \"Rivers\", \"body\": \"The Tana is long.\"}], \"n\": 3}");
        string text = folder.Write("page.txt", "A page of plain text.");
        var reader = new ReplyReader(new ReplyReaderOptions());

        Assert.Equal(["Rivers", "The Tana is long.", "A page of plain text."], reader.ReadTexts([json, text]));
        Assert.All(reader.Inputs, input => Assert.Equal(SampleInput.Excluded, input.Role));
    }

    [Fact]
    public void Cancelling_stops_between_records_and_progress_reaches_the_end()
    {
        string path = folder.Write("a.jsonl", Lines(20_000));
        using var cancellation = new CancellationTokenSource();
        var progress = new Latest();
        IEnumerable<Reply> replies = new ReplyReader(new ReplyReaderOptions()).Read([path], progress, cancellation.Token);

        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (Reply _ in replies)
                cancellation.Cancel();
        });
        Assert.Equal(20_000, new ReplyReader(new ReplyReaderOptions()).Read([path], progress).Count());
        Assert.InRange(progress.Value, 0.3, 1);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Options_out_of_range_are_refused(double share)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplyReader(new ReplyReaderOptions { MaxUnreadShare = share }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReplyReader(new ReplyReaderOptions { MaxRecordLength = 15 }));
    }

    private static string Lines(int count) => string.Concat(Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"id\": \"r{i}\", \"prompt\": \"Question {i}?\", \"text\": \"This is the answer to question {i}.\"}}\n")));

    private sealed class Latest : IProgress<double>
    {
        public double Value { get; private set; }

        public void Report(double value) => Value = value;
    }
}
