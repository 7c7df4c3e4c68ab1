using Watermark.Scoring;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Tests.Schemes.Torch;

/// <summary>What is marked is found under its key and under no other.</summary>
public sealed class TorchRoundTripTests
{
    private const int VocabularySize = 1000;

    public static TheoryData<string, string, string> Marks => new()
    {
        { """{"name":"kgw","seeding":"lefthash","vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"kgw","seeding":"selfhash","delta":4,"vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"kgw","seeding":"minhash","vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"kgw","seeding":"skipgram","vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"kgw","seeding":"ff-noncomm_prf-3-False","vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"hf-kgw","seeding":"lefthash","vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"hf-kgw","seeding":"selfhash","contextWidth":4,"delta":4,"vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"markllm-kgw","vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"markllm-kgw","seeding":"min","contextWidth":2,"seedRange":"full","vocabularySize":1000}""", """{"hashKey":987654321987}""", """{"hashKey":987654321989}""" },
        { """{"name":"maryland","contextWidth":2,"vocabularySize":1000}""", """{"seed":987654321987}""", """{"seed":987654321989}""" },
        { """{"name":"gumbel-torch","contextWidth":2,"vocabularySize":1000}""", """{"seed":987654321987}""", """{"seed":987654321989}""" },
    };

    [Theory]
    [MemberData(nameof(Marks))]
    public void A_marked_text_is_found_under_its_key_and_under_no_other(string json, string secret, string otherSecret)
    {
        using KeyedScheme keyed = SchemeJson.Keyed(json, secret);
        using KeyedScheme other = SchemeJson.Keyed(json, otherSecret);
        int[] text = Write(keyed, 400, new SeededRandomBits(6));
        Assert.True(new WatermarkDetector(keyed).Detect(text).LogP < Math.Log(1e-9));

        // One pinned text and key; a key drawn at random would fall below 1e-3 once in a thousand runs.
        Assert.True(new WatermarkDetector(other).Detect(text).LogP > Math.Log(1e-3));
    }

    /// <summary>Samples ids from forty likely tokens a position, marked by the scheme.</summary>
    private static int[] Write(KeyedScheme keyed, int length, SeededRandomBits random)
    {
        int width = keyed.ContextWidth;
        int[] text = [.. Enumerable.Range(0, length).Select(_ => (int)random.NextBelow(VocabularySize))];
        var logits = new float[VocabularySize];
        for (int i = width; i < length; i++)
        {
            ReadOnlySpan<int> context = text.AsSpan(i - width, width);
            Array.Fill(logits, -20f);
            for (int j = 0; j < 40; j++)
                logits[random.NextBelow(VocabularySize)] = (float)random.NextDouble();
            if (keyed is ILogitWatermark watermark)
                watermark.BiasLogits(context, logits);
            float[] weights = [.. logits.Select(logit => MathF.Exp(logit))];
            float total = weights.Sum();
            if (keyed is ISamplingWatermark sampling)
            {
                text[i] = sampling.ChooseCandidate(context, [.. Enumerable.Range(0, VocabularySize)], [.. weights.Select(weight => weight / total)], 0);
                continue;
            }

            double left = random.NextDouble() * total;
            int token = 0;
            while (token < VocabularySize - 1 && (left -= weights[token]) > 0)
                token++;
            text[i] = token;
        }

        return text;
    }
}
