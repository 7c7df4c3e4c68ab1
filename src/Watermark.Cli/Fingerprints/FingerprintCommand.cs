using System.CommandLine;
using Watermark.Cli.Commands;
using Watermark.Cli.Fingerprints.Files;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint</c>: tests of a model that read no watermark, one command a method.</summary>
internal static class FingerprintCommand
{
    private const string Help = """
        Tests of a model that read no watermark, or read it in another way. Each method has its own question and its own error
        rate; 'plan' fixes the test before the data, 'watermark collect' or 'import' adds the replies,
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

    /// <summary>The methods that judge files.</summary>
    public static IReadOnlyList<Func<IFileMethod>> FileMethods { get; } =
    [
        static () => new RelayMethod(),
        static () => new EpochsMethod(),
        static () => new NoveltyMethod(),
        static () => new TraceMethod(),
        static () => new TraceKeysMethod(),
        static () => new PayloadMethod(),
        static () => new WeightsMethod(),
        static () => new TranscriptMethod(),
        static () => new ReferenceRankMethod(),
    ];

    public static Command Create()
    {
        var command = new Command("fingerprint", HelpText.Flow(Help));
        foreach (Func<IReplyMethod> method in ReplyMethods)
            command.Subcommands.Add(ReplyMethodCommand.Create(method));
        foreach (Func<IFileMethod> method in FileMethods.Where(create => !create().Name.Contains(' ', StringComparison.Ordinal)))
            command.Subcommands.Add(FileMethodCommand.Create(method));
        command.Subcommands.Add(CombineCommand.Create());
        return command;
    }
}
