using System.Text.Json;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Checkpoints;

/// <summary>Reads the <c>config.json</c> of a Hugging Face checkpoint of the Llama, Qwen2 or Mistral family.</summary>
internal static class HuggingFaceConfiguration
{
    /// <summary>Reads a model's shape.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputFormatException">The file is not JSON, the model family is not supported, or a member is missing or wrong.</exception>
    public static TransformerOptions Read(string path)
    {
        try
        {
            using JsonDocument document = StrictJson.Parse(File.ReadAllBytes(path), $"The configuration '{path}'");
            TransformerOptions options = Read(new ConfigurationReader(path, document.RootElement));
            options.Validate();
            return options;
        }
        catch (ArgumentException error)
        {
            throw new InputFormatException($"The configuration '{path}' does not describe a model that can be built: {error.Message}", error);
        }
    }

    private static TransformerOptions Read(ConfigurationReader reader)
    {
        string family = reader.Text("model_type");
        if (family is not ("llama" or "qwen2" or "mistral"))
            throw reader.Wrong("model_type", $"is '{family}'; llama, qwen2 or mistral was expected");
        string activation = reader.Text("hidden_act", "silu");
        if (activation is not ("silu" or "swish"))
            throw reader.Wrong("hidden_act", $"is '{activation}'; silu was expected");
        if (reader.Flag("mlp_bias", false))
            throw reader.Wrong("mlp_bias", "is true; feed-forward layers with a bias are not supported");

        int layers = reader.WholeNumber("num_hidden_layers");
        bool bias = reader.Flag("attention_bias", false);
        bool sliding = family == "mistral" || (family == "qwen2" && reader.Flag("use_sliding_window", false));
        return new TransformerOptions
        {
            VocabularySize = reader.WholeNumber("vocab_size"),
            HiddenSize = reader.WholeNumber("hidden_size"),
            IntermediateSize = reader.WholeNumber("intermediate_size"),
            Layers = layers,
            Heads = reader.WholeNumber("num_attention_heads"),
            KeyValueHeads = reader.OptionalWholeNumber("num_key_value_heads"),
            HeadSize = reader.OptionalWholeNumber("head_dim"),
            MaximumPositions = reader.OptionalWholeNumber("max_position_embeddings") ?? 2048,
            NormEpsilon = reader.Number("rms_norm_eps", 1e-6),
            RopeTheta = reader.Rope.Number("rope_theta", reader.Number("rope_theta", 10_000)),
            RopeScaling = Scaling(reader.Rope),
            TieEmbeddings = reader.Flag("tie_word_embeddings", false),
            InputBias = family == "qwen2" || bias,
            OutputBias = family == "llama" && bias,
            SlidingWindow = sliding ? reader.OptionalWholeNumber("sliding_window") : null,
            FirstSlidingLayer = family == "qwen2" && sliding ? reader.OptionalWholeNumber("max_window_layers") ?? layers : 0,
        };
    }

    private static RotaryScaling? Scaling(ConfigurationReader rope)
    {
        string type = rope.Text("rope_type", rope.Text("type", "default"));
        return type switch
        {
            "default" => null,
            "linear" => new LinearRotaryScaling(rope.Number("factor")),
            "llama3" => new Llama3RotaryScaling(
                rope.Number("factor"), rope.Number("low_freq_factor"), rope.Number("high_freq_factor"), rope.WholeNumber("original_max_position_embeddings")),
            _ => throw rope.Wrong("rope_type", $"is '{type}'; default, linear or llama3 was expected"),
        };
    }
}
