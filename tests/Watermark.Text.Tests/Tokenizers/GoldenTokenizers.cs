using System.Text;
using System.Text.Json;
using Watermark.TestKit;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers;

/// <summary>The texts and ids that the reference encoders gave.</summary>
internal static class GoldenTokenizers
{
    private static readonly JsonElement Data = Golden.Load("tokenizers");

    public static string[] Texts { get; } = [.. Data.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];

    public static int[] Ids(string encoder, int text) => Data.GetProperty(encoder)[text].Ints();

    /// <summary>Writes the small byte-level vocabulary as a Hugging Face folder and gives its path.</summary>
    public static string WriteFolder(TemporaryFolder folder, string name)
    {
        folder.Write($"{name}/vocab.json", Data.GetProperty("vocab").GetRawText());
        string merges = string.Join('\n', Data.GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()));
        folder.Write($"{name}/merges.txt", "#version: 0.2\n" + merges + "\n");
        return Path.Combine(folder.Path, name);
    }

    /// <summary>A tiktoken file of all bytes and a few longer tokens.</summary>
    public static string TiktokenFile(params string[] tokens)
    {
        IEnumerable<byte[]> all = Enumerable.Range(0, 256).Select(value => new[] { (byte)value }).Concat(tokens.Select(Encoding.UTF8.GetBytes));
        return string.Concat(all.Select((token, rank) => $"{Convert.ToBase64String(token)} {rank}\n"));
    }
}
