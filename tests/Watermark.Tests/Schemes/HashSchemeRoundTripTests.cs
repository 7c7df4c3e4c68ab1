using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.SynthId;
using Watermark.Schemes.TextSeal;
using Watermark.Schemes.Vllm;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes;

public sealed class HashSchemeRoundTripTests
{
    public static TheoryData<string> Embedding => new()
    {
        { """{"name": "synthid"}""" },
        { """{"name": "synthid", "scoring": "weighted-mean"}""" },
        { """{"name": "synthid", "numLeaves": 3, "ngramLength": 3}""" },
        { """{"name": "synthid-hf"}""" },
        { """{"name": "textseal", "contextWidth": 2, "mode": "green-list", "gamma": "1/4", "delta": 3}""" },
        { """{"name": "textseal", "contextWidth": 3, "mode": "gumbel"}""" },
        { """{"name": "vllm-gumbel"}""" },
        { """{"name": "vllm-dual-gumbel"}""" },
        { """{"name": "vllm-dual-gumbel", "alpha": "1/2", "contextWidth": 2}""" },
        { """{"name": "vllm-sbw", "delta": 3}""" },
        { """{"name": "vllm-sbw", "seeding": "lefthash", "gamma": "1/4", "delta": 3}""" },
        { """{"name": "vllm-sbw", "seeding": "lefthash-detector", "gamma": "1/4", "delta": 3}""" },
    };

    [Theory]
    [MemberData(nameof(Embedding))]
    public void A_marked_reply_is_found_under_its_key_and_under_no_other(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        var random = new SeededRandomBits(61);
        using WatermarkSecret secret = scheme.DrawSecret(random);
        using KeyedScheme keyed = scheme.WithKey(secret);
        int[] marked = MarkedText.Sample(keyed, seed: 62, tokens: 400);
        int[] plain = MarkedText.Sample(null, seed: 62, tokens: 400);
        ScoreTest test = MarkedText.Test(keyed, marked);
        Assert.True(test.LogP < Math.Log(1e-9), $"ln p = {test.LogP}");
        Assert.True(test.LogE > Math.Log(1e5), $"ln e = {test.LogE}");

        // 12 schemes × 11 tests at 1e-6: a fresh seed fails once in 7,000 runs.
        Assert.True(MarkedText.Test(keyed, plain).LogP > Math.Log(1e-6));
        for (int other = 0; other < 10; other++)
        {
            using WatermarkSecret otherSecret = scheme.DrawSecret(random);
            using KeyedScheme otherKeyed = scheme.WithKey(otherSecret);
            Assert.True(MarkedText.Test(otherKeyed, marked).LogP > Math.Log(1e-6));
        }
    }

    [Fact]
    public void VLlm_text_as_generated_is_found_with_lefthash_and_missed_with_the_published_detectors_seed()
    {
        WatermarkScheme generator = SchemeJson.Scheme("""{"name": "vllm-sbw", "seeding": "lefthash", "gamma": "1/2", "delta": 3}""");
        WatermarkScheme detector = SchemeJson.Scheme("""{"name": "vllm-sbw", "seeding": "lefthash-detector", "gamma": "1/2", "delta": 3}""");
        using WatermarkSecret secret = generator.DrawSecret(new SeededRandomBits(63));
        using KeyedScheme generating = generator.WithKey(secret);
        using KeyedScheme detecting = detector.WithKey(secret);
        int[] reply = MarkedText.Sample(generating, seed: 64, tokens: 600);
        Assert.True(MarkedText.Test(generating, reply).LogP < Math.Log(1e-20));
        // The published detector's seed is another function: to it the reply is unmarked (one chance in 1,000).
        Assert.True(MarkedText.Test(detecting, reply).LogP > Math.Log(1e-3));
    }

