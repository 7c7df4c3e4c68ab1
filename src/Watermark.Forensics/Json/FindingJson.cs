using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Json;

/// <summary>A finding as a JSON object; <c>verdict-json.md</c> describes its members.</summary>
public static class FindingJson
{
    /// <summary>Writes a single finding as one JSON object, without the adjusted p-value that only a verdict has.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="writer">A writer positioned for a value.</param>
    public static void Write(Finding finding, Utf8JsonWriter writer) => Write(finding, writer, null);

    internal static void Write(Finding finding, Utf8JsonWriter writer, double? adjustedLogP)
    {
        ArgumentNullException.ThrowIfNull(finding);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("title", finding.Title);
        writer.WriteString("question", finding.Question);
        writer.WriteString("outcome", NameOf(finding.Outcome));
        writer.WriteString("strength", finding.Strength);
        writer.WriteString("sentence", finding.Sentence);
        writer.WriteString("h1", finding.Alternative);
        writer.WriteString("h0", finding.Null);
        writer.WriteString("supportCaveat", finding.SupportCaveat);
        writer.WriteString("noSupportCaveat", finding.NoSupportCaveat);
        writer.WriteString("statistic", finding.Statistic);
        writer.WriteString("prior", finding.Prior);
        WriteNumbers(writer, finding);
        if (adjustedLogP is { } logP)
            DetectionJson.WriteNumber(writer, "adjustedLogP", logP);
        DetectionJson.WriteNumber(writer, "adjustedLogE", finding.AdjustedLogE);
        writer.WritePropertyName("multiplicity");
        MultiplicityJson.Write(finding.Tests, writer);
        writer.WriteStartObject("rule");
        writer.WriteNumber("supportThreshold", finding.Rule.SupportThreshold);
        writer.WriteNumber("acquittalThreshold", finding.Rule.AcquittalThreshold);
        writer.WriteNumber("effectOfInterest", finding.Rule.EffectOfInterest);
        writer.WriteEndObject();
        WriteMeasured(writer, finding);
        WriteKey(writer, finding.Key);
        writer.WriteStartObject("options");
        foreach (NamedValue option in finding.Options)
            writer.WriteString(option.Name, option.Value);
        writer.WriteEndObject();
        JsonMembers.WriteWhole(writer, "seed", finding.Seed);
        JsonMembers.WriteTexts(writer, "assumptions", finding.Assumptions);
        JsonMembers.WriteTexts(writer, "waivers", finding.Waivers);
        writer.WriteStartArray("controls");
        foreach (ControlFinding control in finding.Controls)
        {
            writer.WriteStartObject();
            writer.WriteString("title", control.Title);
            writer.WriteBoolean("showsSignal", control.ShowsSignal);
            WriteNumbers(writer, control);
            WriteMeasured(writer, control);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (finding.Details is { } details)
            DetailsJson.Write(details, finding, writer);
        writer.WriteString("version", finding.ToolVersion);
        JsonMembers.WriteTime(writer, "created", finding.Created);
        writer.WriteEndObject();
    }

    internal static string NameOf(Outcome outcome) => outcome switch
    {
        Outcome.Support => "support",
        Outcome.NoSupport => "no-support",
        _ => "inconclusive",
    };

    internal static string NameOf(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Blocking => "blocking",
        DiagnosticSeverity.Warning => "warning",
        _ => "note",
    };

    internal static void WriteDiagnostics(Utf8JsonWriter writer, IReadOnlyList<Diagnostic> diagnostics)
    {
        writer.WriteStartArray("diagnostics");
        foreach (Diagnostic diagnostic in diagnostics)
        {
            writer.WriteStartObject();
            writer.WriteString("code", diagnostic.Code);
            writer.WriteString("severity", NameOf(diagnostic.Severity));
            writer.WriteString("message", diagnostic.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, Measurement measurement)
    {
        writer.WriteStartObject("null");
        writer.WriteString("name", measurement.NullName);
        writer.WriteString("description", measurement.NullDescription);
        writer.WriteEndObject();
        DetectionJson.WriteNumber(writer, "logP", measurement.LogP);
        writer.WriteString("logPMethod", measurement.LogPMethod == TailMethod.Exact ? "exact" : "upper-bound");
        DetectionJson.WriteNumber(writer, "logE", measurement.LogE);
    }

    private static void WriteMeasured(Utf8JsonWriter writer, Measurement measurement)
    {
        EffectEstimate effect = measurement.Effect;
        writer.WriteStartObject("effect");
        DetectionJson.WriteNumber(writer, "estimate", effect.Estimate);
        DetectionJson.WriteNumber(writer, "nullValue", effect.NullValue);
        writer.WriteString("unit", effect.Unit);
        DetectionJson.WriteInterval(writer, "interval", effect.Interval is { } interval ? (interval.Low, interval.High) : null);
        DetectionJson.WriteInterval(writer, "replyInterval", effect.ReplyInterval is { } replies ? (replies.Low, replies.High) : null);
        writer.WriteEndObject();
        PowerStatement power = measurement.Power;
        writer.WriteStartObject("power");
        DetectionJson.WriteNumber(writer, "logThreshold", power.LogThreshold);
        DetectionJson.WriteNumber(writer, "power", power.Power);
        DetectionJson.WriteNumber(writer, "smallestEffect", power.SmallestEffect);
        DetectionJson.WriteNumber(writer, "effectOfInterest", power.EffectOfInterest);
        JsonMembers.WriteWhole(writer, "rowsNeeded", power.RowsNeeded);
        DetectionJson.WriteNumber(writer, "logEAgainstInterest", power.LogEAgainstInterest);
        writer.WriteEndObject();
        MeasurementCounts counts = measurement.Counts;
        writer.WriteStartObject("counts");
        JsonMembers.WriteWhole(writer, "documents", counts.Documents);
        JsonMembers.WriteWhole(writer, "tokens", counts.Tokens);
        JsonMembers.WriteWhole(writer, "rows", counts.Rows);
        JsonMembers.WriteWhole(writer, "scored", counts.Scored);
        JsonMembers.WriteWhole(writer, "leftOutByPrompts", counts.LeftOutByPrompts);
        foreach (NamedCount other in counts.Others)
            JsonMembers.WriteWhole(writer, other.Name, other.Value);
        writer.WriteEndObject();
        WriteDiagnostics(writer, measurement.Diagnostics);
        writer.WriteStartArray("inputs");
        foreach (InputDigest input in measurement.Inputs)
        {
            writer.WriteStartObject();
            writer.WriteString("role", input.Role);
            writer.WriteString("name", input.Name);
            writer.WriteString("sha256", input.Sha256.Length == 0 ? null : input.Sha256);
            JsonMembers.WriteWhole(writer, "documents", input.Documents);
            JsonMembers.WriteWhole(writer, "unread", input.Unread);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WritePanel(writer, measurement.Panel);
    }

    private static void WritePanel(Utf8JsonWriter writer, PanelSummary? panel)
    {
        if (panel is null)
        {
            writer.WriteNull("randomKeys");
            return;
        }

        writer.WriteStartObject("randomKeys");
        writer.WriteNumber("count", panel.Count);
        JsonMembers.WriteWhole(writer, "rank", panel.Rank);
        DetectionJson.WriteNumber(writer, "mean", panel.Mean);
        DetectionJson.WriteNumber(writer, "standardDeviation", panel.StandardDeviation);
        DetectionJson.WriteNumber(writer, "theoryMean", panel.TheoryMean);
        DetectionJson.WriteNumber(writer, "theoryStandardDeviation", panel.TheoryStandardDeviation);
        if (panel.Agrees is { } agrees)
            writer.WriteBoolean("agrees", agrees);
        else
            writer.WriteNull("agrees");
        if (panel.Histogram is { } histogram)
        {
            writer.WriteStartObject("histogram");
            writer.WriteNumber("low", histogram.Low);
            writer.WriteNumber("binWidth", histogram.BinWidth);
            writer.WriteStartArray("counts");
            foreach (int count in histogram.Counts)
                writer.WriteNumberValue(count);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("histogram");
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes the member <c>key</c>.</summary>
    internal static void WriteKey(Utf8JsonWriter writer, KeyIdentity? key)
    {
        if (key is null)
        {
            writer.WriteNull("key");
            return;
        }

        writer.WriteStartObject("key");
        writer.WriteString("id", key.Id);
        writer.WriteNumber("idVersion", key.IdVersion);
        writer.WriteString("commitment", key.Commitment);
        writer.WriteStartObject("scheme");
        writer.WriteString("name", key.Scheme);
        using JsonDocument parameters = JsonDocument.Parse(key.Parameters);
        foreach (JsonProperty parameter in parameters.RootElement.EnumerateObject())
            parameter.WriteTo(writer);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
