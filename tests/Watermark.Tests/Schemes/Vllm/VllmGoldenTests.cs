using System.Globalization;
using System.Text.Json;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Vllm;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Vllm;

public sealed class VllmGoldenTests
{
    private static readonly JsonElement Vectors = Golden.Load("vllm");

    [Fact]
    public void Every_golden_word_of_the_PRF_is_reproduced()
    {
        int words = 0;
        foreach (JsonElement item in Vectors.GetProperty("prf").EnumerateArray())
        {
            var prf = new VllmPrf(Key(item, "key"));
            int[] context = item.GetProperty("context").Ints();
            int[] tokens = item.GetProperty("tokens").Ints();
            uint[] expected = [.. item.GetProperty("words").EnumerateArray().Select(word => word.GetUInt32())];
            var actual = new uint[tokens.Length];
            prf.Words(prf.State(context), tokens, actual, Key(item, "stream"));
            Assert.Equal(expected, actual);
            words += expected.Length;

            if (Key(item, "stream") != 0)
                continue;
            int[] rows = [.. context.SelectMany(token => Enumerable.Repeat(token, tokens.Length)), .. tokens];
            prf.Words(new NGramRows(rows, tokens.Length, context.Length, tokens.Length), actual);
            Assert.Equal(expected, actual);
        }

        Assert.Equal(15, words);
    }

    [Fact]
    public void Every_golden_Gumbel_score_is_reproduced()
    {
        int cases = 0;
        foreach (JsonElement item in Vectors.GetProperty("gumbel").EnumerateArray())
        {
            int h = item.GetProperty("context_width").GetInt32();
            using KeyedScheme scheme = SchemeJson.Keyed(
                $$"""{"name": "vllm-gumbel", "contextWidth": {{h}}, "dedup": {{(item.GetProperty("deduplicate_contexts").GetBoolean() ? "true" : "false")}}}""",
                $$"""{"key": {{item.GetProperty("key").GetRawText()}}}""");
            CheckScore(item, scheme);
            cases++;
        }

        Assert.Equal(3, cases);
    }

    [Fact]
    public void Every_golden_dual_key_score_and_derived_key_is_reproduced()
    {
        int cases = 0;
        foreach (JsonElement item in Vectors.GetProperty("dual_key_gumbel").EnumerateArray())
        {
            Assert.Equal(Key(item, "key_a"), VllmDualGumbelScheme.DeriveKey(Key(item, "key"), second: false));
            Assert.Equal(Key(item, "key_b"), VllmDualGumbelScheme.DeriveKey(Key(item, "key"), second: true));
            using KeyedScheme scheme = SchemeJson.Keyed(
                $$"""{"name": "vllm-dual-gumbel", "contextWidth": {{item.GetProperty("context_width")}}, "alpha": {{item.GetProperty("alpha").GetRawText()}}}""",
                $$"""{"key": {{item.GetProperty("key").GetRawText()}}}""");
            CheckScore(item, scheme);
            cases++;
        }

        Assert.Equal(2, cases);
    }

    [Fact]
    public void Every_golden_green_bit_is_reproduced()
    {
        int cases = 0;
        foreach (JsonElement item in Vectors.GetProperty("sbw").EnumerateArray())
        {
            string seeding = item.GetProperty("scheme").GetString() switch
            {
                "lefthash-sum" => "lefthash",
                "lefthash-hashed" => "lefthash-detector",
                _ => "selfhash",
            };
            int h = item.GetProperty("context_width").GetInt32();
            using KeyedScheme scheme = SchemeJson.Keyed(
                $$"""{"name": "vllm-sbw", "seeding": "{{seeding}}", "contextWidth": {{h}}, "gamma": {{item.GetProperty("gamma").GetRawText()}}}""",
                $$"""{"key": {{item.GetProperty("key").GetRawText()}}}""");
            Assert.Equal(item.GetProperty("threshold").GetUInt32(), ((VllmSbwScheme)scheme.Scheme).Threshold);
            int[] padded = SchemeJson.Padded(item.GetProperty("tokens").Ints(), h, scheme.Scheme.Padding!.Value);
            bool[] scored = SchemeJson.FirstContexts(padded, h);
            Assert.Equal(item.GetProperty("scored_positions").Ints(), Enumerable.Range(0, scored.Length).Where(i => scored[i]));
            long[] green = SchemeJson.Scores(scheme, padded);
            Assert.Equal(item.GetProperty("green").Ints().Select(bit => (long)bit), green.Where((_, i) => scored[i]));
            cases++;
        }

        Assert.Equal(6, cases);
    }

    private static void CheckScore(JsonElement item, KeyedScheme scheme)
    {
        int h = scheme.ContextWidth;
        NGramSelection selection = scheme.Scheme.PublishedSelection;
        selection.Validate();
        Assert.Equal(DistinctRule.Contexts, selection.Distinct);
        int[] padded = SchemeJson.Padded(item.GetProperty("tokens").Ints(), h, selection.Padding!.Value);
        bool[] scored = SchemeJson.FirstContexts(padded, h);
        int count = item.GetProperty("num_scored").GetInt32();
        Assert.Equal(count, scored.Count(kept => kept));
        long total = SchemeJson.Scores(scheme, padded).Where((_, i) => scored[i]).Sum();
        double points = (double)total / scheme.Scheme.Null.UnitsPerPoint;
        // Never above the published sum, and below it by at most 6e-8 a token where float32 rounds U down.
        Assert.InRange(item.GetProperty("score").GetDouble() - points, 0, count * 6.1e-8);
    }

    private static ulong Key(JsonElement item, string name) => ulong.Parse(item.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
