using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tracing.Codes;
using Watermark.Schemes.Coded;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint trace</c>: through which accounts did the owner's text reach a suspect?</summary>
internal static class TraceCommand
{
    private const string RankingName = "ranking.tsv";

    private const string Summary = """
        Tests through which accounts, or which campaigns of accounts, text under a key of the scheme 'coded-green-list' reached
        the suspect. Replies are marked for an account with that scheme's code.
        """;

    private const string VerifyHelp = """
        Compares a text with the codewords of all accounts of a list, and of campaigns that were named before. Every account and
        every campaign is a test. Without --account and --campaign, the accounts that stand out have findings, or else
        the first account. With --out, ranking.tsv lists the accounts with an adjusted p-value of 5 % or less.

        Examples:
          watermark fingerprint trace verify --key trace/owner.wmkey --accounts trace/accounts.txt --suspect trace/suspect.jsonl --out trace/again
        """;

    public static Command Create() => new(Questions.Trace, MethodHelp.Of(Questions.Trace, Summary)) { Verify(), TraceKeysCommand.Create() };

    private static Command Verify()
    {
        var options = new SampleMethodOptions();
        var list = new Option<string?>("--accounts") { HelpName = "FILE", Description = "The accounts to test, one id a line." };
        Option<string[]> account = CommonOptions.Several(new Option<string[]>("--account") { HelpName = "ID", Description = "An account of the list that a finding is wanted for. May be repeated." });
        Option<string[]> campaign = CommonOptions.Several(new Option<string[]>("--campaign") { HelpName = "FILE", Description = "A campaign: one account a line, with a tab and a share from 1 to 1000 where shares differ. May be repeated." });
        var decoys = new Option<int>("--decoys") { HelpName = "B", Description = "Random codes that each finding is compared with, for show.", DefaultValueFactory = _ => 99 };
        var command = new Command("verify", HelpText.Flow(VerifyHelp)) { list, account, campaign, decoys };
        options.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            ConsoleOutput console = options.Output.Console(parse);
            IReadOnlyList<NamedInput> suspects = options.Suspects(parse);
            string? listPath = parse.GetValue(list);
            string[] campaignPaths = parse.GetValue(campaign) ?? [];
            string[] named = parse.GetValue(account) ?? [];
            if (listPath is null && campaignPaths.Length == 0)
                throw new InputFormatException("Name the accounts to test with --accounts, or a campaign with --campaign.");
            if (parse.GetValue(decoys) is < 2 or > 100_000)
                throw new InputFormatException("--decoys must lie from 2 to 100000.");
            string[] read = [.. listPath is null ? Array.Empty<string>() : [listPath], .. campaignPaths];
            OutputFile? target = options.Target(parse, read);
            OutputFile? rankingFile = options.Output.Check(parse, read, RankingName);
            AccountList accounts = listPath is null ? AccountList.None : AccountList.Read(Path.GetFileName(listPath), File.ReadAllBytes(listPath));
            Campaign[] campaigns = [.. campaignPaths.Select(path => Campaign.Read(Path.GetFileName(path), File.ReadAllBytes(path)))];
            if (named.FirstOrDefault(id => !accounts.Ids.Contains(id, StringComparer.Ordinal)) is { } stranger)
                throw new InputFormatException($"--account {stranger} is not in the list of accounts; every account that is tested must be listed.");
            using KeyFile key = options.Keys.Load(parse);
            if (key.Scheme is not CodedGreenListScheme)
                throw new InputFormatException($"Key {key.Id} is of the scheme '{key.Scheme.Name}', which has no code of accounts; a key of the scheme '{CodedGreenListScheme.SchemeName}' was expected.");
            using OwnerKey owner = OwnerKey.Of(key, null, null);
            TestCount tests = CodeTraceTest.TestsOf(accounts, campaigns.Length, suspects.Count);
            tests = tests with { Stated = options.Output.Stated(parse, tests.M) };
            var test = new CodeTraceTest(owner.Scheme, accounts, campaigns, options.Test(parse, tests, owner), parse.GetValue(decoys));
            SampleSource source = options.Source(parse, console, cancellationToken);
            var findings = new List<Finding>();
            var lines = new List<string> { "suspect\taccount\tsum\tlnP\tlnPHolm\tlnE" };
            foreach (NamedInput input in suspects)
            {
                CodeTraceResult result = test.Run(source.Load(owner, input, "Reading", normalise: false), named, cancellationToken);
                findings.AddRange(result.Findings.Select(finding => options.Complete(parse, finding, owner)));
                lines.AddRange(result.Ranking.Select(item => string.Create(CultureInfo.InvariantCulture, $"{input.Title}\t{item.Account}\t{item.Sum}\t{item.LogP:R}\t{item.LogPHolm:R}\t{item.LogE:R}")));
            }

            int code = FindingsOutput.Report(SampleMethodOptions.Verdict(findings, tests), target, console);
            if (rankingFile is not null)
            {
                rankingFile.Write(stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines) + '\n')));
                console.WriteLine($"Wrote {rankingFile.Path}");
            }

            return Task.FromResult(Math.Max(code, source.ExitCode));
        }));
        return command;
    }
}
