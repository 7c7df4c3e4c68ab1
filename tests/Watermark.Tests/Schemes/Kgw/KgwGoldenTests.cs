using System.Text.Json;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Kgw;

public sealed class KgwGoldenTests
{
    [Fact]
    public void Every_golden_text_of_lm_watermarking_is_scored_bit_for_bit()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("kgw").GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme keyed = Key(item);
            int[] tokens = item.GetProperty("tokens").Ints();
            NGramRows rows = NGramRows.FromSequence(tokens, keyed.ContextWidth);
            var scores = new long[rows.Count];
            keyed.ScoreRows(rows, scores);
            Assert.Equal(item.GetProperty("green_token_mask").Ints(), scores.Select(score => (int)score));
            Assert.Equal(scores.Sum(), (long)keyed.SumScores(rows));
            cases++;
        }

        Assert.Equal(48, cases);
    }

    [Fact]
    public void The_published_counts_and_z_are_reproduced()
    {
        foreach (JsonElement item in Golden.Load("kgw").GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme keyed = Key(item);
            NGramSelection selection = item.GetProperty("ignore_repeated_ngrams").GetBoolean()
                ? keyed.Scheme.PublishedSelection
                : keyed.Scheme.PublishedSelection with { Distinct = DistinctRule.None };
            DetectionResult result = new WatermarkDetector(keyed, selection).Detect(item.GetProperty("tokens").Ints());
            Assert.Equal(item.GetProperty("num_tokens_scored").GetInt64(), result.Scored);
            Assert.Equal(item.GetProperty("num_green_tokens").GetInt64(), result.Green);
            Assert.Equal(item.GetProperty("z_score").GetDouble(), result.Z, 1e-9);
            Assert.Equal(item.GetProperty("p_value_normal").GetDouble(), Math.Exp(NormalTail.LogUpper(result.Z)), 1e-9);
        }
    }

    private static KeyedScheme Key(JsonElement item)
    {
        string seeding = item.GetProperty("seeding").GetString()!;
        Int128 hashKey = 15485863;
        string[] parts = seeding.Split('-');
        if (parts.Length == 5)
        {
            hashKey = Int128.Parse(parts[4]);
            seeding = string.Join('-', parts[..4]);
        }

        var scheme = new KgwScheme
        {
            Seeding = seeding,
            Gamma = Fraction.Parse(item.GetProperty("gamma").GetRawText()),
            VocabularySize = item.GetProperty("vocab").GetInt32(),
        };
        using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [hashKey]);
        return scheme.WithKey(secret);
    }
}
