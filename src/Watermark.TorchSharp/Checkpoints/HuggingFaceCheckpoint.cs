using System.Text.Json;
using TorchSharp;
using Watermark.TorchSharp.Models;
using Watermark.Models.Checkpoints;

namespace Watermark.TorchSharp.Checkpoints;

/// <summary>
/// Loads a model from a folder in the layout of Hugging Face: <c>config.json</c> and either <c>model.safetensors</c> or
/// <c>model.safetensors.index.json</c> with its shards.
/// </summary>
public static class HuggingFaceCheckpoint
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";

    /// <summary>Loads a model onto the CPU.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="type">The type of the loaded weights; the file's weights are converted to it (rounded to nearest).</param>
    /// <param name="progress">Receives the part of the tensors done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between tensors.</param>
    /// <returns>The model, in evaluation mode and without gradients; the caller disposes it.</returns>
    /// <exception cref="InputFormatException">A file is malformed, or a tensor is missing, unknown or has another shape.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    public static CausalTransformer Load(
        string folder, torch.ScalarType type = torch.ScalarType.Float32, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string configuration = Require(folder, "config.json");
        TransformerOptions options = HuggingFaceConfiguration.Read(configuration);
        string[] files = [.. Files(folder)];
        CheckSize(options, configuration, files);
        var model = new CausalTransformer(options, type);
        try
        {
            Fill(model, folder, files, progress, cancellationToken);
            model.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A configuration may state any size; memory is asked for only if the weights can be there.</summary>
    private static void CheckSize(TransformerOptions options, string configuration, string[] files)
    {
        long bytes = files.Sum(path => new FileInfo(path).Length);
        if (options.FewestWeights > bytes)
            throw new InputFormatException($"The configuration '{configuration}' describes a model of at least {options.FewestWeights} weights; the weight files have only {bytes} bytes.");
    }

    private static void Fill(CausalTransformer model, string folder, string[] files, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var missing = model.named_parameters().ToDictionary(item => item.name, item => (torch.Tensor)item.parameter, StringComparer.Ordinal);
        int count = missing.Count;
        using IDisposable noGradient = torch.no_grad();
        foreach (string path in files)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in file.Names)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (IsRedundant(name, model.Options))
                    continue;
                if (!missing.Remove(name, out torch.Tensor? parameter))
                    throw new InputFormatException($"The checkpoint '{path}' has a tensor '{name}' that its configuration does not have, or has it twice.");
                using torch.Tensor tensor = file.Read(name);
                if (!tensor.shape.AsSpan().SequenceEqual(parameter.shape))
                    throw new InputFormatException($"The tensor '{name}' of '{path}' has shape [{string.Join(", ", tensor.shape)}]; the configuration calls for [{string.Join(", ", parameter.shape)}].");
                parameter.copy_(tensor);
                parameter.requires_grad = false;
                progress?.Report((double)(count - missing.Count) / count);
            }
        }

        if (missing.Count > 0)
            throw new InputFormatException($"The checkpoint in '{folder}' lacks {missing.Count} of {count} tensors, such as '{missing.Keys.Order(StringComparer.Ordinal).First()}'.");
    }

    /// <summary>
    /// Old checkpoints store the rotary frequencies, and some store the shared output layer a second time.
    /// </summary>
    private static bool IsRedundant(string name, TransformerOptions options) =>
        name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal) || (options.TieEmbeddings && name == "lm_head.weight");

    private static IEnumerable<string> Files(string folder)
    {
        string index = Path.Combine(folder, IndexFile);
        return File.Exists(index)
            ? ReadIndex(index).Select(name => Require(folder, name))
            : [Require(folder, SingleFile)];
    }

    /// <summary>The files that an index names, each once, in order.</summary>
    /// <param name="path">The index.</param>
    internal static string[] ReadIndex(string path)
    {
        using JsonDocument document = StrictJson.Parse(File.ReadAllBytes(path), $"The index '{path}'");
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("weight_map", out JsonElement map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw new InputFormatException($"The index '{path}' has no object 'weight_map' from tensor names to file names.");
        }

        foreach (JsonProperty item in map.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.String || !IsPlainName(item.Value.GetString()!))
                throw new InputFormatException($"The index '{path}' gives the tensor '{item.Name}' no file name; 'weight_map' was expected to name a file in the same folder.");
        }

        return [.. map.EnumerateObject().Select(item => item.Value.GetString()!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>A shard lies in the checkpoint's own folder.</summary>
    private static bool IsPlainName(string name) => name.Length > 0 && name == Path.GetFileName(name) && name is not ("." or "..");

    private static string Require(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? path : throw new FileNotFoundException($"The checkpoint folder '{folder}' has no file '{name}'.", path);
    }
}
