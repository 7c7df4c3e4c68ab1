// What a program does with the core: a key, a scheme, marked text, detection, a sample, its score and its null.
// Prints one line of numbers for each; the tests know them.
using System.Globalization;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;

const int vocabularySize = 2_000;

byte[] secret = new byte[WatermarkKey.Size];
for (int i = 0; i < secret.Length; i++)
    secret[i] = (byte)i;
using WatermarkKey key = WatermarkKey.FromBytes(secret);

foreach (WatermarkScheme design in new WatermarkScheme[] { new GreenListScheme(), new GumbelScheme() })
{
    using KeyedScheme scheme = design.WithKey(key);
    int[] marked = Generate(new WatermarkSession(scheme));
    DetectionResult result = new WatermarkDetector(scheme).Detect(marked);
    Print(design.Name, result.Scored, result.Green ?? -1, result.LogP, result.LogE);

    var builder = new SampleBuilder(new SampleSchema { ContextWidth = design.ContextWidth });
    builder.AddDocument(marked, hasPrompt: true);
    using var file = new MemoryStream();
    builder.Build().Write(file);
    file.Position = 0;
    SampleScore score = Scorer.Score(Sample.Read(file), scheme);
    TotalTest test = score.TheoryNull(design).Test(score.Total);
    Print("sample", score.Rows, (long)score.Total, test.LogP, test.LogE);
}

// The model gives random logits; what is drawn from them depends on integers alone.
static int[] Generate(WatermarkSession session)
{
    var sampler = new TokenSampler(new SamplerOptions { Temperature = 1, TopP = 0.95, Seed = 7 });
    var model = new SeededRandomBits(seed: 1);
    var logits = new float[vocabularySize];
    var ids = new int[400];
    for (int i = 0; i < ids.Length; i++)
    {
        for (int v = 0; v < logits.Length; v++)
            logits[v] = (float)(4 * model.NextDouble());
        ids[i] = sampler.Sample(session, logits);
    }

    return ids;
}

static void Print(string what, long scored, long total, double logP, double logE) =>
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {scored} {total} {logP:F3} {logE:F3}"));
