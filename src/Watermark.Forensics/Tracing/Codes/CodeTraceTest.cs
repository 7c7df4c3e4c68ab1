using System.Globalization;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Tracing.Codes;

/// <summary>What a trace found.</summary>
/// <param name="Findings">One for each account and campaign that was named; where none was, one for each account in the ranking, at most <see cref="CodeTraceTest.MostFindings"/>, or for the first account.</param>
/// <param name="Ranking">The accounts whose p-value by Holm's method over all accounts is at most 5 %, the strongest first.</param>
/// <param name="Discoveries">How many accounts the e-Benjamini-Hochberg procedure names at a false discovery rate of 5 %.</param>
public sealed record CodeTraceResult(IReadOnlyList<Finding> Findings, IReadOnlyList<RankedAccount> Ranking, int Discoveries);

/// <summary>
/// Tests which accounts, or which campaigns of accounts, a text marked with a coded green list goes back to: S_j = Σ D_i·X_ji, where
/// D_i counts green rows of half A less half B at position i and X_j is the account's codeword.
/// </summary>
/// <remarks>
/// If an account has nothing to do with the text, its codeword is independent of D, so that S_j is Σ |D_i| with fair signs, exactly
/// (<see cref="SignedSumNull"/>). A campaign's sum is Σ share·S_j, in which every account and position has a sign of its own.
/// Every account of the list and every campaign is a test. Sums are bit-exact.
/// </remarks>
public sealed class CodeTraceTest
{
    /// <summary>The statistic of its findings.</summary>
    public const string Statistic = "trace/code-sum 1";

    /// <summary>The most findings where no account or campaign is named.</summary>
    public const int MostFindings = 20;

    /// <summary>The prior of its e-values.</summary>
    public const string Prior = "sign-tilts 1";

    private const double RankingLevel = 0.05;
    private const ulong DecoyStream = 0xDEC0;

    private readonly KeyedScheme keyed;
    private readonly ICodedRows coded;
    private readonly AccountList accounts;
    private readonly IReadOnlyList<Campaign> campaigns;
    private readonly FingerprintOptions options;
    private readonly int decoys;

    /// <summary>Creates a test.</summary>
    /// <param name="keyed">A coded scheme with its key; the caller disposes it.</param>
    /// <param name="accounts">The accounts, fixed before the text was read; none where only campaigns are tested.</param>
    /// <param name="campaigns">Campaigns, fixed before the text was read.</param>
    /// <param name="options">How the test is run. Its tests must be those of <see cref="TestsOf"/>, or more.</param>
    /// <param name="decoys">Random code keys that every finding is compared with, for show: 2 to 100,000.</param>
    /// <exception cref="ArgumentException">The scheme has no code, or fewer tests are counted than are made.</exception>
    public CodeTraceTest(KeyedScheme keyed, AccountList accounts, IReadOnlyList<Campaign> campaigns, FingerprintOptions options, int decoys = 99)
    {
        ArgumentNullException.ThrowIfNull(keyed);
        ArgumentNullException.ThrowIfNull(accounts);
        ArgumentNullException.ThrowIfNull(campaigns);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(decoys, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decoys, 100_000);
        coded = keyed as ICodedRows ?? throw new ArgumentException($"The scheme '{keyed.Scheme.Name}' has no code of accounts.", nameof(keyed));
        long made = (long)accounts.Ids.Count + campaigns.Count;
        if (made == 0)
            throw new ArgumentException("At least one account or campaign is needed.", nameof(accounts));
        if (options.Tests.M < made)
            throw new ArgumentException($"{options.Tests.M} tests are counted, and {made} accounts and campaigns are tested.", nameof(options));
        (this.keyed, this.accounts, this.campaigns, this.options, this.decoys) = (keyed, accounts, campaigns, options, decoys);
    }

