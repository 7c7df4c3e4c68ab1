// An OpenAI-compatible endpoint on llama.cpp that marks by account and epoch and keeps the log of served contexts.
//   MinimalApi [--model MODEL.gguf] [--key KEY.wmkey] [--logs FOLDER] [--urls http://localhost:8080]
//   MinimalApi --once     starts on a free port, asks itself, tests the reply, and ends
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using LLama;
using LLama.Common;
using LLama.Native;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using MinimalApi;
using Watermark.Catalog;
using Watermark.Extensions.AI;
using Watermark.Keys;
using Watermark.SampleModels;
using Watermark.Schemes.Native;
using Watermark.Scoring;

bool once = args.Contains("--once");
string folder = Directory.CreateTempSubdirectory("watermark-api-").FullName;
WebApplicationBuilder builder = WebApplication.CreateBuilder([.. args.Where(argument => argument != "--once")]);
if (once)
{
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls("http://127.0.0.1:0");
}

string modelPath = builder.Configuration["model"] ?? Path.Combine(folder, "tiny.gguf");
if (builder.Configuration["model"] is null)
    TinyLlama.Save(modelPath);
string keyPath = builder.Configuration["key"] ?? Path.Combine(folder, "owner.wmkey");
if (builder.Configuration["key"] is null)
{
    // As 'watermark keygen --out owner.wmkey' does.
    using KeyFile file = KeyFile.Create(new GreenListScheme { Delta = 3 }, WatermarkKey.Generate(), "ids", 0, TimeProvider.System);
    file.Save(keyPath);
}

NativeLibraryConfig.All.WithLogCallback(static (level, message) => { });
builder.Services.AddWatermark(new WatermarkKeyOptions { Path = keyPath });
builder.Services.AddSingleton(_ => LLamaWeights.LoadFromFile(new ModelParams(modelPath)));
builder.Services.AddSingleton(services => new MarkedModel(
    services.GetRequiredService<LLamaWeights>(), new ModelParams(modelPath) { ContextSize = 2048 }, services.GetRequiredService<IWatermarkKeyProvider>(), builder.Configuration["logs"] ?? Path.Combine(folder, "served")));

WebApplication app = builder.Build();
app.MapGet("/v1/models", () => new { @object = "list", data = new[] { new { id = "marked", @object = "model", owned_by = "owner" } } });
app.MapPost("/v1/chat/completions", async (ChatRequest request, HttpContext http, MarkedModel model, CancellationToken cancellation) =>
{
    // Your own table of API keys gives the account; here the key is the account's name.
    string? account = AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out AuthenticationHeaderValue? header) && header.Scheme == "Bearer" ? header.Parameter : null;
    if (string.IsNullOrEmpty(account))
        return Results.Json(new { error = new { message = "An API key was expected: Authorization: Bearer KEY.", type = "invalid_request_error" } }, statusCode: 401);
    if (request.Messages is not { Count: > 0 } || request.MaxTokens is < 1 or > 1024)
        return Results.Json(new { error = new { message = "'messages' must hold at least one message, and 'max_tokens' must be 1 to 1024.", type = "invalid_request_error" } }, statusCode: 400);

    string id = $"chatcmpl-{Guid.NewGuid():N}";
    long created = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
    if (!request.Stream)
    {
        string text = "";
        await foreach (string part in model.ReplyAsync(request, account, cancellation))
            text += part;
        return Results.Json(new { id, @object = "chat.completion", created, model = "marked", choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop" } } });
    }

    http.Response.ContentType = "text/event-stream";
    await foreach (string part in model.ReplyAsync(request, account, cancellation))
    {
        string line = JsonSerializer.Serialize(new { id, @object = "chat.completion.chunk", created, model = "marked", choices = new[] { new { index = 0, delta = new { content = part } } } });
        await http.Response.WriteAsync($"data: {line}\n\n", cancellation);
        await http.Response.Body.FlushAsync(cancellation);
    }

    await http.Response.WriteAsync("data: [DONE]\n\n", cancellation);
    return Results.Empty;
});

if (!once)
{
    await app.RunAsync();
    return;
}

await app.StartAsync();
string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
using (var client = new HttpClient { BaseAddress = new Uri(address) })
{
    client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "alice");
    using HttpResponseMessage response = await client.PostAsJsonAsync("/v1/chat/completions", new { model = "marked", max_tokens = 300, messages = new[] { new { role = "user", content = "Tell me a story." } } });
    using JsonDocument reply = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
    string text = reply.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    using HttpResponseMessage streamed = await client.PostAsJsonAsync("/v1/chat/completions", new { model = "marked", stream = true, max_tokens = 50, messages = new[] { new { role = "user", content = "Another one." } } });
    string events = await streamed.Content.ReadAsStringAsync();
    Console.WriteLine($"{text[..40]}…");
    Console.WriteLine($"{events.Split("data: ").Length - 2} streamed parts");

    // What a reader of the reply has: its text, tokenized by the model's own tokenizer.
    var model = app.Services.GetRequiredService<MarkedModel>();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.ContextsLogged} contexts logged"));
    DetectionResult result = model.Detect(text, "alice");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.Green} of {result.Scored} tokens green, ln p = {result.LogP:F1}"));
}

await app.StopAsync();
await app.DisposeAsync();
Directory.Delete(folder, recursive: true);
