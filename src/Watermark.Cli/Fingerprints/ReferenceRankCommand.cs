using System.CommandLine;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.ReferenceRanks;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint reference-rank</c>: is an unmarked statistic of the suspect above those of all reference students?</summary>
internal static class ReferenceRankCommand
{
    private const string Summary = """
        Ranks any statistic of a suspect, such as likeness of style to the owner's model, among the same statistic of reference
        students. Supporting only: the result depends on the references that were chosen, and likeness is not learning.
        """;

    private const string VerifyHelp = """
        Reads values that were computed elsewhere, as JSON Lines: {"role":"teacher","name":"T","siblings":["T-mini"]}, then
        {"role":"suspect","name":"x","value":0.8} and {"role":"reference","name":"r1","teacher":"T-mini","value":0.3}. With n
        references, p = (1 + number of references with at least the suspect's value)/(n + 1). It is refused where n is too small for
        --alpha, or where a sibling of the teacher has no student among the references: such a student resembles the teacher too.
        'shifts' in place of 'value' holds one number a problem, whose sign a coin decided: the shift towards the teacher after its
        prefix, less that after a decoy's. The value is then -ln p of the sign-flip test.

        Examples:
          watermark fingerprint reference-rank verify --values reference-rank/values.jsonl --statistic agreement
        """;

    public static Command Create() => new(Questions.ReferenceRank, MethodHelp.Of(Questions.ReferenceRank, Summary)) { Verify() };

    private static Command Verify()
    {
        var values = new Option<string>("--values") { HelpName = "FILE", Description = "The values of the suspects and of the references, JSON Lines.", Required = true };
        var statistic = new Option<string>("--statistic") { HelpName = "TEXT", Description = "What the values measure, in a few words.", Required = true };
        var alpha = new Option<double>("--alpha") { HelpName = "P", Description = "The largest p-value that is asked for; fewer than 1/P - 1 references are refused.", DefaultValueFactory = _ => ReferenceRankTest.DefaultAlpha };
        var output = new FindingsOutput();
        var command = new Command("verify", HelpText.Flow(VerifyHelp)) { values, statistic, alpha };
        output.AddTo(command);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            string path = parse.GetValue(values)!;
            OutputFile? target = output.Check(parse, [path]);
            if (!(parse.GetValue(alpha) is > 0 and < 1))
                throw new InputFormatException("--alpha must lie between 0 and 1.");
            if (string.IsNullOrWhiteSpace(parse.GetValue(statistic)))
                throw new InputFormatException("--statistic is empty; a few words were expected.");
            Finding[] findings = Findings(path, parse.GetValue(statistic)!, parse.GetValue(alpha), count => output.Stated(parse, count));
            var run = new ToolRun("watermark", Verification.ToolVersion, CaseOptions.Now(), CaseOptions.CommandLine());
            var verdict = Verdict.From([.. findings.Select(finding => finding with { Created = run.Created })], null, findings[0].Tests, run);
            return Task.FromResult(FindingsOutput.Report(verdict, target, output.Console(parse)));
        }));
        return command;
    }

    private static Finding[] Findings(string path, string statistic, double alpha, Func<long, long?> stated)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            ReferenceValues read = ReferenceValues.Read(bytes);
            var tests = new TestCount { Suspects = read.Suspects.Count, Stated = stated(read.Suspects.Count) };
            return [.. ReferenceRankTest.Run(read, statistic, alpha, new FingerprintOptions { Tests = tests, ToolVersion = Verification.ToolVersion })
                .Select(finding => finding with { Inputs = [.. finding.Inputs.Select(input => input with { Name = Path.GetFileName(path) })] })];
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }
    }
}
