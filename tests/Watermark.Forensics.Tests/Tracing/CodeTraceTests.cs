using System.Text;
using System.Globalization;
using Watermark.Forensics.Tracing.Codes;
using Watermark.Randomness;
using Watermark.Schemes.Coded;
using Watermark.Statistics;
using Xunit.Abstractions;

namespace Watermark.Forensics.Tests.Tracing;

public sealed class CodeTraceTests(ITestOutputHelper output)
{
    private const int Positions = CodedGreenListScheme.Positions;
    private const int RowsPerPosition = 60;

    [Fact]
    public void One_account_of_a_hundred_thousand_with_two_percent_of_the_text_is_named()
    {
        // A student of one account alone has z = 500: an agreement of 500/sqrt(4096·60) ≈ 1 of each green row's half.
        var random = new SeededRandomBits(21);
        using AccountCode code = AccountCode.Draw(random);
        string[] accounts = [.. Enumerable.Range(0, 100_000).Select(i => $"account-{i}")];
        var trace = new CodeTrace(Draw(code, ["account-777"], 0.02, random));
        long[] sums = trace.Sums(code, accounts, CancellationToken.None);

        // Expected z is 0.02·sqrt(245,760) = 9.9. It falls below the 6.7 that 1e-6 over 100,000 tests needs once in 1,500.
        RankedAccount first = trace.Rank(accounts, sums, 1e-6)[0];
        Assert.Equal("account-777", first.Account);
        Assert.True(first.LogPHolm <= Math.Log(1e-6));
        Assert.True(first.LogE <= -first.LogP);
        Assert.Equal(1, trace.Discoveries(sums, 0.05));
    }

    [Fact]
    public void A_campaign_of_a_thousand_accounts_is_named_where_none_of_its_accounts_is()
    {
        var random = new SeededRandomBits(22);
        using AccountCode code = AccountCode.Draw(random);
        string[] accounts = [.. Enumerable.Range(0, 1_000).Select(i => $"member-{i}")];
        var trace = new CodeTrace(Draw(code, accounts, 1, random));
        CampaignMember[] members = [.. accounts.Select(account => new CampaignMember(account, 1))];
        CampaignMember[] others = [.. Enumerable.Range(0, 1_000).Select(i => new CampaignMember($"other-{i}", 1))];

        // Expected z of the campaign is 496/sqrt(1000) = 15.7, of a member 0.5.
        SignedSumNull law = trace.NullOf(members);
        (double logP, TailMethod method) = law.LogUpperTail(trace.Sum(code, members));
        Assert.Equal(TailMethod.Exact, method);
        Assert.True(logP < Math.Log(1e-6));
        Assert.True(law.LogE(trace.Sum(code, members)) > Math.Log(1e6));
        Assert.Empty(trace.Rank(accounts, trace.Sums(code, accounts, CancellationToken.None), 1e-6));
        Assert.True(trace.NullOf(others).LogUpperTail(trace.Sum(code, others)).LogP > Math.Log(1e-6));
    }

    [Fact]
    public void Accounts_that_gave_nothing_are_not_named()
    {
        // 60 texts of one account, each looked up among 1,000 others, at 1 %: by Holm's method a text names any of them with
        // probability at most 1 %; five or more of 60 happen once in 3,000. WATERMARK_TRACE_TEXTS asks for more texts, among 10,000
        // accounts: of 1,000 texts 3.2 standard deviations more than 10 are allowed.
        int texts = int.TryParse(Environment.GetEnvironmentVariable("WATERMARK_TRACE_TEXTS"), CultureInfo.InvariantCulture, out int asked) ? asked : 60;
        var random = new SeededRandomBits(23);
        string[] accounts = [.. Enumerable.Range(0, texts > 60 ? 10_000 : 1_000).Select(i => $"innocent-{i}")];
        int named = 0;
        int discovered = 0;
        for (int i = 0; i < texts; i++)
        {
            using AccountCode code = AccountCode.Draw(random);
            var trace = new CodeTrace(Draw(code, ["guilty"], 0.3, random));
            long[] sums = trace.Sums(code, accounts, CancellationToken.None);
            named += trace.Rank(accounts, sums, 0.01).Count > 0 ? 1 : 0;
            discovered += trace.Discoveries(sums, 0.05) > 0 ? 1 : 0;
        }

        output.WriteLine($"{texts} texts, {accounts.Length} accounts: {named} texts named an account at 1 %, {discovered} by e-BH at 5 %");
        Assert.InRange(named, 0, texts > 60 ? (0.01 * texts) + (3.2 * Math.Sqrt(0.01 * texts)) : 4);
        Assert.InRange(discovered, 0, texts > 60 ? (0.05 * texts) + (3.2 * Math.Sqrt(0.05 * texts)) : 9);
    }

