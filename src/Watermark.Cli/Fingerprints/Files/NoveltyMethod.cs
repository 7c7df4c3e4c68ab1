using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Relay;
using Watermark.NGrams;
using Watermark.Scoring;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>Was a mark learned, or is there live access to the key?</summary>
internal sealed class NoveltyMethod : IFileMethod
{
    private readonly Option<string[]> served = CommonOptions.Several(new Option<string[]>("--served") { HelpName = "FILE", Description = "A log of served contexts. May be repeated for the logs of one epoch.", Required = true });
    private readonly Option<string?> epoch = new("--epoch") { HelpName = "ID", Description = "The epoch, where the log is of a key that was derived for it." };
    private readonly TextOptions text = new();

    /// <inheritdoc/>
    public string Name => Questions.Novelty;

    /// <inheritdoc/>
    public string Summary => """
        Divides a text by the owner's log of served contexts and tests the part in contexts that were never served: nobody can
        have learned or copied a mark there. The answer to forgeries, and to the question of live access.
        """;

    /// <inheritdoc/>
    public string VerifyHelp => """
        Tests the rows of a text whose context is not in the log of served contexts (--served, one or more files of one epoch). The log
        is written by the marking side; how complete it is stands in the finding. The key must have a context of two tokens or more.

        Examples:
          watermark fingerprint novelty verify --key novelty/owner.wmkey --suspect novelty/innocent.jsonl --served novelty/served.contexts --out novelty/again
        """;

    /// <inheritdoc/>
    public string PlanExample => "--served novelty/served.contexts";

    /// <inheritdoc/>
    public void AddOptions(Command command)
    {
        command.Options.Add(served);
        command.Options.Add(epoch);
        text.AddTo(command);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(ParseResult parse) => [.. parse.GetValue(served)!, .. text.Inputs(parse)];

    /// <inheritdoc/>
    public FixedTest Fixed(ParseResult parse, KeyFile? key) => text.Fixed(parse, NoveltyTest.Statistic, TotalNull.For(key!.Scheme.Null, 1).Prior);

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        using OwnerKey owner = run.Owner(epoch: run.Parse.GetValue(epoch));
        ServedContexts contexts = Read(run.Parse.GetValue(served)!, cancellationToken);
        run.Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Log of epoch {contexts.Header.Epoch}: {contexts.Logged:N0} contexts, {contexts.Count:N0} distinct, {contexts.Sessions:N0} sessions, {contexts.Gaps:N0} gaps."));
        SampleSource source = text.Source(run, cancellationToken);
        var findings = new List<Finding>();
        foreach (NamedInput suspect in run.Suspects)
        {
            TitledSample sample = source.Load(owner, suspect, "Reading the text", normalise: false);
            findings.Add(text.Complete(run.Parse, Test(run, owner, contexts, sample), owner));
        }

        return new FileMethodResult(findings) { ExitCode = source.ExitCode, Samples = source.Samples };
    }

    private static Finding Test(FileMethodRun run, OwnerKey owner, ServedContexts contexts, TitledSample sample)
    {
        try
        {
            return NoveltyTest.Run(owner.Scheme, owner.Identity, contexts, sample, TextOptions.Test(run, owner));
        }
        catch (ArgumentException exception)
        {
            throw new InputFormatException(exception.Message.Split(" (Parameter")[0], exception);
        }
    }

    private static ServedContexts Read(string[] paths, CancellationToken cancellationToken)
    {
        if (paths.Select(FileDigest.Of).Distinct(StringComparer.Ordinal).Count() != paths.Length)
            throw new InputFormatException($"{string.Join(", ", paths)}: the same log is named twice, and would count twice.");
        FileStream[] streams = [.. paths.Select(File.OpenRead)];
        try
        {
            return NamedFile.Read(string.Join(", ", paths), () => ServedContexts.Read(streams, cancellationToken));
        }
        finally
        {
            foreach (FileStream stream in streams)
                stream.Dispose();
        }
    }
}
