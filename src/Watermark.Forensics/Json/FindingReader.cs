using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Json;

/// <summary>
/// Reads a finding of a verdict. Members that follow from others (outcome, strength, adjusted values) are computed again,
/// and a file with other values is refused.
/// </summary>
internal static class FindingReader
{
    private static readonly (string Word, TailMethod Value)[] Methods = [("exact", TailMethod.Exact), ("upper-bound", TailMethod.UpperBound)];

    private static readonly (string Word, DiagnosticSeverity Value)[] Severities =
        [("note", DiagnosticSeverity.Note), ("warning", DiagnosticSeverity.Warning), ("blocking", DiagnosticSeverity.Blocking)];

    public static Finding Read(JsonFields fields)
    {
        ControlFinding measured = ReadMeasurement(fields);
        JsonFields rule = fields.Object("rule");
        var finding = new Finding
        {
            Title = measured.Title,
            Question = fields.Text("question"),
            Alternative = fields.Text("h1"),
            Null = fields.Text("h0"),
            SupportCaveat = fields.Text("supportCaveat"),
            NoSupportCaveat = fields.Text("noSupportCaveat"),
            Statistic = fields.Text("statistic"),
            Prior = fields.Text("prior"),
            NullName = measured.NullName,
            NullDescription = measured.NullDescription,
            LogP = measured.LogP,
            LogPMethod = measured.LogPMethod,
            LogE = measured.LogE,
            Effect = measured.Effect,
            Power = measured.Power,
            Counts = measured.Counts,
            Inputs = measured.Inputs,
            Panel = measured.Panel,
            Diagnostics = measured.Diagnostics,
            Rule = new DecisionRule
            {
                SupportThreshold = rule.FiniteNumber("supportThreshold"),
                AcquittalThreshold = rule.FiniteNumber("acquittalThreshold"),
                EffectOfInterest = rule.FiniteNumber("effectOfInterest"),
            },
            Tests = MultiplicityJson.Read(fields.Object("multiplicity")),
            Key = ReadKey(fields.OptionalObject("key")),
            Options = ReadOptions(fields.Object("options")),
            Seed = fields.OptionalSeed("seed"),
            Assumptions = fields.Texts("assumptions"),
            Waivers = fields.Texts("waivers"),
            Controls = [.. fields.Objects("controls").Select(ReadControl)],
            Details = fields.Has("details") ? DetailsJson.Read(fields.Object("details")) : null,
            ToolVersion = fields.Text("version"),
            Created = fields.OptionalTime("created"),
        };
        rule.Done();
        fields.Text("sentence");
        Derived.Same(fields, "adjustedLogE", finding.AdjustedLogE);
        if (fields.Has("adjustedLogP"))
            fields.Number("adjustedLogP");
        Derived.Same(fields, "outcome", FindingJson.NameOf(finding.Outcome));
        Derived.Same(fields, "strength", finding.Strength);
        if (finding.Details is { } details)
            DetailsJson.CheckOutcomes(fields.Object("details"), details, finding);
        fields.Done();
        return finding;
    }

    public static IReadOnlyList<Diagnostic> ReadDiagnostics(JsonFields fields) =>
    [
        .. fields.Objects("diagnostics").Select(item =>
        {
            var diagnostic = new Diagnostic(item.Text("code"), item.Choice("severity", Severities), item.Text("message"));
            item.Done();
            return diagnostic;
        }),
    ];

    private static ControlFinding ReadControl(JsonFields fields)
    {
        ControlFinding control = ReadMeasurement(fields);
        Derived.Same(fields, "showsSignal", control.ShowsSignal);
        fields.Done();
        return control;
    }

    /// <summary>The members that a finding and a control share: a control has no others.</summary>
    private static ControlFinding ReadMeasurement(JsonFields fields)
    {
        JsonFields nullFields = fields.Object("null");
        var measured = new ControlFinding
        {
            NullName = nullFields.Text("name"),
            NullDescription = nullFields.Text("description"),
            LogP = fields.Number("logP"),
            LogPMethod = fields.Choice("logPMethod", Methods),
            LogE = fields.Number("logE"),
            Effect = ReadEffect(fields.Object("effect")),
            Power = ReadPower(fields.Object("power")),
            Counts = ReadCounts(fields.Object("counts")),
            Inputs = [.. fields.Objects("inputs").Select(ReadInput)],
            Panel = ReadPanel(fields.OptionalObject("randomKeys")),
            Diagnostics = ReadDiagnostics(fields),
            Title = fields.Text("title"),
        };
        nullFields.Done();
        return measured;
    }

    private static EffectEstimate ReadEffect(JsonFields fields)
    {
        var effect = new EffectEstimate(
            fields.Number("estimate"), fields.Number("nullValue"), fields.Text("unit"), Interval(fields.OptionalInterval("interval")), Interval(fields.OptionalInterval("replyInterval")));
        fields.Done();
        return effect;
    }

    private static EffectInterval? Interval((double Low, double High)? ends) => ends is { } value ? new EffectInterval(value.Low, value.High) : null;

