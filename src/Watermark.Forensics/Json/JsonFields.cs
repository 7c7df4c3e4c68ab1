using System.Globalization;
using System.Text.Json;

namespace Watermark.Forensics.Json;

/// <summary>
/// Reads the members of a JSON object strictly: a member that is missing, of another kind or unknown gives an error of one
/// sentence with its path.
/// </summary>
internal sealed class JsonFields
{
    private readonly JsonElement element;
    private readonly string path;
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    public JsonFields(JsonElement element, string path, bool checksDerived = true, bool takesDecimals = false)
    {
        ChecksDerived = checksDerived;
        TakesDecimals = takesDecimals;
        this.element = element;
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw new InputFormatException(path.Length == 0 ? "A JSON object was expected." : $"The field '{path}' must be an object.");
    }

    /// <summary>Whether members that follow from others must have the computed values.</summary>
    public bool ChecksDerived { get; }

    /// <summary>Whether numbers may be decimal strings (<see cref="DecimalStrings"/>).</summary>
    public bool TakesDecimals { get; private set; }

    /// <summary>Reads the member that says whether numbers are decimal strings; those of all members below are then read so.</summary>
    public void ReadNumberStyle()
    {
        if (!Has(DecimalStrings.Member))
            return;
        TakesDecimals = Text(DecimalStrings.Member) == DecimalStrings.Value ? true : throw Wrong(DecimalStrings.Member, $"'{DecimalStrings.Value}'");
    }

    /// <summary>Parses a whole document and reads it.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="what">"The plan", for messages.</param>
    /// <param name="read">Reads the object.</param>
    /// <param name="checksDerived">Whether members that follow from others must have the computed values.</param>
    public static T Parse<T>(ReadOnlyMemory<byte> json, string what, Func<JsonFields, T> read, bool checksDerived = true)
    {
        using JsonDocument document = StrictJson.Parse(json, what);
        return read(new JsonFields(document.RootElement, string.Empty, checksDerived));
    }

    /// <summary>The path of a member.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Format(string format)
    {
        string found = Text("format");
        if (found != format)
            throw new InputFormatException($"The format '{found}' is not supported; this version reads '{format}'.");
    }

    public bool Has(string name)
    {
        used.Add(name);
        return element.TryGetProperty(name, out _);
    }

    public bool IsNull(string name) => Member(name).ValueKind == JsonValueKind.Null;

    public string Text(string name) => OptionalText(name) ?? throw Wrong(name, "a string");

