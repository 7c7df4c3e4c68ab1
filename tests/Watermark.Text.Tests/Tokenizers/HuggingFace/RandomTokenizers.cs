using System.Text.Json.Nodes;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>Makes small <c>tokenizer.json</c> files with settings drawn at random, and texts that hit what they hold.</summary>
/// <param name="random">The source of chance.</param>
/// <param name="precompiled">The rules of a SentencePiece model, in base64.</param>
internal sealed class RandomTokenizers(Random random, string precompiled)
{
    private const string Unknown = "[UNK]";

    // Few characters, so that merges and patterns are hit; among them what case, marks, width, bytes and white space ask for.
    private static readonly string[] Characters =
    [
        "a", "b", "c", "a", "b", "s", "t", "A", "B", " ", " ", " ", "  ", "\n", "\t", "1", "2", "3", ".", ",", "'", "'s", "_", "-", "<", ">",
        "é", "e\u0301", "İ", "ß", "ﬁ", "Ａ", "中", "文", "か\u3099", "한", "\u0301", "😀", "𝕏", "\u00a0", "\u3000", "\u200b", "\u0085", "٣", "½", "¡", "▁", "Ġ", "\ufeff",
    ];

    /// <summary>Patterns of published models, and a few that show the edges.</summary>
    private static readonly string[] Patterns =
    [
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @" ?[^(\s|[.,!?…。，、।۔،])]+",
        @"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
        "[0-9][0-9][0-9]",
        @"\s?\p{L}+",
        @"\s?\p{P}+",
        "[\r\n]",
        "[一-龥]+",
        @"\p{N}{1,3}",
        @"\d{1,3}(?=(?:\d{3})*\b)",
        @"\w+|[^\w\s]+",
        @"\s+|.",
        "b*",
    ];

    private readonly List<string> vocabulary = [];

    /// <summary>A text.</summary>
    public string Text()
    {
        int length = random.Next(1, 25);
        return string.Concat(Enumerable.Range(0, length).Select(_ => vocabulary.Count > 0 && random.Next(4) == 0 ? Of(vocabulary) : Of(Characters)));
    }

