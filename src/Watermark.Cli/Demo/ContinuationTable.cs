namespace Watermark.Cli.Demo;

/// <summary>What follows each context of one length: rows in ascending order of a packed context key.</summary>
internal sealed class ContinuationTable
{
    private readonly ulong[] contexts;
    private readonly int[] starts;
    private readonly float[] logPassedOn;
    private readonly int[] ranks;
    private readonly float[] logProbabilities;

    /// <summary>Creates a table from its columns.</summary>
    /// <param name="contexts">Packed contexts, ascending.</param>
    /// <param name="starts">Where each row begins; one longer than <paramref name="contexts"/>.</param>
    /// <param name="logPassedOn">ln of the probability each context leaves to the shorter one.</param>
    /// <param name="ranks">The continuations of all rows.</param>
    /// <param name="logProbabilities">Their interpolated natural-log probabilities.</param>
    public ContinuationTable(ulong[] contexts, int[] starts, float[] logPassedOn, int[] ranks, float[] logProbabilities)
    {
        this.contexts = contexts;
        this.starts = starts;
        this.logPassedOn = logPassedOn;
        this.ranks = ranks;
        this.logProbabilities = logProbabilities;
    }

    /// <summary>The row of a context, or a negative number.</summary>
    /// <param name="context">The packed context.</param>
    public int Find(ulong context) => Array.BinarySearch(contexts, context);

    /// <summary>ln of the probability the row leaves to the shorter context.</summary>
    /// <param name="row">The row.</param>
    public float LogPassedOn(int row) => logPassedOn[row];

    /// <summary>The ranks that follow, the most frequent continuation first.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<int> Ranks(int row) => ranks.AsSpan(starts[row]..starts[row + 1]);

    /// <summary>Their natural-log probabilities.</summary>
    /// <param name="row">The row.</param>
    public ReadOnlySpan<float> LogProbabilities(int row) => logProbabilities.AsSpan(starts[row]..starts[row + 1]);
}
