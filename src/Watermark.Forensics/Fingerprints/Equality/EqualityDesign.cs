using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Json;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints.Equality;

/// <summary>How the replies of an endpoint are compared with those of a reference, fixed before the data.</summary>
public sealed record EqualityDesign
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-equality/1";

    /// <summary>What is asked, in its order.</summary>
    public required IReadOnlyList<CollectionPrompt> Prompts { get; init; }

    /// <summary>The name of the model that the endpoint is compared with.</summary>
    public required string Reference { get; init; }

    /// <summary>
    /// The name of a model that is known to differ from the reference, such as the reference at another temperature; null for none.
    /// Only where the test tells this one apart can it say that the endpoint does not differ.
    /// </summary>
    public string? PositiveControl { get; init; }

    /// <summary>Replies of each model to each prompt that count; the first ones by number. <value>Default 10, 2 … 1,000.</value></summary>
    public int RepliesPerPrompt { get; init; } = 10;

    /// <summary>L, the Unicode code points of a reply that are compared. <value>Default 200, 1 … 10,000.</value></summary>
    public int Length { get; init; } = 200;

    /// <summary>B, the labellings drawn where there are too many to try all. <value>Default 9,999, 99 … 999,999.</value></summary>
    public int Permutations { get; init; } = 9_999;

    /// <summary>Whether one may look as often as one likes while replies come in: the test is then a sequence of bets.</summary>
    public bool Anytime { get; init; }

    /// <summary>The statistic with its version.</summary>
    public string Statistic => Anytime ? "mmd-hamming/betting 1" : "mmd-hamming/permutation 1";

    /// <summary>The prior of the e-value with its version.</summary>
    public string Prior => Anytime ? BettingEProcess.Prior : PermutationTest.Prior;

    /// <summary>The names of the models besides the suspect.</summary>
    internal IReadOnlyList<string> Names => PositiveControl is { } control ? [Reference, control] : [Reference];

    /// <summary>Reads a design.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is not a valid design; the message names the field and what was expected.</exception>
    public static EqualityDesign Read(ReadOnlyMemory<byte> json)
    {
        EqualityDesign design = JsonFields.Parse(json, "The design", fields =>
        {
            fields.Format(Format);
            var read = new EqualityDesign
            {
                Reference = fields.Text("reference"),
                PositiveControl = fields.OptionalText("positiveControl"),
                RepliesPerPrompt = (int)fields.Whole("repliesPerPrompt", 2, 1_000),
                Length = (int)fields.Whole("length", 1, 10_000),
                Permutations = (int)fields.Whole("permutations", 99, 999_999),
                Anytime = fields.OptionalFlag("anytime") ?? false,
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
            writer.WriteString("positiveControl", PositiveControl);
            writer.WriteNumber("repliesPerPrompt", RepliesPerPrompt);
            writer.WriteNumber("length", Length);
            writer.WriteNumber("permutations", Permutations);
            writer.WriteBoolean("anytime", Anytime);
            ComparedModels.WritePrompts(writer, Prompts);
            writer.WriteEndObject();
        });
        return stream.ToArray();
    }

    /// <summary>A sentence on what is wrong with the design, which names the field and what was expected, or null.</summary>
    public string? Fault()
    {
        if ((ComparedModels.PromptsFault(Prompts) ?? ComparedModels.NamesFault(Names)) is { } fault)
            return fault;
        if (RepliesPerPrompt is < 2 or > 1_000)
            return $"The field 'repliesPerPrompt' is {RepliesPerPrompt}; a whole number from 2 to 1000 was expected.";
        if (Length is < 1 or > 10_000)
            return $"The field 'length' is {Length}; a whole number from 1 to 10000 was expected.";
        return Permutations is < 99 or > 999_999 ? $"The field 'permutations' is {Permutations}; a whole number from 99 to 999999 was expected." : null;
    }

    /// <summary>Throws where the design is not valid.</summary>
    /// <exception cref="ArgumentException">The design is not valid; the message is <see cref="Fault"/>.</exception>
    public void Validate()
    {
        if (Fault() is { } fault)
            throw new ArgumentException(fault);
    }
}
