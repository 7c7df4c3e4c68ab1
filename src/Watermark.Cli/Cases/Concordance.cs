using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Cases;

/// <summary>What a neutral expert signs who computed a case again: which statement it was, and what was checked.</summary>
internal static class Concordance
{
    /// <summary>The media type of the payload.</summary>
    public const string PayloadType = "application/vnd.watermark.concordance+json";

    /// <summary>The payload.</summary>
    /// <param name="folder">The case.</param>
    /// <param name="steps">The steps, none with a fault.</param>
    /// <param name="time">When.</param>
    /// <param name="tool">The expert's program.</param>
    public static byte[] Make(CaseFolder folder, IReadOnlyList<CaseCheckStep> steps, DateTimeOffset time, CaseTool tool)
    {
        using var stream = new MemoryStream();
        JsonOutput.Write(stream, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("format", "watermark-concordance/1");
            writer.WriteString("statementSha256", folder.Sha256(CaseFiles.Statement));
            writer.WriteString("manifestSha256", folder.Sha256(CaseFiles.Manifest));
            writer.WriteString("time", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteString("tool", tool.Name);
            writer.WriteString("version", tool.Version);
            writer.WriteString("buildSha256", tool.BuildSha256);
            writer.WriteStartArray("checked");
            foreach (CaseCheckStep step in steps)
                writer.WriteStringValue($"{step.What}: {step.Sentence}");
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return stream.ToArray();
    }
}