    /// <summary>The tests of a trace: every account and every campaign, for every suspect.</summary>
    /// <param name="accounts">The accounts.</param>
    /// <param name="campaigns">The number of campaigns.</param>
    /// <param name="suspects">The number of suspects.</param>
    public static TestCount TestsOf(AccountList accounts, int campaigns, int suspects)
    {
        ArgumentNullException.ThrowIfNull(accounts);
        return new TestCount { Accounts = accounts.Ids.Count + campaigns, Suspects = suspects };
    }

    /// <summary>Traces a text.</summary>
    /// <param name="text">Its sample, without the rows of prompts.</param>
    /// <param name="named">Accounts of the list that a finding is wanted for; may be empty.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The sample has another context width or weights, or a named account is not in the list.</exception>
    public CodeTraceResult Run(TitledSample text, IReadOnlyList<string> named, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(named);
        Sample sample = text.Sample;
        if (sample.HasWeights || sample.Schema.CountsOccurrences)
            throw new ArgumentException("Distinct rows without weights were expected.", nameof(text));
        var known = new HashSet<string>(accounts.Ids, StringComparer.Ordinal);
        if (named.FirstOrDefault(account => !known.Contains(account)) is { } stranger)
            throw new ArgumentException($"The account '{stranger}' is not in the list of accounts, so it is not among the tests that are counted.", nameof(named));

        SampleScore own = Scorer.Score(sample, keyed, cancellationToken: cancellationToken);
        var trace = new CodeTrace(CodeCounts.Of(sample.Rows, keyed, cancellationToken));
        long[] sums = trace.Sums(coded.Code, accounts.Ids, cancellationToken);
        IReadOnlyList<RankedAccount> ranking = trace.Rank(accounts.Ids, sums, RankingLevel);
        IReadOnlyList<string> shown = named;
        if (named.Count == 0 && campaigns.Count == 0)
            shown = ranking.Count > 0 ? [.. ranking.Take(MostFindings).Select(account => account.Account)] : [accounts.Ids[Array.IndexOf(sums, sums.Max())]];

        var findings = new List<Finding>();
        foreach (string account in shown)
            findings.Add(Judge(text, own, trace, new Subject($"account {account}", [new CampaignMember(account, 1)], trace.Null, null), cancellationToken));
        foreach (Campaign campaign in campaigns)
            findings.Add(Judge(text, own, trace, new Subject($"campaign {campaign.Name}", campaign.Members, trace.NullOf(campaign.Members), campaign), cancellationToken));
        return new CodeTraceResult(findings, ranking, trace.Discoveries(sums, RankingLevel));
    }

