using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Watermark.Embedding;

/// <summary>
/// The tokens that may be drawn: ids, logits and weights, in buffers that are reused. They are ordered by descending logit
/// (ties by lower id) or by id.
/// </summary>
internal sealed class CandidateSet
{
    private ulong[] keys = [];
    private int[] ids = [];
    private float[] logits = [];
    private double[] weights = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Token ids.</summary>
    public ReadOnlySpan<int> Ids => ids.AsSpan(0, Count);

    /// <summary>Their logits.</summary>
    public Span<float> Logits => logits.AsSpan(0, Count);

    /// <summary>Their weights, proportional to their probabilities.</summary>
    public ReadOnlySpan<double> Weights => weights.AsSpan(0, Count);

    /// <summary>Makes the buffers large enough.</summary>
    /// <param name="vocabularySize">The largest number of candidates.</param>
    public void EnsureCapacity(int vocabularySize)
    {
        if (ids.Length >= vocabularySize)
            return;
        keys = new ulong[vocabularySize];
        ids = new int[vocabularySize];
        logits = new float[vocabularySize];
        weights = new double[vocabularySize];
    }

    /// <summary>Takes the given candidates that are not excluded, in their order.</summary>
    /// <param name="sourceIds">Distinct token ids.</param>
    /// <param name="source">Their logits.</param>
    public void Take(ReadOnlySpan<int> sourceIds, ReadOnlySpan<float> source)
    {
        int count = 0;
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] == float.NegativeInfinity)
                continue;
            ids[count] = sourceIds[i];
            logits[count++] = source[i];
        }

        Count = count;
    }

    /// <summary>Takes all tokens that are not excluded, by id.</summary>
    /// <param name="source">One logit per token id.</param>
    public void TakeAll(ReadOnlySpan<float> source) => TakeReaching(source, float.MinValue, 0);

    /// <summary>Takes the tokens whose logit plus a bias reaches a threshold, by id.</summary>
    /// <param name="source">One logit per token id.</param>
    /// <param name="bar">The threshold.</param>
    /// <param name="bias">The bias, in single precision.</param>
    public void TakeReaching(ReadOnlySpan<float> source, float bar, float bias)
    {
        int count = 0;
        int v = 0;
        if (Vector512.IsHardwareAccelerated || Vector256.IsHardwareAccelerated)
        {
            ref float first = ref MemoryMarshal.GetReference(source);
            Vector512<float> bars = Vector512.Create(bar), biases = Vector512.Create(bias);
            for (; v <= source.Length - Vector512<float>.Count; v += Vector512<float>.Count)
            {
                ulong reaching = Vector512.ExtractMostSignificantBits(Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref first, (nuint)v) + biases, bars));
                for (; reaching != 0; reaching &= reaching - 1)
                {
                    int id = v + BitOperations.TrailingZeroCount(reaching);
                    ids[count] = id;
                    logits[count++] = source[id];
                }
            }
        }

        for (; v < source.Length; v++)
        {
            float logit = source[v];
            if (!(logit + bias >= bar))
                continue;
            ids[count] = v;
            logits[count++] = logit;
        }

        Count = count;
    }

    /// <summary>Sets each weight as <see cref="SetWeights"/> does, without their sum.</summary>
    /// <param name="greatest">The greatest logit.</param>
    /// <param name="temperature">Above 0.</param>
    public void Weigh(float greatest, double temperature) => PortableExp.OfDifferences(Logits, greatest, temperature, weights);

    /// <summary>Keeps the candidates of lower bins, and of one bin those whose key is not above the worst; their order stays.</summary>
    /// <param name="binOf">The bin of each candidate.</param>
    /// <param name="cut">The bin.</param>
    /// <param name="worst">The largest key of that bin that is kept.</param>
    /// <returns>The sum of their weights, added in order.</returns>
    public double KeepWhere(ReadOnlySpan<int> binOf, int cut, ulong worst)
    {
        int count = 0;
        double sum = 0;
        for (int i = 0; i < binOf.Length; i++)
        {
            bool kept = binOf[i] < cut || (binOf[i] == cut && Key(logits[i], ids[i]) <= worst);
            double weight = weights[i];
            (ids[count], logits[count], weights[count]) = (ids[i], logits[i], weight);

            // Without a branch: who is kept is as good as random.
            sum += kept ? weight : 0;
            count += kept ? 1 : 0;
        }

        Count = count;
        return sum;
    }

    /// <summary>Takes the largest logits, descending, ties by lower id.</summary>
    /// <param name="source">One logit per token id; negative infinity is left out.</param>
    /// <param name="most">How many at most.</param>
    public void TakeTop(ReadOnlySpan<float> source, int most)
    {
        Count = SelectKeys(source, [], Math.Min(most, source.Length));
        Span<ulong> chosen = keys.AsSpan(0, Count);
        chosen.Sort();
        for (int i = 0; i < Count; i++)
        {
            ids[i] = (int)(uint)chosen[i];
            logits[i] = source[ids[i]];
        }
    }

    /// <summary>Keeps the greatest logits of the candidates, descending, ties by lower id.</summary>
    /// <param name="most">How many at most.</param>
    public void KeepTop(int most)
    {
        Count = SelectKeys(Logits, Ids, Math.Min(most, Count));
        Span<ulong> chosen = keys.AsSpan(0, Count);
        chosen.Sort();
        for (int i = 0; i < Count; i++)
        {
            ids[i] = (int)(uint)chosen[i];
            logits[i] = Logit(chosen[i]);
        }
    }

    /// <summary>The k-th largest logit, or the lowest finite one where there are fewer than k.</summary>
    /// <param name="source">One logit per token id.</param>
    /// <param name="k">At least 1.</param>
    public float LeastOfTop(ReadOnlySpan<float> source, int k)
    {
        int found = SelectKeys(source, [], Math.Min(k, source.Length));
        return found < k ? float.MinValue : Logit(keys[0]);
    }

    /// <summary>Sets each weight to e^((logit − greatest)/temperature).</summary>
    /// <param name="greatest">The greatest logit.</param>
    /// <param name="temperature">Above 0.</param>
    /// <returns>The sum of the weights, added in order.</returns>
    public double SetWeights(float greatest, double temperature)
    {
        PortableExp.OfDifferences(Logits, greatest, temperature, weights);
        double sum = 0;
        foreach (double weight in Weights)
            sum += weight;
        return sum;
    }

    /// <summary>Keeps the shortest run from the front whose weights reach a mass.</summary>
    /// <param name="mass">The mass.</param>
    /// <param name="sum">The sum of the weights kept.</param>
    /// <returns>Whether the candidates reach it; if not, nothing changes.</returns>
    public bool KeepMass(double mass, out double sum)
    {
        sum = 0;
        for (int i = 0; i < Count; i++)
        {
            sum += weights[i];
            if (sum >= mass)
            {
                Count = i + 1;
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Keeps the smallest keys at the front of <see cref="keys"/>, as a heap whose root is the largest key, that of the
    /// worst candidate.
    /// </summary>
    private int SelectKeys(ReadOnlySpan<float> source, ReadOnlySpan<int> sourceIds, int most)
    {
        int count = 0;
        int v = 0;
        for (; v < source.Length && count < most; v++)
        {
            if (source[v] == float.NegativeInfinity)
                continue;
            keys[count++] = Key(source[v], sourceIds.IsEmpty ? v : sourceIds[v]);
            if (count == most)
            {
                for (int i = (count / 2) - 1; i >= 0; i--)
                    SiftDown(i, count);
            }
        }

        float bar = count == 0 ? 0 : Logit(keys[0]);
        while ((v = NextAtLeast(source, v, bar)) < source.Length)
        {
            ulong key = Key(source[v], sourceIds.IsEmpty ? v : sourceIds[v]);
            v++;
            if (key >= keys[0])
                continue;
            keys[0] = key;
            SiftDown(0, count);
            bar = Logit(keys[0]);
        }

        return count;
    }

    private void SiftDown(int index, int count)
    {
        ulong key = keys[index];
        while ((2 * index) + 1 is var child && child < count)
        {
            if (child + 1 < count && keys[child + 1] > keys[child])
                child++;
            if (keys[child] <= key)
                break;
            keys[index] = keys[child];
            index = child;
        }

        keys[index] = key;
    }

    private static int NextAtLeast(ReadOnlySpan<float> source, int start, float bar)
    {
        int v = start;
        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<float> bars = Vector128.Create(bar);
            ref float first = ref MemoryMarshal.GetReference(source);
            while (v <= source.Length - 8
                && !Vector128.GreaterThanOrEqualAny(Vector128.Max(Vector128.LoadUnsafe(ref first, (nuint)v), Vector128.LoadUnsafe(ref first, (nuint)v + 4)), bars))
            {
                v += 8;
            }
        }

        while (v < source.Length && source[v] < bar)
            v++;
        return v;
    }

    /// <summary>Ascending keys are descending logits, then ascending ids. Both zeros give the same key.</summary>
    internal static ulong Key(float logit, int id)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~ascending << 32) | (uint)id;
    }

    private static float Logit(ulong key)
    {
        uint ascending = ~(uint)(key >> 32);
        return BitConverter.UInt32BitsToSingle((ascending & 0x80000000) != 0 ? ascending & 0x7FFFFFFF : ~ascending);
    }
}
