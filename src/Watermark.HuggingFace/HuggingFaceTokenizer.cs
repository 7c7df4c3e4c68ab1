using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Watermark.Text.Tokenizers;

namespace Watermark.HuggingFace;

/// <summary>Loads a <c>tokenizer.json</c> with Hugging Face's own library.</summary>
public static class HuggingFaceTokenizer
{
    /// <summary>Loads a tokenizer.</summary>
    /// <param name="path">The <c>tokenizer.json</c> of a model.</param>
    /// <returns>
    /// A tokenizer with the ids of the library, safe to share between threads; one text is encoded at a time. The
    /// post-processor of the file is left out, so that no mark of a beginning or an end is added. The content hash is SHA-256
    /// of the file, as <see cref="TextTokenizer.Load"/> gives it.
    /// </returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InputFormatException">The file is no <c>tokenizer.json</c>, or the library refuses it.</exception>
    /// <exception cref="DllNotFoundException">The package with the native library for this system is missing.</exception>
    public static TextTokenizer Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] file = File.ReadAllBytes(path);
        (JsonObject root, int size, int[] special) = Read(file, path);
        root.Remove("post_processor");

        // The library reads files only.
        string copy = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllText(copy, root.ToJsonString());
            var library = new Tokenizers.DotNet.Tokenizer(copy);
            var gate = new Lock();
            return TextTokenizer.FromEncoder(
                path,
                Convert.ToHexStringLower(SHA256.HashData(file)),
                size,
                special,
                text =>
                {
                    lock (gate)
                        return [.. library.Encode(text).Select(id => checked((int)id))];
                },
                ids =>
                {
                    lock (gate)
                        return library.Decode([.. ids.Select(id => (uint)id)]);
                });
        }
        catch (Exception exception) when (exception is Tokenizers.DotNet.TokenizerException)
        {
            throw new InputFormatException($"{path}: Hugging Face's library refuses the file.", exception);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>The settings, one more than the greatest id, and the ids of special tokens.</summary>
    private static (JsonObject Root, int Size, int[] Special) Read(byte[] file, string path)
    {
        try
        {
            JsonObject root = JsonNode.Parse(file)!.AsObject();
            var added = (root["added_tokens"] as JsonArray ?? []).Select(token => (Id: token!["id"]!.GetValue<int>(), Special: token["special"]?.GetValue<bool>() == true)).ToArray();
            IEnumerable<int> ids = root["model"]!["vocab"] switch
            {
                JsonObject vocabulary => vocabulary.Select(token => token.Value!.GetValue<int>()),
                JsonArray pieces => [pieces.Count - 1],
                _ => [],
            };
            int size = 1 + ids.Concat(added.Where(token => !token.Special).Select(token => token.Id)).DefaultIfEmpty(-1).Max();
            return (root, size, [.. added.Where(token => token.Special).Select(token => token.Id).Distinct().Order()]);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
        {
            throw new InputFormatException($"{path}: expected the settings of a tokenizer in JSON, with a model and its vocabulary.", exception);
        }
    }
}
