using System.Text.Json;

namespace Watermark.Schemes;

/// <summary>The values a parameter takes.</summary>
public enum SchemeParameterKind
{
    /// <summary>An exact fraction strictly between 0 and 1, text in a key file: <c>"1/4"</c>; <c>0.25</c> is read too.</summary>
    Fraction,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>One of several words.</summary>
    Choice,

    /// <summary>Text that the scheme checks.</summary>
    Text,

    /// <summary>True or false.</summary>
    Flag,
}

/// <summary>
/// One parameter of a scheme. The list of parameters is used to read and write key files, fixes the order in which an id
/// covers them, and shows users what they can set.
/// </summary>
public abstract record SchemeParameter
{
    private protected SchemeParameter(string name, SchemeParameterKind kind, string values, string help) =>
        (Name, Kind, Values, Help) = (name, kind, values, help);

    /// <summary>The member of the key file's <c>scheme</c> object.</summary>
    public string Name { get; }

    /// <summary>The kind of its values.</summary>
    public SchemeParameterKind Kind { get; }

    /// <summary>The values allowed, such as "an integer from 0 to 8".</summary>
    public string Values { get; }

    /// <summary>What the parameter is, without a full stop at the end.</summary>
    public string Help { get; }

    /// <summary>Whether it must be given. <value>Default false.</value></summary>
    public bool IsRequired { get; init; }

    /// <summary>When the scheme has this parameter, such as "mode green-list"; null for always. <value>Default null.</value></summary>
    public string? Condition { get; init; }

    /// <summary>
    /// The default in words, where it depends on other parameters; null where the default value is shown. <value>Default
    /// null.</value>
    /// </summary>
    internal string? DefaultWords { get; init; }

    /// <summary>The exception for a parameter that has another value.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="values">The values allowed.</param>
    internal static InputFormatException Wrong(string name, string values) => new($"The field 'scheme.{name}' must be {values}.");

    /// <summary>Whether a scheme has this parameter; decided by the parameters before it.</summary>
    internal abstract bool AppliesTo(WatermarkScheme scheme);

    /// <summary>The scheme with the value of a key file.</summary>
    internal abstract WatermarkScheme Read(WatermarkScheme scheme, JsonElement value);

    /// <summary>Writes the member of a key file.</summary>
    internal abstract void Write(WatermarkScheme scheme, Utf8JsonWriter writer);

    /// <summary>The value as people write it.</summary>
    internal abstract string TextOf(WatermarkScheme scheme);
}
