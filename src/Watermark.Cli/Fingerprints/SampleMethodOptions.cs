using System.CommandLine;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.NGrams;

namespace Watermark.Cli.Fingerprints;

/// <summary>The options of methods that read text as a sample of rows under the owner's key.</summary>
internal sealed class SampleMethodOptions
{
    private readonly Option<string[]> suspect = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "FILE", Description = "The text to test: a file, a folder, '-', or a sample (.ngrams). May be repeated; each is a test.", Required = true });
    private readonly Option<double> effect = new("--effect") { HelpName = "X", Description = "The smallest effect that matters, in null standard deviations per token.", DefaultValueFactory = _ => new DecisionRule().EffectOfInterest };
    private readonly Option<long?> rowLimit = new("--row-limit") { HelpName = "N", Description = "Keep at most this many distinct n-grams, a uniform sample." };
    private readonly SelectionOptions selection = new(DistinctScope.Corpus);
    private readonly InputOptions documents = new();

    /// <summary>The key's options.</summary>
    public KeyOptions Keys { get; } = new();

    /// <summary>The options of the result.</summary>
    public FindingsOutput Output { get; } = new();

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(suspect);
        Keys.AddTo(command);
        command.Options.Add(effect);
        command.Options.Add(rowLimit);
        selection.AddTo(command, keyed: true, withScope: true);
        documents.AddTo(command);
        Output.AddTo(command);
    }

    /// <summary>The texts to test.</summary>
    /// <param name="parse">The parsed command line.</param>
    public IReadOnlyList<NamedInput> Suspects(ParseResult parse)
    {
        string[] paths = parse.GetValue(suspect)!;
        StandardStreams.CheckInput(paths);
        return [.. paths.Select(SampleSource.Named)];
    }

    /// <summary>Checks the verdict's file, before the work.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="others">What else is read.</param>
    public OutputFile? Target(ParseResult parse, params IEnumerable<string> others) =>
        Output.Check(parse, [.. parse.GetValue(suspect)!, .. Keys.Files(parse), .. documents.Excluded(parse), .. others]);

    /// <summary>Reads texts as samples.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="console">Shows progress.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public SampleSource Source(ParseResult parse, ConsoleOutput console, CancellationToken cancellationToken) =>
        new(parse, Keys, selection, documents, parse.GetValue(rowLimit), rowLimit, console, cancellationToken);

    /// <summary>The number of threads.</summary>
    /// <param name="parse">The parsed command line.</param>
    public int Threads(ParseResult parse) => documents.Threads(parse);

    /// <summary>How a test is run.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="tests">The tests counted.</param>
    /// <param name="owner">The key.</param>
    /// <exception cref="InputFormatException">A value is out of its range.</exception>
    public FingerprintOptions Test(ParseResult parse, TestCount tests, OwnerKey owner)
    {
        if (!(parse.GetValue(effect) is > 0 and < 10))
            throw new InputFormatException("--effect must lie between 0 and 10 standard deviations.");
        return new FingerprintOptions
        {
            Rule = new DecisionRule { EffectOfInterest = parse.GetValue(effect) },
            Tests = tests,
            ToolVersion = Verification.ToolVersion,
            Key = owner.Identity,
        };
    }

    /// <summary>A finding with what the key's file and the command line say: weak keys, and the waiver of --prompts-unmarked.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="finding">The finding.</param>
    /// <param name="owner">The key.</param>
    public Finding Complete(ParseResult parse, Finding finding, OwnerKey owner) =>
        Verification.Waive(finding.With(owner.Diagnostics), documents.PromptsUnmarkedGiven(parse) ? [Verification.PromptsUnmarked] : []);

    /// <summary>One verdict of findings, made now.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="tests">The tests counted.</param>
    public static Verdict Verdict(IEnumerable<Finding> findings, TestCount tests)
    {
        var run = new ToolRun("watermark", Verification.ToolVersion, Cases.CaseOptions.Now(), Cases.CaseOptions.CommandLine());
        return Forensics.Findings.Verdict.From([.. findings.Select(finding => finding with { Created = run.Created })], null, tests, run);
    }
}
