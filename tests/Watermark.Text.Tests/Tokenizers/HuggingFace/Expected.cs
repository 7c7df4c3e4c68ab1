using System.Text.Json;
using Watermark.TestKit;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>Test data: texts and the ids that a reference encoder gave.</summary>
internal static class Expected
{
    /// <summary>The path of test data.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "TestData", .. parts]);

    /// <summary>The rows of a <c>right.jsonl</c>. A text may hold other line ends than line feeds unescaped.</summary>
    public static IEnumerable<(string Text, int[] Ids)> Read(params string[] folder)
    {
        foreach (string line in File.ReadAllText(PathOf([.. folder, "right.jsonl"])).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            yield return (row.RootElement.GetProperty("text").GetString()!, row.RootElement.GetProperty("ids").Ints());
        }
    }
}
