using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>
/// What every row of a sample scores under one key, or why it does not count. Everything that a finding takes from the key
/// follows from it, so who has it and the sample can compute the finding without the key.
/// </summary>
/// <remarks>All integers: the same on every machine. It shows the key's bits at the rows of the sample, and no others.</remarks>
public sealed class ScoredRows
{
    /// <summary>The coin of a row that does not count because a prompt decided it.</summary>
    public const int Prompted = -1;

    /// <summary>The coin of a row that does not count because it is the same under every key.</summary>
    public const int Keyless = -2;

    private readonly int[]? coinOfRow;
    private readonly long[] scores;

    /// <summary>Creates it from coins and their scores.</summary>
    /// <param name="coinOfRow">The coin of each row, numbered from 0 in the order in which rows first show them, or <see cref="Prompted"/> or <see cref="Keyless"/>; null where each row is its own coin.</param>
    /// <param name="scores">The score of each coin, in units of the scheme's null.</param>
    /// <exception cref="ArgumentException">The coins are not numbered so.</exception>
    public ScoredRows(int[]? coinOfRow, long[] scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        this.coinOfRow = coinOfRow;
        this.scores = scores;
        int next = 0;
        foreach (int coin in coinOfRow ?? [])
        {
            if (coin < Keyless || coin > next)
                throw new ArgumentException($"The coin {coin} stands where at most {next} was expected.", nameof(coinOfRow));
            next += coin == next ? 1 : 0;
        }

        if (coinOfRow is not null && next != scores.Length)
            throw new ArgumentException($"There are {scores.Length} scores for {next} coins.", nameof(scores));
    }

    /// <summary>The number of rows.</summary>
    public int RowCount => coinOfRow?.Length ?? scores.Length;

    /// <summary>Whether rows may share coins; else each row is its own coin.</summary>
    public bool SharesCoins => coinOfRow is not null;

    /// <summary>The score of each coin, in units of the scheme's null.</summary>
    public ReadOnlySpan<long> Scores => scores;

    /// <summary>The coin of a row, or <see cref="Prompted"/> or <see cref="Keyless"/>.</summary>
    /// <param name="row">The row.</param>
    public int CoinOf(int row) => coinOfRow is null ? row : coinOfRow[row];

    /// <summary>The score of the sample: the same as <see cref="Scorer"/> gives for the key.</summary>
    /// <param name="sample">The sample that was scored.</param>
    /// <exception cref="ArgumentException">The sample has another number of rows.</exception>
    public SampleScore Total(Sample sample)
    {
        Check(sample);
        if (!SharesCoins)
            return TotalOfRows(sample);
        int[]? weights = sample.HasWeights ? WeightsOfCoins(sample) : null;
        Int128 total = 0;
        for (int coin = 0; coin < scores.Length; coin++)
            total += (Int128)scores[coin] * (weights is null ? 1 : weights[coin]);
        (long prompted, long keyless) = (0, 0);
        foreach (int coin in coinOfRow!)
        {
            prompted += coin == Prompted ? 1 : 0;
            keyless += coin == Keyless ? 1 : 0;
        }

        WeightClass[]? classes = weights is null ? null : Classes(weights);
        return new SampleScore
        {
            Rows = classes?.Sum(item => item.Count) ?? scores.Length,
            Total = total,
            Weights = classes,
            PromptedRows = prompted,
            KeylessRows = keyless,
            RepeatedRows = RowCount - prompted - keyless - scores.Length,
        };
    }

    /// <summary>The score of every document, each coin counted with the document that stands for its first row.</summary>
    /// <param name="sample">The sample that was scored.</param>
    /// <returns>Rows and totals by document, in ascending order of the documents' hashes; empty for a sample without documents, with weights, or whose rows count as often as they occur.</returns>
    /// <exception cref="ArgumentException">The sample has another number of rows.</exception>
    public IReadOnlyList<KeyTotal> Documents(Sample sample)
    {
        Check(sample);
        if (sample.RowDocuments.IsEmpty || sample.HasWeights || sample.Schema.CountsOccurrences)
            return [];
        var totals = new SortedDictionary<ulong, KeyTotal>();
        int next = 0;
        for (int row = 0; row < RowCount; row++)
        {
            if (CoinOf(row) != next)
                continue;
            KeyTotal total = totals.GetValueOrDefault(sample.RowDocuments[row]);
            totals[sample.RowDocuments[row]] = new KeyTotal(total.Rows + 1, total.Total + scores[next++]);
        }

        return [.. totals.Values];
    }

