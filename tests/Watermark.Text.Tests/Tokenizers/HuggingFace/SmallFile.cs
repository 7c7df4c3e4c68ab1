using System.Text.Json.Nodes;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>A <c>tokenizer.json</c> of a few words, for tests of one setting.</summary>
internal static class SmallFile
{
    /// <summary>The tokens of the whole-word model; the index is the id.</summary>
    public static readonly string[] Words = ["[UNK]", "a", "b", "ab", "▁a", "▁", "▁b", "<x>", "a b", "é"];

    /// <summary>The content of a file, whole words without any setting but those that are given as JSON.</summary>
    public static JsonObject With(params (string Member, string Json)[] settings)
    {
        JsonNode model = JsonNode.Parse("""{"type": "WordLevel", "unk_token": "[UNK]"}""")!;
        var vocabulary = new JsonObject();
        for (int id = 0; id < Words.Length; id++)
            vocabulary.Add(Words[id], id);
        model["vocab"] = vocabulary;
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = null,
            ["pre_tokenizer"] = null,
            ["post_processor"] = null,
            ["decoder"] = null,
            ["model"] = model,
        };
        foreach ((string member, string json) in settings)
            file[member] = JsonNode.Parse(json);
        return file;
    }

    /// <summary>An added token.</summary>
    public static string Token(int id, string content, bool special = false, bool normalized = false, bool word = false, bool left = false, bool right = false) =>
        new JsonObject
        {
            ["id"] = id,
            ["content"] = content,
            ["special"] = special,
            ["normalized"] = normalized,
            ["single_word"] = word,
            ["lstrip"] = left,
            ["rstrip"] = right,
        }.ToJsonString();
}
