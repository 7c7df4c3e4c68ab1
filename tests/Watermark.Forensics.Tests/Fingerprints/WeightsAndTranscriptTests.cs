using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Transcripts;
using Watermark.Forensics.Fingerprints.Weights;
using Watermark.Models.Units;
using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Forensics.Tests.Fingerprints;

public sealed class WeightsAndTranscriptTests
{
    [Fact]
    public void A_copy_is_found_and_an_independent_start_is_not()
    {
        Finding copied = WeightsTest.Run(Match(4, 200, i => i), new FingerprintOptions());
        Finding independent = WeightsTest.Run(Match(4, 200, null), new FingerprintOptions());
        Finding shifted = WeightsTest.Run(Match(4, 200, i => (i + 1) % 200), new FingerprintOptions());

        Assert.Equal(Outcome.Support, copied.Outcome);
        Assert.Null(copied.Fault());
        Assert.NotEqual(Outcome.Support, independent.Outcome);
        Assert.Equal(0, shifted.LogP);
        Assert.Equal(FixedPoints.LogLayersTail([.. Enumerable.Repeat((200, 200), 4)], independent.Counts.Others.Single(count => count.Name == "fixedPoints").Value, out _), independent.LogP, 9);
        Assert.Contains(copied.Diagnostics, diagnostic => diagnostic.Code == DiagnosticCodes.SharedStart);

        // The owner's own file given as the suspect's accuses nobody.
        InputDigest[] same = [new InputDigest("owner", "a", new string('a', 64), 0, 0), new InputDigest("suspect", "b", new string('a', 64), 0, 0)];
        Assert.Equal(Outcome.Inconclusive, WeightsTest.Run(Match(4, 200, i => i) with { Inputs = same }, new FingerprintOptions()).Outcome);
    }

    [Fact]
    public void Pruned_layers_are_tested_by_their_order()
    {
        // The suspect has lost every fifth unit: places differ, the order is kept.
        LayerMatch pruned = new("up", 200, 160, [.. Enumerable.Range(0, 200).Where(i => i % 5 != 0).Select((i, j) => new UnitPair(i, j))]);
        Finding finding = WeightsTest.Run(new CheckpointMatch("pruned", [pruned], [], 16), new FingerprintOptions());

        Assert.Equal(WeightsTest.InversionStatistic, finding.Statistic);
        Assert.Equal(Outcome.Support, finding.Outcome);
        Assert.Equal(1, finding.Effect.Estimate, 12);
        Assert.Throws<ArgumentException>(() => WeightsTest.Run(new CheckpointMatch("none", [], [], 16), new FingerprintOptions()));
    }

    [Fact]
    public void The_size_of_fixed_points_is_at_most_nominal()
    {
        // 4,000 random orders of two layers: a share of .05 has a standard error of .0034; four of them are allowed.
        int small = Enumerable.Range(0, 4_000).Count(run => WeightsTest.Run(Match(2, 30, null, (ulong)run), new FingerprintOptions()).LogP <= Math.Log(0.05));
        Assert.InRange(small / 4_000.0, 0, 0.05 + (4 * 0.0034));
    }

    [Fact]
    public void A_remembered_order_is_found_and_another_is_not()
    {
        Finding remembers = Transcript(3_000, 0.5, 1);
        Finding other = Transcript(300, 0, 2);

        Assert.Equal(Outcome.Support, remembers.Outcome);
        Assert.Null(remembers.Fault());
        Assert.NotEqual(Outcome.Support, other.Outcome);
        Assert.Equal(Outcome.Inconclusive, TranscriptTest.Run("one", [new TrainingText("a", 0, -1, -1)], [], new FingerprintOptions()).Outcome);
        Assert.Throws<InputFormatException>(() => TranscriptTest.Run("twice", [new TrainingText("a", 0, -1, -1), new TrainingText("b", 0, -1, -1)], [], new FingerprintOptions()));
        Assert.Throws<InputFormatException>(() => TranscriptTest.Run("twice", [new TrainingText("a", 0, -1, -1), new TrainingText("a", 1, -1, -1)], [], new FingerprintOptions()));
        Assert.Equal(new TrainingText("t", 4, -2.5, -3), TrainingText.Read("""{"id":"t","position":4,"suspect":-2.5,"reference":-3}"""u8.ToArray()));
    }

    [Fact]
    public void The_later_half_is_bounded_by_Hoeffding()
    {
        // Four texts, ½ + d: .5, .5, .9, .9; the later half exceeds the mean by .2 with n_A = 2: −2·2·.04.
        Assert.Equal(-0.16, TranscriptTest.ByLaterHalf([0, 0, 0.4, 0.4]), 12);
        Assert.Equal(0, TranscriptTest.ByLaterHalf([0.4, 0.4, 0, 0]));
    }

    [Fact]
    public void The_size_of_the_order_test_is_at_most_nominal()
    {
        // 120 models that do not know the order: a share of .05 has a standard error of .02; four of them are allowed.
        int small = Enumerable.Range(0, 120).Count(run => Transcript(20, 0, 50 + (ulong)run).LogP <= Math.Log(0.05));
        Assert.InRange(small / 120.0, 0, 0.05 + (4 * 0.02));
    }

    private static Finding Transcript(int texts, double memory, ulong seed)
    {
        var random = new SeededRandomBits(seed);
        TrainingText[] all = [.. Enumerable.Range(0, texts).Select(i => new TrainingText($"t{i}", i, -3 + (memory * i / texts) + (0.3 * (random.NextDouble() - 0.5)), -3))];
        return TranscriptTest.Run("model", all, [], new FingerprintOptions { Seed = seed });
    }

    private static CheckpointMatch Match(int layers, int units, Func<int, int>? partner, ulong seed = 3)
    {
        var random = new SeededRandomBits(seed);
        return new CheckpointMatch("suspect", [.. Enumerable.Range(0, layers).Select(layer => new LayerMatch($"layer{layer}", units, units, [.. Pairs()]))], [], 16);

        IEnumerable<UnitPair> Pairs()
        {
            int[] order = [.. Enumerable.Range(0, units)];
            for (int i = units - 1; i > 0 && partner is null; i--)
            {
                int other = (int)random.NextBelow((ulong)i + 1);
                (order[i], order[other]) = (order[other], order[i]);
            }

            return [.. order.Select((j, i) => new UnitPair(i, partner?.Invoke(i) ?? j))];
        }
    }
}
