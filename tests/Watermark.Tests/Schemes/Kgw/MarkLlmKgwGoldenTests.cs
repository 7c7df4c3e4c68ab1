using System.Text.Json;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Scoring;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Kgw;

public sealed class MarkLlmKgwGoldenTests
{
    [Fact]
    public void Every_text_of_MarkLLM_has_the_green_count_of_its_own_detector()
    {
        var scheme = new MarkLlmKgwScheme { VocabularySize = 1200, SeedRange = "full" };
        using KeyedScheme keyed = Key(scheme, 15485917);
        var detector = new WatermarkDetector(keyed, scheme.PublishedSelection);
        var counts = new List<long>();
        foreach (JsonElement item in Golden.Load("markllm-kgw").GetProperty("texts").EnumerateArray())
        {
            DetectionResult result = detector.Detect(item.GetProperty("tokens").Ints());
            Assert.Equal(item.GetProperty("green").GetInt64(), result.Green);
            Assert.Equal(200, result.Scored);
            counts.Add(result.Green!.Value);
        }

        Assert.Equal([185, 180, 179, 180, 181], counts);
    }

    [Fact]
    public void Every_seeding_range_and_prefix_is_scored_bit_for_bit()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("markllm-kgw").GetProperty("cases").EnumerateArray())
        {
            var scheme = new MarkLlmKgwScheme
            {
                Seeding = item.GetProperty("seeding").GetString()!,
                Prefix = item.GetProperty("contextWidth").GetInt32(),
                SeedRange = item.GetProperty("seedRange").GetString()!,
                VocabularySize = item.GetProperty("vocabularySize").GetInt32(),
                Gamma = Fraction.Parse(item.GetProperty("gamma").GetRawText()),
            };
            using KeyedScheme keyed = Key(scheme, item.GetProperty("hashKey").GetInt64());
            NGramRows rows = NGramRows.FromSequence(item.GetProperty("tokens").Ints(), keyed.ContextWidth);
            var scores = new long[rows.Count];
            keyed.ScoreRows(rows, scores);
            Assert.Equal(item.GetProperty("green").Ints(), scores.Select(score => (int)score));
            cases++;
        }

        Assert.Equal(48, cases);
    }

    [Fact]
    public void A_key_that_is_a_multiple_of_the_vocabulary_size_has_no_coins_where_seeds_are_reduced()
    {
        var scheme = new MarkLlmKgwScheme { VocabularySize = 1000 };

        Assert.Equal([KeyedScheme.NoCoin, KeyedScheme.NoCoin], Seeds(scheme, 5_000));
        Assert.DoesNotContain(KeyedScheme.NoCoin, Seeds(scheme, 5_001));
        Assert.DoesNotContain(KeyedScheme.NoCoin, Seeds(scheme with { SeedRange = "full" }, 5_000));
        Assert.Equal([KeyedScheme.NoCoin, KeyedScheme.NoCoin], Seeds(scheme with { SeedRange = "full" }, 0));
    }

    [Fact]
    public void There_are_at_most_as_many_seeds_as_tokens_where_seeds_are_reduced()
    {
        const int size = 300;
        int[] columns = [.. Enumerable.Range(0, size), .. Enumerable.Repeat(7, size)];
        var seeds = new ulong[size];
        using KeyedScheme keyed = Key(new MarkLlmKgwScheme { VocabularySize = size }, 987654321989);

        keyed.Seeds(new NGramRows(columns, size, 1, size), seeds);

        // The key has no divisor with 300 in common, so that each context has a seed of its own.
        Assert.Equal(Enumerable.Range(0, size).Select(seed => (ulong)seed), seeds.Order());
    }

    private static ulong[] Seeds(MarkLlmKgwScheme scheme, long hashKey)
    {
        using KeyedScheme keyed = Key(scheme, hashKey);
        var seeds = new ulong[2];
        keyed.Seeds(new NGramRows([1, 2, 7, 8], 2, 1, 2), seeds);
        return seeds;
    }

    private static KeyedScheme Key(MarkLlmKgwScheme scheme, long hashKey)
    {
        using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [hashKey]);
        return scheme.WithKey(secret);
    }
}
