using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Relay;
using Watermark.NGrams;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint novelty</c>: was a mark learned, or is there live access to the key?</summary>
internal static class NoveltyCommand
{
    private const string Summary = """
        Divides a text by the owner's log of served contexts and tests the part in contexts that were never served: nobody can
        have learned or copied a mark there. The answer to forgeries, and to the question of live access.
        """;

    private const string VerifyHelp = """
        Tests the rows of a text whose context is not in the log of served contexts (--served, one or more files of one epoch). The log
        is written by the marking side; how complete it is stands in the finding. The key must have a context of two tokens or more.

        Examples:
          watermark fingerprint novelty verify --key novelty/owner.wmkey --suspect novelty/innocent.jsonl --served novelty/served.contexts --out novelty/again
        """;

    public static Command Create() => new(Questions.Novelty, MethodHelp.Of(Questions.Novelty, Summary)) { Verify() };

    private static Command Verify()
    {
        var options = new SampleMethodOptions();
        var served = CommonOptions.Several(new Option<string[]>("--served") { HelpName = "FILE", Description = "A log of served contexts. May be repeated for the logs of one epoch.", Required = true });
        var epoch = new Option<string?>("--epoch") { HelpName = "ID", Description = "The epoch, where the log is of a key that was derived for it." };
        var command = new Command("verify", HelpText.Flow(VerifyHelp)) { served, epoch };
        options.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            ConsoleOutput console = options.Output.Console(parse);
            IReadOnlyList<NamedInput> suspects = options.Suspects(parse);
            string[] logs = parse.GetValue(served)!;
            OutputFile? target = options.Target(parse, logs);
            using KeyFile key = options.Keys.Load(parse);
            using OwnerKey owner = OwnerKey.Of(key, null, parse.GetValue(epoch));
            ServedContexts contexts = Read(logs, cancellationToken);
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Log of epoch {contexts.Header.Epoch}: {contexts.Logged:N0} contexts, {contexts.Count:N0} distinct, {contexts.Sessions:N0} sessions, {contexts.Gaps:N0} gaps."));
            SampleSource source = options.Source(parse, console, cancellationToken);
            var tests = new TestCount { Suspects = suspects.Count, Stated = options.Output.Stated(parse, suspects.Count) };
            var findings = new List<Finding>();
            foreach (NamedInput suspect in suspects)
            {
                TitledSample text = source.Load(owner, suspect, "Reading the text", normalise: false);
                findings.Add(options.Complete(parse, Test(owner, contexts, text, options.Test(parse, tests, owner)), owner));
            }

            int code = FindingsOutput.Report(SampleMethodOptions.Verdict(findings, tests), target, console);
            return Task.FromResult(Math.Max(code, source.ExitCode));
        }));
        return command;
    }

    private static Finding Test(OwnerKey owner, ServedContexts contexts, TitledSample text, Forensics.Fingerprints.FingerprintOptions options)
    {
        try
        {
            return NoveltyTest.Run(owner.Scheme, owner.Identity, contexts, text, options);
        }
        catch (ArgumentException exception)
        {
            throw new InputFormatException(exception.Message.Split(" (Parameter")[0], exception);
        }
    }

    private static ServedContexts Read(string[] paths, CancellationToken cancellationToken)
    {
        FileStream[] streams = [.. paths.Select(File.OpenRead)];
        try
        {
            return ServedContexts.Read(streams, cancellationToken);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{string.Join(", ", paths)}: {exception.Message}", exception);
        }
        finally
        {
            foreach (FileStream stream in streams)
                stream.Dispose();
        }
    }
}
