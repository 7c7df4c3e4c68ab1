namespace Watermark.Statistics;

/// <summary>
/// Wealth of a gambler who bets on gains g_t in [−1, 1] that are fair under H0, E[g_t | past] = 0: W_t = Π(1 + λ_t·g_t) is an
/// e-value at every time, however the time to look is chosen.
/// </summary>
/// <remarks>
/// The stakes λ_t are predictable: the wealth starts in equal parts on a few fixed stakes, and each part bets its own. λ_t is then
/// the mean of the stakes, weighted by the parts' wealth, and lies between the smallest and the largest of them. By Ville's
/// inequality 1/max W is a p-value at every time. (Shekhar and Ramdas, "Nonparametric two-sample testing by betting", 2024;
/// Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", 2024.) May differ between machines in the
/// last place.
/// </remarks>
public sealed class BettingEProcess
{
    /// <summary>The name of the stakes with their version.</summary>
    public const string Prior = "betting-grid 1";

    /// <summary>The largest size of a stake.</summary>
    public const double LargestStake = 0.5;

    private static readonly double[] Shares = [0.125, 0.25, 0.5, 0.9];

    private readonly double[] stakes;
    private readonly double[] logParts;

    /// <summary>Starts with wealth 1 on the stakes 1/8, 1/4 and 1/2.</summary>
    public BettingEProcess()
        : this(0.125, 0.25, 0.5)
    {
    }

    /// <summary>Starts with wealth 1.</summary>
    /// <param name="stakes">The stakes, each in [−1/2, 1/2]; at least one.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no stake, or one is out of its range.</exception>
    public BettingEProcess(params ReadOnlySpan<double> stakes)
    {
        ArgumentOutOfRangeException.ThrowIfZero(stakes.Length, nameof(stakes));
        foreach (double stake in stakes)
        {
            if (!(Math.Abs(stake) <= LargestStake))
                throw new ArgumentOutOfRangeException(nameof(stakes), stake, "A stake lies between -1/2 and 1/2.");
        }

        this.stakes = stakes.ToArray();
        logParts = new double[stakes.Length];
    }

    /// <summary>Bets made.</summary>
    public long Bets { get; private set; }

    /// <summary>ln W_t: the e-value now.</summary>
    public double LogWealth { get; private set; }

    /// <summary>ln of the largest wealth so far, at least 0: the wealth at the start counts.</summary>
    public double LogLargest { get; private set; }

    /// <summary>ln p = −ln max W, at most 0.</summary>
    public double LogP => 0 - LogLargest;

    /// <summary>λ of the next bet.</summary>
    public double Stake
    {
        get
        {
            double top = logParts.Max();
            double sum = 0;
            double weighted = 0;
            for (int i = 0; i < stakes.Length; i++)
            {
                double part = Math.Exp(logParts[i] - top);
                sum += part;
                weighted += part * stakes[i];
            }

            return weighted / sum;
        }
    }

    /// <summary>Bets on one gain.</summary>
    /// <param name="gain">g_t, −1 … 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The gain is out of its range.</exception>
    public void Bet(double gain)
    {
        if (!(Math.Abs(gain) <= 1))
            throw new ArgumentOutOfRangeException(nameof(gain), gain, "A gain lies between -1 and 1.");
        for (int i = 0; i < stakes.Length; i++)
            logParts[i] += NearOne.Log1P(stakes[i] * gain);
        Bets++;
        LogWealth = LogMean(logParts);
        LogLargest = Math.Max(LogLargest, LogWealth);
    }

    /// <summary>
    /// ln of an e-value against "the mean of the expectations of independent values is at least <paramref name="mean"/>": the mean
    /// of Π(1 + λ(mean − v_i)) over fixed λ. By the inequality of means its expectation is at most 1 there, also where the
    /// expectations differ. For a number of values that was fixed beforehand.
    /// </summary>
    /// <param name="values">v_i, each at most <paramref name="largest"/>.</param>
    /// <param name="mean">The mean that is tested against.</param>
    /// <param name="largest">The largest possible value, above the mean.</param>
    /// <returns>0 where there are no values.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is above the largest, or the mean is not below it.</exception>
    public static double LogEAgainstMean(ReadOnlySpan<double> values, double mean, double largest)
    {
        if (!(mean < largest))
            throw new ArgumentOutOfRangeException(nameof(mean), mean, $"The mean must be below the largest value, {largest}.");
        double[] logs = new double[Shares.Length];
        foreach (double value in values)
        {
            if (!(value <= largest))
                throw new ArgumentOutOfRangeException(nameof(values), value, $"A value is at most {largest}.");
            for (int i = 0; i < Shares.Length; i++)
                logs[i] += NearOne.Log1P(Shares[i] * (mean - value) / (largest - mean));
        }

        return LogMean(logs);
    }

    private static double LogMean(double[] logs)
    {
        double top = logs.Max();
        return top + Math.Log(logs.Sum(log => Math.Exp(log - top)) / logs.Length);
    }
}
