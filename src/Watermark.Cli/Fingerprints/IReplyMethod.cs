using System.CommandLine;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;

namespace Watermark.Cli.Fingerprints;

/// <summary>A method that asks a suspect the prompts of a design and judges the replies. An instance serves one command line.</summary>
internal interface IReplyMethod
{
    /// <summary>Its name: the question of its findings.</summary>
    string Name { get; }

    /// <summary>What it answers, one sentence for the help.</summary>
    string Summary { get; }

    /// <summary>What <c>plan</c> reads and does, with its examples, as help text.</summary>
    string PlanHelp { get; }

    /// <summary>What <c>verify</c> does, with its examples, as help text.</summary>
    string VerifyHelp { get; }

    /// <summary>Whether the owner's key decides what is asked or what counts.</summary>
    bool NeedsKey { get; }

    /// <summary>Adds the options of <c>plan</c> that only this method has.</summary>
    /// <param name="command">The command.</param>
    void AddPlanOptions(Command command);

    /// <summary>The files that those options name, which nothing may overwrite.</summary>
    /// <param name="parse">The parsed command line.</param>
    IEnumerable<string> PlanInputs(ParseResult parse);

    /// <summary>Fixes the test: what is asked, and everything public that decides the result.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="key">The owner's key; null for a method without one.</param>
    /// <exception cref="InputFormatException">An option or a file is wrong; the message says where and what was expected.</exception>
    PlannedMethod Plan(ParseResult parse, KeyFile? key);

    /// <summary>Reads a design.</summary>
    /// <param name="design">The bytes of its file.</param>
    /// <param name="key">The owner's key; null for a method without one.</param>
    /// <exception cref="InputFormatException">The design is not valid, or the key is not the one that it was made with.</exception>
    IReplyTest Open(ReadOnlyMemory<byte> design, KeyFile? key);

    /// <summary>The effect of interest where the user names none, in null standard deviations of one unit.</summary>
    double DefaultEffect => 0.2;

    /// <summary>Further subcommands of the method.</summary>
    IEnumerable<Command> Others() => [];
}

/// <summary>A test as it was planned.</summary>
/// <param name="Design">The design's file: everything public that decides the result.</param>
/// <param name="Prompts">What every subject is asked; the texts are distinct.</param>
/// <param name="Statistic">The statistic with its version.</param>
/// <param name="Prior">The prior of the e-value with its version.</param>
internal sealed record PlannedMethod(byte[] Design, IReadOnlyList<CollectionPrompt> Prompts, string Statistic, string Prior)
{
    /// <summary>Replies of each subject to each prompt.</summary>
    public int RepliesPerPrompt { get; init; } = 1;
}

/// <summary>A test that was opened: it judges the replies of suspects.</summary>
internal interface IReplyTest : IDisposable
{
    /// <summary>The texts of the prompts by their ids.</summary>
    IReadOnlyDictionary<string, string> Prompts { get; }

    /// <summary>Replies that the design asks of a model for a prompt.</summary>
    int RepliesPerPrompt => 1;

    /// <summary>Whether every prompt must have a reply; false for a test that may stop at any time.</summary>
    bool NeedsAll => true;

    /// <summary>Judges a suspect.</summary>
    /// <param name="suspect">Its replies.</param>
    /// <param name="controls">The replies of the controls, of the reference and of every other subject, by title.</param>
    /// <param name="options">How the test is run.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    Finding Test(Transcript suspect, IReadOnlyList<Transcript> controls, FingerprintOptions options, IProgress<double>? progress, CancellationToken cancellationToken);
}
