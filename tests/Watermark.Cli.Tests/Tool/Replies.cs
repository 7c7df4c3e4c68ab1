using System.Text;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.TestKit;

namespace Watermark.Cli.Tests.Tool;

/// <summary>Files of replies as token ids, marked with the key of a file or not.</summary>
internal static class Replies
{
    // Ids that stand in no reply, so that the prompts leave nothing out.
    private const int Prompt = 1_000_000;

    /// <summary>Makes a key for token ids in a folder.</summary>
    public static string Key(TemporaryFolder folder, string name = "owner.wmkey")
    {
        string path = Path.Combine(folder.Path, name);
        ToolProcess made = ToolProcess.Run("keygen", "--out", path, "--tokenizer", "ids");
        Assert.Equal((0, ""), (made.ExitCode, made.Error));
        return path;
    }

    /// <summary>Writes replies, one JSON line each.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="keyPath">The key of the mark, or null for plain text.</param>
    /// <param name="greenFraction">How green marked text is.</param>
    /// <param name="count">Replies.</param>
    /// <param name="tokens">Tokens a reply.</param>
    /// <param name="seed">Seed of the text.</param>
    public static string Write(TemporaryFolder folder, string name, string? keyPath, double greenFraction = 0.35, int count = 40, int tokens = 200, ulong seed = 1)
    {
        using KeyFile? key = keyPath is null ? null : KeyFile.Load(keyPath);
        using KeyedScheme? scheme = key?.ToKeyedScheme();
        var random = new SeededRandomBits(seed, 21);
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            int[] ids = scheme is null ? MarkedText.DrawPlain(tokens, random) : MarkedText.Draw(scheme, tokens, greenFraction, random);
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{{\"id\":\"r{i}\",\"prompt_ids\":[{Prompt},{Prompt + i}],\"tokens\":[{string.Join(',', ids)}]}}\n");
        }

        folder.Write(name, text.ToString());
        return Path.Combine(folder.Path, name);
    }
}
