using System.Globalization;
using System.Text.Json;
using Watermark.Text.Records;

namespace Watermark.Text.Documents;

/// <summary>The fields of a document in JSON. Anything unexpected throws a <see cref="RecordFault"/>.</summary>
internal static class JsonFields
{
    /// <summary>
    /// Finds a field by its name as written, else by its parts: each dot separates a member of an object or, with a number,
    /// an element of an array.
    /// </summary>
    /// <param name="element">Where to look.</param>
    /// <param name="name">The name.</param>
    /// <param name="value">The field's value.</param>
    public static bool TryFind(JsonElement element, string name, out JsonElement value)
    {
        if (TryStep(element, name, out value))
            return true;
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (TryStep(element, name[..dot], out JsonElement inner) && TryFind(inner, name[(dot + 1)..], out value))
                return true;
        }

        return false;
    }

    /// <summary>A required field.</summary>
    /// <param name="root">The document.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="expected">What it should hold.</param>
    public static JsonElement Required(JsonElement root, string name, string expected) => TryFind(root, name, out JsonElement value)
        ? value
        : throw new RecordFault($"the field '{name}' is missing, expected {expected}");

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

    /// <summary>The texts of a prompt: a string, or an array of strings or chat messages; null is no prompt.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">The field's name.</param>
    public static IReadOnlyList<string> PromptTexts(JsonElement value, string name)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return [];
            case JsonValueKind.String:
                return Text(value, name) is { Length: > 0 } text ? [text] : [];
            case JsonValueKind.Array:
                var texts = new List<string>();
                foreach (JsonElement message in value.EnumerateArray())
                    AddMessage(message, name, texts);
                return texts;
            default:
                throw new RecordFault($"the field '{name}' is {Describe(value)}, expected a string or an array of messages");
        }
    }

    /// <summary>The document's id; null where it has none.</summary>
    /// <param name="root">The document.</param>
    /// <param name="name">The field's name.</param>
    public static string? Id(JsonElement root, string name)
    {
        if (!TryFind(root, name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => Text(value, name) is { Length: > 0 } id ? id : null,
            JsonValueKind.Number => value.GetRawText(),
            _ => throw new RecordFault($"the field '{name}' is {Describe(value)}, expected a string or a number"),
        };
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

    private static void AddMessage(JsonElement message, string name, List<string> texts)
    {
        if (message.ValueKind == JsonValueKind.String)
        {
            texts.Add(Text(message, name));
            return;
        }

        if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out JsonElement content))
            throw new RecordFault($"the field '{name}' has {Describe(message)} without 'content', expected messages with 'role' and 'content'");
        switch (content.ValueKind)
        {
            case JsonValueKind.Null: // A message that only calls a tool.
                break;
            case JsonValueKind.String:
                texts.Add(Text(content, $"{name}.content"));
                break;
            case JsonValueKind.Array: // Parts; those that are no text (images) have no tokens to exclude.
                foreach (JsonElement part in content.EnumerateArray())
                {
                    if (part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out JsonElement text))
                        texts.Add(Text(text, $"{name}.content.text"));
                }

                break;
            default:
                throw new RecordFault($"the field '{name}.content' is {Describe(content)}, expected a string or an array of parts");
        }
    }

    private static bool TryStep(JsonElement element, string name, out JsonElement value)
    {
        if (element.ValueKind == JsonValueKind.Object)
            return element.TryGetProperty(name, out value);
        value = default;
        if (element.ValueKind != JsonValueKind.Array
            || !int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            || index >= element.GetArrayLength())
        {
            return false;
        }

        value = element[index];
        return true;
    }
}