    private static PowerStatement ReadPower(JsonFields fields)
    {
        var power = new PowerStatement(
            fields.Number("logThreshold"), fields.Number("power"), fields.Number("smallestEffect"), fields.Number("effectOfInterest"), fields.OptionalWhole("rowsNeeded"), fields.Number("logEAgainstInterest"));
        fields.Done();
        return power;
    }

    private static MeasurementCounts ReadCounts(JsonFields fields)
    {
        var counts = new MeasurementCounts
        {
            Documents = fields.Whole("documents"),
            Tokens = fields.Whole("tokens"),
            Rows = fields.Whole("rows"),
            Scored = fields.Whole("scored"),
            LeftOutByPrompts = fields.Whole("leftOutByPrompts"),
        };
        return counts with { Others = [.. fields.Rest().Select(name => new NamedCount(name, fields.Whole(name)))] };
    }

    private static InputDigest ReadInput(JsonFields fields)
    {
        string sha256 = fields.OptionalText("sha256") ?? string.Empty;
        if (!fields.IsNull("sha256") && (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower)))
            throw fields.Wrong("sha256", "64 lower-case hexadecimal digits or null");
        var input = new InputDigest(fields.Text("role"), fields.Text("name"), sha256, fields.Whole("documents"), fields.Whole("unread"));
        fields.Done();
        return input;
    }

    private static PanelSummary? ReadPanel(JsonFields? fields)
    {
        if (fields is null)
            return null;
        JsonFields? histogram = fields.OptionalObject("histogram");
        var panel = new PanelSummary
        {
            Count = (int)fields.Whole("count", 0, int.MaxValue),
            Rank = fields.Whole("rank", 1),
            Mean = fields.Number("mean"),
            StandardDeviation = fields.Number("standardDeviation"),
            TheoryMean = fields.Number("theoryMean"),
            TheoryStandardDeviation = fields.Number("theoryStandardDeviation"),
            Agrees = fields.OptionalFlag("agrees"),
            Histogram = histogram is null ? null : new RandomKeyHistogram(histogram.FiniteNumber("low"), histogram.FiniteNumber("binWidth"), histogram.Integers("counts")),
        };
        histogram?.Done();
        fields.Done();
        return panel;
    }

    /// <summary>Reads what stands in the member <c>key</c>.</summary>
    public static KeyIdentity? ReadKey(JsonFields? fields)
    {
        if (fields is null)
            return null;
        JsonFields scheme = fields.Object("scheme");
        var key = new KeyIdentity
        {
            Id = fields.Text("id"),
            IdVersion = (int)fields.Whole("idVersion", 1, int.MaxValue),
            Commitment = fields.OptionalText("commitment"),
            Scheme = scheme.Text("name"),
            Parameters = Parameters(scheme),
        };
        fields.Done();
        return key;
    }

    private static string Parameters(JsonFields scheme)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (string name in scheme.Rest())
            {
                writer.WritePropertyName(name);
                scheme.Member(name).WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static IReadOnlyList<NamedValue> ReadOptions(JsonFields fields) => [.. fields.Rest().Select(name => new NamedValue(name, fields.Text(name)))];
}

/// <summary>
/// Checks members that follow from others: the file must have the computed values, unless it is read for a comparison.
/// </summary>
internal static class Derived
{
    public static void Same(JsonFields fields, string name, string expected)
    {
        string found = fields.Text(name);
        if (found != expected && fields.ChecksDerived)
            throw Altered(fields, name, $"'{found}'", $"'{expected}'");
    }

    public static void Same(JsonFields fields, string name, double expected)
    {
        double found = fields.Number(name);
        if (fields.ChecksDerived && !VerdictComparison.Near(found, double.IsFinite(expected) ? expected : double.NaN, fields.TakesDecimals))
            throw Altered(fields, name, Digits(found), Digits(expected));
    }

    public static void Same(JsonFields fields, string name, bool expected)
    {
        if (fields.OptionalFlag(name) is not { } found)
            throw fields.Wrong(name, "true or false");
        if (found != expected && fields.ChecksDerived)
            throw Altered(fields, name, found ? "true" : "false", expected ? "true" : "false");
    }

    /// <summary>Compares the codes of diagnostics only, since the wording of messages may change.</summary>
    public static void Same(JsonFields fields, string name, IReadOnlyList<Diagnostic> found, IReadOnlyList<Diagnostic> expected)
    {
        if (fields.ChecksDerived && !found.Select(item => item.Code).SequenceEqual(expected.Select(item => item.Code)))
            throw Altered(fields, name, Codes(found), Codes(expected));
    }

    private static string Codes(IReadOnlyList<Diagnostic> diagnostics) => diagnostics.Count == 0 ? "empty" : string.Join(", ", diagnostics.Select(item => item.Code));

    private static string Digits(double value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static InputFormatException Altered(JsonFields fields, string name, string found, string expected) =>
        new($"The field '{fields.PathOf(name)}' is {found}, and the fields that it follows from give {expected}: the file was altered.");
}
