using System.CommandLine;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint combine</c>: one verdict from the findings of several.</summary>
internal static class CombineCommand
{
    private const string Help = """
        Makes one verdict from the findings of several, whatever their methods. Every test that they count is counted again.
        With 'holm', the default, each finding is decided by its e-value and its p-value after Holm's method. 'fisher' is for
        marks, canaries and variants under separate subkeys only, each once: no other tests are independent. 'mean-e' holds for
        all. A rule that was chosen after the data shows less than it seems: --tests counts what else was tried.

        Examples:
          watermark fingerprint combine verdict/verdict.json --out combined
        """;

    public static Command Create()
    {
        var verdicts = new Argument<string[]>("VERDICTS") { Description = "Files verdict.json.", Arity = ArgumentArity.OneOrMore };
        var rule = new Option<string>("--rule") { HelpName = "holm|fisher|mean-e", Description = "How the findings are combined.", DefaultValueFactory = _ => "holm" };
        rule.AcceptOnlyFromAmong("holm", "fisher", "mean-e");
        var output = new FindingsOutput();
        var command = new Command("combine", HelpText.Flow(Help)) { verdicts, rule };
        output.AddTo(command);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            string[] paths = parse.GetValue(verdicts)!;
            OutputFile? target = output.Check(parse, paths);
            Verdict[] read = [.. paths.Select(Read)];
            long made = read.Sum(verdict => verdict.Tests.M);
            var tests = new TestCount { Stated = output.Stated(parse, made) ?? made };
            Finding[] findings = [.. read.SelectMany(verdict => verdict.Findings).Select(finding => finding.CountedAmong(tests))];
            if (findings.GroupBy(finding => (finding.Question, finding.Title, finding.Statistic, finding.Key?.Id, finding.LogP, finding.LogE)).FirstOrDefault(group => group.Count() > 1) is { } twice)
                throw new InputFormatException($"The finding '{twice.First().Title}' stands there twice, and would count twice. [{DiagnosticCodes.DuplicateInput}]");
            var run = new ToolRun("watermark", Verification.ToolVersion, CaseOptions.Now(), CaseOptions.CommandLine());
            return Task.FromResult(FindingsOutput.Report(Combine(findings, tests, run, parse.GetValue(rule)!), target, output.Console(parse)));
        }));
        return command;
    }

    private static Verdict Combine(Finding[] findings, TestCount tests, ToolRun run, string rule)
    {
        CombinationRule chosen = rule switch
        {
            "fisher" => CombinationRule.Fisher,
            "mean-e" => CombinationRule.MeanE,
            _ => CombinationRule.Holm,
        };
        try
        {
            return Verdict.From(findings, null, tests, run, chosen);
        }
        catch (ArgumentException exception)
        {
            throw new InputFormatException(exception.Message, exception);
        }
    }

    private static Verdict Read(string path)
    {
        try
        {
            return VerdictJson.Read(File.ReadAllBytes(path));
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }
    }
}
