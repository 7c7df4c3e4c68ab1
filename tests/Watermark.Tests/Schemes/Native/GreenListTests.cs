using System.Text;
using System.Text.Json;
using FsCheck.Xunit;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Statistics;
using Watermark.TestKit;

namespace Watermark.Tests.Schemes.Native;

public sealed class GreenListTests
{
    private static readonly JsonElement Vectors = Golden.Load("native-prf");

    [Fact]
    public void Golden_lists_come_out_dense_sparse_and_scored()
    {
        using WatermarkKey key = WatermarkKey.FromBytes(Convert.FromHexString(Vectors.GetProperty("secret").GetString()!));
        foreach (JsonElement item in Vectors.GetProperty("cases").EnumerateArray())
        {
            if (!item.GetProperty("info").GetString()!.Contains("green-list", StringComparison.Ordinal))
                continue;
            int[] context = item.GetProperty("context").Ints();
            using KeyedScheme scheme = new GreenListScheme { ContextWidth = context.Length, Delta = 1 }.WithKey(key);
            var logits = new float[100_256];
            ((ILogitWatermark)scheme).BiasLogits(context, logits);
            int[] green = [.. Enumerable.Range(0, logits.Length).Where(v => logits[v] == 1)];
            Assert.Equal(item.GetProperty("green_count_gamma_1_4_vocab_100256").GetInt32(), green.Length);
            int[] first = item.GetProperty("first_green_tokens").Ints();
            Assert.Equal(first, green[..first.Length]);
            foreach (JsonElement row in item.GetProperty("rows").EnumerateArray())
                Assert.Equal(row.GetProperty("lane").GetInt32() < 16_384 ? 1 : 0, scheme.Score(context, row.GetProperty("token").GetInt32()));
        }
    }

    [Property(MaxTest = 150)]
    public bool Dense_sparse_rows_and_sums_agree_on_every_path(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        int width = (int)random.NextBelow(9);
        int vocabulary = 1 + (int)random.NextBelow(2_500);
        var scheme = new GreenListScheme { Gamma = new Fraction(1 + (long)random.NextBelow(65_535), 65_536), ContextWidth = width, Delta = 1.5 };
        int[] context = Ints(random, width, 100_000);
        bool equal = true;
        foreach (AesPath path in AesPaths.Supported)
        {
            using KeyedGreenList keyed = scheme.WithKey(key, path);
            float[] plain = [.. Ints(random, vocabulary, 1000).Select(value => value / 64f)];
            float[] dense = [.. plain];
            keyed.BiasLogits(context, dense);
            int[] candidates = [.. Enumerable.Range(0, vocabulary).Where(_ => random.NextBelow(3) == 0).Reverse()];
            float[] sparse = [.. candidates.Select(v => plain[v])];
            keyed.BiasLogits(context, candidates, sparse);
            equal &= sparse.AsSpan().SequenceEqual([.. candidates.Select(v => dense[v])]);

            var data = new int[(width + 1) * vocabulary];
            for (int column = 0; column < width; column++)
                data.AsSpan(column * vocabulary, vocabulary).Fill(context[column]);
            for (int v = 0; v < vocabulary; v++)
                data[(width * vocabulary) + v] = v;
            var scores = new long[vocabulary];
            keyed.ScoreRows(new NGramRows(data, vocabulary, width, vocabulary), scores);
            for (int v = 0; v < vocabulary; v++)
                equal &= dense[v] == (scores[v] == 1 ? plain[v] + 1.5f : plain[v]);
            equal &= keyed.SumScores(new NGramRows(data, vocabulary, width, vocabulary)) == scores.Sum();
        }

        return equal;
    }

    [Property(MaxTest = 200)]
    public bool Vector_kernels_equal_their_scalar_twins(ulong seed, bool tiny)
    {
        var random = new SeededRandomBits(seed);
        int count = (int)random.NextBelow(258);
        int offset = (int)random.NextBelow(4);
        uint threshold = tiny ? (uint)random.NextBelow(3) + 1 : (uint)random.NextBelow(65_536);
        var bytes = new byte[offset + (16 * count)];
        random.Fill(bytes);
        ReadOnlySpan<byte> blocks = bytes.AsSpan(offset);
        int[] tokens = Ints(random, count, int.MaxValue);
        bool equal = GreenLanes.Count(blocks, tokens, threshold) == GreenLanes.CountScalar(blocks, tokens, threshold);
        float[] dense = [.. Ints(random, offset + count, 1000).Select(value => value == 0 ? -0f : (value - 500) / 7f)];
        float[] scalar = [.. dense];
        GreenLanes.Bias(blocks, threshold, 2.25f, dense.AsSpan(offset));
        GreenLanes.BiasScalar(blocks, threshold, 2.25f, scalar.AsSpan(offset));
        return equal && dense.Select(BitConverter.SingleToInt32Bits).SequenceEqual(scalar.Select(BitConverter.SingleToInt32Bits));
    }

