using System.Numerics;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Maryland;
using Watermark.Schemes.Torch;
using Watermark.Schemes.Vllm;

namespace Watermark.Tests.Schemes;

/// <summary>The coin of a row, (seed, token), decides its score; a row without a coin says nothing about the key.</summary>
public sealed class CoinTests
{
    private const int Vocabulary = 600;

    public static TheoryData<string> Seeded => new(
        ((string[])
        [
            "lefthash", "selfhash", "minhash", "skipgram", "ff-additive_prf-2-False", "ff-additive_prf-2-True", "ff-multiplicative_prf-3-False",
            "ff-minfunc_prf-3-False", "ff-simple_skip_prf-4-False", "ff-anchored_skipgram_prf-3-False", "ff-anchored_skipgram_prf-3-True",
            "ff-anchored_minhash_prf-3-False", "ff-minskipgram_prf-3-False", "ff-minskipgram_prf-3-True", "ff-noncomm_prf-2-False", "ff-position_prf-3-False",
        ]).Select(seeding => $$"""{"name":"kgw","seeding":"{{seeding}}","vocabularySize":600}""")
        .Concat(
        [
            """{"name":"hf-kgw","vocabularySize":600}""",
            """{"name":"hf-kgw","seeding":"selfhash","contextWidth":4,"vocabularySize":600}""",
            """{"name":"markllm-kgw","vocabularySize":600}""",
            """{"name":"markllm-kgw","seeding":"time","contextWidth":3,"seedRange":"full","vocabularySize":600}""",
            """{"name":"markllm-kgw","seeding":"additive","contextWidth":2,"vocabularySize":600}""",
            """{"name":"markllm-kgw","seeding":"skip","contextWidth":2,"vocabularySize":600}""",
            """{"name":"markllm-kgw","seeding":"min","contextWidth":3,"seedRange":"full","vocabularySize":600}""",
            """{"name":"maryland","contextWidth":2,"vocabularySize":600}""",
            """{"name":"gumbel-torch","contextWidth":3,"vocabularySize":600}""",
            """{"name":"vllm-sbw"}""",
            """{"name":"vllm-sbw","contextWidth":1}""",
            """{"name":"vllm-sbw","seeding":"lefthash","contextWidth":3}""",
            """{"name":"vllm-sbw","seeding":"lefthash-detector","contextWidth":2}""",
        ]));

    [Theory]
    [MemberData(nameof(Seeded))]
    public void A_coin_scores_what_its_row_scores(string json)
    {
        using KeyedScheme keyed = Draw(json, 1);
        int[] data = Rows(keyed, 700, 2);
        var rows = new NGramRows(data, 700, keyed.ContextWidth, 700);
        long[] expected = new long[700];
        long[] scores = new long[700];
        ulong[] seeds = new ulong[700];
        keyed.ScoreRows(rows, expected);
        keyed.Seeds(rows, seeds);
        keyed.ScoreCoins(seeds, rows.Tokens, scores);
        for (int i = 0; i < 700; i++)
            Assert.Equal(seeds[i] == KeyedScheme.NoCoin ? 0 : expected[i], scores[i]);
        Assert.True(seeds.Count(seed => seed != KeyedScheme.NoCoin) > 60);
        if (keyed.Scheme is not VllmSbwScheme)
            Assert.True(seeds.All(seed => seed is <= uint.MaxValue or KeyedScheme.NoCoin));
    }

    [Theory]
    [MemberData(nameof(Seeded))]
    public void A_row_without_a_coin_has_one_score_under_every_key(string json)
    {
        const int count = 400;
        const int keys = 50;
        using KeyedScheme first = Draw(json, 100);
        int[] data = Rows(first, count, 3);
        var rows = new NGramRows(data, count, first.ContextWidth, count);
        var fixedScore = new long?[count];
        var varies = new bool[count];
        var last = new long[count];
        var scores = new long[count];
        var seeds = new ulong[count];
        for (int key = 0; key < keys; key++)
        {
            using KeyedScheme keyed = Draw(json, 100 + (ulong)key);
            keyed.ScoreRows(rows, scores);
            keyed.Seeds(rows, seeds);
            for (int i = 0; i < count; i++)
            {
                if (seeds[i] == KeyedScheme.NoCoin)
                {
                    fixedScore[i] ??= scores[i];
                    Assert.Equal(fixedScore[i], scores[i]);
                    if (first.Scheme is not VllmSbwScheme && (uint)rows.Tokens[i] >= Vocabulary)
                        Assert.Equal(0, scores[i]);
                }

                varies[i] |= key > 0 && scores[i] != last[i];
            }

            scores.CopyTo(last, 0);
        }

        // And the other way round: a row whose score never changes has no coin. 50 keys agree by chance with 0.75^50.
        for (int i = 0; i < count; i++)
            Assert.True(fixedScore[i] is not null || varies[i], $"Row {i} has a coin, but one score under every key.");
    }

