using System.Text.Json;
using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Json;

/// <summary>A plan as <c>plan.json</c>; <c>plan-json.md</c> beside this class describes every member.</summary>
public static class PlanJson
{
    /// <summary>The value of the <c>format</c> member; <c>watermark-plan/1</c>, which has no members of the collection, is read too.</summary>
    public const string Format = "watermark-plan/2";

    private const string FirstFormat = "watermark-plan/1";

    private static readonly (string Word, SubjectRole Value)[] Roles = [("suspect", SubjectRole.Suspect), ("control", SubjectRole.Control)];
    private static readonly (string Word, StoppingKind Value)[] Stops = [("fixed", StoppingKind.Fixed), ("anytime", StoppingKind.Anytime)];
    private static readonly (string Word, CombinationRule Value)[] Rules = [("mean-e", CombinationRule.MeanE), ("holm", CombinationRule.Holm), ("fisher", CombinationRule.Fisher)];

    /// <summary>Writes the plan as indented UTF-8 JSON with a final line feed; the same plan gives the same bytes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <exception cref="ArgumentException">The plan is not valid.</exception>
    public static void Write(Plan plan, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(stream);
        plan.Validate();
        JsonMembers.WriteDocument(stream, writer => Write(plan, writer));
    }

    /// <summary>Writes the plan as one JSON object.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="writer">A writer positioned for a value.</param>
    public static void Write(Plan plan, Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString("title", plan.Title);
        JsonMembers.WriteTime(writer, "created", plan.Created);
        JsonMembers.WriteTexts(writer, "keys", plan.Keys);
        writer.WritePropertyName("multiplicity");
        MultiplicityJson.Write(plan.Tests, writer);
        writer.WriteString("statistic", plan.Statistic);
        writer.WriteString("prior", plan.Prior);
        writer.WriteNumber("alpha", plan.Alpha);
        writer.WriteNumber("supportThreshold", plan.Rule.SupportThreshold);
        writer.WriteNumber("acquittalThreshold", plan.Rule.AcquittalThreshold);
        writer.WriteNumber("effectOfInterest", plan.Rule.EffectOfInterest);
        writer.WriteNumber("randomKeys", plan.RandomKeys);
        JsonMembers.WriteWhole(writer, "seed", plan.Seed);
        writer.WriteNumber("controlsRequired", plan.ControlsRequired);
        writer.WriteString("combination", NameOf(plan.Combination));
        writer.WriteString("selection", plan.Selection);
        JsonMembers.WriteWhole(writer, "contextWidth", plan.ContextWidth);
        writer.WriteString("gamma", plan.Gamma?.ToString());
        writer.WriteString("promptsSha256", plan.PromptsSha256);
        writer.WriteNumber("repliesPerPrompt", plan.RepliesPerPrompt);
        writer.WriteStartArray("subjects");
        foreach (PlannedSubject subject in plan.Subjects)
        {
            writer.WriteStartObject();
            writer.WriteString("name", subject.Name);
            writer.WriteString("role", NameOf(subject.Role));
            writer.WriteString("endpoint", subject.Endpoint);
            writer.WriteString("model", subject.Model);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (plan.Weighted is { } weighted)
            writer.WriteBoolean("weighted", weighted);
        else
            writer.WriteNull("weighted");
        writer.WritePropertyName("stopping");
        WriteStopping(plan.Stopping, writer);
        if (plan.Exclusions is { } exclusions)
            JsonMembers.WriteTexts(writer, "exclusions", exclusions);
        else
            writer.WriteNull("exclusions");
        writer.WriteString("designSha256", plan.DesignSha256);
        writer.WriteEndObject();
    }

    /// <summary>Reads a plan.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">The JSON is not a plan; the message names the field and what was expected.</exception>
    public static Plan Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The plan", Read);

    internal static string NameOf(CombinationRule rule) => Rules.First(item => item.Value == rule).Word;

    /// <summary>The word for a role in files.</summary>
    /// <param name="role">The role.</param>
    public static string NameOf(SubjectRole role) => Roles.First(item => item.Value == role).Word;

    internal static CombinationRule RuleOf(JsonFields fields, string name) => fields.Choice(name, Rules);

    internal static Plan Read(JsonFields fields)
    {
        bool first = fields.Text("format") == FirstFormat;
        if (!first)
            fields.Format(Format);
        var plan = new Plan { Keys = fields.Texts("keys"), Statistic = fields.Text("statistic"), Prior = fields.Text("prior") };
        plan = plan with
        {
            Tests = fields.Has("multiplicity") ? MultiplicityJson.Read(fields.Object("multiplicity")) : plan.Tests,
            Alpha = Number(fields, "alpha", plan.Alpha),
            Rule = new DecisionRule
            {
                SupportThreshold = Number(fields, "supportThreshold", plan.Rule.SupportThreshold),
                AcquittalThreshold = Number(fields, "acquittalThreshold", plan.Rule.AcquittalThreshold),
                EffectOfInterest = Number(fields, "effectOfInterest", plan.Rule.EffectOfInterest),
            },
            RandomKeys = fields.Has("randomKeys") ? (int)fields.Whole("randomKeys", 0, int.MaxValue) : plan.RandomKeys,
            Seed = fields.Has("seed") ? fields.OptionalSeed("seed") ?? plan.Seed : plan.Seed,
            ControlsRequired = fields.Has("controlsRequired") ? (int)fields.Whole("controlsRequired", 0, int.MaxValue) : plan.ControlsRequired,
            Combination = fields.Has("combination") ? RuleOf(fields, "combination") : plan.Combination,
            Selection = fields.Has("selection") ? fields.OptionalText("selection") : null,
            ContextWidth = fields.Has("contextWidth") && !fields.IsNull("contextWidth") ? (int)fields.Whole("contextWidth", 0, int.MaxValue) : null,
            Gamma = fields.Has("gamma") ? Gamma(fields) : null,
        };
        if (!first)
            plan = WithCollection(plan, fields);
        fields.Done();
        return plan.Fault() is { } fault ? throw new InputFormatException(fault) : plan;
    }

    private static Plan WithCollection(Plan plan, JsonFields fields) => plan with
    {
        Title = fields.Has("title") ? fields.Text("title") : plan.Title,
        Created = fields.Has("created") ? fields.OptionalTime("created") : null,
        PromptsSha256 = fields.Has("promptsSha256") ? fields.OptionalText("promptsSha256") : null,
        RepliesPerPrompt = fields.Has("repliesPerPrompt") ? (int)fields.Whole("repliesPerPrompt", 0, int.MaxValue) : plan.RepliesPerPrompt,
        Subjects = fields.Has("subjects") ? [.. fields.Objects("subjects").Select(ReadSubject)] : plan.Subjects,
        Weighted = fields.Has("weighted") ? fields.OptionalFlag("weighted") : null,
        Stopping = fields.Has("stopping") && fields.OptionalObject("stopping") is { } stopping ? ReadStopping(stopping) : null,
        Exclusions = fields.Has("exclusions") && !fields.IsNull("exclusions") ? fields.Texts("exclusions") : null,
        DesignSha256 = fields.Has("designSha256") ? fields.OptionalText("designSha256") : null,
    };

    private static PlannedSubject ReadSubject(JsonFields fields)
    {
        var subject = new PlannedSubject(fields.Text("name"), fields.Choice("role", Roles))
        {
            Endpoint = fields.Has("endpoint") ? fields.OptionalText("endpoint") : null,
            Model = fields.Has("model") ? fields.OptionalText("model") : null,
        };
        fields.Done();
        return subject;
    }

    private static StoppingRule ReadStopping(JsonFields fields)
    {
        var rule = new StoppingRule(fields.Choice("kind", Stops), fields.Whole("replies", 1));
        fields.Done();
        return rule;
    }

    private static void WriteStopping(StoppingRule? rule, Utf8JsonWriter writer)
    {
        if (rule is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("kind", Stops.First(item => item.Value == rule.Kind).Word);
        JsonMembers.WriteWhole(writer, "replies", rule.Replies);
        writer.WriteEndObject();
    }

    private static double Number(JsonFields fields, string name, double otherwise) => fields.Has(name) ? fields.Number(name) : otherwise;

    private static Fraction? Gamma(JsonFields fields)
    {
        if (fields.OptionalText("gamma") is not { } text)
            return null;
        return Fraction.TryParse(text, out Fraction gamma) ? gamma : throw fields.Wrong("gamma", "a fraction such as \"1/4\" or null");
    }
}

/// <summary>The number of tests as a JSON object.</summary>
internal static class MultiplicityJson
{
    public static void Write(TestCount tests, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        JsonMembers.WriteWhole(writer, "keys", tests.Keys);
        JsonMembers.WriteWhole(writer, "epochs", tests.Epochs);
        JsonMembers.WriteWhole(writer, "accounts", tests.Accounts);
        JsonMembers.WriteWhole(writer, "suspects", tests.Suspects);
        JsonMembers.WriteWhole(writer, "variants", tests.Variants);
        JsonMembers.WriteWhole(writer, "stated", tests.Stated);
        JsonMembers.WriteWhole(writer, "m", tests.M);
        writer.WriteEndObject();
    }

    public static TestCount Read(JsonFields fields)
    {
        var tests = new TestCount
        {
            Keys = Factor(fields, "keys"),
            Epochs = Factor(fields, "epochs"),
            Accounts = Factor(fields, "accounts"),
            Suspects = Factor(fields, "suspects"),
            Variants = Factor(fields, "variants"),
            Stated = fields.Has("stated") ? fields.OptionalWhole("stated", 1) : null,
        };
        if (fields.Has("m") && fields.Whole("m", 1) != tests.M && fields.ChecksDerived)
            throw new InputFormatException($"The field '{fields.PathOf("m")}' is {fields.Whole("m", 1)}; {tests.M} was expected from the fields beside it ('stated' gives another number).");
        fields.Done();
        return tests;
    }

    private static long Factor(JsonFields fields, string name) => fields.Has(name) ? fields.Whole(name, 1) : 1;
}
