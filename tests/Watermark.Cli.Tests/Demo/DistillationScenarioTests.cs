using Microsoft.ML.Tokenizers;
using Watermark.Cli.Demo;
using Watermark.SampleText;

namespace Watermark.Cli.Tests.Demo;

/// <summary>A small run of the demonstration over the documentation of the SDK that runs the tests.</summary>
public sealed class DistillationScenarioTests(DistillationScenarioTests.World world) : IClassFixture<DistillationScenarioTests.World>
{
    private const ulong Key = 20_260_101;

    private static readonly DistillationSizes Small = new() { ServedReplies = 800, CollectedReplies = 300 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_student_of_marked_replies_is_found_and_a_student_of_plain_ones_is_not(ulong seed)
    {
        using var key = new HashGreenList(Key + seed);
        var scenario = new DistillationScenario(world.Sentences, seed, world.Codec, Small);

        ReplyScore suspect = ReplyScore.Of(scenario.Collect(scenario.TrainStudent(scenario.Serve(key)), "suspect"), key, world.Codec);
        ReplyScore innocent = ReplyScore.Of(scenario.Collect(scenario.TrainStudent(scenario.Serve(null)), "innocent"), key, world.Codec);

        Assert.True(suspect.LogPBound < -50, $"ln p of the suspect is only below {suspect.LogPBound:F1}.");

        // The innocent's text does not depend on the key: |z| exceeds 4.5 with probability 7e-6.
        Assert.InRange(innocent.Z, -4.5, 4.5);
    }

    [Fact]
    public void An_innocent_is_accused_as_rarely_as_promised()
    {
        var scenario = new DistillationScenario(world.Sentences, 4, world.Codec, Small with { CollectedReplies = 60 });
        IReadOnlyList<DemoReply> replies = scenario.Collect(scenario.TrainStudent(scenario.Serve(null)), "innocent");
        int accused = 0;
        double squares = 0;
        for (ulong key = 0; key < 400; key++)
        {
            using var scheme = new HashGreenList(key * 1_000_003);
            double z = ReplyScore.Of(replies, scheme, world.Codec).Z;
            accused += z > 2.326 ? 1 : 0;
            squares += z * z;
        }

        // Four of 400 expected at 1%; more than 15 with probability below 2e-5. Mean square 1 ± 0.07: off by 0.32 with 7e-6.
        Assert.InRange(accused, 0, 15);
        Assert.InRange(squares / 400, 0.68, 1.32);
    }

    [Fact]
    public void The_same_seed_gives_the_same_replies_and_another_seed_others()
    {
        using var key = new HashGreenList(Key);
        DistillationSizes tiny = Small with { ServedReplies = 40, CollectedReplies = 40 };

        IReadOnlyList<DemoReply> first = new DistillationScenario(world.Sentences, 9, world.Codec, tiny).Serve(key);
        IReadOnlyList<DemoReply> again = new DistillationScenario(world.Sentences, 9, world.Codec, tiny).Serve(key);
        IReadOnlyList<DemoReply> other = new DistillationScenario(world.Sentences, 10, world.Codec, tiny).Serve(key);

        Assert.Equal(first, again);
        Assert.NotEqual(first, other);
        Assert.Equal(40, first.Select(reply => reply.Id).Distinct().Count());
    }

    [Fact]
    public void Students_are_asked_what_the_service_was_not()
    {
        var scenario = new DistillationScenario(world.Sentences, 1, world.Codec, Small);

        Assert.Equal(Small.CollectedReplies, scenario.CollectionPrompts.Distinct().Count());
        Assert.Empty(scenario.CollectionPrompts.Intersect(scenario.ServicePrompts));
    }

    [Fact]
    public void Too_little_text_is_said_in_one_sentence()
    {
        InputFormatException error = Assert.Throws<InputFormatException>(
            () => new DistillationScenario([.. world.Sentences.Take(500)], 1, world.Codec, Small));

        Assert.Contains("--text DIR", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_reaches_the_end_and_a_cancelled_run_stops()
    {
        DistillationSizes tiny = Small with { ServedReplies = 200, CollectedReplies = 20 };
        var scenario = new DistillationScenario(world.Sentences, 1, world.Codec, tiny);
        var progress = new Highest();
        using var cancellation = new CancellationTokenSource();

        scenario.Serve(null, progress);
        cancellation.Cancel();

        Assert.Equal(1, progress.Value);
        Assert.ThrowsAny<OperationCanceledException>(() => scenario.Serve(null, null, cancellation.Token));
    }

    public sealed class World
    {
        private readonly TiktokenTokenizer tokenizer = TiktokenTokenizer.CreateForEncoding("cl100k_base");

        internal TextCodec Codec => new(text => [.. tokenizer.EncodeToIds(text)], ids => tokenizer.Decode(ids), 100257);

        internal IReadOnlyList<string> Sentences { get; } = [.. EnglishSentences.Load(null).Sentences.Take(30_000)];
    }

    private sealed class Highest : IProgress<double>
    {
        private readonly Lock gate = new();

        public double Value { get; private set; }

        public void Report(double value)
        {
            lock (gate)
                Value = Math.Max(Value, value);
        }
    }
}
