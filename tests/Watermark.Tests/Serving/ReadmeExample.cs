using Watermark.Embedding;
using Watermark.Scoring;
using Watermark.Serving;

namespace Watermark.Tests.Serving;

/// <summary>The example of the README, as it stands there: the tests of the architecture compare the two, and <see cref="ReadmeExampleTests"/> runs it.</summary>
internal static class ReadmeExample
{
    public static void Run(int[] promptIds, List<int> reply, int maximum, ReadmeExampleTests.ToyModel model)
    {
        // The README's lines begin here.
        using var watermarker = Watermarker.For("owner.wmkey");                       // from 'watermark keygen'
        WatermarkSession session = watermarker.NewSession(promptIds, account: "alice", epoch: "2026-11");   // one per reply
        var sampler = new TokenSampler(new SamplerOptions { Temperature = 0.8, TopP = 0.95 });
        while (reply.Count < maximum)
            reply.Add(sampler.Sample(session, model.Logits(reply)));                  // biases the logits, samples, accepts the token

        DetectionResult result = watermarker.Detector("alice", "2026-11").Detect(reply.ToArray());
        Console.WriteLine($"{result.Green} of {result.Scored} green, ln p = {result.LogP:F1}, ln e = {result.LogE:F1}");

        // They end here.
    }
}
