using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Canaries;
using Watermark.Forensics.Fingerprints.GhostPairs;
using Watermark.Forensics.Fingerprints.Variants;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Forensics.Tests.Fingerprints;

/// <summary>
/// An innocent model that is shown what was served, in a passage, a system text or an earlier turn, repeats it. Every test gives the
/// same replies twice, with and without the text before the prompt: only the second is evidence.
/// </summary>
public sealed class ShownTextTests
{
    private static readonly string[] Answers = [.. Enumerable.Range(0, 256).Select(i => $"word{i:000}")];

    [Fact]
    public void Answers_that_stood_before_the_question_are_no_hits()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(31));
        CanaryDesign design = CanaryDesign.Create(key, "c", [.. Enumerable.Range(0, 30).Select(i => $"Question {i}?")], Answers);
        IReadOnlyList<int> targets = design.Targets(key);
        var test = new CanaryTest(design, key);

        Compare(before => test.Run(Replies(30, CanaryDesign.IdOf, i => $"**{Answers[targets[i]].ToUpperInvariant()}**.", i => before($"Notes: q{i} is {Answers[targets[i]]}, says the log.")), [], new FingerprintOptions()), Outcome.Inconclusive);

        // Another answer before the question changes nothing.
        Finding other = test.Run(Replies(30, CanaryDesign.IdOf, i => Answers[targets[i]], i => [$"Not {Answers[(targets[i] + 1) % 256]}"]), [], new FingerprintOptions());
        Assert.Equal(Outcome.Support, other.Outcome);
        Assert.DoesNotContain(other.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ReplyInPrompt);
    }

    [Fact]
    public void Replies_after_a_variant_do_not_count()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(32));
        VariantDesign design = VariantDesign.Create(key, "c", [.. Enumerable.Range(0, 60).Select(i => new VariantUnit($"u{i}", $"Prompt {i}?", [First(i), Second(i)]))]);
        IReadOnlyList<int> served = design.Assignment(key);
        var test = new VariantTest(design, key);
        string Served(int i) => design.Units[i].Texts[served[i]];

        Compare(before => test.Run(Replies(60, i => $"u{i}", Served, i => before("From the history: " + Served(i).ToUpperInvariant())), [], new FingerprintOptions()), Outcome.Inconclusive);
    }

    [Fact]
    public void Replies_after_a_text_of_the_pair_do_not_count()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(33));
        GhostPairDesign design = GhostPairDesign.Create(key, "c", [.. Enumerable.Range(0, 60).Select(i => new GhostPair($"u{i}", $"Prompt {i}?", First(i), Second(i)))]);
        IReadOnlyList<bool> coins = design.Coins(key);
        var test = new GhostPairTest(design, key);
        string Served(int i) => coins[i] ? Second(i) : First(i);

        // Sixty per cent of the served text are enough to be left out.
        Compare(before => test.Run(Replies(60, i => $"u{i}", Served, i => before(Served(i)[..(Served(i).Length * 6 / 10)])), [], new FingerprintOptions()), Outcome.Inconclusive);
    }

    [Fact]
    public void A_system_text_of_its_own_leaves_nothing_out_and_one_of_two_replies_stays()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(33));
        GhostPairDesign design = GhostPairDesign.Create(key, "c", [.. Enumerable.Range(0, 60).Select(i => new GhostPair($"u{i}", $"Prompt {i}?", First(i), Second(i)))]);
        var test = new GhostPairTest(design, key);
        Finding spoken = test.Run(Replies(60, i => $"u{i}", First, _ => ["You are a helpful assistant. Answer in one sentence about barges and mills."]), [], new FingerprintOptions());
        Assert.Equal(60, spoken.Counts.Scored);

        // The second reply of every prompt came in the same chat, after the first.
        Transcript chat = new("chat", [.. Enumerable.Range(0, 60).SelectMany(i => new[] { new TranscriptReply($"u{i}", 0, First(i)), new TranscriptReply($"u{i}", 1, Second(i)) { Before = [$"Prompt {i}?", First(i)] } })], []);
        Finding once = test.Run(chat, [], new FingerprintOptions());
        Assert.Equal((60, 60), (once.Counts.Scored, once.Counts.Documents));
        Assert.Equal(spoken.LogP, once.LogP);
    }

    [Theory]
    [InlineData("suspectFirst")]
    [InlineData("ownerSecond")]
    public void A_loss_in_place_of_a_likelihood_is_refused(string field)
    {
        string[] fields = ["suspectFirst", "suspectSecond", "ownerFirst", "ownerSecond"];
        string line = $"{{\"id\":\"a\",{string.Join(',', fields.Select(name => $"\"{name}\":{(name == field ? "2.5" : "-2.5")}"))}}}";

        string message = Assert.Throws<InputFormatException>(() => GhostLikelihood.Read(System.Text.Encoding.UTF8.GetBytes(line))).Message;
        Assert.Contains($"'{field}' is above 0", message, StringComparison.Ordinal);
    }

    private static void Compare(Func<Func<string, string[]>, Finding> run, Outcome expected)
    {
        Finding learned = run(_ => []);
        Finding shown = run(text => [text]);

        Assert.Equal(Outcome.Support, learned.Outcome);
        Assert.Equal(expected, shown.Outcome);
        Assert.Equal(0, shown.LogP);
        Assert.True(shown.LogE <= 0);
        Assert.Contains(shown.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.ReplyInPrompt);
        Assert.True(shown.Counts.Others.Single(count => count.Name == "shownBefore").Value >= 30);
    }

    private static Transcript Replies(int count, Func<int, string> id, Func<int, string> reply, Func<int, string[]> before) =>
        new("suspect", [.. Enumerable.Range(0, count).Select(i => new TranscriptReply(id(i), 0, reply(i)) { Before = before(i) })], []);

    private static string First(int i) => $"The old barge number {i} carries timber down to the northern mill.";

    private static string Second(int i) => $"Nobody remembers who painted house {i} blue before the great storm.";
}