    [Fact]
    public void The_p_values_of_innocent_accounts_are_uniform()
    {
        // 20,000 accounts: the share with p ≤ 0.1 has a standard deviation of 0.0021, that of p ≤ 0.01 0.0007; five of them, and
        // discrete p-values may only be larger.
        var random = new SeededRandomBits(24);
        using AccountCode code = AccountCode.Draw(random);
        var trace = new CodeTrace(Draw(code, ["guilty"], 0.5, random));
        string[] accounts = [.. Enumerable.Range(0, 20_000).Select(i => $"innocent-{i}")];
        long[] sums = trace.Sums(code, accounts, CancellationToken.None);
        long tenth = First(trace.Null, 0.1);
        long hundredth = First(trace.Null, 0.01);
        Assert.InRange(sums.Count(sum => sum >= tenth) / 20_000.0, 0.088, 0.1106);
        Assert.InRange(sums.Count(sum => sum >= hundredth) / 20_000.0, 0.0062, 0.0135);
    }

    [Fact]
    public void A_campaign_of_one_is_an_account_and_shares_weigh_its_sums()
    {
        var random = new SeededRandomBits(25);
        using AccountCode code = AccountCode.Draw(random);
        var trace = new CodeTrace(Draw(code, ["a", "b"], 0.4, random));
        long[] sums = trace.Sums(code, ["a", "b"], CancellationToken.None);
        Assert.Equal(trace.Null.LogUpperTail(sums[0]).LogP, trace.NullOf([new("a", 1)]).LogUpperTail(sums[0]).LogP, 1e-9);
        Assert.Equal((3 * sums[0]) + sums[1], trace.Sum(code, [new("a", 3), new("b", 1)]));
        Assert.Equal(10 * trace.Null.Variance, trace.NullOf([new("a", 3), new("b", 1)]).Variance, 1e-3);
    }

    [Fact]
    public void Lists_are_read_and_wrong_ones_refused()
    {
        AccountList list = AccountList.Read("list", "a\r\n\n b \n"u8);
        Assert.Equal(["a", "b"], list.Ids);
        Campaign campaign = Campaign.Read("c", "a\t3\nb\n"u8);
        Assert.Equal([new CampaignMember("a", 3), new CampaignMember("b", 1)], campaign.Members);
        foreach (string table in new[] { "id,name\na,b\n", "a\tb\n", "\"a\"\n", "{\"secret\": \"c2VjcmV0\"}\n" })
        {
            string message = Assert.Throws<InputFormatException>(() => AccountList.Read("list", System.Text.Encoding.UTF8.GetBytes(table))).Message;
            Assert.StartsWith("list: line 1 holds", message, StringComparison.Ordinal);
            Assert.DoesNotContain("c2VjcmV0", message, StringComparison.Ordinal);
        }

        Assert.Contains("line 2", Assert.Throws<InputFormatException>(() => AccountList.Read("list", "a\na\n"u8)).Message, StringComparison.Ordinal);
        Assert.Throws<InputFormatException>(() => AccountList.Read("list", " \n"u8));
        Assert.Throws<InputFormatException>(() => AccountList.Read("list", [0xff, 0xfe, 0x41]));
        foreach (string wrong in new[] { "a\t0", "a\t1001", "a\t1.5", "a\t-1", "a\t1\t2", "a\t1\na\t2" })
            Assert.Throws<InputFormatException>(() => Campaign.Read("c", Encoding.UTF8.GetBytes(wrong)));
    }

    /// <summary>Green rows of which a share leans fully to the codewords of accounts, in turn, and the rest are fair coins.</summary>
    private static CodeCounts Draw(AccountCode code, string[] accounts, double share, SeededRandomBits random)
    {
        byte[][] codewords = [.. accounts.Select(account =>
        {
            byte[] codeword = new byte[AccountCode.CodewordBytes];
            code.Write(account, codeword);
            return codeword;
        })];
        int[] differences = new int[Positions];
        for (int i = 0; i < Positions; i++)
        {
            for (int row = 0; row < RowsPerPosition; row++)
            {
                byte[] codeword = codewords[(int)random.NextBelow((ulong)codewords.Length)];
                int bit = random.NextDouble() < share ? (codeword[i / 8] >> (i % 8)) & 1 : (int)random.NextBelow(2);
                differences[i] += bit == 0 ? 1 : -1;
            }
        }

        return CodeCounts.From(differences, (long)Positions * RowsPerPosition);
    }

    private static long First(SignedSumNull law, double alpha)
    {
        (long low, long high) = (0, law.SumOfWeights);
        while (high - low > 1)
        {
            long middle = (low + high) / 2;
            (low, high) = law.LogUpperTail(middle).LogP <= Math.Log(alpha) ? (low, middle) : (middle, high);
        }

        return high;
    }
}
