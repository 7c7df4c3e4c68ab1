using System.Text.Json;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Fingerprints;

/// <summary>What designs have in common that compare a suspect with named models: the prompts and the models' replies.</summary>
internal static class ComparedModels
{
    private const int MostPrompts = 1_000_000;

    /// <summary>Writes the prompts of a design.</summary>
    /// <param name="writer">The writer, inside an object.</param>
    /// <param name="prompts">The prompts.</param>
    public static void WritePrompts(Utf8JsonWriter writer, IEnumerable<CollectionPrompt> prompts)
    {
        writer.WriteStartArray("prompts");
        foreach (CollectionPrompt prompt in prompts)
        {
            writer.WriteStartObject();
            writer.WriteString("id", prompt.Id);
            writer.WriteString("prompt", prompt.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Reads the prompts of a design.</summary>
    /// <param name="fields">The design.</param>
    public static IReadOnlyList<CollectionPrompt> ReadPrompts(JsonFields fields)
    {
        var prompts = new List<CollectionPrompt>();
        foreach (JsonFields item in fields.Objects("prompts"))
        {
            prompts.Add(new CollectionPrompt(item.Text("id"), item.Text("prompt")));
            item.Done();
        }

        return prompts;
    }

    /// <summary>A sentence on what is wrong with prompts, or null.</summary>
    /// <param name="prompts">The prompts.</param>
    public static string? PromptsFault(IReadOnlyList<CollectionPrompt> prompts)
    {
        if (prompts.Count is 0 or > MostPrompts)
            return $"The field 'prompts' holds {prompts.Count} prompts; 1 to {MostPrompts} were expected.";
        if (prompts.FirstOrDefault(prompt => string.IsNullOrWhiteSpace(prompt.Id) || string.IsNullOrWhiteSpace(prompt.Text)) is not null)
            return "The field 'prompts' holds an empty id or prompt; texts were expected.";
        if (prompts.DistinctBy(prompt => prompt.Id, StringComparer.Ordinal).Count() != prompts.Count)
            return "The field 'prompts' names an id twice; each was expected once.";
        return prompts.DistinctBy(prompt => prompt.Text, StringComparer.Ordinal).Count() == prompts.Count ? null : "The field 'prompts' holds a prompt twice; each was expected once.";
    }

    /// <summary>A sentence on what is wrong with the names of models, or null.</summary>
    /// <param name="names">All names of a design.</param>
    public static string? NamesFault(IReadOnlyCollection<string> names)
    {
        if (names.Any(string.IsNullOrWhiteSpace))
            return "A model is named by an empty text; a name was expected.";
        return names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice
            ? $"The model '{twice.Key}' is named twice; each was expected once, in one role."
            : null;
    }

    /// <summary>The replies of the models that a design names, by name.</summary>
    /// <param name="names">The names.</param>
    /// <param name="suspect">The suspect, which is none of them.</param>
    /// <param name="given">The replies that were given.</param>
    /// <exception cref="InputFormatException">A model has no replies, or replies of one that the design does not name were given.</exception>
    public static IReadOnlyDictionary<string, Transcript> Find(IReadOnlyCollection<string> names, Transcript suspect, IReadOnlyList<Transcript> given)
    {
        if (names.Contains(suspect.Title, StringComparer.Ordinal))
            throw new InputFormatException($"The suspect has the name {suspect.Title}, which the design gives to another model.");
        var found = new Dictionary<string, Transcript>(StringComparer.Ordinal);
        foreach (Transcript transcript in given)
        {
            if (!names.Contains(transcript.Title, StringComparer.Ordinal))
                throw new InputFormatException($"Replies of {transcript.Title} were given, which the design does not name; it names {string.Join(", ", names)}.");
            if (!found.TryAdd(transcript.Title, transcript))
                throw new InputFormatException($"Replies of {transcript.Title} were given twice; once was expected.");
        }

        return names.FirstOrDefault(name => !found.ContainsKey(name)) is { } missing
            ? throw new InputFormatException($"No replies of {missing} were given, which the design names.")
            : found;
    }

    /// <summary>The inputs of a model under the role that it has in a test.</summary>
    /// <param name="transcript">Its replies.</param>
    /// <param name="role">The role.</param>
    public static IEnumerable<InputDigest> Inputs(Transcript transcript, string role) => transcript.Inputs.Select(input => input with { Role = role });

    /// <summary>Whether two models were given the same file.</summary>
    /// <param name="first">The replies of one.</param>
    /// <param name="second">The replies of the other.</param>
    public static bool ShareInput(Transcript first, Transcript second) =>
        first.Inputs.Any(mine => mine.Sha256.Length > 0 && second.Inputs.Any(theirs => theirs.Sha256 == mine.Sha256));

    /// <summary>The option that says in which role a named model was compared.</summary>
    /// <param name="name">The model.</param>
    /// <param name="role">Its role.</param>
    public static NamedValue Compared(string name, string role) => new(Plan.ComparedOption + name, role);
}
