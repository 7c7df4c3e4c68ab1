using Watermark.Randomness;

namespace Watermark.Forensics.Fingerprints.Equality;

/// <summary>
/// The squared maximum mean discrepancy of two models' replies under the kernel k(x, y) = share of equal positions at the same
/// prompt, 0 at different prompts: mean k over ordered pairs i ≠ j of X, plus the same of Y, minus twice the mean over cross pairs,
/// each pooled over prompts.
/// </summary>
/// <remarks>
/// Gretton et al., "A kernel two-sample test", JMLR 2012; for models: Gao et al., "Model equality testing", arXiv:2410.20247. Totals
/// are integers: the three means over the common denominator N_xx·N_yy·N_xy·L.
/// </remarks>
internal sealed class MmdStatistic
{
    private readonly Group[] groups;
    private readonly int length;
    private readonly Int128 pairWeight;
    private readonly Int128 rowWeight;
    private readonly Int128 denominator;

    /// <summary>Counts agreements.</summary>
    /// <param name="replies">The replies; at least one prompt.</param>
    public MmdStatistic(PairedReplies replies)
    {
        length = replies.Length;
        groups = [.. replies.Prompts.Select(prompt => new Group(prompt))];
        Int128 first = 0;
        Int128 second = 0;
        Int128 cross = 0;
        foreach (Group group in groups)
        {
            long other = group.Count - group.First;
            first += (long)group.First * (group.First - 1);
            second += other * (other - 1);
            cross += group.First * other;
        }

        // With S the sum of agreements in X and R the sum of the rows of X: cross = R − S and Y = total − 2R + S, so the statistic is
        // linear in S and R.
        Int128 forFirst = second * cross;
        Int128 forSecond = first * cross;
        Int128 forCross = first * second;
        denominator = first * second * cross;
        pairWeight = forFirst + forSecond + (2 * forCross);
        rowWeight = 2 * (forSecond + forCross);
        Constant = forSecond * groups.Aggregate((Int128)0, (sum, group) => sum + group.Total);
        Observed = groups.Aggregate(Constant, (sum, group) => sum + Contribution(group, [.. Enumerable.Range(0, group.First)]));
    }

    /// <summary>The observed total.</summary>
    public Int128 Observed { get; }

    /// <summary>The number of ways to exchange labels within prompts; <see cref="long.MaxValue"/> where it is larger.</summary>
    public long Labellings => groups.Aggregate(1L, (product, group) => Times(product, group.Labellings()));

    private Int128 Constant { get; }

    /// <summary>A total as a squared discrepancy.</summary>
    /// <param name="total">The total, or a difference of totals.</param>
    public double ToSquaredDiscrepancy(double total) => total / ((double)denominator * length);

    /// <summary>The totals of all labellings.</summary>
    public Int128[] All()
    {
        List<Int128> totals = [Constant];
        foreach (Group group in groups)
        {
            List<Int128> ways = [];
            foreach (int[] chosen in Subsets(group.Count, group.First))
                ways.Add(Contribution(group, chosen));
            totals = [.. totals.SelectMany(_ => ways, (total, way) => total + way)];
        }

        return [.. totals];
    }

    /// <summary>The totals of labellings drawn at random, each prompt by itself.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public Int128[] Draw(int count, ulong seed, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var random = new SeededRandomBits(seed, 0x6d6d64);
        int[] order = new int[groups.Max(group => group.Count)];
        var totals = new Int128[count];
        for (int b = 0; b < count; b++)
        {
            if (b % 100 == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report((double)b / count);
            }

            Int128 total = Constant;
            foreach (Group group in groups)
            {
                for (int i = 0; i < group.Count; i++)
                    order[i] = i;
                for (int i = 0; i < group.First; i++)
                {
                    int other = i + (int)random.NextBelow((ulong)(group.Count - i));
                    (order[i], order[other]) = (order[other], order[i]);
                }

                total += Contribution(group, order.AsSpan(0, group.First));
            }

            totals[b] = total;
        }

        return totals;
    }

    private Int128 Contribution(Group group, ReadOnlySpan<int> chosen)
    {
        long pairs = 0;
        long rows = 0;
        foreach (int i in chosen)
        {
            rows += group.Rows[i];
            ReadOnlySpan<int> row = group.Agreements.AsSpan(i * group.Count, group.Count);
            foreach (int j in chosen)
                pairs += row[j];
        }

        return (pairWeight * pairs) - (rowWeight * rows);
    }

    /// <summary>All subsets of a size, in lexicographic order.</summary>
    private static IEnumerable<int[]> Subsets(int count, int size)
    {
        int[] chosen = [.. Enumerable.Range(0, size)];
        while (true)
        {
            yield return chosen;
            int i = size - 1;
            while (i >= 0 && chosen[i] == count - size + i)
                i--;
            if (i < 0)
                yield break;
            chosen[i]++;
            for (int j = i + 1; j < size; j++)
                chosen[j] = chosen[j - 1] + 1;
        }
    }

    private static long Times(long first, long second) => (long)Int128.Min((Int128)first * second, long.MaxValue);

    private sealed class Group
    {
        public Group(PromptReplies replies)
        {
            First = replies.First.Length;
            Count = First + replies.Second.Length;
            Agreements = replies.Agreements();
            Rows = new long[Count];
            for (int i = 0; i < Agreements.Length; i++)
                Rows[i / Count] += Agreements[i];
            Total = Rows.Sum();
        }

        public int First { get; }

        public int Count { get; }

        public int[] Agreements { get; }

        public long[] Rows { get; }

        public long Total { get; }

        /// <summary>C(Count, First), at most <see cref="long.MaxValue"/>.</summary>
        public long Labellings()
        {
            Int128 ways = 1;
            for (int i = 1; i <= First; i++)
            {
                ways = ways * (Count - First + i) / i;
                if (ways > long.MaxValue)
                    return long.MaxValue;
            }

            return (long)ways;
        }
    }
}
