using System.Text.Json.Nodes;
using TorchSharp;
using Watermark.TorchSharp.Checkpoints;
using Watermark.Models.Checkpoints;

namespace Watermark.TorchSharp.Tests.Checkpoints;

public sealed class MalformedCheckpointTests
{
    [Theory]
    [InlineData("{", "is not valid JSON (line 1, byte 2)")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{}", "'model_type'")]
    [InlineData("""{ "model_type": "gpt2" }""", "'gpt2'")]
    public void A_configuration_that_is_none_is_one_sentence(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], json);
        var error = Assert.Throws<InputFormatException>(() => HuggingFaceConfiguration.Read(folder["config.json"]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab_size", "-3", "'vocab_size'")]
    [InlineData("num_hidden_layers", null, "'num_hidden_layers'")]
    [InlineData("hidden_act", "\"gelu\"", "'gelu'")]
    [InlineData("mlp_bias", "true", "'mlp_bias'")]
    [InlineData("tie_word_embeddings", "1", "'tie_word_embeddings'")]
    [InlineData("num_key_value_heads", "3", "evenly")]
    [InlineData("head_dim", "3", "even width")]
    [InlineData("rope_scaling", """{ "rope_type": "yarn" }""", "'yarn'")]
    [InlineData("rope_scaling", """{ "rope_type": "linear", "factor": 0.5 }""", "factor")]
    [InlineData("rope_theta", "\"big\"", "'rope_theta'")]
    public void A_member_that_is_wrong_is_named(string member, string? value, string expected)
    {
        using var folder = new TemporaryFolder();
        JsonNode configuration = JsonNode.Parse(new TinyCheckpoint { Family = "llama" }.Configuration())!;
        configuration[member] = value is null ? null : JsonNode.Parse(value);
        File.WriteAllText(folder["config.json"], configuration.ToJsonString());
        var error = Assert.Throws<InputFormatException>(() => HuggingFaceConfiguration.Read(folder["config.json"]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "is not valid JSON")]
    [InlineData("[]", 0, "not a JSON object")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "'a' needs")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "'a' needs")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "'a' does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", 8, "'a' does not fit")]
    [InlineData("""{"a":{"dtype":"X32","shape":[2],"data_offsets":[0,8]}}""", 8, "'a' does not fit")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "reaches past")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 12, "its tensors end at 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'a' begins at 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "twice")]
    public void A_weight_file_that_is_none_is_one_sentence(string header, int dataBytes, string expected)
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteFile(folder["a.safetensors"], header, new byte[dataBytes]);
        var error = Assert.Throws<InputFormatException>(() => SafetensorsFile.Open(folder["a.safetensors"]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 1, 2, 3 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 9, 0, 0, 0, 0, 0, 0, 0, 1, 2 })]
    public void A_file_cut_short_is_one_sentence(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["a.safetensors"], bytes);
        Assert.Throws<InputFormatException>(() => SafetensorsFile.Open(folder["a.safetensors"]));
    }

    [Fact]
    public void An_integer_tensor_is_refused_when_it_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteFile(folder["a.safetensors"], """{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", new byte[8]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        Assert.Contains("type I64", Assert.Throws<InputFormatException>(() => file.Read("a")).Message, StringComparison.Ordinal);
        Assert.Contains("no tensor 'b'", Assert.Throws<InputFormatException>(() => file.Read("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scalar_tensor_has_one_element()
    {
        using var folder = new TemporaryFolder();
        TinyCheckpoint.WriteFile(folder["a.safetensors"], """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", BitConverter.GetBytes(2.5f));
        using SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        using torch.Tensor tensor = file.Read("a");
        Assert.Equal(0, tensor.dim());
        Assert.Equal(2.5f, tensor.ToSingle());
    }

    [Theory]
    [InlineData("model.norm.weight", "lacks 1 of")]
    [InlineData("lm_head.weight", "'lm_head.weight'")]
    public void A_missing_tensor_is_named(string name, string expected)
    {
        TinyCheckpoint checkpoint = new TinyCheckpoint { Family = "llama" }.Draw(1);
        checkpoint.Tensors.Remove(name);
        AssertRefused(checkpoint, expected);
    }

    [Fact]
    public void A_tensor_nobody_called_for_is_named()
    {
        TinyCheckpoint checkpoint = new TinyCheckpoint { Family = "llama" }.Draw(1);
        checkpoint.Tensors.Add("model.extra", ([1], [1f]));
        AssertRefused(checkpoint, "'model.extra'");
    }

    [Fact]
    public void A_tensor_of_another_shape_is_named_with_both()
    {
        TinyCheckpoint checkpoint = new TinyCheckpoint { Family = "llama" }.Draw(1);
        checkpoint.Tensors["model.norm.weight"] = ([2], [1f, 1f]);
        AssertRefused(checkpoint, "[2]; the configuration calls for [16]");
    }

    [Theory]
    [InlineData("{}", "'weight_map'")]
    [InlineData("not json", "is not valid JSON (line 1, byte 2)")]
    [InlineData("""{ "weight_map": { "a": "../elsewhere.safetensors" } }""", "gives the tensor 'a' no file name")]
    [InlineData("""{ "weight_map": { "a": 1 } }""", "gives the tensor 'a' no file name")]
    public void A_malformed_index_is_one_sentence(string json, string expected)
    {
        using var folder = new TemporaryFolder();
        new TinyCheckpoint { Family = "llama" }.Draw(1).Write(folder.Path);
        File.WriteAllText(folder["model.safetensors.index.json"], json);
        var error = Assert.Throws<InputFormatException>(() => HuggingFaceCheckpoint.Load(folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], new TinyCheckpoint { Family = "llama" }.Configuration());
        var error = Assert.Throws<FileNotFoundException>(() => HuggingFaceCheckpoint.Load(folder.Path));
        Assert.Contains("model.safetensors", error.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(TinyCheckpoint checkpoint, string expected)
    {
        using var folder = new TemporaryFolder();
        checkpoint.Write(folder.Path);
        var error = Assert.Throws<InputFormatException>(() => HuggingFaceCheckpoint.Load(folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
