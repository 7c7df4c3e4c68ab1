using System.Globalization;
using Watermark.Randomness;

namespace Watermark.SampleModels;

/// <summary>
/// A language model with random weights in llama.cpp's format: two layers of width 64, a token for each printable ASCII
/// character, some 500 kB. It writes letters, digits and signs without sense, with some 4 bits of entropy a token, and never
/// ends by itself.
/// </summary>
public static class TinyLlama
{
    private const int Width = 64;
    private const int HiddenWidth = 128;
    private const int Heads = 4;
    private const int Layers = 2;
    private const int FirstByte = 3;
    private const int FirstCharacter = FirstByte + 256;
    private const int Characters = 95;

    // A component that every embedding has: by it the output layer can rule tokens out whatever the context is.
    private const float Common = 6;

    /// <summary>The number of token ids: 3 control tokens, 256 bytes, 95 printable characters.</summary>
    public const int VocabularySize = FirstCharacter + Characters;

    /// <summary>The token of a printable ASCII character.</summary>
    /// <param name="character">From space to tilde.</param>
    public static int TokenOf(char character) => character is >= ' ' and <= '~'
        ? FirstCharacter + (character - ' ')
        : throw new ArgumentOutOfRangeException(nameof(character), character, "A printable ASCII character was expected.");

    /// <summary>Writes the model.</summary>
    /// <param name="path">The file; it is replaced.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <param name="contextLength">The longest sequence, in tokens.</param>
    public static void Save(string path, ulong seed = 1, int contextLength = 2048)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength, 8);
        var random = new SeededRandomBits(seed);
        using var file = new GgufWriter();
        file.Add("general.architecture", "llama");
        file.Add("general.name", "tiny");
        file.Add("general.file_type", 0u);
        file.Add("llama.context_length", (uint)contextLength);
        file.Add("llama.embedding_length", (uint)Width);
        file.Add("llama.block_count", (uint)Layers);
        file.Add("llama.feed_forward_length", (uint)HiddenWidth);
        file.Add("llama.rope.dimension_count", (uint)(Width / Heads));
        file.Add("llama.attention.head_count", (uint)Heads);
        file.Add("llama.attention.head_count_kv", (uint)Heads);
        file.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        file.Add("llama.vocab_size", (uint)VocabularySize);
        AddVocabulary(file);

        float[] embeddings = Normal(random, VocabularySize * Width, 1);
        for (int token = 0; token < VocabularySize; token++)
            embeddings[token * Width] = Common;
        file.AddTensor("token_embd.weight", [Width, VocabularySize], embeddings);
        for (int layer = 0; layer < Layers; layer++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"blk.{layer}.");
            file.AddTensor(name + "attn_norm.weight", [Width], Ones());
            foreach (string matrix in (string[])["attn_q", "attn_k", "attn_v", "attn_output"])
                file.AddTensor($"{name}{matrix}.weight", [Width, Width], Normal(random, Width * Width, 0.12));
            file.AddTensor(name + "ffn_norm.weight", [Width], Ones());
            file.AddTensor(name + "ffn_gate.weight", [Width, HiddenWidth], Normal(random, Width * HiddenWidth, 0.12));
            file.AddTensor(name + "ffn_up.weight", [Width, HiddenWidth], Normal(random, Width * HiddenWidth, 0.12));
            file.AddTensor(name + "ffn_down.weight", [HiddenWidth, Width], Normal(random, Width * HiddenWidth, 0.12));
        }

        file.AddTensor("output_norm.weight", [Width], Ones());
        float[] output = Normal(random, VocabularySize * Width, 0.2);
        for (int token = 0; token < VocabularySize; token++)
            output[token * Width] = token < FirstCharacter ? -8 : 0;
        file.AddTensor("output.weight", [Width, VocabularySize], output);
        file.Save(path);
    }

    private static void AddVocabulary(GgufWriter file)
    {
        // Token types of llama.cpp: 1 normal, 2 unknown, 3 control, 6 byte. A space is written as U+2581.
        string[] tokens =
        [
            "<unk>", "<s>", "</s>",
            .. Enumerable.Range(0, 256).Select(value => string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")),
            .. Enumerable.Range(' ', Characters).Select(code => code == ' ' ? "\u2581" : ((char)code).ToString()),
        ];
        file.Add("tokenizer.ggml.model", "llama");
        file.Add("tokenizer.ggml.tokens", tokens);
        file.Add("tokenizer.ggml.scores", new float[tokens.Length]);
        file.Add("tokenizer.ggml.token_type", [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, Characters)]);
        file.Add("tokenizer.ggml.bos_token_id", 1u);
        file.Add("tokenizer.ggml.eos_token_id", 2u);
        file.Add("tokenizer.ggml.unknown_token_id", 0u);
        file.Add("tokenizer.ggml.add_bos_token", true);
        file.Add("tokenizer.ggml.add_space_prefix", false);
    }

    private static float[] Ones()
    {
        float[] values = new float[Width];
        Array.Fill(values, 1);
        return values;
    }

    /// <summary>Nearly normal numbers: the sum of four uniforms.</summary>
    private static float[] Normal(SeededRandomBits random, int count, double deviation)
    {
        double scale = deviation * Math.Sqrt(3);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(scale * (random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2)))];
    }
}
