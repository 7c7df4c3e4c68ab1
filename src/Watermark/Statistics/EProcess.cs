namespace Watermark.Statistics;

/// <summary>
/// Evidence that is looked at while it grows: accumulates rows and keeps the largest e-value seen. H0 is <em>the scored
/// tokens are independent of the key</em>. Under H0 the chance that the e-value ever reaches 1/α is at most α, whatever
/// the looks and the reason to stop (Ville's inequality).
/// </summary>
/// <remarks>A look happens at every <see cref="Add"/>; rows added together are looked at once. Not safe for concurrent use.</remarks>
public sealed class EProcess
{
    private readonly ScoreNull scoreNull;

    /// <summary>Creates the process, with nothing seen.</summary>
    /// <param name="scoreNull">The null; one that offers an e-value.</param>
    /// <exception cref="ArgumentException">The null offers no e-value.</exception>
    public EProcess(ScoreNull scoreNull)
    {
        ArgumentNullException.ThrowIfNull(scoreNull);
        if (double.IsNaN(scoreNull.Test(1, 0).LogE))
            throw new ArgumentException($"{scoreNull.Description} offers no e-value.", nameof(scoreNull));
        this.scoreNull = scoreNull;
    }

    /// <summary>Rows seen.</summary>
    public long Rows { get; private set; }

    /// <summary>Sum of their scores, in units of the null.</summary>
    public Int128 Total { get; private set; }

    /// <summary>Natural log of the e-value now; 0 before the first row.</summary>
    public double LogE { get; private set; }

    /// <summary>Natural log of the largest e-value of all looks, at least 0.</summary>
    public double MaximumLogE { get; private set; }

    /// <summary>Natural log of the anytime-valid p-value min(1, 1/max E).</summary>
    public double LogAnytimeP => 0 - MaximumLogE;

    /// <summary>Adds rows and looks.</summary>
    /// <param name="rows">Rows, 0 or more.</param>
    /// <param name="total">Sum of their scores, in units of the null.</param>
    public void Add(long rows, Int128 total)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        long allRows = checked(Rows + rows);
        Int128 allTotal = checked(Total + total);
        LogE = scoreNull.Test(allRows, allTotal).LogE;
        (Rows, Total) = (allRows, allTotal);
        MaximumLogE = Math.Max(MaximumLogE, LogE);
    }
}
