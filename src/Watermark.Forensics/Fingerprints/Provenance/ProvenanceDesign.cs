using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Fingerprints.Provenance;

/// <summary>Which models a suspect is compared with, and on what, fixed before the suspect is asked.</summary>
public sealed record ProvenanceDesign
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-provenance/1";

    /// <summary>What is asked, each prompt once.</summary>
    public required IReadOnlyList<CollectionPrompt> Prompts { get; init; }

    /// <summary>The name of the owner's model, f.</summary>
    public required string Reference { get; init; }

    /// <summary>The names of the controls c_1 … c_m: models that the suspect may as well come from; at least one.</summary>
    public required IReadOnlyList<string> Controls { get; init; }

    /// <summary>
    /// The names of the null suspects h_1 … h_M: models like the suspect that are known not to come from the reference. With M of them the
    /// p-value is at least 1/(M + 1); without any it is 1.
    /// </summary>
    public IReadOnlyList<string> NullSuspects { get; init; } = [];

    /// <summary>The names of the models besides the suspect.</summary>
    internal IReadOnlyList<string> Names => [Reference, .. Controls, .. NullSuspects];

    /// <summary>Reads a design.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is not a valid design; the message names the field and what was expected.</exception>
    public static ProvenanceDesign Read(ReadOnlyMemory<byte> json)
    {
        ProvenanceDesign design = JsonFields.Parse(json, "The design", fields =>
        {
            fields.Format(Format);
            var read = new ProvenanceDesign
            {
                Reference = fields.Text("reference"),
                Controls = fields.Texts("controls"),
                NullSuspects = fields.Texts("nullSuspects"),
                Prompts = ComparedModels.ReadPrompts(fields),
            };
            fields.Done();
            return read;
        });
        return design.Fault() is { } fault ? throw new InputFormatException(fault) : design;
    }

    /// <summary>Writes the design as UTF-8 JSON with a final line feed; the same design gives the same bytes.</summary>
    /// <exception cref="ArgumentException">The design is not valid.</exception>
    public byte[] Write()
    {
        Validate();
        using var stream = new MemoryStream();
        JsonMembers.WriteDocument(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("reference", Reference);
            JsonMembers.WriteTexts(writer, "controls", Controls);
            JsonMembers.WriteTexts(writer, "nullSuspects", NullSuspects);
            ComparedModels.WritePrompts(writer, Prompts);
            writer.WriteEndObject();
        });
        return stream.ToArray();
    }

    /// <summary>A sentence on what is wrong with the design, which names the field and what was expected, or null.</summary>
    public string? Fault() => Controls.Count == 0
        ? "The field 'controls' is empty; at least one control was expected."
        : ComparedModels.PromptsFault(Prompts) ?? ComparedModels.NamesFault(Names);

    /// <summary>Throws where the design is not valid.</summary>
    /// <exception cref="ArgumentException">The design is not valid; the message is <see cref="Fault"/>.</exception>
    public void Validate()
    {
        if (Fault() is { } fault)
            throw new ArgumentException(fault);
    }
}
