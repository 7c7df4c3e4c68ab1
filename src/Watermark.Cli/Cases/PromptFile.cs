using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Watermark.Cli.Cases;

/// <summary>The prompts that a user gives, as the lines of a case's <c>prompts.jsonl</c>.</summary>
internal static class PromptFile
{
    private const int LargestFile = 64 << 20;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads prompts and writes them as lines of an object with <c>id</c> and <c>prompt</c>.</summary>
    /// <param name="path">JSON Lines with a member <c>prompt</c> and perhaps <c>id</c>, or text with one prompt a line; UTF-8.</param>
    /// <exception cref="InputFormatException">A line is not valid, an id or a prompt stands twice, or there is none.</exception>
    public static byte[] ToJsonLines(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
            throw new InputFormatException($"{path}: a file of prompts has at most 64 MiB.");
        string text;
        try
        {
            text = Strict.GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException)
        {
            throw new InputFormatException($"{path}: UTF-8 was expected.");
        }

        var lines = new List<(string Id, string Prompt)>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var prompts = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in text.TrimStart('\uFEFF').Split('\n').Select(line => line.TrimEnd('\r')))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            (string? id, string prompt) = Read(line, path, number);
            id ??= FormattableString.Invariant($"p{lines.Count + 1:D5}");
            if (string.IsNullOrWhiteSpace(prompt))
                throw new InputFormatException($"{path}, line {number}: the prompt is empty.");
            if (!ids.Add(id))
                throw new InputFormatException($"{path}, line {number}: the id '{id}' stands twice; each was expected once.");
            if (!prompts.Add(prompt))
                throw new InputFormatException($"{path}, line {number}: the same prompt stands in an earlier line; ask for several replies with --replies-per-prompt instead.");
            lines.Add((id, prompt));
        }

        if (lines.Count == 0)
            throw new InputFormatException($"{path}: no prompt was found; one a line was expected.");
        return Write(lines);
    }

    private static (string? Id, string Prompt) Read(string line, string path, int number)
    {
        if (!line.TrimStart().StartsWith('{'))
            return (null, line);
        try
        {
            using JsonDocument document = StrictJson.Parse(Strict.GetBytes(line), "The prompt");
            JsonElement root = document.RootElement;
            if (root.TryGetProperty("prompt", out JsonElement prompt) && prompt.ValueKind == JsonValueKind.String)
                return (root.TryGetProperty("id", out JsonElement id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null, prompt.GetString()!);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}, line {number}: {exception.Message}", exception);
        }

        throw new InputFormatException($"{path}, line {number}: an object with a text 'prompt' was expected.");
    }

    /// <summary>Prompts as lines of an object with <c>id</c> and <c>prompt</c>.</summary>
    /// <param name="lines">Ids and prompts.</param>
    public static byte[] Write(IReadOnlyList<(string Id, string Prompt)> lines)
    {
        using var stream = new MemoryStream();
        foreach ((string id, string prompt) in lines)
        {
            using (var writer = new Utf8JsonWriter(stream, Options))
            {
                writer.WriteStartObject();
                writer.WriteString("id", id);
                writer.WriteString("prompt", prompt);
                writer.WriteEndObject();
            }

            stream.WriteByte((byte)'\n');
        }

        return stream.ToArray();
    }
}
