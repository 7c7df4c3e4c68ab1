using System.Text.Json;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.TextSeal;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.TextSeal;

public sealed class TextSealGoldenTests
{
    [Fact]
    public void Every_golden_residue_green_bit_and_Gumbel_sum_is_reproduced()
    {
        int cases = 0;
        foreach (JsonElement item in Golden.Load("textseal").GetProperty("cases").EnumerateArray())
        {
            int h = item.GetProperty("ngram").GetInt32();
            long key = item.GetProperty("secret_key").GetInt64();
            int[] tokens = item.GetProperty("tokens").Ints();
            NGramRows rows = NGramRows.FromSequence(tokens, h);
            var residues = new int[rows.Count];
            TextSealHash.Residues(unchecked((ulong)key * TextSealHash.KeyFactor), rows, residues);
            Assert.Equal(item.GetProperty("uniform_x8191").Ints(), residues);

            using KeyedScheme green = SchemeJson.Keyed(
                $$"""{"name": "textseal", "contextWidth": {{h}}, "mode": "green-list", "gamma": {{item.GetProperty("gamma").GetRawText()}}}""",
                $$"""{"secretKey": {{key}}}""");
            int[] expected = item.GetProperty("green").Ints();
            Assert.Equal(expected.Select(bit => (long)bit), SchemeJson.Scores(green, tokens));
            Assert.Equal(expected.Sum(), green.SumScores(rows));

            using KeyedScheme gumbel = SchemeJson.Keyed(
                $$"""{"name": "textseal", "contextWidth": {{h}}, "mode": "gumbel"}""",
                $$"""{"secretKey": {{key}}}""");
            // The release sums about 80 float32 logarithms in float32.
            double sum = (double)gumbel.SumScores(rows) / gumbel.Scheme.Null.UnitsPerPoint;
            Assert.Equal(item.GetProperty("gumbel_sum").GetDouble(), sum, 2e-5);
            cases++;
        }

        Assert.Equal(3, cases);
    }
}