    /// <summary>
    /// A sentence on why these cannot be the scores of a sample under any key of a scheme, or null. Scores that came without
    /// the key are checked so.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The scheme.</param>
    public string? Fault(Sample sample, WatermarkScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(scheme);
        if (Scorer.Fault(sample, scheme) is { } fault)
            return fault;
        if (sample.RowCount != RowCount)
            return $"The sample has {sample.RowCount} rows; {RowCount} were scored.";
        if (SharesCoins != Scorer.UsesCoins(sample, scheme))
            return SharesCoins ? "The scores join rows to coins, and each row of this sample counts by itself under this scheme." : "The scores do not join rows to coins, as this scheme does.";
        long largest = LargestScore(scheme.Null);
        for (int coin = 0; coin < scores.Length; coin++)
        {
            if (scores[coin] < 0 || scores[coin] > largest)
                return $"The score of coin {coin} is {scores[coin]}; 0 to {largest} was expected.";
        }

        return SharesCoins ? FaultOfCoins(sample) : null;
    }

    /// <summary>A row's largest score in units; for scores without a largest one, far more than uniforms of 64 bits give.</summary>
    private static long LargestScore(ScoreNull rowNull) => (long)(rowNull.LargestTotal(1) ?? Int128.Min((Int128)64 * rowNull.UnitsPerPoint, long.MaxValue));

    private string? FaultOfCoins(Sample sample)
    {
        var tokens = new int[scores.Length];
        ReadOnlySpan<int> rowTokens = sample.Rows.Tokens;
        int next = 0;
        for (int row = 0; row < RowCount; row++)
        {
            int coin = CoinOf(row);
            if (coin == next)
                tokens[next++] = rowTokens[row];
            else if (coin >= 0 && tokens[coin] != rowTokens[row])
                return $"Row {row} has another token than the first row of its coin {coin}.";
            else if (coin == Prompted && sample.Prompts.Count == 0)
                return $"Row {row} is left out because a prompt decided it, and the sample has no prompts.";
        }

        return null;
    }

    private SampleScore TotalOfRows(Sample sample)
    {
        Int128 total = 0;
        for (int row = 0; row < scores.Length; row++)
            total += (Int128)scores[row] * (sample.HasWeights ? sample.Weights[row] : sample.Schema.CountsOccurrences ? sample.Occurrences[row] : 1);
        WeightClass[]? classes = null;
        if (sample.HasWeights)
        {
            int[] weights = new int[sample.RowCount];
            for (int row = 0; row < weights.Length; row++)
                weights[row] = sample.Weights[row];
            classes = Classes(weights);
        }

        return new SampleScore { Rows = classes?.Sum(item => item.Count) ?? sample.ScoredRows, Total = total, Weights = classes };
    }

    /// <summary>The weight of a coin is the sum of the weights of its rows.</summary>
    private int[] WeightsOfCoins(Sample sample)
    {
        var weights = new int[scores.Length];
        for (int row = 0; row < RowCount; row++)
        {
            if (CoinOf(row) is >= 0 and var coin)
                weights[coin] = checked(weights[coin] + sample.Weights[row]);
        }

        return weights;
    }

    private static WeightClass[] Classes(int[] weights) =>
        [.. weights.Where(weight => weight != 0).CountBy(weight => weight).Select(item => new WeightClass(item.Key, item.Value)).OrderBy(item => item.Weight)];

    private void Check(Sample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        if (sample.RowCount != RowCount)
            throw new ArgumentException($"The sample has {sample.RowCount} rows; {RowCount} were scored.", nameof(sample));
    }
}