    /// <summary>The content of a file.</summary>
    public string File()
    {
        vocabulary.Clear();
        JsonNode? preTokenizer = PreTokenizer();
        JsonObject model = Model(bytes: preTokenizer?.ToJsonString().Contains("ByteLevel", StringComparison.Ordinal) == true && random.Next(10) > 0);
        var file = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = AddedTokens(model),
            ["normalizer"] = Normalizer(),
            ["pre_tokenizer"] = preTokenizer,
            ["post_processor"] = null,
            ["decoder"] = Decoder(),
            ["model"] = model,
        };
        return file.ToJsonString();
    }

    private JsonNode? Normalizer(int depth = 0)
    {
        switch (random.Next(depth == 0 ? 22 : 18))
        {
            case 0: return Typed("NFC");
            case 1: return Typed("NFD");
            case 2: return Typed("NFKC");
            case 3: return Typed("NFKD");
            case 4: return Typed("Lowercase");
            case 5: return Typed("StripAccents");
            case 6: return Typed("Nmt");
            case 7: return Typed("Strip", ("strip_left", Flag()), ("strip_right", Flag()));
            case 8: return Typed("Prepend", ("prepend", Of(["▁", "ab", " "])));
            case 9 or 10: return Typed("Replace", ("pattern", new JsonObject { ["String"] = " " }), ("content", "▁"));
            case 11: return Typed("Replace", ("pattern", new JsonObject { ["String"] = Of(["ab", "a", "é", "  "]) }), ("content", Of(["", "b", "▁", "cc"])));
            case 12: return Typed("Replace", ("pattern", new JsonObject { ["Regex"] = Of([@"\s+", " {2,}", @"\p{N}", @"[^a-z\s]+", "a|b+", @"(?<=a)b", @"\s+(?!\S)"]) }), ("content", Of([" ", "", "#", "▁", "x$1"])));
            case 13: return Typed("Precompiled", ("precompiled_charsmap", precompiled));
            case 14: return Typed("ByteLevel");
            case 15 or 16 or 17:
                return Typed("BertNormalizer", ("clean_text", Flag()), ("handle_chinese_chars", Flag()), ("strip_accents", Of<bool?>([true, false, null])), ("lowercase", Flag()));
            case 18 or 19:
                return Typed("Sequence", ("normalizers", Array(random.Next(4), () => Normalizer(depth + 1))));
            default: return null;
        }
    }

    private JsonNode? Decoder(int depth = 0)
    {
        switch (random.Next(depth == 0 ? 12 : 9))
        {
            case 0: return Typed("ByteLevel", ("add_prefix_space", Flag()), ("trim_offsets", Flag()), ("use_regex", Flag()));
            case 1: return Typed("ByteFallback");
            case 2: return Typed("Fuse");
            case 3: return Typed("Replace", ("pattern", new JsonObject { ["String"] = "▁" }), ("content", " "));
            case 4: return Typed("Replace", ("pattern", new JsonObject { ["Regex"] = @"\s+|a" }), ("content", "b"));
            case 5: return Typed("Strip", ("content", Of([" ", "a"])), ("start", random.Next(3)), ("stop", 0));
            case 6: return Typed("Metaspace", ("replacement", Of(["▁", "_"])), ("prepend_scheme", Of(["always", "first", "never"])), ("split", Flag()));
            case 7: return Typed("WordPiece", ("prefix", Of(["##", "a"])), ("cleanup", Flag()));
            case 8: return Typed("BPEDecoder", ("suffix", "</w>"));
            case 9 or 10: return Typed("Sequence", ("decoders", Array(random.Next(4), () => Decoder(depth + 1))));
            default: return null;
        }
    }

    private JsonNode? PreTokenizer(int depth = 0)
    {
        switch (random.Next(depth == 0 ? 22 : 16))
        {
            case 0 or 1: return Typed("ByteLevel", ("add_prefix_space", Flag()), ("trim_offsets", Flag()), ("use_regex", Flag()));
            case 2 or 3 or 4: return Metaspace();
            case 5: return Typed("Whitespace");
            case 6: return Typed("WhitespaceSplit");
            case 7: return Typed("Punctuation", ("behavior", Behavior()));
            case 8: return Typed("Digits", ("individual_digits", Flag()));
            case 9: return Typed("BertPreTokenizer");
            case 10: return Typed("CharDelimiterSplit", ("delimiter", Of(["a", "▁", " ", "中", "😀"])));
            case 11: return Typed("FixedLength", ("length", random.Next(1, 5)));
            case 12 or 13: return Typed("Split", ("pattern", new JsonObject { ["String"] = Of([" ", "a", "ab", "▁", "\n"]) }), ("behavior", Behavior()), ("invert", Flag()));
            case 14 or 15: return Typed("Split", ("pattern", new JsonObject { ["Regex"] = Of(Patterns) }), ("behavior", Behavior()), ("invert", Flag()));
            case 16 or 17 or 18 or 19:
                return Typed("Sequence", ("pretokenizers", Array(random.Next(4), () => PreTokenizer(depth + 1))));
            default: return null;
        }
    }

    private JsonObject Metaspace()
    {
        JsonObject metaspace = Typed("Metaspace", ("replacement", Of(["▁", "▁", "_", "中"])), ("prepend_scheme", Of(["always", "first", "never"])));
        if (Flag())
            metaspace["split"] = Flag();
        return metaspace;
    }

    private string Behavior() => Of(["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]);

    private JsonObject Model(bool bytes) => (bytes ? 0 : random.Next(6)) switch
    {
        0 or 1 or 2 => BytePairs(bytes),
        3 => WordPiece(),
        4 => Typed("WordLevel", ("vocab", Shuffled([Unknown, .. Words(60)])), ("unk_token", Unknown)),
        _ => Unigram(),
    };

    private JsonObject BytePairs(bool bytes)
    {
        string prefix = !bytes && random.Next(6) == 0 ? "##" : string.Empty;
        string suffix = !bytes && random.Next(6) == 0 ? "</w>" : string.Empty;
        List<string> alphabet = bytes ? [.. Enumerable.Range(0, 256).Select(Byte)] : [.. Characters.SelectMany(text => text.EnumerateRunes()).Select(rune => rune.ToString()).Distinct().Where(_ => random.Next(5) > 0)];
        if (bytes && random.Next(6) == 0)
            alphabet.RemoveAll(_ => random.Next(8) == 0);
        var tokens = new List<string>([Unknown, .. alphabet]);
        if (prefix.Length > 0)
            tokens.AddRange(alphabet.Select(token => prefix + token));
        if (suffix.Length > 0)
            tokens.AddRange(tokens.Skip(1).Select(token => token + suffix).ToArray());
        var merges = new List<(string, string)>();
        string[] frequent = bytes ? ["a", "b", "c", "s", "t", "Ġ", "1", "Ã", "©", "'", "ä", "¸", "Ń"] : ["a", "b", "c", "s", "t", " ", "▁", "1", "é", "中", "文", "\n"];
        for (int i = 0; i < 60; i++)
        {
            string left = merges.Count > 0 && Flag() ? Joined(Of(merges), prefix) : Of(frequent);
            string right = prefix + (merges.Count > 0 && Flag() ? Joined(Of(merges), prefix) : Of(frequent));
            if (right.StartsWith(prefix + prefix, StringComparison.Ordinal) && prefix.Length > 0)
                right = right[prefix.Length..];
            if (suffix.Length > 0 && random.Next(3) == 0)
                right += suffix;
            if (!tokens.Contains(left) || !tokens.Contains(right) || left.EndsWith("</w>", StringComparison.Ordinal) || merges.Contains((left, right)))
                continue;
            merges.Add((left, right));
            if (!tokens.Contains(left + right[prefix.Length..]))
                tokens.Add(left + right[prefix.Length..]);
        }

        bool fallback = random.Next(3) == 0;
        if (fallback)
            tokens.AddRange(Enumerable.Range(0, 256).Where(_ => random.Next(20) > 0 || Flag()).Select(value => $"<0x{value:X2}>").Where(_ => true));
        if (Flag())
            tokens.AddRange(Words(10).Except(tokens));
        JsonNode list = Flag() || merges.Any(merge => (merge.Item1 + merge.Item2).Contains(' ', StringComparison.Ordinal))
            ? new JsonArray([.. merges.Select(merge => new JsonArray(merge.Item1, merge.Item2))])
            : new JsonArray([.. merges.Select(merge => JsonValue.Create($"{merge.Item1} {merge.Item2}"))]);
        return Typed(
            "BPE",
            ("dropout", null),
            ("unk_token", Flag() ? Unknown : null),
            ("continuing_subword_prefix", prefix.Length > 0 || Flag() ? prefix : null),
            ("end_of_word_suffix", suffix.Length > 0 || Flag() ? suffix : null),
            ("fuse_unk", Flag()),
            ("byte_fallback", fallback),
            ("ignore_merges", Flag()),
            ("vocab", Shuffled(tokens)),
            ("merges", list));
    }

    private JsonObject WordPiece()
    {
        string prefix = Of(["##", "##", ""]);
        IEnumerable<string> single = Characters.SelectMany(text => text.EnumerateRunes()).Select(rune => rune.ToString()).Where(_ => random.Next(6) > 0);
        IEnumerable<string> tokens = single.Concat(Words(40));
        return Typed(
            "WordPiece",
            ("unk_token", Unknown),
            ("continuing_subword_prefix", prefix),
            ("max_input_chars_per_word", Of([3, 10, 100])),
            ("vocab", Shuffled([Unknown, .. tokens.Concat(tokens.Select(token => prefix + token)).Distinct()])));
    }

    private JsonObject Unigram()
    {
        bool fallback = Flag();
        List<string> tokens = [Unknown, .. Words(60), .. Characters.Distinct().Where(_ => random.Next(4) > 0)];
        if (fallback)
            tokens.AddRange(Enumerable.Range(0, 256).Where(_ => random.Next(30) > 0 || Flag()).Select(value => $"<0x{value:X2}>"));
        tokens = [.. tokens.Distinct()];
        vocabulary.AddRange(tokens);
        return Typed(
            "Unigram",
            ("unk_id", tokens.IndexOf(Unknown)),
            ("byte_fallback", fallback),
            ("vocab", new JsonArray([.. tokens.Select(token => new JsonArray(token, -random.Next(1, 12) - (Flag() ? 0.25 : 0)))])));
    }

    private JsonArray AddedTokens(JsonObject model)
    {
        var list = new JsonArray();
        int size = model["vocab"] is JsonObject tokens ? tokens.Count : model["vocab"]!.AsArray().Count;
        int next = size;
        string[] contents = [.. Array(random.Next(5), () => JsonValue.Create(Of(["<x>", "<x>y", "ab", " a", "é", "  ", "▁▁", "\n\n", "A", "中文", "e\u0301", "'s", "b b", Unknown, "1"]))).Select(node => node!.GetValue<string>()).Distinct()];
        // A token in white space that another one has taken ends the reference library.
        bool strips = contents.All(content => content == content.Trim());
        foreach (string content in contents)
        {
            int id = next;
            if (model["vocab"] is JsonObject ids && ids[content] is { } known)
                id = known.GetValue<int>();
            else if (model["vocab"] is JsonArray scored && scored.Select(entry => entry![0]!.GetValue<string>()).ToList().IndexOf(content) is >= 0 and int index)
                id = index;
            else
                next++;
            vocabulary.Add(content);
            list.Add(new JsonObject
            {
                ["id"] = id, ["content"] = content, ["single_word"] = Rarely(), ["lstrip"] = strips && Rarely(), ["rstrip"] = strips && Rarely(), ["normalized"] = Flag(), ["special"] = Flag(),
            });
        }

        return list;
    }

    private List<string> Words(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => Of(Characters)))).Distinct()];

    private JsonObject Shuffled(List<string> tokens)
    {
        vocabulary.AddRange(tokens.Where(token => !token.StartsWith("<0x", StringComparison.Ordinal)));
        string[] distinct = [.. tokens.Distinct()];
        int[] ids = [.. Enumerable.Range(0, distinct.Length)];
        random.Shuffle(ids);
        var members = new JsonObject();
        for (int i = 0; i < distinct.Length; i++)
            members.Add(distinct[i], ids[i]);
        return members;
    }

    private static string Joined((string Left, string Right) merge, string prefix) => merge.Left + merge.Right[prefix.Length..];

    private static string Byte(int value) => value switch
    {
        (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or (>= 0xae and <= 0xff) => ((char)value).ToString(),
        <= ' ' => ((char)(0x100 + value)).ToString(),
        <= 0xa0 => ((char)(0x100 + value - 0x7f + 33)).ToString(),
        _ => "\u0143",
    };

    private static JsonObject Typed(string type, params (string Name, JsonNode? Value)[] members)
    {
        var node = new JsonObject { ["type"] = type };
        foreach ((string name, JsonNode? value) in members)
            node[name] = value;
        return node;
    }

    private static JsonArray Array(int count, Func<JsonNode?> item) => [.. Enumerable.Range(0, count).Select(_ => item()).Where(node => node is not null)];

    private bool Flag() => random.Next(2) == 0;

    private bool Rarely() => random.Next(4) == 0;

    private T Of<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];
}
