using System.Runtime.Intrinsics;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Maryland;
using Watermark.Schemes.Torch;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes.Torch;

public sealed class TorchListTests
{
    public static TheoryData<string, string> Lists => new()
    {
        { """{"name":"kgw","seeding":"lefthash","gamma":"1/4","delta":2,"vocabularySize":1000}""", """{"hashKey":987654321987}""" },
        { """{"name":"kgw","seeding":"minhash","gamma":"1/2","delta":1.5,"vocabularySize":700}""", """{"hashKey":12345}""" },
        { """{"name":"kgw","seeding":"selfhash","gamma":"1/4","delta":2,"vocabularySize":1000}""", """{"hashKey":987654321}""" },
        { """{"name":"kgw","seeding":"ff-minhash_prf-1-True","gamma":"1/4","delta":2,"vocabularySize":1000}""", """{"hashKey":77}""" },
        { """{"name":"hf-kgw","seeding":"lefthash","contextWidth":1,"gamma":"1/4","delta":2,"vocabularySize":1000}""", """{"hashKey":4711}""" },
        { """{"name":"hf-kgw","seeding":"selfhash","contextWidth":4,"gamma":"1/4","delta":2,"vocabularySize":1000}""", """{"hashKey":4711}""" },
        { """{"name":"markllm-kgw","seeding":"additive","contextWidth":2,"gamma":"1/4","delta":2,"vocabularySize":1000}""", """{"hashKey":4711}""" },
        { """{"name":"maryland","contextWidth":2,"gamma":"1/4","delta":2,"vocabularySize":1000,"seeding":"hash"}""", """{"seed":4711}""" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Biased_logits_are_the_green_tokens_and_candidates_agree_with_the_row(string json, string secret)
    {
        using KeyedScheme keyed = SchemeJson.Keyed(json, secret);
        var watermark = (ILogitWatermark)keyed;
        int size = ((TorchListScheme)keyed.Scheme).VocabularySize;
        float delta = (float)((TorchListScheme)keyed.Scheme).Delta;
        var random = new SeededRandomBits(4);
        int tried = json.Contains("hf-kgw", StringComparison.Ordinal) ? 40 : 41;
        bool selfSalted = watermark.LargestBias is null;
        for (int round = 0; round < 20; round++)
        {
            int[] context = [.. Enumerable.Range(0, keyed.ContextWidth).Select(_ => (int)random.NextBelow((ulong)size))];
            // Some logits are equal, some minus infinity. The row is longer than the vocabulary, as padded models have it.
            float[] before = [.. Enumerable.Range(0, size + 8).Select(_ => random.NextBelow(10) == 0 ? float.NegativeInfinity : (float)random.NextBelow(60))];
            float[] row = [.. before];
            watermark.BiasLogits(context, row);
            HashSet<int> asked = selfSalted
                ? [.. Enumerable.Range(0, size).OrderByDescending(id => before[id]).ThenBy(id => id).Take(tried)]
                : [.. Enumerable.Range(0, size)];
            for (int id = 0; id < row.Length; id++)
            {
                bool green = asked.Contains(id) && keyed.Score(context, id) == 1;
                Assert.Equal(green ? before[id] + delta : before[id], row[id]);
            }

            int[] candidates = [.. Enumerable.Range(0, size).OrderBy(_ => random.NextUInt64())];
            float[] sparse = [.. candidates.Select(id => before[id])];
            watermark.BiasLogits(context, candidates, sparse);
            Assert.Equal(candidates.Select(id => row[id]), sparse);
        }
    }

    [Fact]
    public void Scores_do_not_depend_on_how_rows_are_grouped()
    {
        const int VocabularySize = 500;
        const int GreenCount = 125;
        var random = new SeededRandomBits(8);

        // Lists asked once, a few times, and so often that they are drawn whole; also ids outside the vocabulary.
        uint[] seeds = [.. Enumerable.Range(0, 257).Select(i => (uint)random.NextBelow(i < 60 ? 1UL << 32 : i < 160 ? 30UL : 4UL))];
        int[] tokens = [.. seeds.Select(_ => (int)random.NextBelow(VocabularySize + 2) - 1)];
        long[] expected = [.. seeds.Select((seed, i) => PermutationPrefix.Contains(new MersenneTwister(seed), tokens[i], VocabularySize, GreenCount) ? 1L : 0L)];
        for (int length = 0; length <= 257; length++)
            Check<Lanes256, Vector256<uint>>(257 - length, length);
        for (int length = 0; length <= 257; length += 32)
        {
            Check<Lanes128, Vector128<uint>>(0, length);
            Check<Lanes512, Vector512<uint>>(1, Math.Min(256, length));
        }

        void Check<TLanes, TVector>(int start, int length)
            where TLanes : struct, ILanes<TVector>
            where TVector : struct
        {
            var scores = new long[length];
            TorchListScorer.Score<TLanes, TVector>(seeds.AsSpan(start, length), tokens.AsSpan(start, length), VocabularySize, GreenCount, scores);
            Assert.Equal(expected[start..(start + length)], scores);
        }
    }

    [Fact]
    public void Vectors_of_biases_leave_other_logits_alone()
    {
        for (int length = 0; length <= 257; length++)
        {
            byte[] green = [.. Enumerable.Range(0, length + 1).Select(i => (byte)(i * 7 % 3 == 0 ? 255 : 0))];
            float[] logits = [.. Enumerable.Range(0, length + 3).Select(i => i % 5 == 0 ? -0.0f : i % 11 == 0 ? float.NaN : i * 0.3f)];
            float[] expected = [.. logits];
            ListBias.AddScalar(green.AsSpan(1), 2, expected.AsSpan(2));
            ListBias.Add(green.AsSpan(1), 2, logits.AsSpan(2));
            Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), logits.Select(BitConverter.SingleToInt32Bits));
        }
    }

