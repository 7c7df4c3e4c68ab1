using System.Globalization;
using System.Text.Json;
using Watermark.Statistics;

namespace Watermark.Schemes;

/// <summary>Makes the parameters of a scheme's table, each bound to a property of the scheme.</summary>
internal static class SchemeTable
{
    private const string FractionValues = "a fraction between 0 and 1, such as \"1/4\"";

    /// <summary>A fraction strictly between 0 and 1: text, or a number whose digits are taken as they are written.</summary>
    /// <param name="name">The member.</param>
    /// <param name="help">What it is.</param>
    /// <param name="get">Its value.</param>
    /// <param name="with">The scheme with another value.</param>
    /// <param name="maximumDenominator">The largest denominator.</param>
    public static BoundParameter<TScheme, Fraction> Fraction<TScheme>(
        string name, string help, Func<TScheme, Fraction> get, Func<TScheme, Fraction, TScheme> with, long maximumDenominator = long.MaxValue)
        where TScheme : WatermarkScheme
    {
        string values = maximumDenominator == long.MaxValue
            ? FractionValues
            : string.Create(CultureInfo.InvariantCulture, $"a fraction between 0 and 1 with a denominator up to {maximumDenominator}");
        return new(name, SchemeParameterKind.Fraction, values, help, get, with)
        {
            Parse = (JsonElement value, out Fraction fraction) =>
            {
                fraction = default;
                string? text = value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString(),
                    JsonValueKind.Number => value.GetRawText(),
                    _ => null,
                };
                return text is not null && Statistics.Fraction.TryParse(text, out fraction) && fraction.IsProperProbability && fraction.Denominator <= maximumDenominator;
            },
            Format = (writer, member, value) => writer.WriteString(member, value.ToString()),
            Text = value => value.ToString(),
        };
    }

    /// <summary>A number in a range.</summary>
    public static BoundParameter<TScheme, double> Number<TScheme>(
        string name, double minimum, double maximum, string help, Func<TScheme, double> get, Func<TScheme, double, TScheme> with)
        where TScheme : WatermarkScheme =>
        new(name, SchemeParameterKind.Number, string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}"), help, get, with)
        {
            Parse = (JsonElement value, out double number) =>
            {
                number = 0;
                return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out number) && number >= minimum && number <= maximum;
            },
            Format = (writer, member, value) => writer.WriteNumber(member, value),
            Text = value => value.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>An integer in a range.</summary>
    public static BoundParameter<TScheme, int> Integer<TScheme>(
        string name, int minimum, int maximum, string help, Func<TScheme, int> get, Func<TScheme, int, TScheme> with)
        where TScheme : WatermarkScheme =>
        new(name, SchemeParameterKind.WholeNumber, string.Create(CultureInfo.InvariantCulture, $"an integer from {minimum} to {maximum}"), help, get, with)
        {
            Parse = (JsonElement value, out int number) =>
            {
                number = 0;
                return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out number) && number >= minimum && number <= maximum;
            },
            Format = (writer, member, value) => writer.WriteNumber(member, value),
            Text = value => value.ToString(CultureInfo.InvariantCulture),
        };

    /// <summary>One of several words, each for a value.</summary>
    public static BoundParameter<TScheme, TValue> Choice<TScheme, TValue>(
        string name, string help, (string Word, TValue Value)[] choices, Func<TScheme, TValue> get, Func<TScheme, TValue, TScheme> with)
        where TScheme : WatermarkScheme
        where TValue : notnull
    {
        return new(name, SchemeParameterKind.Choice, $"one of {string.Join(", ", choices.Select(choice => choice.Word))}", help, get, with)
        {
            Parse = (JsonElement value, out TValue chosen) =>
            {
                int index = value.ValueKind == JsonValueKind.String ? Array.FindIndex(choices, choice => choice.Word == value.GetString()) : -1;
                chosen = index < 0 ? default! : choices[index].Value;
                return index >= 0;
            },
            Format = (writer, member, value) => writer.WriteString(member, Word(value)),
            Text = Word,
        };

        string Word(TValue value) => Array.Find(choices, choice => choice.Value.Equals(value)).Word;
    }

    /// <summary>Text that the scheme checks.</summary>
    public static BoundParameter<TScheme, string> Text<TScheme>(
        string name, string help, Func<TScheme, string> get, Func<TScheme, string, TScheme> with)
        where TScheme : WatermarkScheme =>
        new(name, SchemeParameterKind.Text, "a string", help, get, with)
        {
            Parse = (JsonElement value, out string text) =>
            {
                text = value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
                return value.ValueKind == JsonValueKind.String;
            },
            Format = (writer, member, value) => writer.WriteString(member, value),
            Text = value => value,
        };

    /// <summary>True or false.</summary>
    public static BoundParameter<TScheme, bool> Flag<TScheme>(string name, string help, Func<TScheme, bool> get, Func<TScheme, bool, TScheme> with)
        where TScheme : WatermarkScheme =>
        new(name, SchemeParameterKind.Flag, "true or false", help, get, with)
        {
            Parse = (JsonElement value, out bool flag) =>
            {
                flag = value.ValueKind == JsonValueKind.True;
                return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
            },
            Format = (writer, member, value) => writer.WriteBoolean(member, value),
            Text = value => value ? "true" : "false",
        };
}

/// <summary>A parameter bound to a property of a scheme.</summary>
/// <typeparam name="TScheme">The scheme, or a base of several.</typeparam>
/// <typeparam name="TValue">The property's type.</typeparam>
internal sealed record BoundParameter<TScheme, TValue> : SchemeParameter
    where TScheme : WatermarkScheme
{
    private readonly Func<TScheme, TValue> get;
    private readonly Func<TScheme, TValue, TScheme> with;

    /// <summary>Binds a parameter.</summary>
    public BoundParameter(string name, SchemeParameterKind kind, string values, string help, Func<TScheme, TValue> get, Func<TScheme, TValue, TScheme> with)
        : base(name, kind, values, help) => (this.get, this.with) = (get, with);

    /// <summary>Reads a value.</summary>
    public delegate bool Parser(JsonElement value, out TValue parsed);

    /// <summary>Reads a value; false where it is none of those allowed.</summary>
    public required Parser Parse { get; init; }

    /// <summary>Writes a member.</summary>
    public required Action<Utf8JsonWriter, string, TValue> Format { get; init; }

    /// <summary>A value as people write it.</summary>
    public required Func<TValue, string> Text { get; init; }

    /// <summary>Whether a scheme has the parameter; null for always.</summary>
    public Func<TScheme, bool>? When { get; init; }

    /// <summary>Which values are left out of key files; null for none.</summary>
    public Func<TValue, bool>? Omitted { get; init; }

    internal override bool AppliesTo(WatermarkScheme scheme) => When is null || When((TScheme)scheme);

    internal override WatermarkScheme Read(WatermarkScheme scheme, JsonElement value) =>
        Parse(value, out TValue parsed) ? with((TScheme)scheme, parsed) : throw Wrong(Name, Values);

    internal override void Write(WatermarkScheme scheme, Utf8JsonWriter writer)
    {
        TValue value = get((TScheme)scheme);
        if (Omitted is null || !Omitted(value))
            Format(writer, Name, value);
    }

    internal override string TextOf(WatermarkScheme scheme) => Text(get((TScheme)scheme));
}
