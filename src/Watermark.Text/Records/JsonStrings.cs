using System.Text.Json;

namespace Watermark.Text.Records;

/// <summary>The texts of a JSON value, at any depth.</summary>
internal static class JsonStrings
{
    /// <summary>Every string value, names of members left out; those with half of a surrogate pair are left out too.</summary>
    /// <param name="value">The value.</param>
    public static IEnumerable<string> Of(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                if (Text(value) is { Length: > 0 } text)
                    yield return text;
                break;
            case JsonValueKind.Array:
                foreach (string inner in value.EnumerateArray().SelectMany(Of))
                    yield return inner;
                break;
            case JsonValueKind.Object:
                foreach (string inner in value.EnumerateObject().SelectMany(member => Of(member.Value)))
                    yield return inner;
                break;
        }
    }

    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
