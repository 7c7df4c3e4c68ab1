using System.Text.Json;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Statistics;
using Watermark.TestKit;
using Watermark.Tests.Randomness;

namespace Watermark.Tests.Schemes.Kgw;

public sealed class HfKgwGoldenTests
{
    [Fact]
    public void Every_golden_text_of_transformers_is_scored_bit_for_bit()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("hf-kgw").GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme keyed = Key(item);
            int[] tokens = item.GetProperty("tokens").Ints();
            var positions = new long?[tokens.Length];
            DetectionResult result = new WatermarkDetector(keyed, keyed.Scheme.PublishedSelection).Detect(tokens, positions: positions);
            int[] expected = item.GetProperty("green_mask_per_window").Ints();
            Assert.Equal(expected, positions.Where(score => score is not null).Select(score => (int)score!.Value));
            Assert.Equal(expected.Length, result.Scored);
            Assert.Equal(tokens.Length - item.GetProperty("window").GetInt32() + 1, result.Scored);
            cases++;
        }

        Assert.Equal(8, cases);
    }

    [Fact]
    public void Every_golden_row_of_logits_is_biased_as_transformers_does()
    {
        foreach (JsonElement item in Golden.Load("hf-kgw").GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme keyed = Key(item);
            var watermark = (ILogitWatermark)keyed;
            JsonElement embed = item.GetProperty("embed");
            int[] prompt = embed.GetProperty("context").Ints();
            int[] descending = embed.GetProperty("scores_topk_ids_descending").Ints();
            int[] context = prompt[^keyed.ContextWidth..];
            float bias = item.GetProperty("bias").GetSingle();

            // Only the order of the sixty greatest is known; the others lie below in any order.
            float[] logits = [.. Enumerable.Repeat(-100f, item.GetProperty("vocab").GetInt32())];
            for (int rank = 0; rank < descending.Length; rank++)
                logits[descending[rank]] = 10 - (rank * 0.125f);
            float[] before = [.. logits];
            watermark.BiasLogits(context, logits);
            int[] biased = [.. Enumerable.Range(0, logits.Length).Where(id => logits[id] != before[id])];
            Assert.All(biased, id => Assert.Equal(before[id] + bias, logits[id]));
            Assert.Equal(embed.GetProperty("biased_count").GetInt32(), biased.Length);
            JsonElement ids = embed.GetProperty("biased_ids_if_selfhash");
            if (ids.ValueKind == JsonValueKind.Array)
                Assert.Equal(ids.Ints().Order(), biased);
            Assert.Equal(embed.GetProperty("biased_ids_sha256_int32_le").GetString(), MersenneTwisterTests.Digest(biased));

            // The same over candidates in another order.
            int[] candidates = [.. Enumerable.Range(0, logits.Length).Reverse()];
            float[] sparse = [.. candidates.Select(id => before[id])];
            watermark.BiasLogits(context, candidates, sparse);
            Assert.Equal(candidates.Select(id => logits[id]), sparse);
        }
    }

    [Fact]
    public void Lefthash_depends_on_the_last_token_alone_whatever_context_width_says()
    {
        var scheme = new HfKgwScheme { Window = 4, VocabularySize = 1000 };
        Assert.Equal(1, scheme.ContextWidth);
        Assert.Equal(4, scheme.PublishedSelection.FirstPosition);
    }

    private static KeyedScheme Key(JsonElement item)
    {
        var scheme = new HfKgwScheme
        {
            Seeding = item.GetProperty("seeding").GetString()!,
            Window = item.GetProperty("context_width").GetInt32(),
            Gamma = Fraction.Parse(item.GetProperty("gamma").GetRawText()),
            Delta = item.GetProperty("bias").GetDouble(),
            VocabularySize = item.GetProperty("vocab").GetInt32(),
        };
        using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [item.GetProperty("hashing_key").GetInt64()]);
        return scheme.WithKey(secret);
    }
}
