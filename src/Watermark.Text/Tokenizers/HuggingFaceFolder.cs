using System.Text.Json;
using System.Text.RegularExpressions;

namespace Watermark.Text.Tokenizers;

/// <summary>
/// A Hugging Face folder of a byte-level BPE tokenizer: <c>vocab.json</c>, <c>merges.txt</c>, and optional files.
/// </summary>
/// <remarks>
/// Without <c>tokenizer.json</c> text is cut as GPT-2 cuts it. With it, its pattern is used, and unsupported settings that
/// would change ids are refused. A normalizer to NFC is ignored: text is assumed to be in NFC, as almost all text is.
/// </remarks>
internal static class HuggingFaceFolder
{
    private const string EndOfText = "<|endoftext|>";

    public static TextTokenizer Load(string folder)
    {
        byte[] vocabulary = Read(folder, "vocab.json") ?? throw Missing(folder, "vocab.json");
        byte[] merges = Read(folder, "merges.txt") ?? throw Missing(folder, "merges.txt");
        byte[]? settings = Read(folder, "tokenizer.json");
        Dictionary<string, int> ids = Ids(vocabulary, Path.Combine(folder, "vocab.json"));
        var special = new SortedSet<int>();
        if (ids.TryGetValue(EndOfText, out int endOfText))
            special.Add(endOfText);
        if (Read(folder, "added_tokens.json") is { } added)
            special.UnionWith(Ids(added, Path.Combine(folder, "added_tokens.json")).Values);
        Regex split = settings is null ? SplitPatterns.Gpt2 : ReadSettings(settings, Path.Combine(folder, "tokenizer.json"), special);
        var codec = new ByteLevelCodec(ids, merges, split, special, folder);
        byte[] content = settings is null ? [.. vocabulary, 0, .. merges] : [.. vocabulary, 0, .. merges, 0, .. settings];
        return new TextTokenizer(folder, TokenizerLoader.Hash(content), [.. special], codec);
    }

    private static Regex ReadSettings(byte[] json, string path, SortedSet<int> special)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            if (Member(root, "normalizer") is { } normalizer && Type(normalizer) != "NFC")
                throw Unsupported(path, $"the normalizer {Type(normalizer)}");
            if (Member(root, "model") is { } model && IsTrue(model, "ignore_merges"))
                throw Unsupported(path, "a model that ignores merges");
            if (Member(root, "added_tokens") is { } added)
                special.UnionWith(added.EnumerateArray().Select(token => token.GetProperty("id").GetInt32()));
            return Split(Member(root, "pre_tokenizer"), path);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new InputFormatException($"{path}: expected the settings of a byte-level BPE tokenizer in JSON.", exception);
        }
    }

    /// <summary>The pattern of <c>ByteLevel</c> (GPT-2's), or of a <c>Split</c> before a <c>ByteLevel</c> without its own.</summary>
    private static Regex Split(JsonElement? preTokenizer, string path)
    {
        if (preTokenizer is not { } outer)
            throw Unsupported(path, "a model without pre-tokenizer");
        JsonElement[] steps = Type(outer) == "Sequence" ? [.. outer.GetProperty("pretokenizers").EnumerateArray()] : [outer];
        JsonElement last = steps[^1];
        if (Type(last) != "ByteLevel" || IsTrue(last, "add_prefix_space"))
            throw Unsupported(path, "this pre-tokenizer");
        bool ownPattern = Member(last, "use_regex") is not { ValueKind: JsonValueKind.False };
        if (steps.Length == 1 && ownPattern)
            return SplitPatterns.Gpt2;
        if (steps.Length == 2 && !ownPattern && Type(steps[0]) == "Split" && !IsTrue(steps[0], "invert")
            && Member(steps[0], "behavior")?.GetString() == "Isolated"
            && Member(steps[0].GetProperty("pattern"), "Regex")?.GetString() is { } pattern)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Compiled);
        }

        throw Unsupported(path, "this pre-tokenizer");
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static string? Type(JsonElement element) => element.GetProperty("type").GetString();

    private static bool IsTrue(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.True };

    private static Dictionary<string, int> Ids(byte[] json, string path)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            foreach (JsonProperty token in document.RootElement.EnumerateObject())
                ids[token.Name] = token.Value.TryGetInt32(out int id) && id is >= 0 and < 1 << 24 ? id : -1;
            if (ids.Count > 0 && !ids.ContainsValue(-1))
                return ids;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON, not an object, not a number, or a name that is not valid text.
        }

        throw new InputFormatException($"{path}: expected a JSON object of tokens and their ids.");
    }

    private static byte[]? Read(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private static InputFormatException Missing(string folder, string name) =>
        new($"{folder}: the folder has no {name}; a byte-level BPE tokenizer has vocab.json and merges.txt.");

    private static InputFormatException Unsupported(string path, string what) =>
        new($"{path}: {what} is not supported; byte-level BPE without normalizer and prefix space is.");
}