    private Finding Judge(TitledSample text, SampleScore own, CodeTrace trace, Subject subject, CancellationToken cancellationToken)
    {
        Sample sample = text.Sample;
        SignedSumNull law = subject.Law;
        long sum = trace.Sum(coded.Code, subject.Members);
        (double logP, TailMethod method) = law.LogUpperTail(sum);
        bool isCampaign = subject.Campaign is not null;
        var finding = new Finding
        {
            Question = Questions.Trace,
            Title = $"{text.Title}, {subject.Name}",
            Alternative = $"the suspect's text goes back to what {subject.Name} was served under key {keyed.KeyId}",
            Null = isCampaign ? "it goes back to none of its accounts" : "it does not",
            SupportCaveat = "Text that an account was served can have been passed on or published; who trained on it is to be established by other evidence.",
            NoSupportCaveat = "An account that gave a small part of the text is not seen.",
            Statistic = Statistic,
            Prior = Prior,
            Rule = options.Rule,
            Tests = options.Tests,
            Key = options.Key,
            Seed = options.Seed,
            Options = [.. options.Shown, .. Shown(sample, subject)],
            Assumptions =
            [
                "The key was drawn at random, and the accounts and campaigns were listed before the text was read.",
                "Nobody but the owner knows the codewords, so the codeword of an account that gave no text is independent of the text.",
                .. isCampaign ? ["The shares of the campaign's accounts were fixed from other evidence."] : Array.Empty<string>(),
            ],
            ToolVersion = options.ToolVersion,
            NullName = "signed-sum",
            NullDescription = isCampaign ? "sum of share times position count, each with a fair sign for every account and position" : "sum of position counts, each with a fair sign",
            LogP = logP,
            LogPMethod = method,
            LogE = law.LogE(sum),
            Effect = new EffectEstimate(law.SumOfWeights == 0 ? double.NaN : (double)sum / law.SumOfWeights, 0, "agreement of the position counts with the codewords"),
            Power = new PowerStatement(options.LogThreshold, options.Power, law.SmallestAgreement(options.LogThreshold, options.Power), options.Rule.EffectOfInterest, null, double.NaN),
            Counts = new MeasurementCounts
            {
                Documents = sample.Documents,
                Tokens = sample.Tokens,
                Rows = sample.RowCount,
                Scored = trace.Counts.Green,
                LeftOutByPrompts = own.PromptedRows,
                Others = [new NamedCount("accounts", accounts.Ids.Count), new NamedCount("members", subject.Members.Count), new NamedCount("positionCounts", trace.Null.SumOfWeights), new NamedCount("unread", sample.Provenance.Unread)],
            },
            Inputs =
            [
                .. SampleInputs.Of(sample, "suspect"),
                .. accounts.Ids.Count > 0 ? [new InputDigest("accounts", accounts.Name, accounts.Sha256, accounts.Ids.Count, 0)] : Array.Empty<InputDigest>(),
                .. subject.Campaign is { } campaign ? [new InputDigest("campaign", campaign.Name, campaign.Sha256, campaign.Members.Count, 0)] : Array.Empty<InputDigest>(),
            ],
            Panel = law.Variance == 0 ? null : Panel(trace, subject, sum, cancellationToken),
        };
        return finding.With(SampleDiagnostics.Of(sample, keyed.Scheme, own, finding.LogE));
    }

    /// <summary>The same accounts under codes that nothing was marked with.</summary>
    private PanelSummary Panel(CodeTrace trace, Subject subject, long own, CancellationToken cancellationToken)
    {
        double deviation = Math.Sqrt(subject.Law.Variance);
        var random = new SeededRandomBits(options.Seed, DecoyStream);
        var values = new double[decoys];
        for (int i = 0; i < decoys; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using AccountCode decoy = AccountCode.Draw(random);
            values[i] = trace.Sum(decoy, subject.Members);
        }

        double mean = values.Average();
        double spread = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (decoys - 1));
        double ratio = spread / deviation;
        return new PanelSummary
        {
            Count = decoys,
            Rank = 1 + values.Count(value => value >= own),
            Mean = mean,
            StandardDeviation = spread,
            TheoryMean = 0,
            TheoryStandardDeviation = deviation,
            Agrees = Math.Abs(mean) <= 5 * deviation / Math.Sqrt(decoys) && Math.Abs((ratio * ratio) - 1) <= 6 * Math.Sqrt(2.0 / (decoys - 1)),
        };
    }

    private NamedValue[] Shown(Sample sample, Subject subject) =>
    [
        new NamedValue("by", "code"),
        new NamedValue("traced", subject.Name),
        new NamedValue("positions", CodedGreenListScheme.Positions.ToString(CultureInfo.InvariantCulture)),
        new NamedValue("decoys", decoys.ToString(CultureInfo.InvariantCulture)),
        new NamedValue("selection", sample.Schema.Selection.Describe()),
        new NamedValue("tokenizer", sample.Schema.Tokenizer),
        new NamedValue("tokenizerHash", sample.Schema.TokenizerHash),
    ];

    /// <summary>An account or a campaign that is tested.</summary>
    private sealed record Subject(string Name, IReadOnlyList<CampaignMember> Members, SignedSumNull Law, Campaign? Campaign);
}
