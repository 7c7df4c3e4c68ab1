using System.Globalization;
using System.Text;
using System.Text.Json;
using Watermark.Randomness;

namespace Watermark.TorchSharp.Tests.Checkpoints;

/// <summary>A checkpoint of random weights, written by the test and kept as plain arrays beside it.</summary>
internal sealed class TinyCheckpoint
{
    public required string Family { get; init; }

    public int Vocabulary { get; init; } = 29;

    public int Hidden { get; init; } = 16;

    public int Inner { get; init; } = 24;

    public int Layers { get; init; } = 2;

    public int Heads { get; init; } = 4;

    public int SharedHeads { get; init; } = 2;

    public int HeadSize { get; init; } = 4;

    public bool Tied { get; init; }

    public double Theta { get; init; } = 10_000;

    public int? Window { get; init; }

    public (double Factor, double Low, double High, int Original)? Scaling { get; init; }

    public bool Bias => Family == "qwen2";

    public Dictionary<string, (long[] Shape, float[] Values)> Tensors { get; } = new(StringComparer.Ordinal);

    public TinyCheckpoint Draw(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        Add("model.embed_tokens.weight", Vocabulary, Hidden);
        for (int i = 0; i < Layers; i++)
        {
            string layer = $"model.layers.{i}.";
            foreach ((string name, int width) in new[] { ("q", Heads * HeadSize), ("k", SharedHeads * HeadSize), ("v", SharedHeads * HeadSize) })
            {
                Add($"{layer}self_attn.{name}_proj.weight", width, Hidden);
                if (Bias)
                    Add($"{layer}self_attn.{name}_proj.bias", width);
            }

            Add(layer + "self_attn.o_proj.weight", Hidden, Heads * HeadSize);
            Add(layer + "mlp.gate_proj.weight", Inner, Hidden);
            Add(layer + "mlp.up_proj.weight", Inner, Hidden);
            Add(layer + "mlp.down_proj.weight", Hidden, Inner);
            Add(layer + "input_layernorm.weight", Hidden);
            Add(layer + "post_attention_layernorm.weight", Hidden);
        }

        Add("model.norm.weight", Hidden);
        if (!Tied)
            Add("lm_head.weight", Vocabulary, Hidden);
        return this;

        void Add(string name, params long[] shape)
        {
            // Multiples of 1/64 below 2 are exact in float32, float16 and bfloat16.
            var values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            for (int i = 0; i < values.Length; i++)
                values[i] = ((int)random.NextBelow(129) - 64) / 64f;
            Tensors.Add(name, (shape, values));
        }
    }

    public string Configuration() => string.Create(CultureInfo.InvariantCulture, $$"""
        {
          "model_type": "{{Family}}", "vocab_size": {{Vocabulary}}, "hidden_size": {{Hidden}}, "intermediate_size": {{Inner}},
          "num_hidden_layers": {{Layers}}, "num_attention_heads": {{Heads}}, "num_key_value_heads": {{SharedHeads}}, "head_dim": {{HeadSize}},
          "hidden_act": "silu", "rms_norm_eps": 1e-5, "max_position_embeddings": 64, "rope_theta": {{Theta}},
          "tie_word_embeddings": {{(Tied ? "true" : "false")}}, "sliding_window": {{(Window is { } window ? window.ToString(CultureInfo.InvariantCulture) : "null")}},
          "rope_scaling": {{(Scaling is { } s ? $$"""{ "rope_type": "llama3", "factor": {{s.Factor}}, "low_freq_factor": {{s.Low}}, "high_freq_factor": {{s.High}}, "original_max_position_embeddings": {{s.Original}} }""" : "null")}}
        }
        """);

    /// <summary>Writes config.json and one or two weight files.</summary>
    public void Write(string folder, string type = "F32", bool sharded = false)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), Configuration());
        if (!sharded)
        {
            WriteTensors(Path.Combine(folder, "model.safetensors"), Tensors.Keys, type);
            return;
        }

        string[] files = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
        var map = Tensors.Keys.Select((name, i) => (name, file: files[i % 2])).ToArray();
        foreach (string file in files)
            WriteTensors(Path.Combine(folder, file), map.Where(item => item.file == file).Select(item => item.name), type);
        string json = JsonSerializer.Serialize(new { weight_map = map.ToDictionary(item => item.name, item => item.file) });
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), json);
    }

    private void WriteTensors(string path, IEnumerable<string> names, string type)
    {
        var data = new MemoryStream();
        var header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        foreach (string name in names)
        {
            long begin = data.Length;
            foreach (float value in Tensors[name].Values)
                data.Write(Encode(value, type));
            header.Append(CultureInfo.InvariantCulture, $",\"{name}\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', Tensors[name].Shape)}],\"data_offsets\":[{begin},{data.Length}]}}");
        }

        WriteFile(path, header.Append('}').ToString(), data.ToArray());
    }

    public static void WriteFile(string path, string header, byte[] data)
    {
        using FileStream stream = File.Create(path);
        stream.Write(BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(header)));
        stream.Write(Encoding.UTF8.GetBytes(header));
        stream.Write(data);
    }

    private static byte[] Encode(float value, string type) => type switch
    {
        "F32" => BitConverter.GetBytes(value),
        "F16" => BitConverter.GetBytes((Half)value),
        "BF16" => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "F32, F16 or BF16."),
    };
}
