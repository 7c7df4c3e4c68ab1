using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Watermark.Randomness;

namespace Watermark.SampleModels;

/// <summary>
/// A language model with random weights in the format of ONNX Runtime GenAI: the last token alone decides the logits of the
/// next (a table of 257 × 257). It writes printable ASCII characters without sense, with some 5.5 bits of entropy a token. It
/// never ends by itself, but surely after a line feed, which it never writes.
/// </summary>
public static class TinyOnnx
{
    /// <summary>The number of token ids: one for each byte, and the end.</summary>
    public const int VocabularySize = 257;

    /// <summary>The token that ends a text.</summary>
    public const int EndToken = 256;

    private const int Float32 = 1;
    private const int Int64 = 7;
    private const int Float16 = 10;

    // Plain lines, one for each turn.
    private const string ChatTemplate = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }} / {% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";

    /// <summary>Writes the model's folder: model.onnx, genai_config.json and the files of the tokenizer.</summary>
    /// <param name="folder">The folder; it is made, and its files are replaced.</param>
    /// <param name="half">Whether weights and logits are float16 instead of float32.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <param name="contextLength">The longest sequence, in tokens.</param>
    /// <param name="vocabularySize">The number of token ids; those past <see cref="VocabularySize"/> are never written.</param>
    public static void Save(string folder, bool half = false, ulong seed = 1, int contextLength = 2048, int vocabularySize = VocabularySize)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, VocabularySize);
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "model.onnx"), Model(half, seed, vocabularySize));
        WriteJson(folder, "genai_config.json", Configuration(contextLength, vocabularySize));
        WriteJson(folder, "tokenizer.json", Tokenizer());
        WriteJson(folder, "tokenizer_config.json", new JsonObject
        {
            ["tokenizer_class"] = "GPT2Tokenizer",
            ["add_prefix_space"] = false,
            ["bos_token"] = "<|endoftext|>",
            ["eos_token"] = "<|endoftext|>",
            ["unk_token"] = "<|endoftext|>",
            ["model_max_length"] = contextLength,
            ["chat_template"] = ChatTemplate,
        });
    }

    private static byte[] Model(bool half, ulong seed, int vocabularySize)
    {
        int type = half ? Float16 : Float32;
        ProtoWriter node = new ProtoWriter().Add(1, "table").Add(1, "input_ids").Add(2, "logits").Add(3, "next").Add(4, "Gather");
        ProtoWriter table = new ProtoWriter().Add(1, VocabularySize).Add(1, vocabularySize).Add(2, type).Add(8, "table").Add(9, Table(half, seed, vocabularySize));
        ProtoWriter graph = new ProtoWriter()
            .Add(1, node)
            .Add(2, "tiny")
            .Add(5, table)
            .Add(11, Value("input_ids", Int64, "batch", "length"))
            .Add(12, Value("logits", type, "batch", "length", vocabularySize));
        return new ProtoWriter().Add(1, 8L).Add(2, "Watermark").Add(7, graph).Add(8, new ProtoWriter().Add(1, "").Add(2, 17L)).ToArray();
    }

    /// <summary>The logits by the token before: uneven for printable characters, hopeless for all others.</summary>
    private static byte[] Table(bool half, ulong seed, int vocabularySize)
    {
        var random = new SeededRandomBits(seed);
        float[] values = new float[VocabularySize * vocabularySize];
        for (int before = 0; before < VocabularySize; before++)
        {
            Span<float> row = values.AsSpan(before * vocabularySize, vocabularySize);
            row.Fill(-60);
            for (int next = ' '; next <= '~'; next++)
                row[next] = (float)(4 * random.NextDouble());
            if (before == '\n')
                row[EndToken] = 100;
        }

        return half
            ? MemoryMarshal.AsBytes<Half>(Array.ConvertAll(values, value => (Half)value)).ToArray()
            : MemoryMarshal.AsBytes<float>(values).ToArray();
    }

    private static ProtoWriter Value(string name, int type, params object[] shape)
    {
        var dimensions = new ProtoWriter();
        foreach (object dimension in shape)
            dimensions.Add(1, dimension is int size ? new ProtoWriter().Add(1, (long)size) : new ProtoWriter().Add(2, (string)dimension));
        return new ProtoWriter().Add(1, name).Add(2, new ProtoWriter().Add(1, new ProtoWriter().Add(1, (long)type).Add(2, dimensions)));
    }

    private static JsonObject Configuration(int contextLength, int vocabularySize) => new()
    {
        ["model"] = new JsonObject
        {
            ["type"] = "llama",
            ["bos_token_id"] = EndToken,
            ["eos_token_id"] = EndToken,
            ["pad_token_id"] = EndToken,
            ["context_length"] = contextLength,
            ["vocab_size"] = vocabularySize,
            ["decoder"] = new JsonObject
            {
                ["filename"] = "model.onnx",
                ["head_size"] = 1,
                ["hidden_size"] = 1,
                ["num_attention_heads"] = 1,
                ["num_key_value_heads"] = 1,
                ["num_hidden_layers"] = 1,
                ["session_options"] = new JsonObject { ["intra_op_num_threads"] = 1, ["provider_options"] = new JsonArray() },
                ["inputs"] = new JsonObject { ["input_ids"] = "input_ids" },
                ["outputs"] = new JsonObject { ["logits"] = "logits" },
            },
        },
        ["search"] = new JsonObject { ["max_length"] = contextLength, ["past_present_share_buffer"] = false },
    };

    private static JsonObject Tokenizer()
    {
        var vocabulary = new JsonObject();
        for (int value = 0; value < 256; value++)
            vocabulary.Add(Symbol(value).ToString(), value);
        vocabulary.Add("<|endoftext|>", EndToken);
        var bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true };
        return new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray(new JsonObject
            {
                ["id"] = EndToken, ["content"] = "<|endoftext|>", ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = true,
            }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = bytes,
            ["post_processor"] = null,
            ["decoder"] = bytes.DeepClone(),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = null, ["continuing_subword_prefix"] = "", ["end_of_word_suffix"] = "", ["fuse_unk"] = false, ["vocab"] = vocabulary, ["merges"] = new JsonArray(),
            },
        };
    }

    /// <summary>The character that stands for a byte in GPT-2's tokenizers: itself where it is visible, else one from 256 on.</summary>
    private static char Symbol(int value)
    {
        if (Visible(value))
            return (char)value;
        int shift = 0;
        for (int earlier = 0; earlier < value; earlier++)
            shift += Visible(earlier) ? 0 : 1;
        return (char)(256 + shift);
    }

    private static bool Visible(int value) => value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    private static void WriteJson(string folder, string name, JsonObject content) =>
        File.WriteAllText(Path.Combine(folder, name), content.ToJsonString(), new UTF8Encoding(false));
}
