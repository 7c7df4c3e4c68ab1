using System.Runtime.InteropServices;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;

namespace Watermark.Tests.Embedding;

public sealed class LogitFormatsTests
{
    [Fact]
    public void Every_length_is_biased_in_single_precision_and_rounded_to_nearest_even()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(61));
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = 0, Delta = 1.37 }.WithKey(key);
        var session = new WatermarkSession(scheme);
        var random = new SeededRandomBits(62);
        for (int length = 0; length <= 257; length++)
        {
            float[] exact = [.. Enumerable.Range(0, length).Select(v => v % 29 == 5 ? float.NegativeInfinity : (float)(Half)(40 * (random.NextDouble() - 0.5)))];
            Half[] half = Array.ConvertAll(exact, value => (Half)value);
            AssertSame(session, exact, [.. exact], s => s.Apply(half), v => (float)half[v], value => (float)(Half)value);

            ushort[] brief = Array.ConvertAll(exact, value => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
            float[] wide = Array.ConvertAll(brief, bits => BitConverter.UInt32BitsToSingle((uint)bits << 16));
            AssertSame(session, wide, [.. wide], s => s.ApplyBFloat16(brief), v => BitConverter.UInt32BitsToSingle((uint)brief[v] << 16), NearestBrief);

            var entries = new Entry[length];
            for (int v = 0; v < length; v++)
                entries[v] = new Entry(v - 7, exact[v], float.NaN);
            AssertSame(session, exact, [.. exact], s => s.Apply(MemoryMarshal.Cast<Entry, float>(entries.AsSpan()), 1, 3), v => entries[v].Logit, value => value);
            Assert.All(entries, (entry, v) => Assert.True(entry.Id == v - 7 && float.IsNaN(entry.Probability)));
        }
    }

    [Fact]
    public void Marks_of_another_place_change_nothing_and_offsets_out_of_range_are_refused()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(61));
        using KeyedScheme scheme = new GumbelScheme { ContextWidth = 0 }.WithKey(key);
        var session = new WatermarkSession(scheme);
        Half[] logits = [(Half)1, (Half)2];

        Assert.False(session.Apply(logits));
        Assert.Equal([(Half)1, (Half)2], logits);
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Apply(new float[6], 3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Apply(new float[6], -1, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => session.Apply(new float[6], 0, 0));
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_call()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(61));
        using KeyedScheme scheme = new GreenListScheme { ContextWidth = 0 }.WithKey(key);
        var session = new WatermarkSession(scheme);
        var half = new Half[3_000];
        var brief = new ushort[3_000];
        var strided = new float[9_000];
        void All()
        {
            session.Apply(half);
            session.Rewind(0);
            session.ApplyBFloat16(brief);
            session.Rewind(0);
            session.Apply(strided, 1, 3);
            session.Rewind(0);
        }

        for (int i = 0; i < 100; i++)
            All();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            All();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated == 0 || AesPaths.Best == AesPath.Platform, $"{allocated} bytes");
    }

    private static void AssertSame(WatermarkSession session, float[] before, float[] expected, Func<WatermarkSession, bool> apply, Func<int, float> after, Func<float, float> rounded)
    {
        Assert.True(session.Apply(expected));
        session.Rewind(0);
        Assert.True(apply(session));
        session.Rewind(0);
        for (int v = 0; v < before.Length; v++)
            Assert.Equal(rounded(expected[v]), after(v));
    }

    /// <summary>The nearer of the two neighbours with eight significant bits; of equally near ones, the even.</summary>
    private static float NearestBrief(float value)
    {
        if (!float.IsFinite(value))
            return value;
        uint below = BitConverter.SingleToUInt32Bits(value) >> 16;
        double low = BitConverter.UInt32BitsToSingle(below << 16);
        double high = BitConverter.UInt32BitsToSingle((below + 1) << 16);
        double toLow = Math.Abs(value - low);
        double toHigh = Math.Abs(high - value);
        return (float)(toLow < toHigh || (toLow == toHigh && below % 2 == 0) ? low : high);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Entry(int Id, float Logit, float Probability);
}
