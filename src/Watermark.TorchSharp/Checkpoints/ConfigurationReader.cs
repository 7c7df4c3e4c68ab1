using System.Text.Json;

namespace Watermark.TorchSharp.Checkpoints;

/// <summary>
/// Reads the members of a configuration; a wrong member gives an error message of one sentence. A member that is null counts
/// as missing.
/// </summary>
internal sealed class ConfigurationReader
{
    private readonly string path;
    private readonly JsonElement element;

    public ConfigurationReader(string path, JsonElement element)
    {
        this.path = path;
        this.element = element;
        if (element.ValueKind != JsonValueKind.Object)
            throw new InputFormatException($"The configuration '{path}' must be a JSON object.");
    }

    /// <summary>The rotary part: <c>rope_parameters</c>, <c>rope_scaling</c>, or an empty one.</summary>
    public ConfigurationReader Rope =>
        Find("rope_parameters") is { } parameters ? new ConfigurationReader(path, parameters)
        : Find("rope_scaling") is { } scaling ? new ConfigurationReader(path, scaling)
        : new ConfigurationReader(path, JsonElement.Parse("{}"));

    public string Text(string name, string? fallback = null)
    {
        if (Find(name) is not { } value)
            return fallback ?? throw Missing(name);
        return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, "is not a string");
    }

    public bool Flag(string name, bool fallback) => Find(name) is not { } value ? fallback : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "is neither true nor false"),
    };

    public double Number(string name, double? fallback = null)
    {
        if (Find(name) is not { } value)
            return fallback ?? throw Missing(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : throw Wrong(name, "is not a number");
    }

    public int WholeNumber(string name) => OptionalWholeNumber(name) ?? throw Missing(name);

    public int? OptionalWholeNumber(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number > 0
            ? number
            : throw Wrong(name, "is not a positive whole number");
    }

    public InputFormatException Wrong(string name, string what) => new($"The field '{name}' of the configuration '{path}' {what}.");

    private InputFormatException Missing(string name) => Wrong(name, "is missing");

    private JsonElement? Find(string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
