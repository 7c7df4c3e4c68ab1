// Marks a toy language model's output while it samples, then detects the mark, and clears text of another origin.
using Watermark.Scoring;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;

const int vocabularySize = 5_000;

using var key = WatermarkKey.Generate();
using KeyedScheme scheme = new GreenListScheme().WithKey(key);   // gamma 1/4, delta 2, context width 2

int[] marked = Generate(new WatermarkSession(scheme), tokens: 400);
int[] plain = Generate(session: null, tokens: 400);

var detector = new WatermarkDetector(scheme);
Report("marked", detector.Detect(marked));
Report("plain ", detector.Detect(plain));

// Your own sampling loop: any model that gives logits. Here, random ones.
int[] Generate(WatermarkSession? session, int tokens)
{
    var sampler = new TokenSampler(new SamplerOptions { Temperature = 1, TopP = 0.95, Seed = 7 });
    var model = new SeededRandomBits(seed: 1);
    var logits = new float[vocabularySize];
    var ids = new int[tokens];
    session?.Prime([17, 4, 2024]);                                // the prompt's token ids
    for (int i = 0; i < tokens; i++)
    {
        for (int v = 0; v < logits.Length; v++)
            logits[v] = (float)(4 * model.NextDouble());
        ids[i] = sampler.Sample(session, logits);                 // biases, samples, accepts
    }

    return ids;
}

static void Report(string what, DetectionResult result) =>
    Console.WriteLine($"{what}: {result.Green} of {result.Scored} tokens green, ln p = {result.LogP:F1}, ln e = {result.LogE:F1}");
