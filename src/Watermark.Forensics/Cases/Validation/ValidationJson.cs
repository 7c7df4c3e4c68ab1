using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Validation;

/// <summary>Reads and writes <c>validation.json</c>; <c>validation-json.md</c> beside this class describes every member.</summary>
internal static class ValidationJson
{
    public const string Format = "watermark-validation/1";

    private const double Tolerance = 1e-9;

    private const long MostRuns = 1_000_000_000;

    public static void Write(ProcedureValidation validation, Stream stream) => JsonMembers.WriteDocument(stream, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString(DecimalStrings.Member, DecimalStrings.Value);
        writer.WriteStartObject("procedure");
        WriteProcedure(validation.Procedure, writer);
        writer.WriteEndObject();
        JsonMembers.WriteWhole(writer, "seed", validation.Seed);
        JsonMembers.WriteWhole(writer, "runs", validation.Runs);
        JsonMembers.WriteWhole(writer, "keys", validation.Keys);
        JsonMembers.WriteWhole(writer, "falsePositives", validation.FalsePositives);
        WriteNumber(writer, "upperBound95", validation.UpperBound);
        writer.WriteStartObject("pValues");
        JsonMembers.WriteWhole(writer, "atMostOnePercent", validation.AtMostOnePercent);
        JsonMembers.WriteWhole(writer, "atMostOnePerMille", validation.AtMostOnePerMille);
        WriteNumber(writer, "distance", validation.Distance);
        writer.WriteEndObject();
        WriteCorpora(validation, writer);
        writer.WriteStartArray("spikes");
        foreach (SpikeResult spike in validation.Spikes)
        {
            writer.WriteStartObject();
            WriteNumber(writer, "share", spike.Share);
            JsonMembers.WriteWhole(writer, "runs", spike.Runs);
            JsonMembers.WriteWhole(writer, "supported", spike.Supported);
            WriteNumber(writer, "statedPower", spike.StatedPower);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("sentence", validation.Sentence);
        writer.WriteEndObject();
    });

    public static ProcedureValidation Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The validation", Read);

    private static ProcedureValidation Read(JsonFields fields)
    {
        fields.Format(Format);
        fields.ReadNumberStyle();
        JsonFields pValues = fields.Object("pValues");
        var validation = new ProcedureValidation
        {
            Procedure = ReadProcedure(fields.Object("procedure")),
            Seed = fields.OptionalSeed("seed") ?? throw fields.Wrong("seed", "a whole number from 0 to 2^64 - 1"),
            Corpora = [.. fields.Objects("corpora").Select(ReadCorpus)],
            LeftOut = [.. fields.Objects("leftOut").Select(ReadLeftOut)],
            AtMostOnePercent = pValues.Whole("atMostOnePercent"),
            AtMostOnePerMille = pValues.Whole("atMostOnePerMille"),
            Distance = pValues.FiniteNumber("distance"),
            Spikes = [.. fields.Objects("spikes").Select(ReadSpike)],
        };
        pValues.Done();
        if (validation.Fault() is { } fault)
            throw new InputFormatException(fault);
        Derived(fields, "runs", validation.Runs);
        Derived(fields, "keys", validation.Keys);
        Derived(fields, "falsePositives", validation.FalsePositives);
        if (Math.Abs(fields.FiniteNumber("upperBound95") - validation.UpperBound) > Tolerance)
            throw fields.Wrong("upperBound95", $"{DecimalStrings.Write(validation.UpperBound)}, which follows from the fields beside it");
        if (fields.Text("sentence") != validation.Sentence)
            throw fields.Wrong("sentence", "what follows from the numbers");
        fields.Done();
        return validation;
    }

