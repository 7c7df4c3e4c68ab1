using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.NGrams;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>A method that judges files as they are: text, likelihoods, values or checkpoints. An instance serves one command line.</summary>
internal interface IFileMethod
{
    /// <summary>Its command below <c>fingerprint</c>, such as <c>trace keys</c>.</summary>
    string Name { get; }

    /// <summary>What it answers, one sentence for the help.</summary>
    string Summary { get; }

    /// <summary>What <c>verify</c> does, with its examples, as help text.</summary>
    string VerifyHelp { get; }

    /// <summary>The options of an example of <c>plan</c>, without case, key, suspects and signer.</summary>
    string PlanExample { get; }

    /// <summary>What <c>--suspect</c> takes.</summary>
    string SuspectHelp => "The text to test: a file, a folder, '-', or a sample (.ngrams). May be repeated; each is a test.";

    /// <summary>The name of the option for the suspects' files.</summary>
    string SuspectOption => "--suspect";

    /// <summary>Whether the owner's key is needed.</summary>
    bool NeedsKey => true;

    /// <summary>Whether the keys that are tested derive from the owner's, so that a plan can name them by a commitment only.</summary>
    bool DerivesKeys => false;

    /// <summary>Whether text of others is tested beside the suspect's.</summary>
    bool HasControls => false;

    /// <summary>Adds the options that decide the test: a plan fixes them.</summary>
    /// <param name="command">The command.</param>
    void AddOptions(Command command);

    /// <summary>The owner's files that those options name; a plan fixes their content.</summary>
    /// <param name="parse">The parsed command line.</param>
    IReadOnlyList<string> Inputs(ParseResult parse) => [];

    /// <summary>What is fixed before the data. Checks the options and the key.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="key">The key; null for a method without one.</param>
    /// <exception cref="InputFormatException">An option is out of range, or the key is of another scheme.</exception>
    FixedTest Fixed(ParseResult parse, KeyFile? key);

    /// <summary>The tests that are counted.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="suspects">The suspects; where a plan is made they have no files yet.</param>
    TestCount Tests(ParseResult parse, IReadOnlyList<NamedInput> suspects) => new() { Suspects = suspects.Count };

    /// <summary>Judges the suspects.</summary>
    /// <param name="run">What is judged, and how.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken);

    /// <summary>Further subcommands of the method.</summary>
    IEnumerable<Command> Others() => [];
}

/// <summary>What a test fixes before it sees data.</summary>
/// <param name="Statistic">The statistic with its version.</param>
/// <param name="Prior">The prior of the e-value with its version.</param>
internal sealed record FixedTest(string Statistic, string Prior)
{
    /// <summary>The thresholds.</summary>
    public DecisionRule Rule { get; init; } = new();

    /// <summary>The number of random keys.</summary>
    public int RandomKeys { get; init; }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get; init; }
}

/// <summary>What a method judges, and how.</summary>
internal sealed record FileMethodRun
{
    /// <summary>The options that decide the test: those of the command line, or those that a plan fixed.</summary>
    public required ParseResult Parse { get; init; }

    /// <summary>The key's options.</summary>
    public required KeyOptions Keys { get; init; }

    /// <summary>The suspects.</summary>
    public required IReadOnlyList<NamedInput> Suspects { get; init; }

    /// <summary>The controls.</summary>
    public IReadOnlyList<NamedInput> Controls { get; init; } = [];

    /// <summary>The key; null for a method without one.</summary>
    public KeyFile? Key { get; init; }

    /// <summary>The commitment that the key opens; null where none was made.</summary>
    public string? Commitment { get; init; }

    /// <summary>What was fixed.</summary>
    public required FixedTest Fixed { get; init; }

    /// <summary>The tests counted.</summary>
    public required TestCount Tests { get; init; }

    /// <summary>Shows progress and remarks.</summary>
    public required ConsoleOutput Console { get; init; }

    /// <summary>The key of an account and an epoch.</summary>
    /// <param name="account">The account, or null.</param>
    /// <param name="epoch">The epoch, or null.</param>
    public OwnerKey Owner(string? account = null, string? epoch = null) => OwnerKey.Of(Key!, account, epoch, Commitment);

    /// <summary>The file of a suspect where a method takes one only.</summary>
    /// <param name="input">The suspect.</param>
    public static string Only(NamedInput input) => input.Paths.Count == 1
        ? input.Paths[0]
        : throw new InputFormatException($"The suspect {input.Title} has {input.Paths.Count} files; one was expected.");
}

/// <summary>What a method found.</summary>
/// <param name="Findings">The findings.</param>
internal sealed record FileMethodResult(IReadOnlyList<Finding> Findings)
{
    /// <summary>Bad input where a file broke off.</summary>
    public int ExitCode { get; init; }

    /// <summary>The samples that the findings were computed from, with names for files.</summary>
    public IReadOnlyList<(string Name, Sample Sample)> Samples { get; init; } = [];

    /// <summary>Prints what the table of findings does not say; null for nothing.</summary>
    public Action<Verdict>? Remark { get; init; }

    /// <summary>A further file for <c>--out</c>, with its name in <see cref="RankingName"/>; null for none.</summary>
    public string? Ranking { get; init; }

    /// <summary>The name of that file.</summary>
    public const string RankingName = "ranking.tsv";
}
