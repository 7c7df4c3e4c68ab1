using System.Globalization;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Cases.Validation;

/// <summary>What decides how a text is judged, except the key and the text: error rates measured with it hold for findings made with it.</summary>
public sealed record ValidatedProcedure
{
    // What a finding's options say of reading, counting and the random keys; the others follow from the text or name the key.
    private static readonly string[] Relevant = ["kind", "origin", "selection", "promptsKept", "rowLimit", "preparation", "tokenizerHash", "randomKeys"];

    /// <summary>The kind of question, such as <c>distillation</c>.</summary>
    public required string Question { get; init; }

    /// <summary>The scheme's name; empty for evidence without a key.</summary>
    public required string Scheme { get; init; }

    /// <summary>The scheme's public parameters, a JSON object without white space; empty for evidence without a key.</summary>
    public required string Parameters { get; init; }

    /// <summary>The statistic with its version.</summary>
    public required string Statistic { get; init; }

    /// <summary>The thresholds.</summary>
    public required DecisionRule Rule { get; init; }

    /// <summary>The options of reading and counting, in a fixed order.</summary>
    public required IReadOnlyList<NamedValue> Options { get; init; }

    /// <summary>The options by which a person took responsibility for the prompts.</summary>
    public IReadOnlyList<string> Waivers { get; init; } = [];

    /// <summary>The version of the program.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The procedure that made a finding.</summary>
    /// <param name="finding">The finding.</param>
    public static ValidatedProcedure Of(Finding finding)
    {
        ArgumentNullException.ThrowIfNull(finding);
        return new ValidatedProcedure
        {
            Question = finding.Question,
            Scheme = finding.Key?.Scheme ?? string.Empty,
            Parameters = finding.Key?.Parameters ?? string.Empty,
            Statistic = finding.Statistic,
            Rule = finding.Rule,
            Options = [.. Relevant.SelectMany(name => finding.Options.Where(option => option.Name == name))],
            Waivers = finding.Waivers,
            ToolVersion = finding.ToolVersion,
        };
    }

    /// <summary>
    /// In what another procedure differs, as a clause; null where it is the same. Waivers do not count: only runs that
    /// nothing blocked measure the error rate.
    /// </summary>
    internal string? Difference(ValidatedProcedure other) =>
        Clause("question", Question, other.Question)
        ?? Clause("scheme", Scheme, other.Scheme)
        ?? Clause("parameters", Parameters, other.Parameters)
        ?? Clause("statistic", Statistic, other.Statistic)
        ?? Clause("threshold of support", Number(Rule.SupportThreshold), Number(other.Rule.SupportThreshold))
        ?? Clause("threshold of no support", Number(Rule.AcquittalThreshold), Number(other.Rule.AcquittalThreshold))
        ?? Clause("effect of interest", Number(Rule.EffectOfInterest), Number(other.Rule.EffectOfInterest))
        ?? Relevant.Select(name => Clause(name, Option(name), other.Option(name))).FirstOrDefault(clause => clause is not null)
        ?? Clause("version of the program", ToolVersion, other.ToolVersion);

    private static string? Clause(string what, string own, string other) =>
        own == other ? null : $"its {what} is {Shown(own)}, and the finding's is {Shown(other)}";

    private static string Shown(string value) => value.Length == 0 ? "not given" : $"'{value}'";

    private static string Number(double value) => value.ToString("G12", CultureInfo.InvariantCulture);

    private string Option(string name) => Options.FirstOrDefault(option => option.Name == name)?.Value ?? string.Empty;
}
