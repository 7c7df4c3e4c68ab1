using System.Globalization;
using System.Text.Json;
using Watermark.Statistics;

namespace Watermark.Schemes;

/// <summary>
/// Reads the members of a key file's <c>scheme</c> object, each with one clear sentence when it is wrong, and
/// refuses members that nobody asked for: a misspelt parameter must not fall back to a default in silence.
/// </summary>
public sealed class SchemeParameters
{
    private readonly JsonElement element;
    private readonly HashSet<string> used = new(StringComparer.Ordinal) { "name" };
    private readonly string schemeName;

    /// <summary>Creates a reader.</summary>
    /// <param name="schemeName">The scheme's name, for messages.</param>
    /// <param name="element">The JSON object.</param>
    /// <exception cref="InputFormatException">Not an object, or a member stands twice.</exception>
    public SchemeParameters(string schemeName, JsonElement element)
    {
        this.schemeName = schemeName;
        this.element = element;
        if (element.ValueKind != JsonValueKind.Object)
            throw new InputFormatException("The field 'scheme' must be an object.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!seen.Add(property.Name))
                throw new InputFormatException($"The field 'scheme.{property.Name}' stands twice.");
        }
    }

    /// <summary>An integer.</summary>
    /// <param name="name">The member.</param>
    /// <param name="minimum">Smallest value allowed.</param>
    /// <param name="maximum">Largest value allowed.</param>
    /// <param name="fallback">The value when missing; null where the member is required.</param>
    public int WholeNumber(string name, int minimum, int maximum, int? fallback = null)
    {
        if (!Find(name, out JsonElement value))
            return fallback ?? throw Missing(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number) || number < minimum || number > maximum)
            throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"an integer from {minimum} to {maximum}"));
        return number;
    }

    /// <summary>A finite number.</summary>
    /// <param name="name">The member.</param>
    /// <param name="minimum">Smallest value allowed.</param>
    /// <param name="maximum">Largest value allowed.</param>
    /// <param name="fallback">The value when missing; null where the member is required.</param>
    public double Number(string name, double minimum, double maximum, double? fallback = null)
    {
        if (!Find(name, out JsonElement value))
            return fallback ?? throw Missing(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !(number >= minimum && number <= maximum))
            throw Wrong(name, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"));
        return number;
    }

    /// <summary>
    /// An exact fraction strictly between 0 and 1: a string <c>"1/4"</c> or <c>"0.25"</c>, or a JSON number, whose
    /// digits are taken as they are written.
    /// </summary>
    /// <param name="name">The member.</param>
    /// <param name="fallback">The value when missing; null where the member is required.</param>
    public Fraction Probability(string name, Fraction? fallback = null)
    {
        if (!Find(name, out JsonElement value))
            return fallback ?? throw Missing(name);
        string? text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
        if (text is null || !Fraction.TryParse(text, out Fraction fraction) || !fraction.IsProperProbability)
            throw Wrong(name, "a fraction between 0 and 1, such as \"1/4\"");
        return fraction;
    }

    /// <summary>One of several words.</summary>
    /// <param name="name">The member.</param>
    /// <param name="choices">The words allowed.</param>
    /// <param name="fallback">The word when missing; null where the member is required.</param>
    public string Choice(string name, IReadOnlyList<string> choices, string? fallback = null)
    {
        if (!Find(name, out JsonElement value))
            return fallback ?? throw Missing(name);
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { } text || !choices.Contains(text, StringComparer.Ordinal))
            throw Wrong(name, $"one of {string.Join(", ", choices)}");
        return text;
    }

    /// <summary>Any text.</summary>
    /// <param name="name">The member.</param>
    /// <param name="fallback">The text when missing; null where the member is required.</param>
    public string Text(string name, string? fallback = null)
    {
        if (!Find(name, out JsonElement value))
            return fallback ?? throw Missing(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "a string");
    }

    /// <summary>A yes or no.</summary>
    /// <param name="name">The member.</param>
    /// <param name="fallback">The value when missing.</param>
    public bool Flag(string name, bool fallback)
    {
        if (!Find(name, out JsonElement value))
            return fallback;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, "true or false"),
        };
    }

    /// <summary>Refuses members that were not read. Call after the last one.</summary>
    public void RefuseUnknown()
    {
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!used.Contains(property.Name))
            {
                string known = string.Join(", ", used.Where(name => name != "name"));
                throw new InputFormatException($"The field 'scheme.{property.Name}' is unknown for the scheme '{schemeName}'; known are {known}.");
            }
        }
    }

    /// <summary>The exception for a member that has a value of the wrong kind.</summary>
    /// <param name="name">The member.</param>
    /// <param name="expected">What was expected.</param>
    public static InputFormatException Wrong(string name, string expected) =>
        new($"The field 'scheme.{name}' must be {expected}.");

    private InputFormatException Missing(string name) =>
        new($"The field 'scheme.{name}' is missing; the scheme '{schemeName}' needs it.");

    private bool Find(string name, out JsonElement value)
    {
        used.Add(name);
        return element.TryGetProperty(name, out value);
    }
}
