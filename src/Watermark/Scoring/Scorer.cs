using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Scoring;

/// <summary>
/// Scores a sample under a set of keys. The verdict, the random keys and the search for an account all use it. Results are
/// integers and do not depend on the number of threads.
/// </summary>
/// <remarks>
/// Where a row is its own coin, rows are walked once for a batch of keys, a block at a time that stays in the cache. Where
/// coins are shared, each key finds its own (<see cref="WatermarkScheme.Coins"/>), and needs 40 to 70 bytes per row and
/// thread.
/// </remarks>
public static class Scorer
{
    // Twice what the native kernels take at once: the columns of a block stay in the first-level cache for all keys.
    private const int BlockRows = 1536;
    private const int TileRows = 1 << 16;
    private const int TileKeys = 64;
    private const int CoinBlock = 1 << 16;

    /// <summary>Scores a sample under one key.</summary>
    /// <param name="sample">The sample; its context width must be the scheme's.</param>
    /// <param name="key">Scheme and key.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="ArgumentException">The context widths differ, or the sample has weights and the scheme does not score one green bit per row.</exception>
    public static SampleScore Score(Sample sample, KeyedScheme key, int threads = 1, CancellationToken cancellationToken = default) =>
        Score(sample, [key], threads, null, cancellationToken)[0];

    /// <summary>Scores a sample under several keys.</summary>
    /// <param name="sample">The sample; its context width must be the schemes'.</param>
    /// <param name="keys">Schemes and keys.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>One score per key, in the order of the keys.</returns>
    /// <exception cref="ArgumentException">The context widths differ, or the sample has weights and the scheme does not score one green bit per row.</exception>
    public static SampleScore[] Score(
        Sample sample, IReadOnlyList<KeyedScheme> keys, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        foreach (KeyedScheme key in keys)
            Check(sample, key.Scheme);
        var scores = new SampleScore[keys.Count];
        int[] byRow = [.. Enumerable.Range(0, keys.Count).Where(i => !UsesCoins(sample, keys[i].Scheme))];
        int[] byCoin = [.. Enumerable.Range(0, keys.Count).Where(i => UsesCoins(sample, keys[i].Scheme))];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        if (byRow.Length > 0)
        {
            SampleScore[] rowScores = ScoreRows(sample, [.. byRow.Select(i => keys[i])], options);
            for (int i = 0; i < byRow.Length; i++)
                scores[byRow[i]] = rowScores[i];
        }

        if (byCoin.Length == 1)
        {
            scores[byCoin[0]] = ScoreCoins(sample, keys[byCoin[0]], options);
        }
        else
        {
            var alone = new ParallelOptions { MaxDegreeOfParallelism = 1, CancellationToken = cancellationToken };
            int done = 0;
            Parallel.For(0, byCoin.Length, options, i =>
            {
                scores[byCoin[i]] = ScoreCoins(sample, keys[byCoin[i]], alone);
                progress?.Report(Interlocked.Increment(ref done) / (double)byCoin.Length);
            });
        }

        progress?.Report(1);
        return scores;
    }

    /// <summary>
    /// Scores a sample under fresh keys of a scheme: shows the totals of keys that have nothing to do with the text.
    /// </summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scheme">The scheme; keys are drawn from its own key space.</param>
    /// <param name="count">B, the number of keys, at least 1.</param>
    /// <param name="seed">Seed of the keys. Key b is drawn from stream b of it.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>One score per key, in the order of the keys.</returns>
    public static SampleScore[] ScoreRandomKeys(
        Sample sample, WatermarkScheme scheme, int count, ulong seed, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var scores = new SampleScore[count];
        int batch = TileKeys * threads;
        for (int start = 0; start < count; start += batch)
        {
            KeyedScheme[] keys = [.. Enumerable.Range(start, Math.Min(batch, count - start)).Select(i => Draw(scheme, seed, i))];
            try
            {
                Score(sample, keys, threads, null, cancellationToken).CopyTo(scores, start);
            }
            finally
            {
                foreach (KeyedScheme key in keys)
                    key.Dispose();
            }

            progress?.Report((double)(start + keys.Length) / count);
        }

        return scores;
    }

