using System.Text.Json;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Json;

/// <summary>
/// A verdict as <c>verdict.json</c>; <c>verdict-json.md</c> beside this class describes every member. The same verdict
/// gives the same bytes, and the file holds everything needed to compute the verdict again.
/// </summary>
public static class VerdictJson
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-verdict/2";

    /// <summary>Writes the verdict as indented UTF-8 JSON with a final line feed.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="style">How numbers are written; a case has decimal strings.</param>
    public static void Write(Verdict verdict, Stream stream, NumberStyle style = NumberStyle.Numbers)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(stream);
        if (style == NumberStyle.Numbers)
        {
            JsonMembers.WriteDocument(stream, writer => Write(verdict, writer));
            return;
        }

        // What follows from other members must follow from them as they stand in the file, so it is computed from those.
        Verdict rounded = ReadForComparison(Decimals(verdict));
        stream.Write(Decimals(rounded));
    }

    private static byte[] Decimals(Verdict verdict)
    {
        using var numbers = new MemoryStream();
        JsonMembers.WriteDocument(numbers, writer => Write(verdict, writer));
        using var decimals = new MemoryStream();
        JsonMembers.WriteDocument(decimals, writer => DecimalStrings.Convert(numbers.ToArray(), writer));
        return decimals.ToArray();
    }

    /// <summary>Writes the verdict as one JSON object.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="writer">A writer positioned for a value.</param>
    public static void Write(Verdict verdict, Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString("tool", verdict.Run?.Tool);
        writer.WriteString("version", verdict.Run?.Version);
        JsonMembers.WriteTime(writer, "created", verdict.Run?.Created);
        writer.WriteString("commandLine", verdict.Run?.CommandLine);
        writer.WriteString("outcome", FindingJson.NameOf(verdict.Outcome));
        writer.WriteString("strength", verdict.Strength);
        writer.WriteString("sentence", verdict.Sentence);
        writer.WritePropertyName("plan");
        if (verdict.Plan is { } plan)
            PlanJson.Write(plan, writer);
        else
            writer.WriteNullValue();
        writer.WritePropertyName("multiplicity");
        MultiplicityJson.Write(verdict.Tests, writer);
        writer.WriteStartObject("combination");
        writer.WriteString("rule", PlanJson.NameOf(verdict.Combination));
        DetectionJson.WriteNumber(writer, "logP", verdict.CombinedLogP);
        DetectionJson.WriteNumber(writer, "logE", verdict.CombinedLogE);
        writer.WriteEndObject();
        writer.WriteStartArray("findings");
        for (int i = 0; i < verdict.Findings.Count; i++)
            FindingJson.Write(verdict.Findings[i], writer, verdict.AdjustedLogP[i]);
        writer.WriteEndArray();
        FindingJson.WriteDiagnostics(writer, verdict.Diagnostics);
        writer.WriteEndObject();
    }

    /// <summary>
    /// Reads a verdict. Members that follow from others are computed again, and a file with other values is refused; the
    /// sentences are written again.
    /// </summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">The JSON is not a verdict; the message names the field and what was expected.</exception>
    public static Verdict Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The verdict", Read);

    /// <summary>
    /// Reads a verdict without checking the members that follow from others, for a comparison with a verdict computed again,
    /// which names every member that was altered (<see cref="VerdictComparison"/>).
    /// </summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">The JSON is not a verdict; the message names the field and what was expected.</exception>
    public static Verdict ReadForComparison(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The verdict", Read, checksDerived: false);

    private static Verdict Read(JsonFields fields)
    {
        fields.Format(Format);
        fields.ReadNumberStyle();
        (string? tool, string? version) = (fields.OptionalText("tool"), fields.OptionalText("version"));
        (DateTimeOffset? created, string? commandLine) = (fields.OptionalTime("created"), fields.OptionalText("commandLine"));
        Plan? plan = fields.OptionalObject("plan") is { } planFields ? PlanJson.Read(planFields) : null;
        TestCount tests = MultiplicityJson.Read(fields.Object("multiplicity"));
        IReadOnlyList<JsonFields> items = fields.Objects("findings");
        JsonFields combination = fields.Object("combination");

        // Where a plan fixes the rule, another one is a member that does not follow, and is named as such below.
        CombinationRule chosen = plan?.Combination ?? PlanJson.RuleOf(combination, "rule");
        Verdict verdict;
        try
        {
            verdict = Verdict.From([.. items.Select(FindingReader.Read)], plan, tests, tool is null && version is null ? null : new ToolRun(tool ?? string.Empty, version ?? string.Empty, created, commandLine), chosen);
        }
        catch (ArgumentException exception)
        {
            throw new InputFormatException($"The members of the verdict contradict each other. {exception.Message}", exception);
        }

        for (int i = 0; i < items.Count; i++)
        {
            Derived.Same(items[i], "adjustedLogP", verdict.AdjustedLogP[i]);
            Derived.Same(items[i], "outcome", FindingJson.NameOf(verdict.Findings[i].Outcome));
        }

        Derived.Same(combination, "rule", PlanJson.NameOf(verdict.Combination));
        Derived.Same(combination, "logP", verdict.CombinedLogP);
        Derived.Same(combination, "logE", verdict.CombinedLogE);
        combination.Done();
        Derived.Same(fields, "outcome", FindingJson.NameOf(verdict.Outcome));
        Derived.Same(fields, "strength", verdict.Strength);
        fields.Text("sentence");
        Derived.Same(fields, "diagnostics", FindingReader.ReadDiagnostics(fields), verdict.Diagnostics);
        fields.Done();
        return verdict;
    }
}
