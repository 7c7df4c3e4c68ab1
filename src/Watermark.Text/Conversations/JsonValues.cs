using System.Globalization;
using System.Text.Json;
using Watermark.Text.Records;

namespace Watermark.Text.Conversations;

/// <summary>Texts and token ids of JSON values. Anything unexpected throws a <see cref="RecordFault"/>.</summary>
internal static class JsonValues
{
    /// <summary>A string.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The field's name.</param>
    public static string Text(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw new RecordFault($"the field '{name}' is {Describe(value)}, expected a string");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The bytes are valid UTF-8, so this can only be an escape such as \ud83d without its other half.
            throw new RecordFault($"the field '{name}' has half of a surrogate pair, expected a string of whole characters");
        }
    }

    /// <summary>An array of token ids.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The field's name.</param>
    public static int[] Tokens(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new RecordFault($"the field '{name}' is {Describe(value)}, expected an array of token ids");
        int[] tokens = new int[value.GetArrayLength()];
        int count = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out int id) || id < 0)
                throw new RecordFault(string.Create(CultureInfo.InvariantCulture, $"the field '{name}' has {Describe(item)} at index {count} that is no token id, expected integers from 0 to {int.MaxValue}"));
            tokens[count++] = id;
        }

        return tokens;
    }

    /// <summary>An array of token ids, an array of such arrays, or null.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The field's name.</param>
    public static IReadOnlyList<int[]> TokenSequences(JsonElement value, string name)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0 || value[0].ValueKind != JsonValueKind.Array)
        {
            int[] single = Tokens(value, name);
            return single.Length == 0 ? [] : [single];
        }

        return [.. value.EnumerateArray().Select(item => Tokens(item, name))];
    }

    /// <summary>The kind of a value in words, without quoting it.</summary>
    /// <param name="value">The value.</param>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "true or false",
    };
}
