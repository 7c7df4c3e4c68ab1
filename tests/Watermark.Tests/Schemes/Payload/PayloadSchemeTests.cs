using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;
using Watermark.Catalog;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Payload;

namespace Watermark.Tests.Schemes.Payload;

public sealed class PayloadSchemeTests
{
    private const int Vocabulary = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Position_and_colour_are_what_the_page_says(int width)
    {
        // The page again, by the platform's HKDF and AES.
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] schemeKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, [], Encoding.UTF8.GetBytes($"watermark/v1/payload/h={width}"));
        using var aes = Aes.Create();
        aes.Key = schemeKey[..16];
        using WatermarkKey key = WatermarkKey.FromBytes(secret);
        var scheme = new PayloadScheme { ContextWidth = width, Payload = "c0ffee42", Symbols = 20 };
        using KeyedScheme keyed = scheme.WithKey(key);
        byte[] codeword = new byte[20];
        ReedSolomon.Encode([0xc0, 0xff, 0xee, 0x42], codeword);
        int[] context = [11, 22, 33];
        var logits = new float[Vocabulary];
        ((ILogitWatermark)keyed).BiasLogits(context.AsSpan(0, width), logits);
        int position = (int)(BinaryPrimitives.ReadUInt32LittleEndian(Block(0x1FFFFFFF)) % 80);
        int named = (codeword[position / 4] >> (6 - (2 * (position % 4)))) & 3;
        for (int token = 0; token < Vocabulary; token++)
        {
            int lane = BinaryPrimitives.ReadUInt16LittleEndian(Block((uint)token / 8).AsSpan(2 * (token % 8)));
            Assert.Equal((lane & 3) == named ? 1 : 0, keyed.Score(context.AsSpan(0, width), token));
            Assert.Equal((lane & 3) == named ? 2f : 0f, logits[token]);
        }

        byte[] Block(uint counter)
        {
            byte[] block = new byte[16];
            for (int i = 0; i < width; i++)
                BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(4 * i), context[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(12), counter);
            return aes.EncryptEcb(block, PaddingMode.None);
        }
    }

    [Property(MaxTest = 60)]
    public bool Dense_sparse_and_rows_agree_on_every_path(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        int width = (int)random.NextBelow(9);
        var scheme = new PayloadScheme { ContextWidth = width, Delta = 1.5, Payload = Convert.ToHexStringLower(Bytes(random, 2 + (int)random.NextBelow(7))), Symbols = 8 + (int)random.NextBelow(248) };
        int[] context = [.. Enumerable.Range(0, width).Select(_ => (int)random.NextBelow(100_000))];
        bool equal = true;
        float[]? first = null;
        foreach (AesPath path in AesPaths.Supported)
        {
            using KeyedPayload keyed = scheme.WithKey(key, path);
            var dense = new float[Vocabulary];
            keyed.BiasLogits(context, dense);
            first ??= dense;
            equal &= dense.AsSpan().SequenceEqual(first);
            int[] candidates = [.. Enumerable.Range(0, Vocabulary).Where(_ => random.NextBelow(3) == 0).Reverse()];
            var sparse = new float[candidates.Length];
            keyed.BiasLogits(context, candidates, sparse);
            equal &= sparse.AsSpan().SequenceEqual([.. candidates.Select(v => dense[v])]);
            var data = new int[(width + 1) * Vocabulary];
            for (int column = 0; column < width; column++)
                data.AsSpan(column * Vocabulary, Vocabulary).Fill(context[column]);
            for (int v = 0; v < Vocabulary; v++)
                data[(width * Vocabulary) + v] = v;
            var scores = new long[Vocabulary];
            keyed.ScoreRows(new NGramRows(data, Vocabulary, width, Vocabulary), scores);
            for (int v = 0; v < Vocabulary; v++)
                equal &= (dense[v] == 1.5f) == (scores[v] == 1);
        }

        return equal;
    }

    [Fact]
    public void Unrelated_text_has_a_quarter_of_its_rows_in_the_named_colours()
    {
        // 400 keys, 2,000 rows each: the total is Bin(800,000, 1/4), standard deviation 387; five of them are one in 1.7 million.
        var random = new SeededRandomBits(11);
        int[] ids = [.. Enumerable.Range(0, 2_002).Select(_ => (int)random.NextBelow(50_000))];
        Int128 total = 0;
        for (int i = 0; i < 400; i++)
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            using KeyedScheme keyed = new PayloadScheme { Payload = "1234567890abcdef" }.WithKey(key);
            total += keyed.SumScores(NGramRows.FromSequence(ids, 2));
        }

        Assert.InRange((double)total, 200_000 - (5 * 388), 200_000 + (5 * 388));
    }

    [Theory]
    [InlineData("beef", 300)]
    [InlineData("0123456789abcdef", 700)]
    public void A_payload_is_read_back_from_marked_text_and_from_no_other(string payload, int length)
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(3));
        using KeyedScheme keyed = new PayloadScheme { Payload = payload, Delta = 4 }.WithKey(key);

        // The reader knows the key and the number of bits only.
        using KeyedScheme reader = new PayloadScheme { Payload = new string('0', payload.Length) }.WithKey(key);
        DecodedPayload marked = PayloadDecoder.Decode(NGramRows.FromSequence(Write(keyed, length), 2), reader)!;
        DecodedPayload? unmarked = PayloadDecoder.Decode(NGramRows.FromSequence(Write(null, length), 2), reader);

        Assert.Equal(payload, marked.Payload);
        Assert.Equal(length, marked.Rows);
        Assert.True(marked.Agreeing > 0.6 * length);
        Assert.True(unmarked is null || unmarked.Agreeing < 0.45 * length, $"{unmarked}");
    }

    [Fact]
    public void A_third_of_the_tokens_replaced_leaves_the_payload()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(3));
        using KeyedScheme keyed = new PayloadScheme { Payload = "cafe", Delta = 4 }.WithKey(key);
        int[] text = Write(keyed, 1500);
        var random = new SeededRandomBits(8);
        for (int i = 2; i < text.Length; i++)
        {
            if (random.NextBelow(9) == 0)
                text[i] = (int)random.NextBelow(Vocabulary);
        }

        Assert.Equal("cafe", PayloadDecoder.Decode(NGramRows.FromSequence(text, 2), keyed)!.Payload);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        foreach (string payload in (string[])["", "abc", "zzzz", "01", "00112233445566778899"])
            Assert.Throws<ArgumentException>(() => new PayloadScheme { Payload = payload });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PayloadScheme { Symbols = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PayloadScheme { Symbols = 256 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new PayloadScheme { Delta = -1 });
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(3));
        Assert.Contains("at least 8 symbols", Assert.Throws<ArgumentException>(() => new PayloadScheme { Payload = "0011223344556677", Symbols = 4 }.WithKey(key)).Message, StringComparison.Ordinal);
        using KeyedScheme green = new Watermark.Schemes.Native.GreenListScheme().WithKey(key);
        Assert.Throws<ArgumentException>(() => PayloadDecoder.Decode(default, green));
        Assert.Equal("ABCD".ToLowerInvariant(), new PayloadScheme { Payload = "ABCD" }.Payload);
    }

    [Fact]
    public void A_key_file_holds_the_scheme()
    {
        var scheme = new PayloadScheme { Payload = "c0ffee42", Symbols = 20, Delta = 3, ContextWidth = 1 };

        Assert.Equal("""{"name":"payload","delta":3,"contextWidth":1,"symbols":20,"payload":"c0ffee42"}""", Encoding.UTF8.GetString(scheme.ToJson()));
        using System.Text.Json.JsonDocument json = System.Text.Json.JsonDocument.Parse(scheme.ToJson());
        Assert.Equal(scheme, SchemeCatalog.Find("payload")!.Read(json.RootElement));
    }

    private static int[] Write(KeyedScheme? mark, int length)
    {
        var sampler = new TokenSampler(new SamplerOptions { Seed = 4 });
        int[] prompt = [1, 2];
        var session = mark is null ? null : new WatermarkSession(mark);
        session?.Prime(prompt);
        var text = new List<int>(prompt);
        var logits = new float[Vocabulary];
        for (int i = 0; i < length; i++)
            text.Add(sampler.Sample(session, logits));
        return [.. text];
    }

    private static byte[] Bytes(SeededRandomBits random, int count)
    {
        byte[] bytes = new byte[count];
        random.Fill(bytes);
        return bytes;
    }
}
