using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tracing.Payload;
using Watermark.Schemes.Payload;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint payload</c>: which number does a text carry?</summary>
internal static class PayloadCommand
{
    private const string Summary = """
        Reads the number of 16 to 64 bits that a text carries under a key of the scheme 'payload'. 'keygen --scheme payload
        --payload c0ffee42' makes such a key; text is marked with it as with any other.
        """;

    private const string VerifyHelp = """
        Reads the payload of a text and tests whether there is one: p = 2^k times the binomial tail of the rows that agree, which
        pays for the choice among all payloads. A payload with a p-value above --alpha is not shown. The key fixes the number
        of bits; which payload it names does not matter.

        Examples:
          watermark fingerprint payload verify --key payload/owner.wmkey --suspect payload/suspect.jsonl --out payload/again
        """;

    public static Command Create() => new(Questions.Payload, MethodHelp.Of(Questions.Payload, Summary)) { Verify() };

    private static Command Verify()
    {
        var options = new SampleMethodOptions();
        var alpha = new Option<double>("--alpha") { HelpName = "P", Description = "The largest p-value at which a payload is shown.", DefaultValueFactory = _ => 1e-6 };
        var command = new Command("verify", HelpText.Flow(VerifyHelp)) { alpha };
        options.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            ConsoleOutput console = options.Output.Console(parse);
            IReadOnlyList<NamedInput> suspects = options.Suspects(parse);
            OutputFile? target = options.Target(parse);
            if (!(parse.GetValue(alpha) is > 0 and < 1))
                throw new InputFormatException("--alpha must lie between 0 and 1.");
            using KeyFile key = options.Keys.Load(parse);
            if (key.Scheme is not PayloadScheme)
                throw new InputFormatException($"Key {key.Id} is of the scheme '{key.Scheme.Name}', which carries no payload; a key of the scheme '{PayloadScheme.SchemeName}' was expected.");
            using OwnerKey owner = OwnerKey.Of(key, null, null);
            var tests = new TestCount { Suspects = suspects.Count, Stated = options.Output.Stated(parse, suspects.Count) };
            var test = new PayloadTest(owner.Scheme, options.Test(parse, tests, owner), parse.GetValue(alpha));
            SampleSource source = options.Source(parse, console, cancellationToken);
            Finding[] findings = [.. suspects.Select(input => options.Complete(parse, test.Run(source.Load(owner, input, "Reading", normalise: false), cancellationToken), owner))];
            int code = FindingsOutput.Report(SampleMethodOptions.Verdict(findings, tests), target, console);
            return Task.FromResult(Math.Max(code, source.ExitCode));
        }));
        return command;
    }
}
