using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Watermark.Embedding;

/// <summary>
/// Finds the nucleus of a whole vocabulary without sorting it: the tokens of the greatest logits, ties by lower id, whose weights reach a
/// share of all weights.
/// </summary>
/// <remarks>
/// <para>
/// Exactly: x = (logit − greatest)/temperature. The sum of all weights is that of e^x in single precision (x·(1/temperature) in single
/// precision), added in double precision in 16 lanes, lane i mod 16 for token i, and the lanes in order. The nucleus is counted with weights
/// e^x in double precision: bins of 1/64 in x (the distance times 64/temperature, in single precision), each added by id, from the greatest; in the bin in which the share is reached, one token
/// after the other. Every operation is an IEEE 754 one in a fixed order, so the nucleus is the same on every machine and vector width.
/// </para>
/// <para>
/// Single precision in the sum moves the share by some 10^-7 of itself. Weights below e^-80 count as nothing in it.
/// </para>
/// </remarks>
internal sealed class Nucleus
{
    private const int Lanes = 16;
    private const int BinsPerUnit = 64;
    private const int Bins = 64 * BinsPerUnit;

    // Distances from the greatest logit, in units of the temperature, at which the mass so far is known after one pass.
    private static readonly float[] Reaches = [1, 2, 4, 6, 9, 12];

    /// <summary>How many sums within a reach there are.</summary>
    internal const int ReachCount = 6;

    private readonly double[] mass = new double[Bins + 1];
    private int[] binOf = [];
    private ulong[] boundary = [];

    /// <summary>Keeps the nucleus.</summary>
    /// <param name="candidates">Receives the tokens of the nucleus by id, with their weights.</param>
    /// <param name="logits">One logit per token id; at least one is finite, none is NaN or positive infinity.</param>
    /// <param name="greatest">The greatest logit.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="share">The share of the weights, between 0 and 1.</param>
    /// <returns>The sum of the weights kept, added by id.</returns>
    public double Take(CandidateSet candidates, ReadOnlySpan<float> logits, float greatest, double temperature, double share)
    {
        Span<double> within = stackalloc double[ReachCount];
        double target = share * Sums(logits, greatest, temperature, within);
        for (int reach = 0; reach <= Reaches.Length; reach++)
        {
            bool all = reach == Reaches.Length;

            // These sums only say where to begin: a reach that turns out too short is followed by the next.
            if (!all && within[reach] < target)
                continue;
            float bar = all ? float.MinValue : LeastLogit(greatest, Reaches[reach] * temperature);
            candidates.TakeReaching(logits, bar, 0);
            candidates.Weigh(greatest, temperature);
            int last = all ? Bins : (int)(Reaches[reach] * BinsPerUnit) - 2;
            if (Cut(candidates, greatest, temperature, target, last, all) is { } kept)
                return kept;
        }

        throw new InvalidOperationException("Unreachable: the whole vocabulary always has a nucleus.");
    }

    /// <summary>The sum of all weights, and of those within each reach, in single precision.</summary>
    internal static double Sums(ReadOnlySpan<float> logits, float greatest, double temperature, Span<double> within)
    {
        Span<double> lanes = stackalloc double[Lanes];
        float scale = (float)(1 / temperature);
        Vector512<float> top = Vector512.Create(greatest), scales = Vector512.Create(scale);
        Vector512<double> low = default, high = default;
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default;
        ref float source = ref MemoryMarshal.GetReference(logits);
        int done = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            for (; done <= logits.Length - Lanes; done += Lanes)
            {
                Vector512<float> x = (Vector512.LoadUnsafe(ref source, (nuint)done) - top) * scales;
                Vector512<float> weight = PortableExp.Of(x);
                (Vector512<double> first, Vector512<double> second) = Vector512.Widen(weight);
                low += first;
                high += second;
                a += weight & Vector512.GreaterThanOrEqual(x, Vector512.Create(-1f));
                b += weight & Vector512.GreaterThanOrEqual(x, Vector512.Create(-2f));
                c += weight & Vector512.GreaterThanOrEqual(x, Vector512.Create(-4f));
                d += weight & Vector512.GreaterThanOrEqual(x, Vector512.Create(-6f));
                e += weight & Vector512.GreaterThanOrEqual(x, Vector512.Create(-9f));
                f += weight & Vector512.GreaterThanOrEqual(x, Vector512.Create(-12f));
            }
        }

