using System.CommandLine;
using Watermark.Cli.Commands;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint</c>: tests of a model that read no watermark, one command a method.</summary>
internal static class FingerprintCommand
{
    private const string Help = """
        Tests of a model that read no watermark, or read it in another way. Each method has its own question and its own error
        rate; 'plan' fixes the test before the data where it asks prompts, 'watermark collect' or 'import' adds the replies,
        'verify' judges. 'watermark demo --scenario METHOD' shows each on data made here.

        Examples:
          watermark fingerprint --help
        """;

    /// <summary>The methods that ask prompts, by the question of their findings.</summary>
    public static IReadOnlyList<Func<IReplyMethod>> ReplyMethods { get; } =
    [
        static () => new CanariesMethod(),
        static () => new VariantsMethod(),
        static () => new GhostPairsMethod(),
        static () => new EqualityMethod(),
        static () => new ProvenanceMethod(),
    ];

    public static Command Create()
    {
        var command = new Command("fingerprint", HelpText.Flow(Help));
        foreach (Func<IReplyMethod> method in ReplyMethods)
            command.Subcommands.Add(ReplyMethodCommand.Create(method));
        command.Subcommands.Add(EpochCommands.Relay());
        command.Subcommands.Add(EpochCommands.Epochs());
        command.Subcommands.Add(NoveltyCommand.Create());
        command.Subcommands.Add(TraceCommand.Create());
        command.Subcommands.Add(PayloadCommand.Create());
        command.Subcommands.Add(WeightsCommand.Create());
        command.Subcommands.Add(TranscriptCommand.Create());
        command.Subcommands.Add(ReferenceRankCommand.Create());
        command.Subcommands.Add(CombineCommand.Create());
        return command;
    }
}
