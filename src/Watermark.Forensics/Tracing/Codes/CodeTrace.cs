using Watermark.Schemes.Coded;
using Watermark.Statistics;

namespace Watermark.Forensics.Tracing.Codes;

/// <summary>An account whose adjusted p-value is at most the ranking's level.</summary>
/// <param name="Account">Its id.</param>
/// <param name="Sum">S_j = Σ D_i·X_ji.</param>
/// <param name="LogP">ln of its p-value alone.</param>
/// <param name="LogPHolm">ln of its p-value by Holm's method over all accounts.</param>
/// <param name="LogE">ln of its e-value alone.</param>
public sealed record RankedAccount(string Account, long Sum, double LogP, double LogPHolm, double LogE);

/// <summary>The sums of many accounts against one null, which they share: given D, S_j is Σ |D_i| with fair signs.</summary>
internal sealed class CodeTrace
{
    private readonly CodeCounts counts;
    private readonly CodeSums sums;
    private readonly WeightClass[] weights;

    /// <summary>Creates a trace of a text.</summary>
    /// <param name="counts">Its green rows by position.</param>
    public CodeTrace(CodeCounts counts)
    {
        this.counts = counts;
        sums = new CodeSums(counts.Differences);
        var sizes = new Dictionary<int, long>();
        foreach (int difference in counts.Differences)
        {
            if (difference != 0)
                sizes[Math.Abs(difference)] = sizes.GetValueOrDefault(Math.Abs(difference)) + 1;
        }

        weights = [.. sizes.OrderBy(size => size.Key).Select(size => new WeightClass(size.Key, size.Value))];
        Null = new SignedSumNull(weights);
    }

    /// <summary>The null of every account.</summary>
    public SignedSumNull Null { get; }

    /// <summary>The text's rows.</summary>
    public CodeCounts Counts => counts;

    /// <summary>S of accounts.</summary>
    /// <param name="code">The code.</param>
    /// <param name="accounts">The accounts.</param>
    /// <param name="cancellationToken">Stops between accounts.</param>
    public long[] Sums(AccountCode code, IReadOnlyList<string> accounts, CancellationToken cancellationToken)
    {
        var result = new long[accounts.Count];
        Span<byte> codeword = stackalloc byte[AccountCode.CodewordBytes];
        for (int i = 0; i < result.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            code.Write(accounts[i], codeword);
            result[i] = sums.Of(codeword);
        }

        return result;
    }

    /// <summary>Σ share·S of a campaign's accounts.</summary>
    /// <param name="code">The code.</param>
    /// <param name="members">The accounts.</param>
    public long Sum(AccountCode code, IReadOnlyList<CampaignMember> members)
    {
        long sum = 0;
        Span<byte> codeword = stackalloc byte[AccountCode.CodewordBytes];
        foreach (CampaignMember member in members)
        {
            code.Write(member.Account, codeword);
            sum += (long)member.Share * sums.Of(codeword);
        }

        return sum;
    }

    /// <summary>The null of a campaign: one fair sign for each account and position, with the weight share·|D_i|.</summary>
    /// <param name="members">The accounts.</param>
    public SignedSumNull NullOf(IReadOnlyList<CampaignMember> members)
    {
        var products = new Dictionary<int, long>();
        foreach (IGrouping<int, CampaignMember> group in members.GroupBy(member => member.Share))
        {
            foreach (WeightClass weight in weights)
            {
                int product = checked(group.Key * weight.Weight);
                products[product] = products.GetValueOrDefault(product) + (group.Count() * weight.Count);
            }
        }

        return new SignedSumNull([.. products.OrderBy(product => product.Key).Select(product => new WeightClass(product.Key, product.Value))]);
    }

    /// <summary>The accounts by falling sum, as long as Holm's adjusted p-value is at most a level.</summary>
    /// <param name="accounts">All accounts.</param>
    /// <param name="scores">Their sums.</param>
    /// <param name="alpha">The level.</param>
    public IReadOnlyList<RankedAccount> Rank(IReadOnlyList<string> accounts, long[] scores, double alpha)
    {
        int[] order = [.. Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ThenBy(i => i)];
        var ranked = new List<RankedAccount>();
        double largest = double.NegativeInfinity;
        for (int rank = 0; rank < order.Length; rank++)
        {
            long sum = scores[order[rank]];
            double logP = Null.LogUpperTail(sum).LogP;
            largest = Math.Max(largest, Math.Min(0, logP + Math.Log(order.Length - rank)));
            if (largest > Math.Log(alpha))
                break;
            ranked.Add(new RankedAccount(accounts[order[rank]], sum, logP, largest, Null.LogE(sum)));
        }

        return ranked;
    }

    /// <summary>How many accounts the e-Benjamini-Hochberg procedure names.</summary>
    /// <param name="scores">The sums of all accounts.</param>
    /// <param name="alpha">The false discovery rate.</param>
    public int Discoveries(long[] scores, double alpha)
    {
        if (scores.Length == 0)
            return 0;

        // The e-value rises with the sum, so sums too small for the weakest threshold, 1/alpha, need none.
        long? least = Null.SmallestSum(-Math.Log(alpha));
        return least is null ? 0 : Multiplicity.EBenjaminiHochberg([.. scores.Select(sum => sum < least ? double.NegativeInfinity : Null.LogE(sum))], alpha);
    }
}
