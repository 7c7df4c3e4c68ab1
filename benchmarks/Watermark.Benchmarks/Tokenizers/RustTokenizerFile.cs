using System.Text;
using System.Text.Json;

namespace Watermark.Benchmarks.Tokenizers;

/// <summary>Writes an encoding as a <c>tokenizer.json</c>, so that Hugging Face's library can be measured on it.</summary>
internal static class RustTokenizerFile
{
    private const string Cl100k = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string O200k =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>Writes the file.</summary>
    /// <param name="encoding"><c>cl100k_base</c> or <c>o200k_base</c>.</param>
    /// <param name="tokens">The bytes of every token, by id.</param>
    /// <param name="path">Where the file is written.</param>
    public static void Write(string encoding, byte[][] tokens, string path)
    {
        char[] letters = Letters();
        string[] names = [.. tokens.Select(token => string.Concat(token.Select(value => letters[value])))];
        Dictionary<string, int> ranks = names.Select((name, rank) => (name, rank)).ToDictionary(item => item.name, item => item.rank, StringComparer.Ordinal);
        string[][] merges = [.. names.Select((name, rank) => Parts(name, rank, ranks)).Where(parts => parts.Length == 2)];
        File.WriteAllText(path, JsonSerializer.Serialize(new
        {
            version = "1.0",
            truncation = (object?)null,
            padding = (object?)null,
            added_tokens = Array.Empty<object>(),
            normalizer = (object?)null,
            pre_tokenizer = new
            {
                type = "Sequence",
                pretokenizers = new object[]
                {
                    new { type = "Split", pattern = new { Regex = encoding == "o200k_base" ? O200k : Cl100k }, behavior = "Isolated", invert = false },
                    new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = false },
                },
            },
            post_processor = (object?)null,
            decoder = (object?)null,
            model = new
            {
                type = "BPE",
                dropout = (object?)null,
                unk_token = (object?)null,
                continuing_subword_prefix = (object?)null,
                end_of_word_suffix = (object?)null,
                fuse_unk = false,
                byte_fallback = false,
                ignore_merges = true,
                vocab = ranks,
                merges,
            },
        }));
    }

    /// <summary>The two tokens that come together as the last merge of a token: its merges by tokens of lower rank.</summary>
    private static string[] Parts(string name, int rank, Dictionary<string, int> ranks)
    {
        List<string> parts = [.. name.Select(letter => letter.ToString())];
        while (parts.Count > 2)
        {
            int best = -1;
            int least = rank;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (ranks.TryGetValue(parts[i] + parts[i + 1], out int found) && found < least)
                    (best, least) = (i, found);
            }

            if (best < 0)
                break;
            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }

        return [.. parts];
    }

    /// <summary>How byte-level vocabularies write bytes.</summary>
    private static char[] Letters()
    {
        var letters = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
            letters[value] = value is (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or (>= 0xae and <= 0xff) ? (char)value : (char)next++;
        return letters;
    }
}
