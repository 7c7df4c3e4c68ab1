using System.Text.Json;

namespace Watermark.TestKit;

/// <summary>Opens the golden vectors that lie beside the tests; their sources are named in TestData/README.md.</summary>
public static class Golden
{
    /// <summary>Parses a golden file.</summary>
    /// <param name="name">The file's name without ending, such as <c>native-prf</c>.</param>
    public static JsonElement Load(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "TestData", "golden", name + ".json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    /// <summary>The integers of a JSON array.</summary>
    /// <param name="array">An array of numbers.</param>
    public static int[] Ints(this JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetInt32())];
}