    [Theory]
    [InlineData("""{"name": "textseal", "mode": "green-list", "contextWidth": 2}""")]
    [InlineData("""{"name": "vllm-sbw"}""")]
    [InlineData("""{"name": "vllm-sbw", "seeding": "lefthash"}""")]
    public void The_whole_vocabulary_candidates_and_detection_see_the_same_greens(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        var random = new SeededRandomBits(65);
        using WatermarkSecret secret = scheme.DrawSecret(random);
        using KeyedScheme keyed = scheme.WithKey(secret);
        var watermark = (ILogitWatermark)keyed;
        int[] context = [.. Enumerable.Range(0, keyed.ContextWidth).Select(_ => (int)random.NextBelow(1000))];
        var all = new float[1003];
        watermark.BiasLogits(context, all);
        int[] candidates = [.. Enumerable.Range(0, 1003).Where(token => token % 3 == 1).Reverse()];
        var some = new float[candidates.Length];
        watermark.BiasLogits(context, candidates, some);
        float delta = watermark.LargestBias!.Value;
        Assert.Equal(2, delta);
        for (int i = 0; i < candidates.Length; i++)
            Assert.Equal(all[candidates[i]], some[i]);
        for (int token = 0; token < all.Length; token++)
            Assert.Equal(keyed.Score(context, token) == 1 ? delta : 0, all[token]);
    }

