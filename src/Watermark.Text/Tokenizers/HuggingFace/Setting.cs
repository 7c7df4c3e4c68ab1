using System.Text;
using System.Text.Json;

namespace Watermark.Text.Tokenizers.HuggingFace;

/// <summary>One value of a JSON file together with its place, so that a fault can be named.</summary>
/// <param name="value">The value.</param>
/// <param name="path">Where it stands, as in <c>normalizer.normalizers[1]</c>; empty for the whole file.</param>
/// <param name="file">The file, for messages.</param>
/// <param name="index">Its index in the list at that place, or -1 for the value at the place itself. Lists can be long, and places are written out for faults only.</param>
internal readonly struct Setting(JsonElement value, string path, string file, int index = -1)
{
    /// <summary>How deep a file may be nested; real ones reach 6.</summary>
    private const int MostLevels = 64;

    /// <summary>The largest token id plus one.</summary>
    public const int IdLimit = 1 << 24;

    /// <summary>The value itself.</summary>
    public JsonElement Value => value;

    /// <summary>Where it stands.</summary>
    public string Path => index < 0 ? path : $"{path}[{index}]";

    /// <summary>The file.</summary>
    public string File => file;

    /// <summary>A part of this value, to which faults give this place.</summary>
    /// <param name="part">The part.</param>
    public Setting With(JsonElement part) => new(part, path, file, index);

    /// <summary>Parses a file.</summary>
    /// <param name="json">Its bytes. The document refers to them.</param>
    /// <param name="file">Its path, for messages.</param>
    /// <exception cref="InputFormatException">It is not JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json, string file)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MostLevels });
        }
        catch (JsonException error)
        {
            throw new InputFormatException($"{file}:{(error.LineNumber ?? 0) + 1}: expected JSON in UTF-8, at most {MostLevels} levels deep.", error);
        }
    }

    /// <summary>The fault of this value.</summary>
    /// <param name="problem">What is wrong with it or what was expected, without a full stop.</param>
    /// <param name="cause">What told so.</param>
    public InputFormatException Fault(string problem, Exception? cause = null) =>
        new(Path.Length == 0 ? $"{file}: {problem}." : $"{file}: {Path}: {problem}.", cause);

    /// <summary>The value as an object, whose members must all be read.</summary>
    public SettingObject Object() => new(this);

    /// <summary>The value as text.</summary>
    public string Text()
    {
        if (value.ValueKind != JsonValueKind.String)
            throw Fault("expected text");
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw Fault("expected text of whole Unicode characters", error);
        }
    }

    /// <summary>The value as true or false.</summary>
    public bool Flag() => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault("expected true or false"),
    };

    /// <summary>The value as a whole number.</summary>
    /// <param name="limit">The number must be below it.</param>
    public int Whole(int limit = IdLimit) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number >= 0 && number < limit
            ? number
            : throw Fault($"expected a whole number from 0 to {limit - 1}");

    /// <summary>The elements of the value as a list.</summary>
    public IEnumerable<Setting> Items()
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Fault("expected a list");
        int next = 0;
        string list = Path;
        foreach (JsonElement item in value.EnumerateArray())
            yield return new Setting(item, list, file, next++);
    }

    /// <summary>One character.</summary>
    public Rune Character()
    {
        string text = Text();
        return Rune.TryGetRuneAt(text.Length > 0 ? text : "\ud800", 0, out Rune rune) && rune.Utf16SequenceLength == text.Length
            ? rune
            : throw Fault("expected one character");
    }

    /// <summary>One of several words.</summary>
    /// <typeparam name="T">What the words mean.</typeparam>
    /// <param name="words">The words and their meanings.</param>
    public T OneOf<T>(params ReadOnlySpan<(string Word, T Meaning)> words)
    {
        string text = Text();
        foreach ((string word, T meaning) in words)
        {
            if (word == text)
                return meaning;
        }

        throw Fault($"is '{text}', which is not supported");
    }
}
