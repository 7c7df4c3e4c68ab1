using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Maryland;
using Watermark.Schemes.Native;
using Watermark.Schemes.SynthId;
using Watermark.Schemes.TextSeal;
using Watermark.Schemes.Vllm;
using Watermark.TestKit;
using Watermark.TestKit.Fuzzing;

namespace Watermark.Forensics.Tests.Distillation;

/// <summary>Who has the row scores and the samples, but not the key, computes the same finding.</summary>
public sealed class RowScoresTests
{
    private static readonly DistillationTestOptions Options = new() { RandomKeys = 12, Details = true, DegreeOfParallelism = 1 };

    public static TheoryData<WatermarkScheme, DistinctRule> Families => new()
    {
        { new GreenListScheme(), DistinctRule.Coins },
        { new GreenListScheme(), DistinctRule.NGrams },
        { new GreenListScheme(), DistinctRule.None },
        { new GumbelScheme { ContextWidth = 2 }, DistinctRule.Coins },
        { new SynthIdScheme(), DistinctRule.Coins },
        { new SynthIdHfScheme(), DistinctRule.Coins },
        { new KgwScheme { Seeding = "selfhash", VocabularySize = 60 }, DistinctRule.Coins },
        { new KgwScheme { Seeding = "ff-additive_prf-2-False", VocabularySize = 60 }, DistinctRule.Coins },
        { new KgwScheme { Seeding = "selfhash", VocabularySize = 60 }, DistinctRule.NGrams },
        { new MarylandScheme { VocabularySize = 60 }, DistinctRule.Coins },
        { new GumbelTorchScheme { VocabularySize = 60 }, DistinctRule.Coins },
        { new TextSealScheme(), DistinctRule.Coins },
        { new VllmDualGumbelScheme(), DistinctRule.Coins },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void The_finding_without_the_key_is_the_finding_with_it(WatermarkScheme scheme, DistinctRule rule)
    {
        using KeyedScheme keyed = Keyed(scheme, 3);
        KeyIdentity key = KeyIdentity.Of(keyed, 2);
        var suspect = new TitledSample("suspect", Text(scheme, rule, 8, 1));
        var control = new TitledSample("control", Text(scheme, rule, 6, 2));

        Finding expected = new DistillationTest(keyed, key, Options).Run(suspect, [control]);
        RowScores[] given = [.. new[] { suspect, control }.Select(one => Again(RowScores.Make(one.Sample, keyed, key)))];
        Finding found = new DistillationTest(given, Options).Run(suspect, [control]);

        Assert.True(expected.Counts.Scored > 100);
        Assert.NotNull(expected.Details);
        Assert.Equal(Json(expected), Json(found));
        Assert.Equal(scheme.ToJson(), given[0].Scheme.ToJson());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weighted_rows_give_the_same_finding_too(bool sharesCoins)
    {
        WatermarkScheme scheme = sharesCoins ? new KgwScheme { Seeding = "ff-additive_prf-2-False", VocabularySize = 60 } : new GreenListScheme();
        using KeyedScheme keyed = Keyed(scheme, 4);
        KeyIdentity key = KeyIdentity.Of(keyed, 2);
        Sample text = Text(scheme, DistinctRule.Coins, 5, 1);
        var builder = new SampleBuilder(text.Schema with { Kind = SampleKind.Comparison, Origin = TextOrigin.Unmarked });
        builder.AddRows(text.Rows, text.Tokens);
        Sample rows = builder.Build();
        var suspect = new TitledSample("suspect", rows.WithWeights([.. Enumerable.Range(0, rows.RowCount).Select(row => (sbyte)((row % 9) - 3))]));

        Finding expected = new DistillationTest(keyed, key, Options).Run(suspect);
        Finding found = new DistillationTest([Again(RowScores.Make(suspect.Sample, keyed, key))], Options).Run(suspect);

        Assert.Equal("weighted-coins", expected.NullName);
        Assert.Equal(sharesCoins, expected.Counts.Scored < suspect.Sample.Weights.ToArray().Count(weight => weight != 0));
        Assert.Equal(Json(expected), Json(found));
    }

    [Fact]
    public void The_file_is_what_its_description_says()
    {
        var scheme = new KgwScheme { Seeding = "selfhash", VocabularySize = 60 };
        using KeyedScheme keyed = Keyed(scheme, 5);
        Sample sample = Text(scheme, DistinctRule.Coins, 4, 1);
        byte[] file = Bytes(RowScores.Make(sample, keyed, KeyIdentity.Of(keyed, 2)));

        Assert.Equal("WMROWSC1"u8, file.AsSpan(0, 8));
        int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
        using JsonDocument header = JsonDocument.Parse(file.AsMemory(12, length));
        Assert.Equal(sample.Digest, header.RootElement.GetProperty("sample").GetString());
        Assert.Equal(keyed.KeyId, header.RootElement.GetProperty("key").GetProperty("id").GetString());
        Assert.Equal(SHA256.HashData(file.AsSpan(0, file.Length - 32)), file.AsSpan(file.Length - 32));
        int at = 12 + length;
        var coins = new List<int>();
        var first = new List<int>();
        for (int row = 0; row < sample.RowCount; row++)
        {
            int code = Number(file, ref at);
            if (code == 0)
                first.Add(row);
            coins.Add(code == 0 ? first.Count - 1 : code < 3 ? -code : code - 3);
        }

        // Every row that counts has the score of its coin, as the key gives it for the row alone.
        int[] scores = [.. first.Select(_ => Number(file, ref at))];
        Assert.Equal(file.Length - 32, at);
        Assert.Equal(header.RootElement.GetProperty("coins").GetInt32(), scores.Length);
        var tokens = new int[scheme.ContextWidth + 1];
        for (int row = 0; row < coins.Count; row++)
        {
            sample.Rows.CopyRow(row, tokens);
            if (coins[row] >= 0)
                Assert.Equal(keyed.Score(tokens.AsSpan(..^1), tokens[^1]), scores[coins[row]]);
        }

        Assert.Contains(-1, coins);
        Assert.True(coins.Count(coin => coin >= 0) > scores.Length);
        Assert.InRange(scores.Sum(), 1, scores.Length - 1);
    }

    [Fact]
    public void No_bit_of_the_file_can_be_changed_without_a_trace()
    {
        var scheme = new KgwScheme { Seeding = "selfhash", VocabularySize = 60 };
        using KeyedScheme keyed = Keyed(scheme, 6);
        KeyIdentity key = KeyIdentity.Of(keyed, 2);
        var suspect = new TitledSample("suspect", Text(scheme, DistinctRule.Coins, 1, 1, tokens: 40));
        DistillationTestOptions options = Options with { RandomKeys = 0, Details = false };
        byte[] file = Bytes(RowScores.Make(suspect.Sample, keyed, key));
        string expected = Json(new DistillationTest([RowScores.Read(new MemoryStream(file))], options).Run(suspect));

        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] changed = [.. file];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<InputFormatException>(() => RowScores.Read(new MemoryStream(changed)));
            try
            {
                // With a digest made right again, it is refused or the finding is another one.
                Finding found = new DistillationTest([RowScores.Read(new MemoryStream(Mend(changed)))], options).Run(suspect);
                Assert.True(expected != Json(found) || bit / 8 >= file.Length - 32, $"bit {bit}");
            }
            catch (InputFormatException exception)
            {
                Assert.DoesNotContain('\n', exception.Message);
            }
        }
    }

