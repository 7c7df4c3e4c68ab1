using System.Text.Json;
using Watermark.Keys;

namespace Watermark.Schemes;

/// <summary>What a person needs to know to choose or recognise a scheme, and the table of its parameters.</summary>
public sealed class SchemeDescriptor
{
    /// <summary>The name in key files.</summary>
    public required string Name { get; init; }

    /// <summary>One line on what it does.</summary>
    public required string Summary { get; init; }

    /// <summary>The parameters in the order of key files.</summary>
    public required IReadOnlyList<SchemeParameter> Parameters { get; init; }

    /// <summary>The shape of the key file's <c>secret</c>, one line.</summary>
    public required string Secret { get; init; }

    /// <summary>The null of a total over n rows, one line.</summary>
    public required string Null { get; init; }

    /// <summary>The source paper.</summary>
    public required string Paper { get; init; }

    /// <summary>The engine or repository that writes this mark.</summary>
    public required string Engine { get; init; }

    /// <summary>The scheme with every default; required parameters have an arbitrary value.</summary>
    public required WatermarkScheme Template { get; init; }

    /// <summary>Throws where the parameters contradict each other; null where they never can.</summary>
    internal Action<WatermarkScheme>? Validate { get; init; }

    /// <summary>The parameter of a name, or null.</summary>
    /// <param name="name">The name in key files; case matters.</param>
    public SchemeParameter? Find(string name) => Parameters.FirstOrDefault(item => item.Name == name);

    /// <summary>A parameter's default as people write it; null where it must be given.</summary>
    /// <param name="parameter">One of <see cref="Parameters"/>.</param>
    public string? DefaultOf(SchemeParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.IsRequired ? null : parameter.DefaultWords ?? parameter.TextOf(Template);
    }

    /// <summary>One line on a parameter: its values, its default, when there is such a parameter, and what it is.</summary>
    /// <param name="parameter">One of <see cref="Parameters"/>.</param>
    public string Describe(SchemeParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        string fallback = DefaultOf(parameter) is { } value ? $"default {value}" : "required";
        string condition = parameter.Condition is { } words ? $", with {words}" : string.Empty;
        string help = parameter.Help.Length > 0 ? $": {parameter.Help}" : string.Empty;
        return $"{parameter.Name} ({parameter.Values}, {fallback}{condition}){help}";
    }

    /// <summary>Reads the parameters; a misspelt one is refused and does not silently become a default.</summary>
    /// <param name="parameters">The key file's <c>scheme</c> object; its member <c>name</c> is ignored.</param>
    /// <exception cref="InputFormatException">A parameter is missing, wrong or unknown, or appears twice.</exception>
    public WatermarkScheme Read(JsonElement parameters)
    {
        RefuseDuplicates(parameters);
        WatermarkScheme scheme = Template;
        var known = new List<string>();
        try
        {
            foreach (SchemeParameter parameter in Parameters)
            {
                if (!parameter.AppliesTo(scheme))
                    continue;
                known.Add(parameter.Name);
                if (parameters.TryGetProperty(parameter.Name, out JsonElement value))
                    scheme = parameter.Read(scheme, value);
                else if (parameter.IsRequired)
                    throw new InputFormatException($"The field 'scheme.{parameter.Name}' is missing; the scheme '{Name}' needs it.");
            }

            Validate?.Invoke(scheme);
        }
        catch (ArgumentException exception)
        {
            throw new InputFormatException($"The field 'scheme' is not valid: {exception.Message}", exception);
        }

        foreach (JsonProperty property in parameters.EnumerateObject())
        {
            if (property.Name != "name" && !known.Contains(property.Name))
                throw new InputFormatException($"The field {QuotedName.Of(property.Name, "scheme.")} is unknown for the scheme '{Name}'; known are {string.Join(", ", known)}.");
        }

        return scheme;
    }

    private static void RefuseDuplicates(JsonElement parameters)
    {
        if (parameters.ValueKind != JsonValueKind.Object)
            throw new InputFormatException("The field 'scheme' must be an object.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in parameters.EnumerateObject())
        {
            if (!seen.Add(property.Name))
                throw new InputFormatException($"The field {QuotedName.Of(property.Name, "scheme.")} stands twice.");
        }
    }
}
