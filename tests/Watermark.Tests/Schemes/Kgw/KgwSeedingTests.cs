using System.Numerics;
using Watermark.Randomness;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Torch;

namespace Watermark.Tests.Schemes.Kgw;

/// <summary>
/// The seeds against the definitions in big integers, cut to 64 bits where the original has tensors: the golden texts
/// know six of the eleven hashes and small keys only.
/// </summary>
public sealed class KgwSeedingTests
{
    private const int TableSize = 1_000_003;

    private static readonly int[] Table = MakeTable(2_971_215_073);

    [Theory]
    [InlineData("additive_prf")]
    [InlineData("multiplicative_prf")]
    [InlineData("minfunc_prf")]
    [InlineData("simple_skip_prf")]
    [InlineData("skipgram_prf")]
    [InlineData("anchored_skipgram_prf")]
    [InlineData("minhash_prf")]
    [InlineData("anchored_minhash_prf")]
    [InlineData("minskipgram_prf")]
    [InlineData("noncomm_prf")]
    [InlineData("position_prf")]
    public void Every_hash_follows_its_definition(string name)
    {
        var random = new SeededRandomBits(11);
        for (int round = 0; round < 300; round++)
        {
            int width = (name == "minskipgram_prf" ? 2 : 1) + (round % 6);
            int[] window = [.. Enumerable.Range(0, width).Select(_ => (int)random.NextBelow(round < 150 ? 1000UL : 128_256UL))];
            long key = (round % 3) switch { 0 => 15_485_863, 1 => (long)(random.NextUInt64() >> 1), _ => (long)random.NextBelow(1UL << 32) };
            KgwSeeding seeding = KgwSeeding.Parse($"ff-{name}-{width}-False");
            BigInteger value = Defined(name, window, key);
            var modulus = new BigInteger(ulong.MaxValue);
            BigInteger seed = ((value % modulus) + modulus) % modulus;
            Assert.Equal((uint)(seed & uint.MaxValue), seeding.SeedOf(window, key));
        }
    }

    [Fact]
    public void The_shared_table_is_the_permutation()
    {
        for (int i = 0; i < TableSize; i += 997)
            Assert.Equal(Table[i] + 1, TorchHashTable.Shared.Hash(i));
        Assert.Equal(Table[TableSize - 1] + 1, TorchHashTable.Shared.Hash(-1));
        Assert.Equal(Table[0] + 1, TorchHashTable.Shared.Hash(-TableSize));
    }

    [Theory]
    [InlineData("lefthash", 1, false)]
    [InlineData("selfhash", 3, true)]
    [InlineData("minhash", 4, false)]
    [InlineData("skipgram", 5, false)]
    [InlineData("ff-additive_prf-2-False", 2, false)]
    [InlineData("ff-minhash_prf-2-True", 1, true)]
    [InlineData("ff-minhash_prf-1-True", 0, true)]
    public void Names_are_read(string name, int contextWidth, bool selfSalted)
    {
        KgwSeeding seeding = KgwSeeding.Parse(name);
        Assert.Equal(contextWidth, seeding.ContextWidth);
        Assert.Equal(selfSalted, seeding.SelfSalted);
    }

    [Theory]
    [InlineData("")]
    [InlineData("lefthash ")]
    [InlineData("ff-additive_prf-2")]
    [InlineData("ff-additive_prf-0-False")]
    [InlineData("ff-additive_prf-17-False")]
    [InlineData("ff-additive_prf-2-false")]
    [InlineData("ff-additive-2-False")]
    [InlineData("gg-additive_prf-2-False")]
    [InlineData("ff-minskipgram_prf-1-False")]
    [InlineData("ff-additive_prf-2-False-")]
    public void Other_names_are_refused(string name) => Assert.Throws<ArgumentException>(() => KgwSeeding.Parse(name));

    [Fact]
    public void A_hash_key_in_the_name_is_refused_and_not_repeated()
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(() => KgwSeeding.Parse("ff-additive_prf-2-False-8675309"));
        Assert.Contains("hashKey", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("8675309", exception.Message, StringComparison.Ordinal);
    }

    private static BigInteger Defined(string name, int[] window, long key)
    {
        BigInteger[] hashed = [.. window.Select(token => Hash(Wrap((BigInteger)key * token)))];
        switch (name)
        {
            case "additive_prf":
                return (BigInteger)key * window.Sum(token => (long)token);
            case "multiplicative_prf":
                return key * Wrap(window.Aggregate(BigInteger.One, (product, token) => product * token));
            case "minfunc_prf":
                return (BigInteger)key * window.Min();
            case "simple_skip_prf":
                return Wrap(hashed.Where((_, i) => i % 2 == 0).Aggregate(BigInteger.One, (product, hash) => product * hash));
            case "skipgram_prf":
                return hashed[0];
            case "anchored_skipgram_prf":
                return Wrap(hashed[0] * hashed[^1]);
            case "minhash_prf":
                return hashed.Min();
            case "anchored_minhash_prf":
                return window.Min(token => Wrap(key * Hash(token) * Hash(window[^1])));
            case "minskipgram_prf":
                return Enumerable.Range(0, window.Length).SelectMany(i => Enumerable.Range(0, i).Select(j => hashed[i] * hashed[j])).Min();
            case "noncomm_prf":
                BigInteger state = key;
                foreach (int token in window)
                    state = Modulo(Wrap(state * Hash(Wrap(state * token))), BigInteger.One << 32);
                return state;
            default:
                return Wrap(window.Select((token, i) => (BigInteger)key * token * (i + 1)).Aggregate(BigInteger.Zero, (sum, term) => sum + term));
        }
    }

    private static BigInteger Hash(BigInteger x) => Table[(int)Modulo(x, TableSize)] + 1;

    private static BigInteger Modulo(BigInteger value, BigInteger modulus) => ((value % modulus) + modulus) % modulus;

    private static BigInteger Wrap(BigInteger value) => Modulo(value + (BigInteger.One << 63), BigInteger.One << 64) - (BigInteger.One << 63);

    private static int[] MakeTable(uint seed)
    {
        using var generator = new MersenneTwister(seed);
        var table = new int[TableSize];
        TorchRandom.Permutation(generator, table);
        return table;
    }
}
