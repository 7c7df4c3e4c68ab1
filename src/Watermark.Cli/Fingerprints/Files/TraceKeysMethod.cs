using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Tracing.Codes;
using Watermark.Forensics.Tracing.DerivedKeys;
using Watermark.Keys;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>Through which accounts did the owner's text reach a suspect? By the derived keys of many accounts, in one pass.</summary>
internal sealed class TraceKeysMethod : IFileMethod
{
    private const int MostFindings = 20;
    private const double Alpha = 0.001;

    private readonly Option<string> list = new("--accounts") { HelpName = "FILE", Description = "The accounts to test, one id a line.", Required = true };
    private readonly TextOptions text = new();

    /// <inheritdoc/>
    public string Name => "trace keys";

    /// <inheritdoc/>
    public string Summary => """
        Tests through which accounts text reached the suspect, for traffic that was marked with a key for each account ('keygen
        --account').
        """;

    /// <inheritdoc/>
    public string VerifyHelp => """
        Tests the keys of all accounts of a list on one text in one pass, and counts every one of them. The accounts that Holm's method
        rejects at 0.001 have findings, at most 20, or else the first of the ranking.

        Examples:
          watermark fingerprint trace keys verify --key owner.wmkey --accounts trace/accounts.txt --suspect replies.jsonl --out trace/by-keys
        """;

    /// <inheritdoc/>
    public string PlanExample => "--accounts trace/accounts.txt";

    /// <inheritdoc/>
    public bool DerivesKeys => true;

    /// <inheritdoc/>
    public void AddOptions(Command command)
    {
        command.Options.Add(list);
        text.AddTo(command);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(ParseResult parse) => [parse.GetValue(list)!, .. text.Inputs(parse)];

    /// <inheritdoc/>
    public FixedTest Fixed(ParseResult parse, KeyFile? key) => key!.Secret is WatermarkKey
        ? text.FixedCount(parse, key.Scheme)
        : throw new InputFormatException($"A {key.Scheme.Name} key cannot be derived from; a key of 32 bytes was expected.");

    /// <inheritdoc/>
    public TestCount Tests(ParseResult parse, IReadOnlyList<NamedInput> suspects) => new() { Accounts = Accounts(parse).Ids.Count, Suspects = suspects.Count };

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        AccountList accounts = Accounts(run.Parse);
        SampleSource source = text.Source(run, cancellationToken);
        using OwnerKey whole = run.Owner();
        var findings = new List<Finding>();
        foreach (NamedInput suspect in run.Suspects)
        {
            TitledSample sample = source.Load(whole, suspect, "Reading the suspect", normalise: false);
            IReadOnlyList<RankedKey> ranking = run.Console.WithProgress(
                "Scoring the accounts' keys", (progress, token) => DerivedKeyTrace.Rank(run.Key!.Scheme, (WatermarkKey)run.Key.Secret, accounts.Ids, sample.Sample, text.Threads(run.Parse), progress, token), cancellationToken);
            RankedKey[] named = [.. ranking.Where(item => item.LogPHolm <= Math.Log(Alpha)).Take(MostFindings)];
            run.Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sample.Title}: {named.Length:N0} of {accounts.Ids.Count:N0} accounts stand out (Holm at {Alpha})."));
            foreach (RankedKey item in named.Length > 0 ? named : [ranking[0]])
            {
                using OwnerKey owner = run.Owner(account: item.Account);
                findings.Add(text.Complete(run.Parse, DerivedKeyTrace.Find(item.Account, owner.Scheme, owner.Identity, sample, text.Rows(run), cancellationToken), owner));
            }
        }

        return new FileMethodResult(findings) { ExitCode = source.ExitCode, Samples = source.Samples };
    }

    private AccountList Accounts(ParseResult parse) => AccountList.Read(Path.GetFileName(parse.GetValue(list)!), File.ReadAllBytes(parse.GetValue(list)!));
}