    [Fact]
    public void Excluded_tokens_stay_excluded()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(4));
        using KeyedGreenList keyed = new GreenListScheme().WithKey(key, AesPaths.Best);
        var logits = new float[1000];
        Array.Fill(logits, float.NegativeInfinity);
        keyed.BiasLogits([1, 2], logits);
        Assert.All(logits, logit => Assert.Equal(float.NegativeInfinity, logit));
    }

    [Theory]
    [InlineData("1/10", "3277/32768")]
    [InlineData("1/4", "1/4")]
    [InlineData("0.5", "1/2")]
    [InlineData("1/100000", "1/65536")]
    [InlineData("1/3", "21845/65536")]
    public void Gamma_shows_the_value_that_is_used(string given, string used)
    {
        var scheme = new GreenListScheme { Gamma = Fraction.Parse(given) };
        Assert.Equal(used, scheme.Gamma.ToString());
        Assert.Equal(Fraction.Parse(used), scheme.Null.Gamma);
        Assert.Equal(Fraction.Parse(used), new Fraction(scheme.Threshold, 65_536));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("1/200000")]
    [InlineData("199999/200000")]
    [InlineData("5/4")]
    public void A_gamma_of_nothing_or_everything_is_refused(string gamma) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new GreenListScheme { Gamma = Fraction.Parse(gamma) });

    [Fact]
    public void Other_parameters_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GreenListScheme { Delta = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GreenListScheme { Delta = -0.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GreenListScheme { ContextWidth = 9 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GumbelScheme { ContextWidth = -1 });
        Assert.Equal(new GreenListScheme { ContextWidth = 4 }, new GreenListScheme() with { ContextWidth = 4 });
        Assert.NotEqual(new GreenListScheme { ContextWidth = 4 }, new GreenListScheme());
        Assert.Equal("green-list (gamma 1/4, delta 2, context width 2)", new GreenListScheme().ToString());
    }

    [Theory]
    [InlineData("""{"gamma":"1/10","delta":1.5,"contextWidth":0}""", """{"gamma":"3277/32768","delta":1.5,"contextWidth":0}""")]
    [InlineData("""{}""", """{"gamma":"1/4","delta":2,"contextWidth":2}""")]
    public void Parameters_are_read_and_written_in_canonical_order(string given, string written)
    {
        using JsonDocument document = JsonDocument.Parse(given);
        WatermarkScheme scheme = SchemeCatalog.Find("green-list")!.Read(document.RootElement);
        Assert.Equal(written, Written(scheme));
        using JsonDocument again = JsonDocument.Parse(written);
        Assert.Equal(scheme, SchemeCatalog.Find("green-list")!.Read(again.RootElement));
    }

    [Fact]
    public void A_gamma_that_rounds_to_nothing_is_malformed_input()
    {
        using JsonDocument document = JsonDocument.Parse("""{"gamma":"1/900000"}""");
        InputFormatException exception = Assert.Throws<InputFormatException>(
            () => SchemeCatalog.Find("green-list")!.Read(document.RootElement));
        Assert.Contains("Gamma must lie from 1/65536", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gumbel_parameters_are_read_and_written()
    {
        using JsonDocument document = JsonDocument.Parse("""{"name":"gumbel","contextWidth":5}""");
        WatermarkScheme scheme = SchemeCatalog.Find("gumbel")!.Read(document.RootElement);
        Assert.Equal(new GumbelScheme { ContextWidth = 5 }, scheme);
        Assert.Equal("""{"contextWidth":5}""", Written(scheme));
        Assert.Equal(new GammaNull(), scheme.Null);
    }

    [Fact]
    public void A_disposed_scheme_refuses_work_and_hides_its_key()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(4));
        KeyedScheme keyed = new GreenListScheme().WithKey(key);
        Assert.Equal($"green-list (key {keyed.Scheme.IdOf(key)})", keyed.ToString());
        keyed.Dispose();
        Assert.Throws<ObjectDisposedException>(() => keyed.Score([1, 2], 3));
    }

    private static string Written(WatermarkScheme scheme)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            scheme.WriteParameters(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static int[] Ints(SeededRandomBits random, int count, int bound)
    {
        var values = new int[count];
        for (int i = 0; i < count; i++)
            values[i] = (int)random.NextBelow((ulong)bound);
        return values;
    }
}
