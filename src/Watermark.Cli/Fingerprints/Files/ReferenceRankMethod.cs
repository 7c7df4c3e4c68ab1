using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.ReferenceRanks;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>Is an unmarked statistic of the suspect above those of all reference students?</summary>
internal sealed class ReferenceRankMethod : IFileMethod
{
    private readonly Option<string> statistic = new("--statistic") { HelpName = "TEXT", Description = "What the values measure, in a few words.", Required = true };
    private readonly Option<double> alpha = new("--alpha") { HelpName = "P", Description = "The largest p-value that is asked for; fewer than 1/P - 1 references are refused.", DefaultValueFactory = _ => ReferenceRankTest.DefaultAlpha };

    /// <inheritdoc/>
    public string Name => Questions.ReferenceRank;

    /// <inheritdoc/>
    public string Summary => """
        Ranks any statistic of a suspect, such as likeness of style to the owner's model, among the same statistic of reference
        students. Supporting only: the result depends on the references that were chosen, and likeness is not learning.
        """;

    /// <inheritdoc/>
    public string VerifyHelp => """
        Reads values that were computed elsewhere, as JSON Lines: {"role":"teacher","name":"T","siblings":["T-mini"]}, then
        {"role":"suspect","name":"x","value":0.8} and {"role":"reference","name":"r1","teacher":"T-mini","value":0.3}. With n
        references, p = (1 + number of references with at least the suspect's value)/(n + 1). It is refused where n is too small for
        --alpha, or where a sibling of the teacher has no student among the references: such a student resembles the teacher too.
        'shifts' in place of 'value' holds one number a problem, whose sign a coin decided: the shift towards the teacher after its
        prefix, less that after a decoy's. The value is then -ln p of the sign-flip test. In a case, each suspect has a file of its own,
        which names that suspect.

        Examples:
          watermark fingerprint reference-rank verify --values reference-rank/values.jsonl --statistic agreement
        """;

    /// <inheritdoc/>
    public string PlanExample => "--statistic agreement";

    /// <inheritdoc/>
    public string SuspectOption => "--values";

    /// <inheritdoc/>
    public string SuspectHelp => "The values of the suspects and of the references, JSON Lines. May be repeated.";

    /// <inheritdoc/>
    public bool NeedsKey => false;

    /// <inheritdoc/>
    public void AddOptions(Command command)
    {
        command.Options.Add(statistic);
        command.Options.Add(alpha);
    }

    /// <inheritdoc/>
    public FixedTest Fixed(ParseResult parse, KeyFile? key)
    {
        if (!(parse.GetValue(alpha) is > 0 and < 1))
            throw new InputFormatException("--alpha must lie between 0 and 1.");
        return string.IsNullOrWhiteSpace(parse.GetValue(statistic))
            ? throw new InputFormatException("--statistic is empty; a few words were expected.")
            : new FixedTest(ReferenceRankTest.StatisticOf(parse.GetValue(statistic)!), ReferenceRankTest.Prior);
    }

    /// <inheritdoc/>
    public TestCount Tests(ParseResult parse, IReadOnlyList<NamedInput> suspects) =>
        new() { Suspects = suspects.Sum(input => input.Paths.Count == 0 ? 1 : Read(input).Suspects.Count) };

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        var options = new FingerprintOptions { Rule = run.Fixed.Rule, Tests = run.Tests, ToolVersion = Verification.ToolVersion };
        return new FileMethodResult(
        [
            .. run.Suspects.SelectMany(input => NamedFile.Read(
                FileMethodRun.Only(input), () => ReferenceRankTest.Run(Read(input), run.Parse.GetValue(statistic)!, run.Parse.GetValue(alpha), options)
                    .Select(finding => finding with { Inputs = [.. finding.Inputs.Select(file => file with { Name = Path.GetFileName(input.Paths[0]) })] }).ToArray())),
        ]);
    }

    private static ReferenceValues Read(NamedInput input) => NamedFile.Read(FileMethodRun.Only(input), () => ReferenceValues.Read(File.ReadAllBytes(input.Paths[0])));
}