    private static void WriteProcedure(ValidatedProcedure procedure, Utf8JsonWriter writer)
    {
        writer.WriteString("question", procedure.Question);
        writer.WriteString("scheme", procedure.Scheme);
        writer.WriteString("parameters", procedure.Parameters);
        writer.WriteString("statistic", procedure.Statistic);
        WriteNumber(writer, "supportThreshold", procedure.Rule.SupportThreshold);
        WriteNumber(writer, "acquittalThreshold", procedure.Rule.AcquittalThreshold);
        WriteNumber(writer, "effectOfInterest", procedure.Rule.EffectOfInterest);
        writer.WriteStartArray("options");
        foreach (NamedValue option in procedure.Options)
        {
            writer.WriteStartObject();
            writer.WriteString("name", option.Name);
            writer.WriteString("value", option.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        JsonMembers.WriteTexts(writer, "waivers", procedure.Waivers);
        writer.WriteString("toolVersion", procedure.ToolVersion);
    }

    private static ValidatedProcedure ReadProcedure(JsonFields fields)
    {
        var procedure = new ValidatedProcedure
        {
            Question = fields.Text("question"),
            Scheme = fields.Text("scheme"),
            Parameters = fields.Text("parameters"),
            Statistic = fields.Text("statistic"),
            Rule = new DecisionRule
            {
                SupportThreshold = fields.FiniteNumber("supportThreshold"),
                AcquittalThreshold = fields.FiniteNumber("acquittalThreshold"),
                EffectOfInterest = fields.FiniteNumber("effectOfInterest"),
            },
            Options = [.. fields.Objects("options").Select(ReadOption)],
            Waivers = fields.Texts("waivers"),
            ToolVersion = fields.Text("toolVersion"),
        };
        fields.Done();
        return procedure;
    }

    private static NamedValue ReadOption(JsonFields fields)
    {
        var option = new NamedValue(fields.Text("name"), fields.Text("value"));
        fields.Done();
        return option;
    }

    private static void WriteCorpora(ProcedureValidation validation, Utf8JsonWriter writer)
    {
        writer.WriteStartArray("corpora");
        foreach (ValidatedCorpus corpus in validation.Corpora)
        {
            writer.WriteStartObject();
            writer.WriteString("name", corpus.Name);
            writer.WriteString("sampleSha256", corpus.Sha256);
            JsonMembers.WriteWhole(writer, "documents", corpus.Documents);
            JsonMembers.WriteWhole(writer, "scored", corpus.Scored);
            JsonMembers.WriteWhole(writer, "runs", corpus.Runs);
            JsonMembers.WriteWhole(writer, "falsePositives", corpus.FalsePositives);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("leftOut");
        foreach (LeftOutCorpus corpus in validation.LeftOut)
        {
            writer.WriteStartObject();
            writer.WriteString("name", corpus.Name);
            writer.WriteString("reason", corpus.Reason);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static ValidatedCorpus ReadCorpus(JsonFields fields)
    {
        var corpus = new ValidatedCorpus(
            fields.Text("name"), fields.Text("sampleSha256"), fields.Whole("documents"), fields.Whole("scored", 1), fields.Whole("runs", 1, MostRuns), fields.Whole("falsePositives", 0, MostRuns));
        fields.Done();
        return corpus;
    }

    private static LeftOutCorpus ReadLeftOut(JsonFields fields)
    {
        var corpus = new LeftOutCorpus(fields.Text("name"), fields.Text("reason"));
        fields.Done();
        return corpus;
    }

    private static SpikeResult ReadSpike(JsonFields fields)
    {
        var spike = new SpikeResult(fields.FiniteNumber("share"), fields.Whole("runs", 1, MostRuns), fields.Whole("supported", 0, MostRuns), fields.FiniteNumber("statedPower"));
        fields.Done();
        return spike;
    }

    /// <summary>A whole number as such, any other as a decimal string.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsInteger(value) && Math.Abs(value) < 1e15)
            JsonMembers.WriteWhole(writer, name, (Int128)value);
        else
            writer.WriteString(name, DecimalStrings.Write(value));
    }

    private static void Derived(JsonFields fields, string name, long expected)
    {
        if (fields.Whole(name) != expected)
            throw fields.Wrong(name, System.FormattableString.Invariant($"{expected}, which follows from the fields beside it"));
    }
}
