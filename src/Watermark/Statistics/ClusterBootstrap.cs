using Watermark.Randomness;

namespace Watermark.Statistics;

/// <summary>
/// The percentile bootstrap of a green fraction with whole documents as the unit of chance (Efron; Davison and Hinkley
/// 1997, section 3.8). Tokens of one reply resemble each other; an interval that takes them for independent covers too
/// seldom. For effect sizes only, never for a p-value.
/// </summary>
/// <remarks>
/// Same input and seed, same interval, on every machine. More than <see cref="MaximumClusters"/> documents are first dealt
/// at random into that many clusters, which bounds the time and leaves the interval valid, clusters of documents being
/// exchangeable too.
/// </remarks>
public static class ClusterBootstrap
{
    /// <summary>Most units that are resampled.</summary>
    public const int MaximumClusters = 1000;

    /// <summary>The interval.</summary>
    /// <param name="green">Green tokens of each document, each 0 … its trials.</param>
    /// <param name="trials">Scored tokens of each document, 0 or more.</param>
    /// <param name="confidence">The coverage aimed at, strictly between 0 and 1; reached for some dozens of documents and more.</param>
    /// <param name="seed">Seed of the resampling.</param>
    /// <param name="resamples">Resamples, at least 100.</param>
    /// <returns>The interval; all of [0, 1] where no token was scored.</returns>
    /// <exception cref="ArgumentException">The arrays differ in length or a count is impossible.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Confidence or resamples are out of range.</exception>
    public static ConfidenceInterval Interval(long[] green, long[] trials, double confidence, ulong seed = 0, int resamples = 2000)
    {
        ArgumentNullException.ThrowIfNull(green);
        ArgumentNullException.ThrowIfNull(trials);
        if (green.Length != trials.Length)
            throw new ArgumentException($"There are {green.Length} green counts for {trials.Length} documents.", nameof(green));
        for (int i = 0; i < green.Length; i++)
        {
            if (green[i] < 0 || green[i] > trials[i])
                throw new ArgumentException($"Document {i} has {green[i]} green of {trials[i]} tokens.", nameof(green));
        }

        if (!(confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Confidence must lie strictly between 0 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (trials.All(count => count == 0))
            return new ConfidenceInterval(0, 1);

        var random = new SeededRandomBits(seed);
        (long Green, long Trials)[] clusters = Clusters(green, trials, random);
        double[] fractions = new double[resamples];
        for (int i = 0; i < resamples; i++)
            fractions[i] = Resample(clusters, random);
        Array.Sort(fractions);
        int tail = Math.Clamp((int)((resamples + 1) * (1 - confidence) / 2), 1, resamples / 2);
        return new ConfidenceInterval(fractions[tail - 1], fractions[resamples - tail]);
    }

    /// <summary>The fraction of one resample; one without a scored token says nothing and is drawn again.</summary>
    private static double Resample((long Green, long Trials)[] clusters, SeededRandomBits random)
    {
        while (true)
        {
            long green = 0;
            long trials = 0;
            for (int i = 0; i < clusters.Length; i++)
            {
                (long someGreen, long someTrials) = clusters[random.NextBelow((ulong)clusters.Length)];
                green += someGreen;
                trials += someTrials;
            }

            if (trials > 0)
                return (double)green / trials;
        }
    }

    private static (long Green, long Trials)[] Clusters(long[] green, long[] trials, SeededRandomBits random)
    {
        int[] order = [.. Enumerable.Range(0, green.Length)];
        if (order.Length > MaximumClusters)
        {
            for (int i = order.Length - 1; i > 0; i--)
            {
                int other = (int)random.NextBelow((ulong)i + 1);
                (order[i], order[other]) = (order[other], order[i]);
            }
        }

        var clusters = new (long Green, long Trials)[Math.Min(order.Length, MaximumClusters)];
        for (int i = 0; i < order.Length; i++)
        {
            ref (long Green, long Trials) cluster = ref clusters[i % clusters.Length];
            cluster = (checked(cluster.Green + green[order[i]]), checked(cluster.Trials + trials[order[i]]));
        }

        return clusters;
    }
}
