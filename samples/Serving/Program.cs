// A service that marks its replies under the key of the current epoch and logs every context that it evaluates: what 'watermark
// fingerprint relay', 'epochs' and 'novelty' need. The model is a toy; the epochs are two months that the program is told.
//   Serving FOLDER
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;

const int vocabularySize = 5_000;
const int repliesPerEpoch = 20;

string folder = args.Length > 0 ? args[0] : "serving";
Directory.CreateDirectory(folder);
using var owner = WatermarkKey.Generate();
var scheme = new GreenListScheme { Delta = 3 };
using (KeyFile file = KeyFile.Create(scheme, owner.Clone(), "ids", vocabularySize, TimeProvider.System))
    file.Save(Path.Combine(folder, "owner.wmkey"));

foreach (string epoch in (string[])["2026-10", "2026-11"])
{
    // The epoch's key and its log change together.
    using WatermarkKey key = owner.ForEpoch(epoch);
    using KeyedScheme keyed = scheme.WithKey(key);
    var header = new ServedContextsHeader(epoch, keyed.KeyId, keyed.ContextWidth, TokenizerHash: "");
    using var log = ServedContextsLog.Open(File.Open(Path.Combine(folder, $"served-{epoch}.contexts"), FileMode.OpenOrCreate, FileAccess.ReadWrite), header);
    using var replies = new StreamWriter(Path.Combine(folder, $"replies-{epoch}.jsonl"));
    double logP = 0;
    for (int i = 0; i < repliesPerEpoch; i++)
    {
        int[] prompt = [17, 4, i];
        int[] reply = Generate(new WatermarkSession(keyed), prompt, tokens: 60, seed: (ulong)(i + (100 * epoch[^1])));

        // Before the reply leaves the house, its contexts are on disk: also those of a reply that is then cancelled.
        log.Add([.. prompt, .. reply], prompt.Length);
        log.Flush();
        replies.WriteLine(JsonSerializer.Serialize(new { prompt_ids = prompt, tokens = reply }));
        logP += new WatermarkDetector(keyed).Detect(reply).LogP;
    }

    Console.WriteLine($"epoch {epoch}: {repliesPerEpoch} replies, {log.Logged} contexts logged, ln p = {logP:F1}");
}

int[] Generate(WatermarkSession session, int[] prompt, int tokens, ulong seed)
{
    var sampler = new TokenSampler(new SamplerOptions { TopP = 0.95, Seed = seed });
    var model = new SeededRandomBits(seed);
    var logits = new float[vocabularySize];
    var ids = new int[tokens];
    session.Prime(prompt);
    for (int i = 0; i < tokens; i++)
    {
        for (int v = 0; v < logits.Length; v++)
            logits[v] = (float)(4 * model.NextDouble());
        ids[i] = sampler.Sample(session, logits);
    }

    return ids;
}
