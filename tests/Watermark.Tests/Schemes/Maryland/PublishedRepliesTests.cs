using System.Text.Json;
using Watermark.Scoring;
using Watermark.Keys;
using Watermark.Schemes;
using Watermark.Schemes.Maryland;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Maryland;

/// <summary>Real replies of Llama 2 with the scores that the published radioactivity code gives them.</summary>
public sealed class PublishedRepliesTests
{
    [ConformanceFact("llama2/replies.jsonl")]
    public void All_thousand_published_scores_are_reproduced()
    {
        var scheme = new MarylandScheme { ContextWidth = 2, Gamma = Fraction.Quarter, VocabularySize = 32_000 };
        using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [3]);
        using KeyedScheme keyed = scheme.WithKey(secret);
        var detector = new WatermarkDetector(keyed, scheme.PublishedSelection);
        int rows = 0;
        int undefined = 0;
        foreach (string line in File.ReadLines(ConformanceFactAttribute.PathOf("llama2/replies.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement published = document.RootElement.GetProperty("published");
            DetectionResult result = detector.Detect(document.RootElement.GetProperty("tokens").Ints());
            Assert.Equal(published.GetProperty("scored").GetInt64(), result.Scored);
            Assert.Equal(published.GetProperty("green_fraction").GetDouble(), result.GreenFraction!.Value, 1e-12);
            // Where nothing is green the published incomplete beta function has no value; the p-value is 1.
            JsonElement p = published.GetProperty("p_value");
            if (p.ValueKind == JsonValueKind.Null)
            {
                Assert.Equal(0, result.Green);
                Assert.Equal(0, result.LogP);
                undefined++;
            }
            else
            {
                Assert.Equal(p.GetDouble(), Math.Exp(result.LogP), 1e-9);
            }

            rows++;
        }

        Assert.Equal(1000, rows);
        Assert.Equal(4, undefined);
    }
}