    [Theory]
    [InlineData("""{"name": "textseal", "contextWidth": 2}""")]
    [InlineData("""{"name": "vllm-gumbel"}""")]
    [InlineData("""{"name": "vllm-dual-gumbel", "alpha": "1/4"}""")]
    public void The_choice_depends_on_no_order_of_the_candidates(string json)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        var random = new SeededRandomBits(66);
        using WatermarkSecret secret = scheme.DrawSecret(random);
        using KeyedScheme keyed = scheme.WithKey(secret);
        var watermark = (ISamplingWatermark)keyed;
        int[] candidates = [.. Enumerable.Range(0, 700)];
        float[] probabilities = [.. candidates.Select(_ => (float)random.NextDouble() / 350)];
        for (int run = 0; run < 50; run++)
        {
            int[] context = [.. Enumerable.Range(0, keyed.ContextWidth).Select(_ => (int)random.NextBelow(1000))];
            double coin = random.NextDouble();
            int chosen = watermark.ChooseCandidate(context, candidates, probabilities, coin);
            int[] reversed = [.. candidates.Reverse()];
            float[] reversedProbabilities = [.. probabilities.Reverse()];
            Assert.Equal(candidates[chosen], reversed[watermark.ChooseCandidate(context, reversed, reversedProbabilities, coin)]);
        }
    }

    [Fact]
    public void The_coin_chooses_key_B_with_probability_alpha()
    {
        var scheme = new VllmDualGumbelScheme { Alpha = new Fraction(1, 4) };
        using IntegerSecret secret = IntegerSecret.Create(scheme.SecretShape, [(Int128)123456789]);
        using KeyedScheme dual = scheme.WithKey(secret);
        using KeyedScheme keyA = Single(second: false);
        using KeyedScheme keyB = Single(second: true);
        int[] candidates = [.. Enumerable.Range(0, 100)];
        float[] probabilities = [.. Enumerable.Repeat(0.01f, 100)];
        for (int i = 0; i < 50; i++)
        {
            int[] context = [i, i + 1, i + 2, i + 3];
            int a = ((ISamplingWatermark)keyA).ChooseCandidate(context, candidates, probabilities, 0.9);
            int b = ((ISamplingWatermark)keyB).ChooseCandidate(context, candidates, probabilities, 0.9);
            Assert.Equal(b, ((ISamplingWatermark)dual).ChooseCandidate(context, candidates, probabilities, 0.2499));
            Assert.Equal(a, ((ISamplingWatermark)dual).ChooseCandidate(context, candidates, probabilities, 0.25));
            long expected = (3 * keyA.Score(context, i)) + keyB.Score(context, i);
            Assert.Equal(expected, dual.Score(context, i));
        }

        KeyedScheme Single(bool second)
        {
            var single = new VllmGumbelScheme();
            using IntegerSecret derived = IntegerSecret.Create(single.SecretShape, [VllmDualGumbelScheme.DeriveKey(123456789, second)]);
            return single.WithKey(derived);
        }
    }

    [Fact]
    public void Gumbel_sampling_keeps_the_models_probabilities_over_random_keys()
    {
        // 4,000 keys, probabilities 1/2, 1/4, 1/8, 1/8: each share within 5 standard deviations (false alarm 1e-5 in all).
        float[] probabilities = [0.5f, 0.25f, 0.125f, 0.125f];
        foreach (WatermarkScheme scheme in new WatermarkScheme[] { new VllmGumbelScheme(), new TextSealScheme { ContextWidth = 4 } })
        {
            var random = new SeededRandomBits(67);
            int[] counts = new int[4];
            for (int key = 0; key < 4000; key++)
            {
                using WatermarkSecret secret = scheme.DrawSecret(random);
                using KeyedScheme keyed = scheme.WithKey(secret);
                counts[((ISamplingWatermark)keyed).ChooseCandidate([1, 2, 3, 4], [10, 20, 30, 40], probabilities, 0)]++;
            }

            for (int i = 0; i < 4; i++)
                Assert.InRange(counts[i], (4000 * probabilities[i]) - (5 * Math.Sqrt(4000 * 0.25)), (4000 * probabilities[i]) + (5 * Math.Sqrt(4000 * 0.25)));
        }
    }

    [Fact]
    public void A_tournament_keeps_the_models_probabilities_on_average_over_keys()
    {
        // Two leaves do not distort: the mean over 4,000 keys of the reshaped probability is p, within 5 standard errors.
        var scheme = new SynthIdScheme();
        var random = new SeededRandomBits(68);
        double[] means = new double[3];
        for (int key = 0; key < 4000; key++)
        {
            using WatermarkSecret secret = scheme.DrawSecret(random);
            using KeyedScheme keyed = scheme.WithKey(secret);
            float[] probabilities = [0.5f, 0.3f, 0.2f];
            ((IProbabilityWatermark)keyed).ReshapeProbabilities([1, 2, 3, 4], [10, 20, 30], probabilities);
            Assert.Equal(1, probabilities.Sum(), 1e-5);
            for (int i = 0; i < 3; i++)
                means[i] += probabilities[i] / 4000.0;
        }

        Assert.Equal(0.5, means[0], 0.04);
        Assert.Equal(0.3, means[1], 0.04);
        Assert.Equal(0.2, means[2], 0.04);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void One_layer_of_a_tournament_is_its_definition(int leaves)
    {
        // The winner of L leaves drawn from p: green unless every leaf is red.
        var scheme = new SynthIdScheme { NumLeaves = leaves, Depth = 1 };
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(69));
        using KeyedScheme keyed = scheme.WithKey(secret);
        int[] candidates = [.. Enumerable.Range(0, 20)];
        float[] probabilities = [.. candidates.Select(token => (token + 1) / 210f)];
        float[] reshaped = [.. probabilities];
        ((IProbabilityWatermark)keyed).ReshapeProbabilities([7, 7, 7, 7], candidates, reshaped);
        double mass = candidates.Sum(token => keyed.Score([7, 7, 7, 7], token) * probabilities[token]);
        Assert.InRange(mass, 0.05, 0.95);
        foreach (int token in candidates)
        {
            double expected = keyed.Score([7, 7, 7, 7], token) == 1
                ? probabilities[token] * (1 - Math.Pow(1 - mass, leaves)) / mass
                : probabilities[token] * Math.Pow(1 - mass, leaves - 1);
            Assert.Equal(expected, reshaped[token], 1e-6);
        }
    }
}
