// Chats with an ONNX model under a mark, in three turns, then tests what it said. Without arguments it writes a tiny model with
// random weights, which says nothing sensible, and a key.
//   OnnxRuntimeGenAISample [MODEL-FOLDER [KEY.wmkey]]
using Microsoft.Extensions.AI;
using Microsoft.ML.OnnxRuntimeGenAI;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.OnnxRuntimeGenAI;
using Watermark.SampleModels;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.Serving;

string folder = Directory.CreateTempSubdirectory("watermark-onnx-").FullName;
string modelFolder = args.Length > 0 ? args[0] : Path.Combine(folder, "tiny");
string keyPath = args.Length > 1 ? args[1] : Path.Combine(folder, "owner.wmkey");
if (args.Length == 0)
    TinyOnnx.Save(modelFolder);
if (args.Length < 2)
{
    // As 'watermark keygen --out owner.wmkey' does.
    using KeyFile file = KeyFile.Create(new GreenListScheme { Delta = 3 }, WatermarkKey.Generate(), "ids", 0, TimeProvider.System);
    file.Save(keyPath);
}

var reply = new List<int>();
DetectionResult result;
using (var model = new Model(modelFolder))
{
    // The three lines: a key, a client, its replies.
    using var watermarker = Watermarker.For(keyPath);
    var options = new WatermarkedOnnxChatOptions { Account = () => "alice", Served = served => reply.AddRange(served.Tokens.Span[served.PromptLength..]) };
    using IChatClient client = new WatermarkedOnnxChatClient(model, watermarker, options);

    var messages = new List<ChatMessage>();
    foreach (string turn in (string[])["Hello.", "Tell me more.", "And then?"])
    {
        Console.WriteLine($"> {turn}");
        messages.Add(new ChatMessage(ChatRole.User, turn));
        ChatResponse response = await client.GetResponseAsync(messages, new ChatOptions { MaxOutputTokens = 120, Temperature = 0.9f, TopP = 0.95f });
        messages.AddMessages(response);
        Console.WriteLine(response.Text.ReplaceLineEndings(" "));
    }

    result = watermarker.Detector("alice").Detect(reply.ToArray());
}

Console.WriteLine($"{result.Green} of {result.Scored} tokens green, ln p = {result.LogP:F1}");
Directory.Delete(folder, recursive: true);
