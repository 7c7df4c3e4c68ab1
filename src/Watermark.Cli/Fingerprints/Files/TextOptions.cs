using System.CommandLine;
using Watermark.Cli.Commands;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>The options of methods that read text as a sample of rows under the owner's key.</summary>
internal sealed class TextOptions
{
    private readonly Option<double> effect = new("--effect") { HelpName = "X", Description = "The smallest effect that matters, in null standard deviations per token.", DefaultValueFactory = _ => new DecisionRule().EffectOfInterest };
    private readonly Option<long?> rowLimit = new("--row-limit") { HelpName = "N", Description = "Keep at most this many distinct n-grams, a uniform sample." };
    private readonly SelectionOptions selection = new(DistinctScope.Corpus);
    private readonly InputOptions documents = new();

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(effect);
        command.Options.Add(rowLimit);
        selection.AddTo(command, keyed: true, withScope: true);
        documents.AddTo(command);
    }

    /// <summary>The files of text to leave out.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IReadOnlyList<string> Inputs(ParseResult parse) => documents.Excluded(parse);

    /// <summary>What is fixed before the data.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="statistic">The statistic with its version.</param>
    /// <param name="prior">The prior with its version.</param>
    /// <exception cref="InputFormatException">A value is out of its range.</exception>
    public FixedTest Fixed(ParseResult parse, string statistic, string prior) => parse.GetValue(effect) is > 0 and < 10
        ? new FixedTest(statistic, prior) { Rule = new DecisionRule { EffectOfInterest = parse.GetValue(effect) } }
        : throw new InputFormatException("--effect must lie between 0 and 10 standard deviations.");

    /// <summary>What is fixed where the rows of a scheme are counted.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="scheme">The key's scheme.</param>
    /// <exception cref="InputFormatException">A value is out of its range.</exception>
    public FixedTest FixedCount(ParseResult parse, WatermarkScheme scheme) =>
        Fixed(parse, DistillationTest.StatisticOf(scheme, selection.Read(parse, scheme), weighted: false), TotalNull.For(scheme.Null, 1).Prior);

    /// <summary>Reads texts as samples.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public SampleSource Source(FileMethodRun run, CancellationToken cancellationToken) =>
        new(run.Parse, run.Keys, selection, documents, run.Parse.GetValue(rowLimit), rowLimit, run.Console, cancellationToken);

    /// <summary>The number of threads.</summary>
    /// <param name="parse">The parsed command line.</param>
    public int Threads(ParseResult parse) => documents.Threads(parse);

    /// <summary>How a fingerprint test of the text is run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="owner">The key.</param>
    public static FingerprintOptions Test(FileMethodRun run, OwnerKey owner) => new() { Rule = run.Fixed.Rule, Tests = run.Tests, ToolVersion = Verification.ToolVersion, Key = owner.Identity };

    /// <summary>How rows are tested.</summary>
    /// <param name="run">The run.</param>
    public DistillationTestOptions Rows(FileMethodRun run) => new()
    {
        RandomKeys = run.Fixed.RandomKeys, Rule = run.Fixed.Rule, Tests = run.Tests, DegreeOfParallelism = Threads(run.Parse), ToolVersion = Verification.ToolVersion,
    };

    /// <summary>A finding with what the key's file and the options say: weak keys, and the waiver of --prompts-unmarked.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="owner">The owner's key.</param>
    public Finding Complete(ParseResult parse, Finding finding, OwnerKey owner) =>
        Verification.Waive(finding.With(owner.Diagnostics), documents.PromptsUnmarkedGiven(parse) ? [Verification.PromptsUnmarked] : []);
}