    /// <summary>The null of random keys for a score: that of the same sample's scores under fresh keys.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="own">What the sample scores under the true key.</param>
    /// <param name="others">What it scores under fresh keys; at least one.</param>
    public static RandomKeysNull RandomKeyNull(WatermarkScheme scheme, SampleScore own, IReadOnlyList<SampleScore> others)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(others);
        double[] standardised = new double[others.Count];
        for (int i = 0; i < standardised.Length; i++)
            standardised[i] = others[i].TheoryNull(scheme).Standardise(others[i].Total);
        return TotalNull.RandomKeys(own.TheoryNull(scheme), standardised);
    }

    /// <summary>The score of every document of a sample under one key, each row or coin counted with the document that stands for it.</summary>
    /// <param name="sample">A sample with documents and without weights whose rows count once.</param>
    /// <param name="key">Scheme and key.</param>
    /// <returns>Rows and totals by document, in ascending order of the documents' hashes; empty where the sample has no documents.</returns>
    public static IReadOnlyList<KeyTotal> ScoreDocuments(Sample sample, KeyedScheme key)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(key);
        Check(sample, key.Scheme);
        if (sample.RowDocuments.IsEmpty || sample.HasWeights || sample.Schema.CountsOccurrences)
            return [];
        return ScoreEach(sample, key).Documents(sample);
    }

    /// <summary>The score of every row of a sample under one key, or why it does not count.</summary>
    /// <param name="sample">The sample; its context width must be the scheme's.</param>
    /// <param name="key">Scheme and key.</param>
    /// <exception cref="ArgumentException">The context widths differ, or the sample has weights and the scheme does not score one green bit per row.</exception>
    public static ScoredRows ScoreEach(Sample sample, KeyedScheme key)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(key);
        Check(sample, key.Scheme);
        if (!UsesCoins(sample, key.Scheme))
        {
            var rows = new long[sample.RowCount];
            key.ScoreRows(sample.Rows, rows);
            return new ScoredRows(null, rows);
        }

        CoinFilter coins = Filter(sample, key);
        var scores = new long[coins.Count];
        key.ScoreCoins(coins.Seeds, coins.Tokens, scores);
        return new ScoredRows(coins.CoinOfRow.ToArray(), scores);
    }

    /// <summary>Whether rows that share a coin count once.</summary>
    internal static bool UsesCoins(Sample sample, WatermarkScheme scheme) => sample.Schema.CountsCoins && scheme.Coins != CoinRule.Row;

    private static KeyedScheme Draw(WatermarkScheme scheme, ulong seed, int index)
    {
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(seed, (ulong)index));
        return scheme.WithKey(secret);
    }

    /// <summary>A sentence on why a sample cannot be scored under a scheme, or null.</summary>
    internal static string? Fault(Sample sample, WatermarkScheme scheme)
    {
        if (sample.Schema.ContextWidth != scheme.ContextWidth)
            return $"The sample has context width {sample.Schema.ContextWidth}; the key needs {scheme.ContextWidth}.";
        return sample.HasWeights && !IsOneGreenBit(scheme.Null)
            ? $"The scheme '{scheme.Name}' does not score one green bit per row; weights have no null under it."
            : null;
    }

    private static void Check(Sample sample, WatermarkScheme scheme)
    {
        if (Fault(sample, scheme) is { } fault)
            throw new ArgumentException(fault, nameof(sample));
    }

    private static bool IsOneGreenBit(ScoreNull scoreNull) => scoreNull is { CountsOnes: true, TrialsPerRow: 1, UnitsPerPoint: 1, Gamma: not null };

    /// <summary>
    /// Scores rows that are their own coins, in tiles of rows and keys: for each block of rows in a tile, all keys of the
    /// tile.
    /// </summary>
    private static SampleScore[] ScoreRows(Sample sample, KeyedScheme[] keys, ParallelOptions options)
    {
        int rowTiles = Math.Max(1, (sample.RowCount + TileRows - 1) / TileRows);
        int keyTiles = (keys.Length + TileKeys - 1) / TileKeys;
        var totals = new Int128[keys.Length];
        var gate = new Lock();
        Parallel.For(0, rowTiles * keyTiles, options, tile =>
        {
            int firstRow = tile / keyTiles * TileRows;
            int firstKey = tile % keyTiles * TileKeys;
            var part = new Int128[Math.Min(TileKeys, keys.Length - firstKey)];
            int blockRows = part.Length == 1 ? TileRows : BlockRows;
            var scores = new long[sample.HasWeights || sample.Schema.CountsOccurrences ? blockRows : 0];
            int lastRow = Math.Min(sample.RowCount, firstRow + TileRows);
            for (int start = firstRow; start < lastRow; start += blockRows)
            {
                NGramRows block = sample.Rows.Slice(start, Math.Min(blockRows, lastRow - start));
                for (int i = 0; i < part.Length; i++)
                    part[i] += Sum(sample, keys[firstKey + i], block, start, scores);
            }

            lock (gate)
            {
                for (int i = 0; i < part.Length; i++)
                    totals[firstKey + i] += part[i];
            }
        });
        IReadOnlyList<WeightClass>? weights = sample.HasWeights ? Classes(sample.Weights) : null;
        long rows = weights?.Sum(item => item.Count) ?? sample.ScoredRows;
        return Array.ConvertAll(totals, total => new SampleScore { Rows = rows, Total = total, Weights = weights });
    }

    /// <summary>The total of a block of rows under one key.</summary>
    private static Int128 Sum(Sample sample, KeyedScheme key, NGramRows block, int start, long[] scores)
    {
        if (scores.Length == 0)
            return key.SumScores(block);
        key.ScoreRows(block, scores);
        Int128 sum = 0;
        for (int i = 0; i < block.Count; i++)
            sum += (Int128)scores[i] * (sample.HasWeights ? sample.Weights[start + i] : sample.Occurrences[start + i]);
        return sum;
    }

    private static CoinFilter Filter(Sample sample, KeyedScheme key) =>
        new(key, sample.Rows, sample.RowDocuments, sample.Prompts, sample.PromptDocuments);

    private static SampleScore ScoreCoins(Sample sample, KeyedScheme key, ParallelOptions options)
    {
        CoinFilter coins = Filter(sample, key);
        int[]? weights = sample.HasWeights ? CoinWeights(sample, coins) : null;
        int blocks = (coins.Count + CoinBlock - 1) / CoinBlock;
        var totals = new Int128[blocks];
        Parallel.For(0, blocks, options, block =>
        {
            int start = block * CoinBlock;
            int count = Math.Min(CoinBlock, coins.Count - start);
            var scores = new long[count];
            key.ScoreCoins(coins.Seeds.Slice(start, count), coins.Tokens.Slice(start, count), scores);
            for (int i = 0; i < count; i++)
                totals[block] += (Int128)scores[i] * (weights is null ? 1 : weights[start + i]);
        });
        Int128 total = 0;
        foreach (Int128 part in totals)
            total += part;
        IReadOnlyList<WeightClass>? classes = weights is null ? null : [.. weights.Where(weight => weight != 0).CountBy(weight => weight).Select(item => new WeightClass(item.Key, item.Value)).OrderBy(item => item.Weight)];
        return new SampleScore
        {
            Rows = classes?.Sum(item => item.Count) ?? coins.Count,
            Total = total,
            Weights = classes,
            PromptedRows = coins.PromptedRows,
            RepeatedRows = coins.RepeatedRows,
            KeylessRows = coins.KeylessRows,
        };
    }

    /// <summary>The weight of a coin is the sum of the weights of its rows.</summary>
    private static int[] CoinWeights(Sample sample, CoinFilter coins)
    {
        var weights = new int[coins.Count];
        for (int row = 0; row < sample.RowCount; row++)
        {
            if (coins.CoinOfRow[row] is >= 0 and var coin)
                weights[coin] = checked(weights[coin] + sample.Weights[row]);
        }

        return weights;
    }

    private static WeightClass[] Classes(ReadOnlySpan<sbyte> weights)
    {
        var counts = new long[byte.MaxValue + 1];
        foreach (sbyte weight in weights)
            counts[weight - sbyte.MinValue]++;
        return [.. Enumerable.Range(sbyte.MinValue, counts.Length).Where(weight => weight != 0 && counts[weight - sbyte.MinValue] > 0).Select(weight => new WeightClass(weight, counts[weight - sbyte.MinValue]))];
    }
}
