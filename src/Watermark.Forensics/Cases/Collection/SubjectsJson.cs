using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>How a suspect or control is reached. It holds no secret: an API key stands in an environment variable that it names.</summary>
/// <param name="Name">Its name in the case (<see cref="PlannedSubject.IsName"/>).</param>
/// <param name="Role">What it is.</param>
public sealed record SubjectSettings(string Name, SubjectRole Role)
{
    /// <summary>The base address, such as <c>https://api.example.com/v1</c>; null where the plan names it.</summary>
    public string? Endpoint { get; init; }

    /// <summary>The model's name there; null where the plan names it.</summary>
    public string? Model { get; init; }

    /// <summary>The environment variable with the API key; null for the default one.</summary>
    public string? ApiKeyVariable { get; init; }

    /// <summary>The parameters of the requests.</summary>
    public CollectionParameters Parameters { get; init; } = new();
}

/// <summary>Reads the file that names several subjects; <c>collection-log.md</c> describes it.</summary>
public static class SubjectsJson
{
    private const string Format = "watermark-subjects/1";

    /// <summary>Reads subjects.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It names no subjects; the message names the field and what was expected.</exception>
    public static IReadOnlyList<SubjectSettings> Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The file of subjects", fields =>
    {
        fields.Format(Format);
        SubjectSettings[] subjects = [.. fields.Objects("subjects").Select(ReadSubject)];
        fields.Done();
        return subjects.Length > 0 ? subjects : throw fields.Wrong("subjects", "an array of at least one subject");
    });

    private static SubjectSettings ReadSubject(JsonFields fields)
    {
        var subject = new SubjectSettings(Members.Name(fields, "name"), Members.Role(fields))
        {
            Endpoint = Optional(fields, "endpoint"),
            Model = Optional(fields, "model"),
            ApiKeyVariable = Optional(fields, "apiKeyEnv"),
            Parameters = fields.Has("parameters") ? ReadParameters(fields.Object("parameters")) : new CollectionParameters(),
        };
        fields.Done();
        return subject;
    }

    private static CollectionParameters ReadParameters(JsonFields fields)
    {
        var parameters = new CollectionParameters
        {
            Temperature = fields.Has("temperature") ? fields.FiniteNumber("temperature") : null,
            TopP = fields.Has("topP") ? fields.FiniteNumber("topP") : null,
            MaxTokens = fields.Has("maxTokens") ? (int)fields.Whole("maxTokens", 1, int.MaxValue) : null,
            Seed = fields.Has("seed") ? fields.Whole("seed") : null,
            System = Optional(fields, "system"),
        };
        fields.Done();
        return parameters.Fault() is { } fault ? throw new InputFormatException(fault) : parameters;
    }

    private static string? Optional(JsonFields fields, string name) => fields.Has(name) ? fields.OptionalText(name) : null;
}