    [Fact]
    public void One_changed_bit_changes_the_count_by_one()
    {
        var scheme = new GreenListScheme();
        using KeyedScheme keyed = Keyed(scheme, 7);
        var suspect = new TitledSample("suspect", Text(scheme, DistinctRule.Coins, 3, 1));
        byte[] file = Bytes(RowScores.Make(suspect.Sample, keyed, KeyIdentity.Of(keyed, 2)));
        Finding honest = new DistillationTest([RowScores.Read(new MemoryStream(file))], Options).Run(suspect);
        byte[] changed = [.. file];
        changed[^40] ^= 1;

        Finding found = new DistillationTest([RowScores.Read(new MemoryStream(Mend(changed)))], Options).Run(suspect);

        Assert.Equal(1, Math.Abs((found.Effect.Estimate - honest.Effect.Estimate) * honest.Counts.Scored), 9);
        Assert.NotEqual(honest.LogE, found.LogE);
    }

    [Fact]
    public void Scores_of_another_sample_or_key_or_none_are_refused()
    {
        var scheme = new GreenListScheme();
        using KeyedScheme keyed = Keyed(scheme, 8);
        using KeyedScheme other = Keyed(scheme, 9);
        KeyIdentity key = KeyIdentity.Of(keyed, 2);
        var suspect = new TitledSample("suspect", Text(scheme, DistinctRule.Coins, 3, 1));
        var control = new TitledSample("control", Text(scheme, DistinctRule.Coins, 3, 2));
        RowScores scores = RowScores.Make(suspect.Sample, keyed, key);
        RowScores foreign = RowScores.Make(control.Sample, other, KeyIdentity.Of(other, 2));

        Assert.Contains("no row scores of the sample of control", Refusal(() => new DistillationTest([scores], Options).Run(suspect, [control])), StringComparison.Ordinal);
        Assert.Contains("one key was expected", Refusal(() => new DistillationTest([scores, foreign], Options)), StringComparison.Ordinal);
        Assert.Contains("There are no row scores", Refusal(() => new DistillationTest([], Options)), StringComparison.Ordinal);
        Assert.Contains(control.Sample.Digest, scores.Fault(control.Sample)!, StringComparison.Ordinal);
        Assert.Null(scores.Fault(suspect.Sample));
    }

