using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Relay;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint relay</c> and <c>epochs</c>: the same text under the keys of several epochs.</summary>
internal static class EpochCommands
{
    private const double HarvestAlpha = 0.001;

    private const string RelaySummary = """
        Tests whether an endpoint forwards to the owner's service right now: its replies carry the mark of a key that is younger
        than the suspect.
        """;

    private const string RelayHelp = """
        Tests replies under the keys of epochs. --epoch names each epoch with the date from which its key was in force, --released the
        date on which the suspect was released or last changed. Only keys that are younger than the suspect can show a relay;
        the other epochs are blocked. Some 500 tokens are enough.

        Examples:
          watermark fingerprint relay verify --key relay/owner.wmkey --suspect relay/innocent.jsonl --released 2026-06-01 --epoch 2026-10=2026-10-01 --epoch 2026-11=2026-11-01 --out relay/again
        """;

    private const string EpochsSummary = "Tests under the keys of which epochs a suspect's text shows a mark: when its training data were harvested.";

    private const string EpochsHelp = """
        Tests a suspect's text under the key of each epoch, and names the epochs that Holm's method rejects at 0.001.

        Examples:
          watermark fingerprint epochs verify --key epochs/owner.wmkey --suspect epochs/innocent.jsonl --epoch 2026-09 --epoch 2026-10 --epoch 2026-11 --out epochs/again
        """;

    /// <summary>The command <c>relay</c>.</summary>
    public static Command Relay()
    {
        var released = new Option<string>("--released") { HelpName = "DATE", Description = "When the suspect was released or last changed, YYYY-MM-DD, UTC.", Required = true };
        return new Command(Questions.Relay, MethodHelp.Of(Questions.Relay, RelaySummary))
        {
            Verify(RelayHelp, 0, [released], (parse, epoch, text, controls, options, _, cancellationToken) => RelayTest.Run(epoch, Date(parse.GetValue(released)!, "--released"), text, controls, options, cancellationToken)),
        };
    }

    /// <summary>The command <c>epochs</c>.</summary>
    public static Command Epochs() => new(Questions.Epochs, MethodHelp.Of(Questions.Epochs, EpochsSummary))
    {
        Verify(EpochsHelp, 1000, [], (_, epoch, text, controls, options, randomKeys, cancellationToken) => EpochsTest.Run(epoch, text, controls, options, randomKeys, cancellationToken)),
    };

    private delegate Finding Run(
        ParseResult parse, EpochKey epoch, TitledSample text, IReadOnlyList<TitledSample> controls, DistillationTestOptions options, RandomKeyScores randomKeys, CancellationToken cancellationToken);

    private static Command Verify(string help, int randomKeys, IReadOnlyList<Option> own, Run run)
    {
        var options = new SampleMethodOptions();
        var epochs = CommonOptions.Several(new Option<string[]>("--epoch") { HelpName = "ID[=DATE]", Description = "An epoch and the date from which its key was in force. May be repeated; each is a test.", Required = true });
        var controls = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "FILE", Description = "Text known to be independent of the keys, collected in the same way. May be repeated." });
        var command = new Command("verify", HelpText.Flow(help)) { epochs, controls };
        foreach (Option option in own)
            command.Options.Add(option);
        options.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            ConsoleOutput console = options.Output.Console(parse);
            IReadOnlyList<NamedInput> suspects = options.Suspects(parse);
            string[] beside = parse.GetValue(controls) ?? [];
            OutputFile? target = options.Target(parse, beside);
            (string Id, DateTimeOffset? From)[] named = [.. parse.GetValue(epochs)!.Select(Epoch)];
            if (named.Select(epoch => epoch.Id).Distinct(StringComparer.Ordinal).Count() != named.Length)
                throw new InputFormatException("--epoch names an epoch twice; each was expected once.");
            using KeyFile key = options.Keys.Load(parse);
            SampleSource source = options.Source(parse, console, cancellationToken);
            var tests = new TestCount { Epochs = named.Length, Suspects = suspects.Count, Stated = options.Output.Stated(parse, (long)named.Length * suspects.Count) };
            var findings = new List<Finding>();
            var scored = new RandomKeyScores();
            foreach (NamedInput suspect in suspects)
            {
                foreach ((string id, DateTimeOffset? from) in named)
                {
                    using OwnerKey owner = OwnerKey.Of(key, null, id);
                    TitledSample text = source.Load(owner, suspect, "Reading the suspect", normalise: false);
                    TitledSample[] others = [.. beside.Select(path => source.Load(owner, SampleSource.Named(path), "Reading the control", normalise: false))];
                    DecisionRule rule = options.Test(parse, tests, owner).Rule;
                    var how = new DistillationTestOptions { RandomKeys = randomKeys, Rule = rule, Tests = tests, DegreeOfParallelism = options.Threads(parse), ToolVersion = Verification.ToolVersion };
                    findings.Add(options.Complete(parse, run(parse, new EpochKey(id, owner.Scheme, owner.Identity, from), text, others, how, scored, cancellationToken), owner));
                }
            }

            Verdict verdict = SampleMethodOptions.Verdict(findings, tests);
            int code = FindingsOutput.Report(verdict, target, console);
            if (findings[0].Question == Questions.Epochs)
            {
                IReadOnlyList<string> harvested = EpochsTest.Harvested(verdict, HarvestAlpha);
                console.WriteLine($"Epochs whose keys show (Holm over {tests.M} tests at {HarvestAlpha.ToString(CultureInfo.InvariantCulture)}): {(harvested.Count == 0 ? "none" : string.Join(", ", harvested))}.");
            }

            return Task.FromResult(Math.Max(code, source.ExitCode));
        }));
        return command;
    }

    private static (string Id, DateTimeOffset? From) Epoch(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string id = equals < 0 ? text : text[..equals];
        if (id.Length == 0)
            throw new InputFormatException("--epoch takes an id, or ID=DATE; the id is empty.");
        return (id, equals < 0 ? null : Date(text[(equals + 1)..], "--epoch"));
    }

    private static DateTimeOffset Date(string text, string option) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date)
            ? date
            : throw new InputFormatException($"{option}: '{text}' is no date; YYYY-MM-DD was expected.");
}
