using System.Numerics.Tensors;

namespace Watermark.Models.Units;

/// <summary>Two hidden units that are each other's most similar one.</summary>
/// <param name="Owner">The unit's place in the owner's layer.</param>
/// <param name="Suspect">Its place in the suspect's.</param>
public readonly record struct UnitPair(int Owner, int Suspect);

/// <summary>
/// Finds for hidden units of one layer their partners in another's: pairs of rows that are mutually nearest by cosine. The result is
/// a partial map in which every unit stands at most once; equal similarities go to the lower place. A row of zeros, or with a number
/// that is not finite, has no partner: it is like no other.
/// </summary>
/// <remarks>
/// The similarities may differ between machines in the last places, and so which of two almost equal partners is taken. No test that
/// is built on the map needs more than that it does not look at the places themselves: under a random order of the suspect's units
/// every map of this kind is as likely as with the places exchanged.
/// </remarks>
public static class UnitMatcher
{
    /// <summary>Finds the pairs.</summary>
    /// <param name="owner">The owner's units, row by row; changed: rows are scaled to length 1.</param>
    /// <param name="suspect">The suspect's units, row by row; changed likewise.</param>
    /// <param name="width">Numbers of a row, at least 1.</param>
    /// <param name="threads">Threads, at least 1.</param>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between rows.</param>
    /// <exception cref="ArgumentException">The lengths are no whole numbers of rows.</exception>
    public static IReadOnlyList<UnitPair> Match(float[] owner, float[] suspect, int width, int threads = 1, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(suspect);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (owner.Length % width != 0 || suspect.Length % width != 0)
            throw new ArgumentException($"Rows of {width} numbers were expected.", nameof(width));
        Normalise(owner, width);
        Normalise(suspect, width);
        int rows = owner.Length / width, columns = suspect.Length / width;
        int[] bestOfOwner = new int[rows];
        int[] bestOfSuspect = new int[columns];
        float[] similarity = new float[columns];
        Array.Fill(similarity, float.NegativeInfinity);
        Array.Fill(bestOfSuspect, int.MaxValue);
        var merge = new Lock();
        int done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Parallel.For(0, rows, options, () => (Similarity: Filled(columns), Best: new int[columns]), (i, _, local) =>
        {
            ReadOnlySpan<float> row = owner.AsSpan(i * width, width);
            float best = float.NegativeInfinity;
            for (int j = 0; j < columns; j++)
            {
                float s = TensorPrimitives.Dot(row, suspect.AsSpan(j * width, width));
                if (s > best)
                    (best, bestOfOwner[i]) = (s, j);
                if (s > local.Similarity[j] || (s == local.Similarity[j] && i < local.Best[j]))
                    (local.Similarity[j], local.Best[j]) = (s, i);
            }

            if (Interlocked.Increment(ref done) % 64 == 0)
                progress?.Report((double)done / rows);
            return local;
        }, local =>
        {
            lock (merge)
            {
                for (int j = 0; j < columns; j++)
                {
                    if (local.Similarity[j] > similarity[j] || (local.Similarity[j] == similarity[j] && local.Best[j] < bestOfSuspect[j]))
                        (similarity[j], bestOfSuspect[j]) = (local.Similarity[j], local.Best[j]);
                }
            }
        });
        return [.. Enumerable.Range(0, columns == 0 ? 0 : rows).Where(i => bestOfSuspect[bestOfOwner[i]] == i && similarity[bestOfOwner[i]] > 0).Select(i => new UnitPair(i, bestOfOwner[i]))];
    }

    private static float[] Filled(int count)
    {
        float[] values = new float[count];
        Array.Fill(values, float.NegativeInfinity);
        return values;
    }

    private static void Normalise(float[] matrix, int width)
    {
        for (int start = 0; start < matrix.Length; start += width)
        {
            Span<float> row = matrix.AsSpan(start, width);
            float norm = TensorPrimitives.Norm<float>(row);
            if (norm > 0 && float.IsFinite(norm))
                TensorPrimitives.Divide(row, norm, row);
            else
                row.Clear();
        }
    }
}
