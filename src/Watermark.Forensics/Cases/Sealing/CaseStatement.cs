using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Sealing;

/// <summary>The program that computed the findings.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="BuildSha256">SHA-256 over its own libraries; empty where it is not known.</param>
public sealed record CaseTool(string Name, string Version, string BuildSha256);

/// <summary>
/// What was found, and from which files: an in-toto Statement (version 1) whose subjects are the files that the findings
/// follow from and the verdict. It holds no time and no signature, so two machines with the same program and the same inputs
/// give the same bytes.
/// </summary>
public static class CaseStatement
{
    /// <summary>The media type of an in-toto statement in an envelope.</summary>
    public const string PayloadType = "application/vnd.in-toto+json";

    /// <summary>The type of the predicate.</summary>
    public const string PredicateType = "urn:watermark:predicate:verdict:1";

    private const string Type = "https://in-toto.io/Statement/v1";

    // A time stamp of the keys or the plan decides what a finding says of itself; one of the statement itself cannot be in it.
    private static readonly string[] Folders =
        ["collection/", "samples/", "scores/", "timestamps/commitments.", "timestamps/plan."];

    private static readonly string[] Files =
        [CaseFiles.Commitments, CaseFiles.Design, CaseFiles.Plan, CaseFiles.PlanSignature, CaseFiles.Prompts, CaseFiles.Validation, CaseFiles.Verdict];

    /// <summary>The files of a case that its statement covers, in ordinal order.</summary>
    /// <param name="folder">The case.</param>
    public static IReadOnlyList<string> Covered(CaseFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return [.. folder.Names().Where(name => Files.Contains(name) || Folders.Any(part => name.StartsWith(part, StringComparison.Ordinal)))];
    }

    /// <summary>Writes the statement of a case as it is now.</summary>
    /// <param name="folder">The case, its verdict written.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="tool">The program.</param>
    /// <returns>The bytes of <see cref="CaseFiles.Statement"/>.</returns>
    public static byte[] Make(CaseFolder folder, Verdict verdict, CaseTool tool)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(tool);
        using var stream = new MemoryStream();
        JsonMembers.WriteDocument(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("_type", Type);
            writer.WriteStartArray("subject");
            foreach (string name in Covered(folder))
            {
                writer.WriteStartObject();
                writer.WriteString("name", name);
                writer.WriteStartObject("digest");
                writer.WriteString("sha256", folder.Sha256(name));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("predicateType", PredicateType);
            writer.WriteStartObject("predicate");
            WritePredicate(writer, verdict, tool);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
        return stream.ToArray();
    }

    /// <summary>The program that a statement names.</summary>
    /// <param name="statement">The bytes of <see cref="CaseFiles.Statement"/>.</param>
    /// <exception cref="InputFormatException">It is no such statement.</exception>
    public static CaseTool ToolOf(ReadOnlyMemory<byte> statement) => JsonFields.Parse(statement, "The statement", fields =>
    {
        JsonFields tool = fields.Object("predicate").Object("tool");
        return new CaseTool(tool.Text("name"), tool.Text("version"), tool.Text("buildSha256"));
    });

    private static void WritePredicate(Utf8JsonWriter writer, Verdict verdict, CaseTool tool)
    {
        writer.WriteStartObject("tool");
        writer.WriteString("name", tool.Name);
        writer.WriteString("version", tool.Version);
        writer.WriteString("buildSha256", tool.BuildSha256);
        writer.WriteEndObject();
        writer.WriteString("outcome", FindingJson.NameOf(verdict.Outcome));
        writer.WriteString("strength", verdict.Strength);
        writer.WriteString("tests", verdict.Tests.M.ToString(System.Globalization.CultureInfo.InvariantCulture));
        writer.WriteString("logP", DecimalStrings.Write(verdict.CombinedLogP));
        writer.WriteString("logE", DecimalStrings.Write(verdict.CombinedLogE));
        writer.WriteStartArray("findings");
        foreach (Finding finding in verdict.Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("title", finding.Title);
            writer.WriteString("question", finding.Question);
            writer.WriteString("key", finding.Key?.Id);
            writer.WriteString("commitment", finding.Key?.Commitment);
            writer.WriteString("statistic", finding.Statistic);
            JsonMembers.WriteWhole(writer, "scored", finding.Counts.Scored);
            writer.WriteString("logP", DecimalStrings.Write(finding.LogP));
            writer.WriteString("logE", DecimalStrings.Write(finding.LogE));
            writer.WriteString("outcome", FindingJson.NameOf(finding.Outcome));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
