using System.Text.Json;
using Watermark.Forensics.Fingerprints.Canaries;
using Watermark.Forensics.Json;
using Watermark.Keys;

namespace Watermark.Forensics.Fingerprints.Variants;

/// <summary>A prompt with several replies that are equally good; the key chooses the one that is served.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Texts">The variants, at least two, all different.</param>
public sealed record VariantUnit(string Id, string Prompt, IReadOnlyList<string> Texts);

/// <summary>
/// Units with K variants each, and the key's commitment. Which variant of a unit is served is the keyed index of LP(unit id) under
/// the claim's key (<see cref="KeyedIndex"/>): a random assignment that nobody knows without the key.
/// </summary>
public sealed class VariantDesign
{
    /// <summary>The format of the file.</summary>
    public const string Format = "watermark-variants/1";

    /// <summary>The name by which the claim's key is derived.</summary>
    public const string Method = "variants";

    private const int MostUnits = 20_000;
    private const int MostVariants = 16;

    private readonly byte[] digest;

    private VariantDesign(string claimId, IReadOnlyList<VariantUnit> units, string? commitment)
    {
        ClaimDesign.CheckClaim(claimId);
        if (units.Count is < 1 or > MostUnits)
            throw new InputFormatException($"There are {units.Count} units; 1 to {MostUnits} were expected.");
        Choices = units[0].Texts.Count;
        if (Choices is < 2 or > MostVariants)
            throw new InputFormatException($"The unit '{units[0].Id}' has {Choices} variants; 2 to {MostVariants} were expected.");
        Check(units, Choices);
        (ClaimId, Units) = (claimId, units);
        digest = ClaimDesign.Digest(hash =>
        {
            hash.Append(units.Count);
            foreach (VariantUnit unit in units)
            {
                hash.Append(unit.Id);
                hash.Append(unit.Prompt);
                hash.Append(unit.Texts.Count);
                foreach (string text in unit.Texts)
                    hash.Append(text);
            }
        });
        Commitment = commitment ?? string.Empty;
    }

    /// <summary>The claim.</summary>
    public string ClaimId { get; }

    /// <summary>The units, all with the same number of variants.</summary>
    public IReadOnlyList<VariantUnit> Units { get; }

    /// <summary>K, the variants of a unit.</summary>
    public int Choices { get; }

    /// <summary>The digest of all units, 64 lower-case hexadecimal digits.</summary>
    public string Digest => Convert.ToHexStringLower(digest);

    /// <summary>The commitment to the key, 64 lower-case hexadecimal digits.</summary>
    public string Commitment { get; private init; }

    /// <summary>Makes a design and commits to its key.</summary>
    /// <param name="claimKey">The claim's key.</param>
    /// <param name="claimId">The claim.</param>
    /// <param name="units">Units with distinct ids and prompts, all with the same number of variants, 2 … 16.</param>
    /// <exception cref="InputFormatException">A unit is not so; the message names it.</exception>
    public static VariantDesign Create(WatermarkKey claimKey, string claimId, IReadOnlyList<VariantUnit> units)
    {
        ArgumentNullException.ThrowIfNull(claimKey);
        ArgumentNullException.ThrowIfNull(units);
        var open = new VariantDesign(claimId, units, null);
        return new VariantDesign(claimId, units, ClaimDesign.Commit(claimKey, open.digest, claimId));
    }

    /// <summary>The index of the variant of every unit that is served.</summary>
    /// <param name="claimKey">The claim's key.</param>
    /// <exception cref="InputFormatException">The key does not open the commitment.</exception>
    public IReadOnlyList<int> Assignment(WatermarkKey claimKey)
    {
        ArgumentNullException.ThrowIfNull(claimKey);
        ClaimDesign.Check(claimKey, digest, ClaimId, Commitment);
        return [.. Units.Select(unit => KeyedIndex.Of(claimKey, KeyedIndex.LengthPrefixed(unit.Id), Choices))];
    }

    /// <summary>Writes the design as a JSON document: the same bytes for the same design.</summary>
    /// <param name="stream">The stream to write to.</param>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonMembers.WriteDocument(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteString("claim", ClaimId);
            writer.WriteString("digest", Digest);
            writer.WriteString("commitment", Commitment);
            writer.WriteStartArray("units");
            foreach (VariantUnit unit in Units)
            {
                writer.WriteStartObject();
                writer.WriteString("id", unit.Id);
                writer.WriteString("prompt", unit.Prompt);
                JsonMembers.WriteTexts(writer, "texts", unit.Texts);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    /// <summary>Reads a design.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no such design; the message names the field and what was expected.</exception>
    public static VariantDesign Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The design", fields =>
    {
        fields.Format(Format);
        VariantUnit[] units = [.. fields.Objects("units").Select(ReadUnit)];
        var design = new VariantDesign(fields.Text("claim"), units, fields.Text("commitment"));
        if (fields.Text("digest") != design.Digest)
            throw new InputFormatException($"The field 'digest' is {fields.Text("digest")}; {design.Digest} was expected from the units.");
        fields.Done();
        return design;
    });

    /// <summary>Reads a unit from a line <c>{"id":…,"prompt":…,"texts":[…]}</c>.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no unit.</exception>
    public static VariantUnit ReadUnit(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The unit", ReadUnit);

    private static VariantUnit ReadUnit(JsonFields fields)
    {
        var unit = new VariantUnit(fields.Text("id"), fields.Text("prompt"), fields.Texts("texts"));
        fields.Done();
        return unit;
    }

    private static void Check(IReadOnlyList<VariantUnit> units, int choices)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var prompts = new HashSet<string>(StringComparer.Ordinal);
        foreach (VariantUnit unit in units)
        {
            if (string.IsNullOrWhiteSpace(unit.Id) || string.IsNullOrWhiteSpace(unit.Prompt))
                throw new InputFormatException($"A unit has an empty id or prompt (id '{unit.Id}').");
            if (!ids.Add(unit.Id))
                throw new InputFormatException($"The unit '{unit.Id}' stands there twice; each was expected once.");
            if (!prompts.Add(unit.Prompt.Trim()))
                throw new InputFormatException($"The prompt of unit '{unit.Id}' is that of an earlier unit; distinct prompts were expected.");
            if (unit.Texts.Count != choices)
                throw new InputFormatException($"The unit '{unit.Id}' has {unit.Texts.Count} variants, and the first unit {choices}; the same number was expected.");
            string[] plain = [.. unit.Texts.Select(CanaryText.Normalise)];
            if (plain.Any(text => text.Length == 0) || plain.Distinct(StringComparer.Ordinal).Count() != plain.Length)
                throw new InputFormatException($"The unit '{unit.Id}' has an empty variant, or two that are the same apart from case and white space; leave the unit out.");
        }
    }
}
