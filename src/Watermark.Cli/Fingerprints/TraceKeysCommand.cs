using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tracing.Codes;
using Watermark.Forensics.Tracing.DerivedKeys;
using Watermark.Keys;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint trace keys</c>: the derived keys of many accounts, in one pass.</summary>
internal static class TraceKeysCommand
{
    private const int MostFindings = 20;
    private const double Alpha = 0.001;

    private const string Help = """
        For traffic that was marked with a key for each account ('keygen --account'): tests the keys of all accounts of a list on one
        text in one pass, and counts every one of them. The accounts that Holm's method rejects at 0.001 have findings, at most 20,
        or else the first of the ranking.

        Examples:
          watermark fingerprint trace keys --key owner.wmkey --accounts trace/accounts.txt --suspect replies.jsonl --out trace/by-keys
        """;

    public static Command Create()
    {
        var options = new SampleMethodOptions();
        var list = new Option<string>("--accounts") { HelpName = "FILE", Description = "The accounts to test, one id a line.", Required = true };
        var command = new Command("keys", HelpText.Flow(Help)) { list };
        options.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            ConsoleOutput console = options.Output.Console(parse);
            IReadOnlyList<NamedInput> suspects = options.Suspects(parse);
            OutputFile? target = options.Target(parse, parse.GetValue(list)!);
            AccountList accounts = AccountList.Read(Path.GetFileName(parse.GetValue(list)!), File.ReadAllBytes(parse.GetValue(list)!));
            using KeyFile key = options.Keys.Load(parse);
            if (key.Secret is not WatermarkKey master)
                throw new InputFormatException($"A {key.Scheme.Name} key cannot be derived from; a key of 32 bytes was expected.");
            var tests = new TestCount { Accounts = accounts.Ids.Count, Suspects = suspects.Count, Stated = options.Output.Stated(parse, (long)accounts.Ids.Count * suspects.Count) };
            SampleSource source = options.Source(parse, console, cancellationToken);
            using OwnerKey whole = OwnerKey.Of(key, null, null);
            var findings = new List<Finding>();
            foreach (NamedInput suspect in suspects)
            {
                TitledSample text = source.Load(whole, suspect, "Reading the suspect", normalise: false);
                IReadOnlyList<RankedKey> ranking = console.WithProgress(
                    "Scoring the accounts' keys", (progress, token) => DerivedKeyTrace.Rank(key.Scheme, master, accounts.Ids, text.Sample, options.Threads(parse), progress, token), cancellationToken);
                RankedKey[] named = [.. ranking.Where(item => item.LogPHolm <= Math.Log(Alpha)).Take(MostFindings)];
                console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{text.Title}: {named.Length:N0} of {accounts.Ids.Count:N0} accounts stand out (Holm at {Alpha})."));
                foreach (RankedKey item in named.Length > 0 ? named : [ranking[0]])
                {
                    using OwnerKey owner = OwnerKey.Of(key, item.Account, null);
                    var how = new DistillationTestOptions { RandomKeys = 0, Rule = options.Test(parse, tests, owner).Rule, Tests = tests, DegreeOfParallelism = options.Threads(parse), ToolVersion = Verification.ToolVersion };
                    findings.Add(options.Complete(parse, DerivedKeyTrace.Find(item.Account, owner.Scheme, owner.Identity, text, how, cancellationToken), owner));
                }
            }

            int code = FindingsOutput.Report(SampleMethodOptions.Verdict(findings, tests), target, console);
            return Task.FromResult(Math.Max(code, source.ExitCode));
        }));
        return command;
    }
}
