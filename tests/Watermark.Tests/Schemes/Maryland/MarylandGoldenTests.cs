using System.Text.Json;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Maryland;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Maryland;

public sealed class MarylandGoldenTests
{
    [Fact]
    public void Every_golden_text_of_radioactive_watermark_is_scored_bit_for_bit()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("maryland").GetProperty("cases").EnumerateArray())
        {
            var scheme = new MarylandScheme
            {
                ContextWidth = item.GetProperty("ngram").GetInt32(),
                Gamma = Fraction.Parse(item.GetProperty("gamma").GetRawText()),
                VocabularySize = item.GetProperty("vocab").GetInt32(),
            };
            Assert.Equal((int)MarylandSeed.Salt, item.GetProperty("salt_key").GetInt32());
            Assert.Equal(item.GetProperty("first_scored_position").GetInt32(), scheme.PublishedSelection.FirstPosition);
            using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [item.GetProperty("seed").GetInt64()]);
            using KeyedScheme keyed = scheme.WithKey(secret);
            NGramSelection selection = scheme.PublishedSelection with
            {
                Distinct = item.GetProperty("scoring").GetString() switch
                {
                    "none" => DistinctRule.None,
                    "v1" => DistinctRule.Contexts,
                    _ => DistinctRule.NGrams,
                },
            };
            int[] tokens = item.GetProperty("tokens").Ints();
            var positions = new long?[tokens.Length];
            DetectionResult result = new WatermarkDetector(keyed, selection).Detect(tokens, positions: positions);

            // All 27 cases score the first occurrence, as the extractor does.
            Assert.Equal(item.GetProperty("scored_mask").Ints(), positions[selection.FirstPosition..].Select(score => score is null ? 0 : 1));
            Assert.Equal(item.GetProperty("scores").EnumerateArray().Select(score => (long)score.GetDouble()), positions.Where(score => score is not null).Select(score => score!.Value));
            Assert.Equal(item.GetProperty("scored").GetInt64(), result.Scored);
            Assert.Equal(item.GetProperty("green").GetInt64(), result.Green);
            Assert.Equal(item.GetProperty("p_value").GetDouble(), Math.Exp(result.LogP), 1e-9);
            cases++;
        }

        Assert.Equal(27, cases);
    }

    [Fact]
    public void The_seed_is_the_polynomial_modulo_2_to_the_64_minus_1()
    {
        var modulus = new System.Numerics.BigInteger(ulong.MaxValue);
        var random = new Watermark.Randomness.SeededRandomBits(5);
        for (int i = 0; i < 2000; i++)
        {
            ulong seed = i < 20 ? ulong.MaxValue - 1 - (ulong)i : random.NextBelow(ulong.MaxValue);
            int[] context = [.. Enumerable.Range(0, i % 6).Select(_ => (int)random.NextBelow(200_000))];
            System.Numerics.BigInteger expected = seed;
            foreach (int token in context)
                expected = ((expected * MarylandSeed.Salt) + token) % modulus;
            Assert.Equal((uint)(expected & uint.MaxValue), MarylandSeed.Of(context, seed));
        }
    }
}
