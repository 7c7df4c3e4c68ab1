using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Forensics.Distillation;

namespace Watermark.Reporting;

/// <summary>
/// A verdict as <c>verdict.json</c>; <c>verdict-json.md</c> beside this class describes every member. The same verdict
/// gives the same bytes.
/// </summary>
public static class VerdictJson
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-verdict/1";

    /// <summary>Writes the verdict as indented UTF-8 JSON with a final line feed.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="stream">Where to.</param>
    public static void Write(DistillationVerdict verdict, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(stream);
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options))
            Write(verdict, writer);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>Writes the verdict as one JSON object.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="writer">A writer positioned for a value.</param>
    public static void Write(DistillationVerdict verdict, Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString("verdict", verdict.Sentence);
        writer.WriteString("outcome", verdict.Outcome switch
        {
            VerdictOutcome.Support => "support",
            VerdictOutcome.NoSupport => "no-support",
            _ => "inconclusive",
        });
        writer.WriteString("strength", verdict.Strength);
        DetectionJson.WriteNumber(writer, "logLikelihoodRatio", verdict.LogLikelihoodRatio);
        writer.WriteString("decidedBy", verdict.DecidedByRandomKeys ? "random-keys" : "exact-null");
        writer.WriteString("keyId", verdict.KeyId);
        writer.WriteStartObject("scheme");
        writer.WriteString("name", verdict.Scheme.Name);
        verdict.Scheme.WriteParameters(writer);
        writer.WriteEndObject();
        writer.WriteString("null", verdict.Scheme.Null.Description);
        writer.WriteString("tokenizer", verdict.Tokenizer);
        writer.WriteString("tokenizerHash", verdict.TokenizerHash);
        WriteCorpus(writer, "suspect", verdict.Suspect);
        if (verdict.Control is { } control)
            WriteCorpus(writer, "control", control);
        else
            writer.WriteNull("control");
        WritePanel(writer, verdict.RandomKeys);
        DetectionJson.WriteNumber(writer, "smallestDetectableEffect", verdict.SmallestDetectableEffect);
        writer.WriteStartObject("power");
        writer.WriteNumber("alpha", verdict.Alpha);
        writer.WriteNumber("power", verdict.Power);
        writer.WriteNumber("tokensNeeded", verdict.TokensNeeded);
        writer.WriteEndObject();
        writer.WriteStartArray("warnings");
        foreach (string warning in verdict.Warnings)
            writer.WriteStringValue(warning);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteCorpus(Utf8JsonWriter writer, string name, CorpusFinding corpus)
    {
        writer.WriteStartObject(name);
        writer.WriteNumber("documents", corpus.Documents);
        DetectionJson.WriteMembers(writer, corpus.Result);
        DetectionJson.WriteInterval(writer, "documentInterval", corpus.DocumentInterval);
        writer.WriteNumber("distinctRows", corpus.DistinctRows);
        writer.WriteBoolean("isSample", corpus.IsSample);
        writer.WriteEndObject();
    }

    private static void WritePanel(Utf8JsonWriter writer, RandomKeySummary? panel)
    {
        if (panel is null)
        {
            writer.WriteNull("randomKeys");
            return;
        }

        writer.WriteStartObject("randomKeys");
        writer.WriteNumber("count", panel.Count);
        DetectionJson.WriteNumber(writer, "mean", panel.Mean);
        DetectionJson.WriteNumber(writer, "standardDeviation", panel.StandardDeviation);
        DetectionJson.WriteNumber(writer, "expectedMean", panel.ExpectedMean);
        DetectionJson.WriteNumber(writer, "expectedStandardDeviation", panel.ExpectedStandardDeviation);
        writer.WriteNumber("rank", panel.Rank);
        DetectionJson.WriteNumber(writer, "logP", panel.LogP);
        DetectionJson.WriteNumber(writer, "logE", panel.LogE);
        writer.WriteBoolean("agreesWithTheory", panel.AgreesWithTheory);
        writer.WriteStartObject("histogram");
        writer.WriteNumber("low", panel.Histogram.Low);
        writer.WriteNumber("binWidth", panel.Histogram.BinWidth);
        writer.WriteStartArray("counts");
        foreach (int count in panel.Histogram.Counts)
            writer.WriteNumberValue(count);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