    [Fact]
    public void Damaged_files_are_refused_by_one_sentence()
    {
        var shared = new KgwScheme { Seeding = "selfhash", VocabularySize = 60 };
        var own = new GumbelScheme { ContextWidth = 2 };
        byte[][] seeds = [.. new WatermarkScheme[] { shared, own }.Select(scheme =>
        {
            using KeyedScheme keyed = Keyed(scheme, 10);
            return Bytes(RowScores.Make(Text(scheme, DistinctRule.Coins, 2, 1, tokens: 60), keyed, KeyIdentity.Of(keyed, 2)));
        })];

        FuzzReport report = FuzzRun.Run("row-scores", seeds, bytes => RowScores.Read(new MemoryStream(bytes)), new FuzzOptions { Inputs = 2000, Mend = Mend });

        Assert.True(report.Refused > 1000);
    }

    private static KeyedScheme Keyed(WatermarkScheme scheme, ulong seed)
    {
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(seed));
        return scheme.WithKey(secret);
    }

    /// <summary>Few words, so that coins are shared and prompts decide some.</summary>
    private static Sample Text(WatermarkScheme scheme, DistinctRule rule, int documents, ulong seed, int tokens = 200)
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = scheme.ContextWidth, Selection = NGramSelection.Default with { Distinct = rule } });
        var random = new SeededRandomBits(seed, 5);
        for (int i = 0; i < documents; i++)
            builder.AddDocument(MarkedText.DrawPlain(tokens, random, 60), [MarkedText.DrawPlain(30, random, 60)], hasPrompt: true);
        return builder.Build();
    }

    private static RowScores Again(RowScores scores) => RowScores.Read(new MemoryStream(Bytes(scores)));

    private static byte[] Bytes(RowScores scores)
    {
        using var stream = new MemoryStream();
        scores.Write(stream);
        return stream.ToArray();
    }

    private static string Json(Finding finding)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            FindingJson.Write(finding, writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static byte[] Mend(byte[] bytes)
    {
        if (bytes.Length < 32)
            return bytes;
        byte[] mended = [.. bytes];
        SHA256.HashData(mended.AsSpan(0, mended.Length - 32), mended.AsSpan(mended.Length - 32));
        return mended;
    }

    private static int Number(byte[] file, ref int at)
    {
        int value = 0;
        int shift = 0;
        do
        {
            value |= (file[at] & 0x7F) << shift;
            shift += 7;
        }
        while (file[at++] >= 0x80);
        return value;
    }

    private static string Refusal(Action action) => Assert.Throws<InputFormatException>(action).Message;
}
