using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.SynthId;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.SynthId;

public sealed class SynthIdGoldenTests
{
    [Theory]
    [InlineData("synthid", 3)]
    [InlineData("synthid-hf", 2)]
    public void Every_golden_bit_is_reproduced(string name, int expectedCases)
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load(name).GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme scheme = Keyed(name, item, "mean");
            int[] tokens = item.GetProperty("tokens").Ints();
            NGramRows rows = NGramRows.FromSequence(tokens, scheme.ContextWidth);
            var bits = new ulong[rows.Count];
            ((KeyedTournament)scheme).LayerBits(rows, bits);
            int[][] expected = [.. item.GetProperty("g_values").EnumerateArray().Select(row => row.Ints())];
            Assert.Equal(expected.Length, rows.Count);
            for (int i = 0; i < expected.Length; i++)
            {
                for (int layer = 0; layer < expected[i].Length; layer++)
                    Assert.Equal(expected[i][layer], (int)(bits[i] >> layer & 1));
            }

            Assert.Equal(expected.Select(row => (long)row.Sum()), SchemeJson.Scores(scheme, tokens));
            cases++;
        }

        Assert.Equal(expectedCases, cases);
    }

    [Theory]
    [InlineData("synthid")]
    [InlineData("synthid-hf")]
    public void The_published_mask_is_distinct_contexts_within_the_history(string name)
    {
        foreach (JsonElement item in Golden.Load(name).GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme scheme = Keyed(name, item, "mean");
            NGramSelection selection = scheme.Scheme.PublishedSelection;
            selection.Validate();
            Assert.Equal(DistinctRule.Contexts, selection.Distinct);
            bool[] mask = SchemeJson.FirstContexts(item.GetProperty("tokens").Ints(), scheme.ContextWidth, selection.ContextHistory!.Value);
            Assert.Equal(item.GetProperty("repetition_mask").Ints(), mask.Select(kept => kept ? 1 : 0));
        }
    }

    [Fact]
    public void The_hash_starts_where_the_release_starts()
    {
        foreach (JsonElement item in Golden.Load("synthid").GetProperty("cases").EnumerateArray())
        {
            long[] keys = [.. item.GetProperty("keys").EnumerateArray().Select(key => key.GetInt64())];
            Assert.Equal(ulong.Parse(item.GetProperty("hash_iv").GetString()!, CultureInfo.InvariantCulture), SynthIdHash.DeepMindStart(keys));
        }
    }

    [Theory]
    [InlineData("mean", "mean_score")]
    [InlineData("weighted-mean", "weighted_mean_score")]
    public void The_published_scores_are_the_masked_totals_over_points(string scoring, string member)
    {
        foreach (JsonElement item in Golden.Load("synthid").GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme scheme = Keyed("synthid", item, scoring);
            int[] tokens = item.GetProperty("tokens").Ints();
            int[] mask = item.GetProperty("repetition_mask").Ints();
            long total = SchemeJson.Scores(scheme, tokens).Zip(mask, (score, kept) => score * kept).Sum();
            ScoreNull scoreNull = scheme.Scheme.Null;
            double perToken = (double)total / scoreNull.UnitsPerPoint / scoreNull.TrialsPerRow / mask.Sum();
            Assert.Equal(item.GetProperty(member).GetDouble(), perToken, 1e-7);
        }
    }

    [Fact]
    public void The_published_probabilities_come_out_of_the_tournament()
    {
        foreach (JsonElement item in Golden.Load("synthid").GetProperty("cases").EnumerateArray())
        {
            using KeyedScheme scheme = Keyed("synthid", item, "mean");
            JsonElement embed = item.GetProperty("embed");
            double temperature = embed.GetProperty("temperature").GetDouble();
            double[] logits = [.. embed.GetProperty("scores").EnumerateArray().Select(score => score.GetDouble() / temperature)];
            int[] context = new int[scheme.ContextWidth];
            bool first = true;
            int[] previous = [];
            foreach (JsonElement step in embed.GetProperty("steps").EnumerateArray())
            {
                // The release ignores what stands before its first call and starts from zeros.
                int[] input = step.GetProperty("input_ids").Ints();
                if (!first)
                    context = [.. context[1..], input[^1]];
                (first, previous) = (false, input);
                int[] candidates = step.GetProperty("top_k_ids").Ints();
                double[] exponentials = [.. candidates.Select(token => Math.Exp(logits[token]))];
                float[] probabilities = [.. exponentials.Select(value => (float)(value / exponentials.Sum()))];
                ((IProbabilityWatermark)scheme).ReshapeProbabilities(context, candidates, probabilities);
                Assert.Equal(1, probabilities.Sum(), 1e-5);
                double[] expected = [.. step.GetProperty("updated_log_probs").EnumerateArray().Select(value => Math.Exp(value.GetDouble()))];
                for (int i = 0; i < candidates.Length; i++)
                {
                    // The release works in float32: a probability of 1e-9 keeps few digits there.
                    Assert.Equal(expected[i], probabilities[i], 2e-6);
                    if (expected[i] > 1e-5)
                        Assert.Equal(1, probabilities[i] / expected[i], 1e-2);
                }
            }

            Assert.NotEmpty(previous);
        }
    }

    private static KeyedScheme Keyed(string name, JsonElement item, string scoring)
    {
        string size = item.TryGetProperty("sampling_table_size", out JsonElement value) ? $", \"samplingTableSize\": {value}" : string.Empty;
        string seed = item.TryGetProperty("sampling_table_seed", out value) ? $", \"samplingTableSeed\": {value}" : string.Empty;
        return SchemeJson.Keyed(
            $$"""{"name": "{{name}}", "ngramLength": {{item.GetProperty("ngram_len")}}, "contextHistorySize": {{item.GetProperty("context_history_size")}}{{size}}, "scoring": "{{scoring}}"}""",
            $$"""{"keys": {{item.GetProperty("keys").GetRawText()}}{{seed}}}""");
    }
}