        low.CopyTo(lanes);
        high.CopyTo(lanes[(Lanes / 2)..]);
        within[0] = Vector512.Sum(a);
        within[1] = Vector512.Sum(b);
        within[2] = Vector512.Sum(c);
        within[3] = Vector512.Sum(d);
        within[4] = Vector512.Sum(e);
        within[5] = Vector512.Sum(f);
        for (; done < logits.Length; done++)
        {
            float x = (logits[done] - greatest) * scale;
            float weight = PortableExp.Of(x);
            lanes[done % Lanes] += weight;
            for (int i = 0; i < Reaches.Length; i++)
                within[i] += x >= -Reaches[i] ? weight : 0;
        }

        double sum = 0;
        foreach (double lane in lanes)
            sum += lane;
        return sum;
    }

    /// <summary>A logit at or below the least one whose distance is within a reach.</summary>
    private static float LeastLogit(float greatest, double distance) => (float)Math.Max(float.MinValue, greatest - distance);

    /// <summary>Cuts the candidates down to the nucleus; null where the bins up to a last one do not reach the target.</summary>
    private double? Cut(CandidateSet candidates, float greatest, double temperature, double target, int last, bool all)
    {
        ReadOnlySpan<float> logits = candidates.Logits;
        ReadOnlySpan<double> weights = candidates.Weights;
        if (binOf.Length < logits.Length)
            binOf = new int[BitOperations.RoundUpToPowerOf2((uint)logits.Length)];
        Span<int> bins = binOf.AsSpan(0, logits.Length);
        SetBins(logits, greatest, (float)(BinsPerUnit / temperature), bins);
        mass.AsSpan().Clear();
        for (int i = 0; i < bins.Length; i++)
            mass[bins[i]] += weights[i];

        double sum = 0;
        int cut = 0;
        while (cut <= last && sum + mass[cut] < target)
            sum += mass[cut++];
        if (cut > last)
        {
            if (!all)
                return null;
            cut = Bins + 1;
        }

        ulong worst = cut > Bins ? ulong.MaxValue : Boundary(candidates, cut, sum, target);
        return candidates.KeepWhere(bins, cut, worst);
    }

    /// <summary>The bin of each logit: its distance from the greatest times the scale, in single precision, rounded down.</summary>
    internal static void SetBins(ReadOnlySpan<float> logits, float greatest, float scale, Span<int> bins)
    {
        int done = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            ref float source = ref MemoryMarshal.GetReference(logits);
            ref int target = ref MemoryMarshal.GetReference(bins);
            Vector512<float> top = Vector512.Create(greatest), scales = Vector512.Create(scale), most = Vector512.Create((float)Bins);
            for (; done <= logits.Length - Lanes; done += Lanes)
            {
                // What is not a number, or infinite, is in the last bin.
                Vector512<float> place = (top - Vector512.LoadUnsafe(ref source, (nuint)done)) * scales;
                place = Vector512.ConditionalSelect(Vector512.LessThan(place, most), place, most);
                Vector512.ConvertToInt32(place).StoreUnsafe(ref target, (nuint)done);
            }
        }

        for (; done < logits.Length; done++)
        {
            float place = (greatest - logits[done]) * scale;
            bins[done] = (int)(place < Bins ? place : Bins);
        }
    }

    /// <summary>The key of the last token of the bin that belongs to the nucleus.</summary>
    private ulong Boundary(CandidateSet candidates, int cut, double sum, double target)
    {
        ReadOnlySpan<float> logits = candidates.Logits;
        ReadOnlySpan<int> ids = candidates.Ids;
        ReadOnlySpan<double> weights = candidates.Weights;
        int count = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (binOf[i] != cut)
                continue;
            if (count == boundary.Length)
                Array.Resize(ref boundary, Math.Max(64, 2 * count));
            boundary[count++] = CandidateSet.Key(logits[i], i);
        }

        // Candidates are by id, so that the index orders ties as the id does.
        Span<ulong> keys = boundary.AsSpan(0, count);
        keys.Sort();
        foreach (ulong key in keys)
        {
            int i = (int)(uint)key;
            sum += weights[i];
            if (sum >= target)
                return CandidateSet.Key(logits[i], ids[i]);
        }

        int end = (int)(uint)keys[^1];
        return CandidateSet.Key(logits[end], ids[end]);
    }
}
