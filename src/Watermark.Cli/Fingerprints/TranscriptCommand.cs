using System.CommandLine;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Transcripts;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint transcript</c>: does a suspect remember the order of the owner's training?</summary>
internal static class TranscriptCommand
{
    private const string Summary = "Tests whether a suspect's likelihoods follow the random order in which the owner's model saw its training texts.";

    private const string VerifyHelp = """
        Reads JSON Lines with the place of each training text in the order, and its ln likelihood per token under the suspect and under a
        reference model that did not see the order: {"id":…,"position":…,"suspect":…,"reference":…}.

        Examples:
          watermark fingerprint transcript verify --suspect transcript/innocent.jsonl --out transcript/again
        """;

    public static Command Create() => new(Questions.Transcript, MethodHelp.Of(Questions.Transcript, Summary)) { Verify() };

    private static Command Verify()
    {
        var suspect = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "FILE", Description = "A suspect's likelihoods. May be repeated; each is a test.", Required = true });
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the random orders.", DefaultValueFactory = _ => 0 };
        var output = new FindingsOutput();
        var command = new Command("verify", HelpText.Flow(VerifyHelp)) { suspect, seed };
        output.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            string[] paths = parse.GetValue(suspect)!;
            OutputFile? target = output.Check(parse, paths);
            ConsoleOutput console = output.Console(parse);
            var options = new FingerprintOptions { Tests = new TestCount { Suspects = paths.Length, Stated = output.Stated(parse, paths.Length) }, Seed = parse.GetValue(seed), ToolVersion = Verification.ToolVersion };
            Finding[] findings =
            [
                .. paths.Select(path =>
                {
                    IReadOnlyList<TrainingText> texts = LineFile.Objects(path, TrainingText.Read);
                    return console.WithProgress("Drawing random orders", (_, token) => TranscriptTest.Run(Path.GetFileName(path), texts, [LineFile.Digest(path, "suspect", texts.Count)], options, token), cancellationToken);
                }),
            ];
            return Task.FromResult(FindingsOutput.Report(SampleMethodOptions.Verdict(findings, options.Tests), target, console));
        }));
        return command;
    }
}