    [Theory]
    [InlineData("1/4", 32_000, 8000)]
    [InlineData("1/2", 50_257, 25_128)]
    [InlineData("0.1", 128_256, 12_825)]
    [InlineData("1/3", 3000, 1000)]
    // int(0.29 * 100) is 28 in double precision, and int(0.57 * 100) is 56.
    [InlineData("0.29", 100, 28)]
    [InlineData("0.57", 100, 56)]
    public void The_green_count_and_the_null_are_those_of_the_engine(string gamma, int vocabularySize, int count)
    {
        var scheme = new MarylandScheme { Gamma = Fraction.Parse(gamma), VocabularySize = vocabularySize };
        Assert.Equal(count, scheme.GreenCount);
        Assert.Equal(new Fraction(count, vocabularySize), scheme.Null.Gamma);
    }

    [Fact]
    public void For_common_vocabularies_and_gammas_the_engine_has_the_exact_floor()
    {
        foreach (int size in (int[])[32_000, 32_768, 50_257, 50_265, 50_272, 100_277, 128_256, 151_936, 152_064, 200_019, 256_000])
        {
            foreach (string gamma in (string[])["0.1", "0.2", "0.25", "0.3", "0.4", "0.5", "0.75", "0.9"])
            {
                Fraction exact = Fraction.Parse(gamma);
                Assert.Equal((int)(exact.Numerator * size / exact.Denominator), new MarylandScheme { Gamma = exact, VocabularySize = size }.GreenCount);
            }
        }
    }

    [Fact]
    public void A_disposed_key_scores_and_marks_nothing()
    {
        KeyedScheme keyed = SchemeJson.Keyed("""{"name":"maryland","gamma":"1/4","vocabularySize":1000}""", """{"seed":5}""");
        keyed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => keyed.Score([1, 2], 3));
        Assert.Throws<ObjectDisposedException>(() => ((ILogitWatermark)keyed).BiasLogits([1, 2], new float[1000]));
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        using KeyedScheme keyed = SchemeJson.Keyed("""{"name":"kgw","seeding":"lefthash","vocabularySize":1000}""", """{"hashKey":5}""");
        var watermark = (ILogitWatermark)keyed;
        Assert.Throws<ArgumentException>(() => watermark.BiasLogits([1, 2], new float[1000]));
        Assert.Throws<ArgumentOutOfRangeException>(() => watermark.BiasLogits([1], new float[999]));
        Assert.Throws<ArgumentOutOfRangeException>(() => watermark.BiasLogits([1], [1, 2], new float[1]));
        Assert.Throws<ArgumentException>(() => keyed.ScoreRows(NGramRows.FromSequence([1, 2, 3], 2), new long[1]));
    }

    [Fact]
    public void Marking_allocates_nothing_once_warm()
    {
        foreach ((string json, string secret) in (ReadOnlySpan<(string, string)>)
            [
                ("""{"name":"maryland","gamma":"1/4","vocabularySize":1000}""", """{"seed":5}"""),
                ("""{"name":"kgw","seeding":"selfhash","gamma":"1/4","vocabularySize":1000}""", """{"hashKey":5}"""),
            ])
        {
            using KeyedScheme keyed = SchemeJson.Keyed(json, secret);
            var watermark = (ILogitWatermark)keyed;
            int[] context = new int[keyed.ContextWidth];
            float[] logits = new float[1000];
            for (int i = 0; i < 3; i++)
                watermark.BiasLogits(context, logits);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
                watermark.BiasLogits(context, logits);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