    [Theory]
    [InlineData("""{"name":"kgw","seeding":"lefthash","vocabularySize":600}""")]
    [InlineData("""{"name":"gumbel-torch","contextWidth":1,"vocabularySize":600}""")]
    [InlineData("""{"name":"vllm-sbw","seeding":"lefthash","contextWidth":1}""")]
    public void Rows_of_several_blocks_have_the_seeds_and_scores_of_one(string json)
    {
        const int count = (1 << 16) + 300;
        using KeyedScheme keyed = Draw(json, 8);
        int[] data = Rows(keyed, count, 9);
        var rows = new NGramRows(data, count, keyed.ContextWidth, count);
        var seeds = new ulong[count];
        var scores = new long[count];
        keyed.Seeds(rows, seeds);
        keyed.ScoreCoins(seeds, rows.Tokens, scores);
        foreach (int start in (int[])[0, (1 << 16) - 100, count - 150])
        {
            var part = new ulong[150];
            var partScores = new long[150];
            keyed.Seeds(rows.Slice(start, 150), part);
            keyed.ScoreCoins(part, rows.Tokens.Slice(start, 150), partScores);
            Assert.Equal(part, seeds[start..(start + 150)]);
            Assert.Equal(partScores, scores[start..(start + 150)]);
        }
    }

    [Theory]
    [InlineData("lefthash", true, 0)]
    [InlineData("lefthash", false, 7)]
    [InlineData("ff-additive_prf-2-False", true, 0, 0)]
    [InlineData("ff-additive_prf-2-False", false, 0, 5)]
    [InlineData("ff-multiplicative_prf-3-False", true, 5, 0, 7)]
    [InlineData("ff-multiplicative_prf-3-False", false, 5, 1, 7)]
    [InlineData("ff-minfunc_prf-3-False", true, 5, 0, 7)]
    [InlineData("ff-simple_skip_prf-4-False", true, 0, 5, 0, 7)]
    [InlineData("ff-simple_skip_prf-4-False", false, 0, 0, 1, 0)]
    [InlineData("skipgram", true, 0, 1, 2, 3, 4)]
    [InlineData("skipgram", false, 1, 0, 0, 0, 0)]
    [InlineData("ff-anchored_skipgram_prf-3-False", true, 0, 5, 0)]
    [InlineData("ff-anchored_skipgram_prf-3-False", false, 0, 0, 5)]
    [InlineData("ff-anchored_minhash_prf-3-False", false, 0, 0, 0)]
    [InlineData("ff-noncomm_prf-2-False", false, 0, 0)]
    [InlineData("ff-position_prf-3-False", true, 0, 0, 0)]
    [InlineData("ff-position_prf-3-False", false, 0, 0, 1)]
    [InlineData("minhash", true, 0, 0, 0, 0)]
    [InlineData("minhash", false, 1, 2, 3, 4)]
    [InlineData("ff-minskipgram_prf-2-False", true, 0, 0)]
    [InlineData("ff-minskipgram_prf-2-False", false, 0, 1)]
    public void Windows_of_lm_watermarking_without_a_coin(string seeding, bool none, params int[] window)
    {
        Assert.Equal(none, KgwSeeding.Parse(seeding).IsKeyless(window, 0x1234_5678_9ABC_DEF1));
    }

