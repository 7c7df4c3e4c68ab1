using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Transcripts;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>Does a suspect remember the order of the owner's training?</summary>
internal sealed class TranscriptMethod : IFileMethod
{
    private readonly Option<ulong> seed = new("--seed") { HelpName = "N", Description = "Seed of the random orders.", DefaultValueFactory = _ => 0 };

    /// <inheritdoc/>
    public string Name => Questions.Transcript;

    /// <inheritdoc/>
    public string Summary => "Tests whether a suspect's likelihoods follow the random order in which the owner's model saw its training texts.";

    /// <inheritdoc/>
    public string VerifyHelp => """
        Reads JSON Lines with the place of each training text in the order, and its ln likelihood per token under the suspect and under a
        reference model that did not see the order: {"id":…,"position":…,"suspect":…,"reference":…}.

        Examples:
          watermark fingerprint transcript verify --suspect transcript/innocent.jsonl --out transcript/again
        """;

    /// <inheritdoc/>
    public string PlanExample => "--seed 1";

    /// <inheritdoc/>
    public string SuspectHelp => "A suspect's likelihoods. May be repeated; each is a test.";

    /// <inheritdoc/>
    public bool NeedsKey => false;

    /// <inheritdoc/>
    public void AddOptions(Command command) => command.Options.Add(seed);

    /// <inheritdoc/>
    public FixedTest Fixed(ParseResult parse, KeyFile? key) => new(TranscriptTest.Statistic, TranscriptTest.Prior) { Seed = parse.GetValue(seed) };

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        var options = new FingerprintOptions { Rule = run.Fixed.Rule, Tests = run.Tests, Seed = run.Fixed.Seed, ToolVersion = Verification.ToolVersion };
        return new FileMethodResult(
        [
            .. run.Suspects.Select(suspect =>
            {
                string path = FileMethodRun.Only(suspect);
                IReadOnlyList<TrainingText> texts = LineFile.Objects(path, TrainingText.Read);
                return run.Console.WithProgress("Drawing random orders", (_, token) => TranscriptTest.Run(suspect.Title, texts, [LineFile.Digest(path, "suspect", texts.Count)], options, token), cancellationToken);
            }),
        ]);
    }
}
