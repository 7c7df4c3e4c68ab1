using System.Globalization;
using System.Text.Json;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Json;

/// <summary>The <c>details</c> member of a finding.</summary>
internal static class DetailsJson
{
    private const int MostRows = 100;

    /// <summary>Writes the member.</summary>
    public static void Write(FindingDetails details, Finding finding, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("details");
        WriteItems(writer, "progress", details.Progress, point =>
        {
            JsonMembers.WriteWhole(writer, "replies", point.Replies);
            JsonMembers.WriteWhole(writer, "scored", point.Scored);
            DetectionJson.WriteNumber(writer, "logE", point.LogE);
        });
        WriteDocuments(writer, details.Documents);
        WriteItems(writer, "powerCurve", details.PowerCurve, point =>
        {
            DetectionJson.WriteNumber(writer, "effect", point.Effect);
            JsonMembers.WriteWhole(writer, "rowsNeeded", point.RowsNeeded);
            DetectionJson.WriteNumber(writer, "probability", point.Probability);
        });
        WriteWeights(writer, details.Weights);
        WriteItems(writer, "sensitivity", details.Sensitivity, row =>
        {
            writer.WriteString("name", row.Name);
            writer.WriteString("change", row.Change);
            writer.WriteBoolean("validTest", row.IsValidTest);
            JsonMembers.WriteWhole(writer, "scored", row.Scored);
            DetectionJson.WriteNumber(writer, "effect", row.Effect);
            DetectionJson.WriteNumber(writer, "logP", row.LogP);
            DetectionJson.WriteNumber(writer, "logE", row.LogE);
            DetectionJson.WriteNumber(writer, "logEAgainstInterest", row.LogEAgainstInterest);
            writer.WriteString("outcome", FindingJson.NameOf(finding.OutcomeOf(row)));
        });
        WriteItems(writer, "missing", details.Missing, item =>
        {
            writer.WriteString("name", item.Name);
            writer.WriteString("reason", item.Value);
        });
        writer.WriteEndObject();
    }

    /// <summary>Reads the member, without the outcomes of its rows.</summary>
    /// <param name="fields">The object.</param>
    public static FindingDetails Read(JsonFields fields)
    {
        var details = new FindingDetails
        {
            Progress = OptionalItems(fields, "progress", FindingDetails.MostProgress, item => new ProgressPoint(item.Whole("replies"), item.Whole("scored"), item.Number("logE"))),
            Documents = ReadDocuments(fields.OptionalObject("documents")),
            PowerCurve = OptionalItems(fields, "powerCurve", FindingDetails.MostPower, item => new PowerPoint(item.FiniteNumber("effect"), item.OptionalWhole("rowsNeeded"), item.FiniteNumber("probability"))),
            Weights = ReadWeights(fields.OptionalObject("weights")),
            Sensitivity = OptionalItems(fields, "sensitivity", MostRows, ReadRow) ?? throw fields.Wrong("sensitivity", "an array"),
            Missing = OptionalItems(fields, "missing", MostRows, item => new NamedValue(item.Text("name"), item.Text("reason"))) ?? throw fields.Wrong("missing", "an array"),
        };
        fields.Done();
        return details;
    }

    /// <summary>Checks the outcomes of the rows, which follow from their numbers and the finding.</summary>
    /// <param name="fields">The object.</param>
    /// <param name="details">What was read from it.</param>
    /// <param name="finding">The finding that it belongs to.</param>
    public static void CheckOutcomes(JsonFields fields, FindingDetails details, Finding finding)
    {
        IReadOnlyList<JsonFields> rows = fields.Objects("sensitivity");
        for (int i = 0; i < rows.Count; i++)
            Derived.Same(rows[i], "outcome", FindingJson.NameOf(finding.OutcomeOf(details.Sensitivity[i])));
    }

    private static SensitivityRow ReadRow(JsonFields fields)
    {
        var row = new SensitivityRow
        {
            Name = fields.Text("name"),
            Change = fields.Text("change"),
            IsValidTest = fields.OptionalFlag("validTest") ?? throw fields.Wrong("validTest", "true or false"),
            Scored = fields.Whole("scored"),
            Effect = fields.Number("effect"),
            LogP = fields.Number("logP"),
            LogE = fields.Number("logE"),
            LogEAgainstInterest = fields.Number("logEAgainstInterest"),
        };
        fields.Text("outcome");
        return row;
    }

    private static void WriteDocuments(Utf8JsonWriter writer, DocumentHistogram? histogram)
    {
        if (histogram is null)
        {
            writer.WriteNull("documents");
            return;
        }

        writer.WriteStartObject("documents");
        JsonMembers.WriteWholes(writer, "counts", histogram.Counts.Select(count => (long)count));
        WriteNumbers(writer, "expected", histogram.Expected);
        WriteNumbers(writer, "low", histogram.Low);
        WriteNumbers(writer, "high", histogram.High);
        writer.WriteEndObject();
    }

    private static DocumentHistogram? ReadDocuments(JsonFields? fields)
    {
        if (fields is null)
            return null;
        var histogram = new DocumentHistogram(fields.Integers("counts"), fields.Numbers("expected"), fields.Numbers("low"), fields.Numbers("high"));
        int bins = histogram.Counts.Count;
        if (bins is 0 or > FindingDetails.MostBins)
            throw fields.Wrong("counts", $"an array of 1 to {FindingDetails.MostBins} whole numbers");
        foreach ((string name, IReadOnlyList<double> values) in new[] { ("expected", histogram.Expected), ("low", histogram.Low), ("high", histogram.High) })
        {
            if (values.Count != bins)
                throw fields.Wrong(name, $"an array of {bins} numbers, as many as '{fields.PathOf("counts")}' has");
        }

        fields.Done();
        return histogram;
    }

    private static void WriteWeights(Utf8JsonWriter writer, WeightHistogram? histogram)
    {
        if (histogram is null)
        {
            writer.WriteNull("weights");
            return;
        }

        writer.WriteStartObject("weights");
        JsonMembers.WriteWhole(writer, "low", histogram.Low);
        JsonMembers.WriteWhole(writer, "binWidth", histogram.BinWidth);
        JsonMembers.WriteWholes(writer, "counts", histogram.Counts);
        writer.WriteEndObject();
    }

    private static WeightHistogram? ReadWeights(JsonFields? fields)
    {
        if (fields is null)
            return null;
        var histogram = new WeightHistogram(fields.Whole("low", long.MinValue), fields.Whole("binWidth", 1), fields.Wholes("counts"));
        if (histogram.Counts.Count is 0 or > FindingDetails.MostBins)
            throw fields.Wrong("counts", $"an array of 1 to {FindingDetails.MostBins} whole numbers");
        fields.Done();
        return histogram;
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    private static void WriteItems<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T>? items, Action<T> write)
    {
        if (items is null)
        {
            writer.WriteNull(name);
            return;
        }

        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            writer.WriteStartObject();
            write(item);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static List<T>? OptionalItems<T>(JsonFields fields, string name, int most, Func<JsonFields, T> read)
    {
        if (fields.IsNull(name))
            return null;
        IReadOnlyList<JsonFields> items = fields.Objects(name);
        if (items.Count > most)
            throw fields.Wrong(name, string.Create(CultureInfo.InvariantCulture, $"an array of at most {most} objects"));
        var values = new List<T>(items.Count);
        foreach (JsonFields item in items)
        {
            values.Add(read(item));
            item.Done();
        }

        return values;
    }
}