    [Fact]
    public void Seeds_are_those_of_the_seeding_functions()
    {
        const long hashKey = 0x1234_5678_9ABC_DEF1;
        const int count = 300;
        foreach (string json in Seeded)
        {
            WatermarkScheme scheme = SchemeJson.Scheme(json);
            string secret = scheme switch
            {
                KgwScheme or HfKgwScheme or MarkLlmKgwScheme => $$"""{"hashKey":"{{hashKey}}"}""",
                MarylandScheme or GumbelTorchScheme => $$"""{"seed":"{{hashKey}}"}""",
                _ => $$"""{"key":"{{hashKey}}"}""",
            };
            using KeyedScheme keyed = SchemeJson.Keyed(json, secret);
            int[] data = Rows(keyed, count, 4);
            var rows = new NGramRows(data, count, keyed.ContextWidth, count);
            var seeds = new ulong[count];
            keyed.Seeds(rows, seeds);
            int[] row = new int[keyed.ContextWidth + 1];
            for (int i = 0; i < count; i++)
            {
                rows.CopyRow(i, row);
                if (seeds[i] != KeyedScheme.NoCoin)
                    Assert.Equal(Expected(scheme, row, hashKey), seeds[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeded))]
    public void Behind_a_prompt_there_is_no_token_yet(string json)
    {
        using KeyedScheme keyed = Draw(json, 5);
        int[] data = new int[keyed.ContextWidth + 1];
        for (int i = 0; i < data.Length; i++)
            data[i] = 11 + (7 * i);
        var seed = new ulong[2];
        keyed.Seeds(new NGramRows(data, 1, keyed.ContextWidth, 1), seed);
        data[^1] = int.MinValue;
        keyed.Seeds(new NGramRows(data, 1, keyed.ContextWidth, 1), seed.AsSpan(1));
        Assert.Equal(keyed.Scheme.Coins == CoinRule.SeedOfContext ? seed[0] : KeyedScheme.NoCoin, seed[1]);
        data[^1] = -5;
        keyed.Seeds(new NGramRows(data, 1, keyed.ContextWidth, 1), seed);
        if (keyed.Scheme is not VllmSbwScheme)
            Assert.Equal(KeyedScheme.NoCoin, seed[0]);
    }

    [Theory]
    [InlineData("""{"name":"kgw","seeding":"ff-additive_prf-2-False","vocabularySize":600}""", "3,5", "5,3")]
    [InlineData("""{"name":"kgw","seeding":"ff-minfunc_prf-3-False","vocabularySize":600}""", "3,5,9", "77,3,200")]
    [InlineData("""{"name":"kgw","seeding":"ff-simple_skip_prf-3-False","vocabularySize":600}""", "3,5,9", "9,200,3")]
    [InlineData("""{"name":"kgw","seeding":"skipgram","vocabularySize":600}""", "3,5,9,10,11", "3,1,2,3,4")]
    [InlineData("""{"name":"markllm-kgw","contextWidth":2,"vocabularySize":600}""", "3,210", "10,63")]
    [InlineData("""{"name":"markllm-kgw","contextWidth":2,"vocabularySize":600}""", "30,40", "0,77")]
    [InlineData("""{"name":"markllm-kgw","seeding":"additive","contextWidth":2,"vocabularySize":600}""", "3,5", "400,208")]
    [InlineData("""{"name":"markllm-kgw","seeding":"skip","contextWidth":2,"vocabularySize":600}""", "3,5", "3,77")]
    [InlineData("""{"name":"maryland","contextWidth":2,"vocabularySize":40000}""", "3,35320", "4,3")]
    [InlineData("""{"name":"gumbel-torch","contextWidth":2,"vocabularySize":40000}""", "3,35320", "4,3")]
    [InlineData("""{"name":"vllm-sbw","seeding":"lefthash","contextWidth":3}""", "3,5,9", "9,8,0")]
    public void Contexts_of_one_seed_have_one_list(string json, string left, string right)
    {
        using KeyedScheme keyed = Draw(json, 6);
        (ulong seed, long[] scores) = List(keyed, left);
        (ulong otherSeed, long[] otherScores) = List(keyed, right);
        Assert.Equal(seed, otherSeed);
        Assert.Equal(scores, otherScores);
        Assert.NotEqual(KeyedScheme.NoCoin, seed);
    }

    [Theory]
    [InlineData("""{"name":"green-list"}""")]
    [InlineData("""{"name":"gumbel"}""")]
    [InlineData("""{"name":"textseal"}""")]
    [InlineData("""{"name":"vllm-gumbel"}""")]
    [InlineData("""{"name":"vllm-dual-gumbel"}""")]
    [InlineData("""{"name":"synthid"}""")]
    [InlineData("""{"name":"synthid-hf"}""")]
    public void Where_a_row_is_its_own_coin_there_are_no_seeds(string json)
    {
        using KeyedScheme keyed = Draw(json, 7);
        Assert.Equal(CoinRule.Row, keyed.Scheme.Coins);
        Assert.Throws<InvalidOperationException>(() => keyed.Seeds(default, new ulong[1]));
        Assert.Throws<InvalidOperationException>(() => keyed.ScoreCoins([1], [1], new long[1]));
    }

    private static (ulong Seed, long[] Scores) List(KeyedScheme keyed, string context)
    {
        const int tokens = 200;
        int[] columns = [.. context.Split(',').Select(int.Parse).SelectMany(token => Enumerable.Repeat(token, tokens)), .. Enumerable.Range(0, tokens)];
        var rows = new NGramRows(columns, tokens, keyed.ContextWidth, tokens);
        var seeds = new ulong[tokens];
        var scores = new long[tokens];
        keyed.Seeds(rows, seeds);
        keyed.ScoreRows(rows, scores);
        Assert.Single(seeds.Distinct());
        return (seeds[0], scores);
    }

    private static ulong Expected(WatermarkScheme scheme, int[] row, long key)
    {
        switch (scheme)
        {
            case KgwScheme kgw:
                var seeding = KgwSeeding.Parse(kgw.Seeding);
                return seeding.SeedOf(row.AsSpan(0, seeding.Window), key);
            case HfKgwScheme { Seeding: "lefthash" }:
                return TorchSeed.Of((Int128)key * row[^2]);
            case HfKgwScheme:
                return TorchSeed.Of(KgwSeeding.AnchoredMinHash(new TorchHashTable(TorchRandom.EffectiveSeed((ulong)key)), row, key));
            case MarkLlmKgwScheme markLlm:
                return MarkLlmSeed(markLlm, row[..^1], (ulong)key);
            case VllmSbwScheme sbw:
                Span<ulong> seed = stackalloc ulong[1];
                VllmSeeds.Tokens(sbw.Seeding, (ulong)key, row.AsSpan(0, row.Length - 1), row.AsSpan(row.Length - 1), seed);
                return seed[0];
            default:
                return MarylandSeed.Of(row.AsSpan(0, row.Length - 1), (ulong)key);
        }
    }

    /// <summary>MarkLLM's own order of operations, with integers of any size.</summary>
    private static ulong MarkLlmSeed(MarkLlmKgwScheme scheme, int[] window, ulong key)
    {
        int size = scheme.VocabularySize;
        var permutation = new int[size];
        using (var generator = new MersenneTwister((uint)key))
            TorchRandom.Permutation(generator, permutation);
        BigInteger number = scheme.Seeding switch
        {
            "time" => permutation[(int)(window.Aggregate(BigInteger.One, (product, token) => product * token) % size)],
            "additive" => permutation[window.Sum() % size],
            "skip" => permutation[window[0]],
            _ => window.Min(token => permutation[token]),
        };
        BigInteger seed = key * number;
        return (ulong)((scheme.SeedRange == "vocabulary" ? seed % size : seed) % (BigInteger.One << 32));
    }

    private static KeyedScheme Draw(string json, ulong seed)
    {
        WatermarkScheme scheme = SchemeJson.Scheme(json);
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(seed));
        return scheme.WithKey(secret);
    }

    /// <summary>Columns of few ids with many zeros, paddings where the scheme pads, and a few tokens outside the vocabulary.</summary>
    private static int[] Rows(KeyedScheme keyed, int count, ulong seed)
    {
        var random = new SeededRandomBits(seed);
        int low = keyed.Scheme.Padding ?? 0;
        int[] data = [.. Enumerable.Range(0, count * (keyed.ContextWidth + 1)).Select(_ => Token(random, low))];
        Span<int> tokens = data.AsSpan(count * keyed.ContextWidth);
        for (int i = 0; i < count; i++)
        {
            if (i % 37 == 0)
                tokens[i] = i % 2 == 0 ? Vocabulary + i : -2 - i;
            else
                tokens[i] = Math.Max(0, tokens[i]);
        }

        return data;
    }

    private static int Token(SeededRandomBits random, int low) => random.NextBelow(4) switch
    {
        0 => 0,
        1 => low,
        _ => (int)random.NextBelow(Vocabulary),
    };
}
