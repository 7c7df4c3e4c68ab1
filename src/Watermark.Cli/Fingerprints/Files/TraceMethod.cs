using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tracing.Codes;
using Watermark.Schemes.Coded;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>Through which accounts did the owner's text reach a suspect? By codes.</summary>
internal sealed class TraceMethod : IFileMethod
{
    private readonly Option<string?> list = new("--accounts") { HelpName = "FILE", Description = "The accounts to test, one id a line." };
    private readonly Option<string[]> account = CommonOptions.Several(new Option<string[]>("--account") { HelpName = "ID", Description = "An account of the list that a finding is wanted for. May be repeated." });
    private readonly Option<string[]> campaign = CommonOptions.Several(new Option<string[]>("--campaign") { HelpName = "FILE", Description = "A campaign: one account a line, with a tab and a share from 1 to 1000 where shares differ. May be repeated." });
    private readonly Option<int> decoys = new("--decoys") { HelpName = "B", Description = "Random codes that each finding is compared with, for show.", DefaultValueFactory = _ => 99 };
    private readonly TextOptions text = new();

    /// <inheritdoc/>
    public string Name => Questions.Trace;

    /// <inheritdoc/>
    public string Summary => """
        Tests through which accounts, or which campaigns of accounts, text under a key of the scheme 'coded-green-list' reached
        the suspect. Replies are marked for an account with that scheme's code.
        """;

    /// <inheritdoc/>
    public string VerifyHelp => """
        Compares a text with the codewords of all accounts of a list, and of campaigns that were named before. Every account and
        every campaign is a test. Without --account and --campaign, the accounts that stand out have findings, or else
        the first account. With --out, ranking.tsv lists the accounts with an adjusted p-value of 5 % or less.

        Examples:
          watermark fingerprint trace verify --key trace/owner.wmkey --accounts trace/accounts.txt --suspect trace/suspect.jsonl --out trace/again
        """;

    /// <inheritdoc/>
    public string PlanExample => "--accounts trace/accounts.txt";

    /// <inheritdoc/>
    public void AddOptions(Command command)
    {
        foreach (Option option in new Option[] { list, account, campaign, decoys })
            command.Options.Add(option);
        text.AddTo(command);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(ParseResult parse) => [.. new[] { parse.GetValue(list) }.OfType<string>(), .. parse.GetValue(campaign) ?? [], .. text.Inputs(parse)];

    /// <inheritdoc/>
    public FixedTest Fixed(ParseResult parse, KeyFile? key)
    {
        if (Inputs(parse).Count == text.Inputs(parse).Count)
            throw new InputFormatException("Name the accounts to test with --accounts, or a campaign with --campaign.");
        if (parse.GetValue(decoys) is < 2 or > 100_000)
            throw new InputFormatException("--decoys must lie from 2 to 100000.");
        AccountList accounts = Accounts(parse);
        if ((parse.GetValue(account) ?? []).FirstOrDefault(id => !accounts.Ids.Contains(id, StringComparer.Ordinal)) is { } stranger)
            throw new InputFormatException($"--account {stranger} is not in the list of accounts; every account that is tested must be listed.");
        Campaign[] campaigns = Campaigns(parse);
        if (campaigns.GroupBy(item => item.Sha256, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InputFormatException($"--campaign names {twice.First().Name} twice, which would count twice; each was expected once.");
        if (accounts.Ids.Count > 0 && campaigns.SelectMany(item => item.Members.Select(member => (item.Name, member.Account))).FirstOrDefault(item => !accounts.Ids.Contains(item.Account, StringComparer.Ordinal)) is { Name: { } where, Account: { } unknown })
            throw new InputFormatException($"{where}: the account '{unknown}' is not in the list of accounts; the members of a campaign must be listed.");
        if (key!.Scheme is not CodedGreenListScheme)
            throw new InputFormatException($"Key {key.Id} is of the scheme '{key.Scheme.Name}', which has no code of accounts; a key of the scheme '{CodedGreenListScheme.SchemeName}' was expected.");
        return text.Fixed(parse, CodeTraceTest.Statistic, CodeTraceTest.Prior) with { RandomKeys = parse.GetValue(decoys) };
    }

    /// <inheritdoc/>
    public TestCount Tests(ParseResult parse, IReadOnlyList<NamedInput> suspects) => CodeTraceTest.TestsOf(Accounts(parse), (parse.GetValue(campaign) ?? []).Length, suspects.Count);

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        using OwnerKey owner = run.Owner();
        Campaign[] campaigns = Campaigns(run.Parse);
        var test = new CodeTraceTest(owner.Scheme, Accounts(run.Parse), campaigns, TextOptions.Test(run, owner), run.Parse.GetValue(decoys));
        SampleSource source = text.Source(run, cancellationToken);
        var findings = new List<Finding>();
        var lines = new List<string> { "suspect\taccount\tsum\tlnP\tlnPHolm\tlnE" };
        foreach (NamedInput input in run.Suspects)
        {
            CodeTraceResult result = test.Run(source.Load(owner, input, "Reading", normalise: false), run.Parse.GetValue(account) ?? [], cancellationToken);
            findings.AddRange(result.Findings.Select(finding => text.Complete(run.Parse, finding, owner)));
            lines.AddRange(result.Ranking.Select(item => string.Create(CultureInfo.InvariantCulture, $"{input.Title}\t{item.Account}\t{item.Sum}\t{item.LogP:R}\t{item.LogPHolm:R}\t{item.LogE:R}")));
        }

        return new FileMethodResult(findings) { ExitCode = source.ExitCode, Samples = source.Samples, Ranking = string.Join('\n', lines) + '\n' };
    }

    /// <inheritdoc/>
    public IEnumerable<Command> Others() => [FileMethodCommand.Create(static () => new TraceKeysMethod())];

    private Campaign[] Campaigns(ParseResult parse) => [.. (parse.GetValue(campaign) ?? []).Select(path => Campaign.Read(Path.GetFileName(path), File.ReadAllBytes(path)))];

    private AccountList Accounts(ParseResult parse) => parse.GetValue(list) is { } path ? AccountList.Read(Path.GetFileName(path), File.ReadAllBytes(path)) : AccountList.None;
}
