using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Detection;

/// <summary>
/// Scores one table under many fresh keys of the same scheme: what the total looks like when the key has nothing to do
/// with the text. Repetitions, weak hashes and every other dependence between rows are the same for all keys, so the
/// rank of the true key among them is exact.
/// </summary>
public static class RandomKeyPanel
{
    /// <summary>Runs the panel.</summary>
    /// <param name="scheme">The scheme; keys are drawn from its own key space.</param>
    /// <param name="table">The table.</param>
    /// <param name="count">B, the number of keys, at least 1.</param>
    /// <param name="seed">Seed of the keys. Key b is drawn from stream b of it.</param>
    /// <param name="degreeOfParallelism">Threads, at least 1. The result does not depend on it.</param>
    /// <param name="progress">Told the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between keys.</param>
    /// <returns>The totals in units of the null, one a key, in the order of the keys.</returns>
    public static Int128[] Run(
        WatermarkScheme scheme,
        NGramTable table,
        int count,
        ulong seed,
        int degreeOfParallelism = 1,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var totals = new Int128[count];
        int done = 0;
        int step = Math.Max(1, count / 200);
        var options = new ParallelOptions { MaxDegreeOfParallelism = degreeOfParallelism, CancellationToken = cancellationToken };
        Parallel.For(0, count, options, index =>
        {
            using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(seed, (ulong)index));
            using KeyedScheme keyed = scheme.WithKey(secret);
            totals[index] = TableScoring.Score(keyed, table, 1, cancellationToken).Total;
            int finished = Interlocked.Increment(ref done);
            if (finished % step == 0 || finished == count)
                progress?.Report((double)finished / count);
        });
        return totals;
    }
}