    public string? OptionalText(string name)
    {
        JsonElement value = Member(name);
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Null => null,
            _ => throw Wrong(name, "a string"),
        };
    }

    /// <summary>A number; NaN for null.</summary>
    public double Number(string name) => AsNumber(Member(name)) ?? throw Wrong(name, "a number or null");

    /// <summary>A number; null is refused.</summary>
    public double FiniteNumber(string name) => Number(name) is var number && double.IsFinite(number) ? number : throw Wrong(name, "a number");

    /// <summary>A whole number, as a number or as a decimal string.</summary>
    public long Whole(string name, long minimum = 0, long maximum = long.MaxValue)
    {
        JsonElement value = Member(name);
        bool read = long.TryParse(Digits(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
        return read && number >= minimum && number <= maximum
            ? number
            : throw Wrong(name, maximum == long.MaxValue ? $"a whole number from {minimum}" : $"a whole number from {minimum} to {maximum}");
    }

    public long? OptionalWhole(string name, long minimum = 0) => IsNull(name) ? null : Whole(name, minimum);

    public ulong? OptionalSeed(string name)
    {
        if (IsNull(name))
            return null;
        return ulong.TryParse(Digits(Member(name)), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? seed : throw Wrong(name, "a whole number from 0 to 2^64 - 1");
    }

    public bool? OptionalFlag(string name) => Member(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => throw Wrong(name, "true, false or null"),
    };

    /// <summary>A member that must be one of a few words.</summary>
    /// <typeparam name="T">The type of the values that the words mean.</typeparam>
    public T Choice<T>(string name, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        string text = Text(name);
        var words = new List<string>();
        foreach ((string word, T value) in choices)
        {
            if (text == word)
                return value;
            words.Add(word);
        }

        throw new InputFormatException($"The field '{PathOf(name)}' is '{text}'; one of {string.Join(", ", words)} was expected.");
    }

    /// <summary>A UTC time to the second, or null.</summary>
    public DateTimeOffset? OptionalTime(string name)
    {
        if (OptionalText(name) is not { } text)
            return null;
        return DateTimeOffset.TryParseExact(text, JsonMembers.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw Wrong(name, "a UTC time such as \"2026-11-23T17:00:00Z\" or null");
    }

    /// <summary>Two numbers, or null.</summary>
    public (double Low, double High)? OptionalInterval(string name)
    {
        JsonElement value = Member(name);
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2 && AsNumber(value[0]) is { } low && AsNumber(value[1]) is { } high && double.IsFinite(low) && double.IsFinite(high))
            return (low, high);
        throw Wrong(name, "an array of two numbers or null");
    }

    public JsonFields Object(string name) => new(Member(name), PathOf(name), ChecksDerived, TakesDecimals);

    public JsonFields? OptionalObject(string name) => IsNull(name) ? null : Object(name);

    public IReadOnlyList<JsonFields> Objects(string name) => Items(name, (value, place) => new JsonFields(value, place, ChecksDerived, TakesDecimals));

    public IReadOnlyList<string> Texts(string name) => Items(
        name, (value, place) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new InputFormatException($"The field '{place}' must be a string."));

    public IReadOnlyList<int> Integers(string name) => Items(
        name, (value, place) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw new InputFormatException($"The field '{place}' must be a whole number."));

    /// <summary>Whole numbers from 0, as numbers or as decimal strings.</summary>
    public IReadOnlyList<long> Wholes(string name) => Items(
        name, (value, place) => long.TryParse(Digits(value), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw new InputFormatException($"The field '{place}' must be a whole number from 0."));

    /// <summary>Numbers, each finite.</summary>
    public IReadOnlyList<double> Numbers(string name) => Items(
        name, (value, place) => AsNumber(value) is { } number && double.IsFinite(number) ? number : throw new InputFormatException($"The field '{place}' must be a number."));

    /// <summary>The names of the members that were not read yet, in the file's order.</summary>
    public IReadOnlyList<string> Rest() => [.. element.EnumerateObject().Select(property => property.Name).Where(name => !used.Contains(name))];

    /// <summary>A member as it is in the file.</summary>
    public JsonElement Member(string name)
    {
        used.Add(name);
        return element.TryGetProperty(name, out JsonElement value) ? value : throw new InputFormatException($"The field '{PathOf(name)}' is missing.");
    }

    /// <summary>Refuses members that were not read, so that a misspelt one is not silently ignored.</summary>
    public void Done()
    {
        if (Rest() is [string first, ..])
            throw new InputFormatException($"The field '{PathOf(first)}' is unknown; known are {string.Join(", ", used)}.");
    }

    public InputFormatException Wrong(string name, string expected) => new($"The field '{PathOf(name)}' must be {expected}.");

    private double? AsNumber(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => double.NaN,
        JsonValueKind.String when TakesDecimals && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) => number,
        JsonValueKind.Number when value.TryGetDouble(out double number) && double.IsFinite(number) => number,
        _ => null,
    };

    private static string? Digits(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.String => value.GetString(),
        _ => null,
    };

    private List<T> Items<T>(string name, Func<JsonElement, string, T> read)
    {
        JsonElement array = Member(name);
        if (array.ValueKind != JsonValueKind.Array)
            throw Wrong(name, "an array");
        var items = new List<T>(array.GetArrayLength());
        foreach (JsonElement value in array.EnumerateArray())
            items.Add(read(value, $"{PathOf(name)}[{items.Count}]"));
        return items;
    }
}
