// Chats with a GGUF model under a mark, in three turns, then tests what it said. Without arguments it writes a tiny model with
// random weights, which says nothing sensible, and a key.
//   LLamaSharpSample [MODEL.gguf [KEY.wmkey]]
using LLama;
using LLama.Common;
using LLama.Native;
using LLama.Sampling;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.LLamaSharp;
using Watermark.SampleModels;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.Serving;

string folder = Directory.CreateTempSubdirectory("watermark-llama-").FullName;
string modelPath = args.Length > 0 ? args[0] : Path.Combine(folder, "tiny.gguf");
string keyPath = args.Length > 1 ? args[1] : Path.Combine(folder, "owner.wmkey");
try
{
    if (args.Length == 0)
        TinyLlama.Save(modelPath);
    if (args.Length < 2)
    {
        // As 'watermark keygen --out owner.wmkey' does.
        using KeyFile file = KeyFile.Create(new GreenListScheme { Delta = 3 }, WatermarkKey.Generate(), "ids", 0, TimeProvider.System);
        file.Save(keyPath);
    }

    NativeLibraryConfig.All.WithLogCallback(static (level, message) => { });
    using LLamaWeights weights = await LLamaWeights.LoadFromFileAsync(new ModelParams(modelPath) { ContextSize = 2048 });
    using LLamaContext context = weights.CreateContext(new ModelParams(modelPath) { ContextSize = 2048 });

    // The three lines: a key, an executor, its replies.
    using var watermarker = Watermarker.For(keyPath);
    var reply = new List<int>();
    var options = new WatermarkedExecutorOptions { Account = "alice", Served = served => reply.AddRange(served.Tokens.Span[served.PromptLength..]) };
    var executor = new WatermarkedExecutor(new InteractiveExecutor(context), watermarker, options);

    foreach (string turn in (string[])["Hello.", "Tell me more.", "And then?"])
    {
        Console.WriteLine($"> {turn}");
        var sampling = new DefaultSamplingPipeline { Temperature = 0.9f, TopP = 0.95f, TopK = 0, MinP = 0.02f, RepeatPenalty = 1.1f };
        string text = "";
        await foreach (string part in executor.InferAsync(turn, new InferenceParams { MaxTokens = 120, SamplingPipeline = sampling }))
            text += part;
        Console.WriteLine(text.ReplaceLineEndings(" "));
    }

    DetectionResult result = watermarker.Detector("alice").Detect(reply.ToArray());
    Console.WriteLine($"{result.Green} of {result.Scored} tokens green, ln p = {result.LogP:F1}");
    return 0;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or LLama.Exceptions.RuntimeError)
{
    Console.Error.WriteLine($"{exception.Message} A GGUF model and a key file were expected.");
    return 2;
}
finally
{
    Directory.Delete(folder, recursive: true);
}
