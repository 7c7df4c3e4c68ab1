using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FsCheck.Xunit;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes.Coded;

public sealed class CodedGreenListTests
{
    private const int Vocabulary = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Positions_halves_and_codewords_are_what_the_page_says(int width)
    {
        // The page again, by the platform's HKDF, HMAC and AES.
        byte[] secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] codeKey = SchemeKey("coded-green-list-code");
        byte[] nonce = HMACSHA256.HashData(codeKey[16..], "acme"u8)[..12];
        int[] context = [.. new[] { 11, 22, 33 }.Take(width)];
        int position = (int)(BinaryPrimitives.ReadUInt32LittleEndian(Block("coded-green-list-position", 0)) % 4096);
        byte[] counter = [.. nonce, .. BitConverter.GetBytes(position / 128)];
        int bit = (Encrypt(codeKey, counter)[position % 128 / 8] >> (position % 8)) & 1;

        using WatermarkKey key = WatermarkKey.FromBytes(secret);
        var scheme = new CodedGreenListScheme { ContextWidth = width, Delta = 2, Eta = 0.5 };
        using KeyedScheme account = scheme.ForAccount(key, "acme");
        using KeyedScheme plain = scheme.WithKey(key);
        Assert.Equal(plain.KeyId, account.KeyId);
        var logits = new float[Vocabulary];
        var plainLogits = new float[Vocabulary];
        ((ILogitWatermark)account).BiasLogits(context, logits);
        ((ILogitWatermark)plain).BiasLogits(context, plainLogits);
        Span<int> positions = stackalloc int[1];
        Span<sbyte> halves = stackalloc sbyte[1];
        for (int token = 0; token < Vocabulary; token++)
        {
            int lane = BinaryPrimitives.ReadUInt16LittleEndian(Block("coded-green-list", (uint)token / 8).AsSpan(2 * (token % 8)));
            bool green = lane < 16384;
            Assert.Equal(green ? 1 : 0, plain.Score(context, token));
            Assert.Equal(green ? 1 : 0, account.Score(context, token));
            Assert.Equal(green ? 2f : 0f, plainLogits[token]);
            Assert.Equal(!green ? 0f : lane % 2 == bit ? 2.5f : 1.5f, logits[token]);
            ((ICodedRows)plain).Read(new NGramRows([.. context, token], 1, width, 1), positions, halves);
            Assert.Equal(position, positions[0]);
            Assert.Equal(!green ? 0 : lane % 2 == 0 ? 1 : -1, halves[0]);
        }

        byte[] SchemeKey(string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, [], Encoding.UTF8.GetBytes($"watermark/v1/{purpose}/h={width}"));

        byte[] Block(string purpose, uint counter)
        {
            byte[] block = new byte[16];
            for (int i = 0; i < width; i++)
                BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(4 * i), context[i]);
            BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(12), counter);
            return Encrypt(SchemeKey(purpose), block);
        }

        static byte[] Encrypt(byte[] key, byte[] block)
        {
            using var aes = Aes.Create();
            aes.Key = key[..16];
            return aes.EncryptEcb(block, PaddingMode.None);
        }
    }

    [Theory]
    [InlineData("acme", "13649471d08fa5a007bdae839ee825d5", 2058)]
    [InlineData("account-1", "81d6a6e0d8df38f9a8c16a1c2cc22df5", 2019)]
    public void Codewords_are_those_of_another_implementation(string account, string start, int ones)
    {
        // Computed in Python with OpenSSL's AES and HMAC.
        using WatermarkKey key = WatermarkKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        using KeyedScheme keyed = new CodedGreenListScheme().WithKey(key);
        byte[] codeword = new byte[AccountCode.CodewordBytes];
        ((ICodedRows)keyed).Code.Write(account, codeword);
        Assert.Equal(start, Convert.ToHexStringLower(codeword.AsSpan(0, 16)));
        Assert.Equal(ones, codeword.Sum(value => int.PopCount(value)));
        Span<int> positions = stackalloc int[1];
        Span<sbyte> halves = stackalloc sbyte[1];
        ((ICodedRows)keyed).Read(new NGramRows([11, 22, 0], 1, 2, 1), positions, halves);
        Assert.Equal(1160, positions[0]);
        Assert.Equal(0, halves[0]);
    }

    [Property(MaxTest = 60)]
    public bool Dense_sparse_and_rows_agree_on_every_path(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        using WatermarkKey key = WatermarkKey.Draw(random);
        int width = (int)random.NextBelow(9);
        var scheme = new CodedGreenListScheme { ContextWidth = width, Delta = 2, Eta = 0.75, Gamma = new Fraction(1 + (int)random.NextBelow(9), 10) };
        int[] context = [.. Enumerable.Range(0, width).Select(_ => (int)random.NextBelow(100_000))];
        string account = $"account {random.NextBelow(1000)}";
        int[] candidates = [.. Enumerable.Range(0, Vocabulary).Where(_ => random.NextBelow(3) == 0).Reverse()];
        var data = new int[(width + 1) * Vocabulary];
        for (int column = 0; column < width; column++)
            data.AsSpan(column * Vocabulary, Vocabulary).Fill(context[column]);
        for (int v = 0; v < Vocabulary; v++)
            data[(width * Vocabulary) + v] = v;
        bool equal = true;
        float[]? first = null;
        foreach (AesPath path in AesPaths.Supported)
        {
            using KeyedCodedGreenList keyed = scheme.WithKey(key, account, path);
            var dense = new float[Vocabulary];
            keyed.BiasLogits(context, dense);
            first ??= dense;
            equal &= dense.AsSpan().SequenceEqual(first);
            var sparse = new float[candidates.Length];
            keyed.BiasLogits(context, candidates, sparse);
            equal &= sparse.AsSpan().SequenceEqual([.. candidates.Select(v => dense[v])]);
            var scores = new long[Vocabulary];
            var positions = new int[Vocabulary];
            var halves = new sbyte[Vocabulary];
            var rows = new NGramRows(data, Vocabulary, width, Vocabulary);
            keyed.ScoreRows(rows, scores);
            keyed.Read(rows, positions, halves);
            byte[] codeword = new byte[AccountCode.CodewordBytes];
            keyed.Code.Write(account, codeword);
            int sign = ((codeword[positions[0] / 8] >> (positions[0] % 8)) & 1) == 0 ? 1 : -1;
            for (int v = 0; v < Vocabulary; v++)
                equal &= scores[v] == Math.Abs(halves[v]) && positions[v] == positions[0] && dense[v] == (halves[v] == 0 ? 0f : 2f + (0.75f * sign * halves[v]));
            equal &= keyed.SumScores(rows) == scores.Sum();
        }

        return equal;
    }

    [Fact]
    public void Unrelated_text_is_green_with_gamma_and_in_each_half_as_often()
    {
        // 200 keys, 2,000 rows: green Bin(400,000, 1/4), sd 274; A less B has sd √100,000 = 316; five of each are one in 1.7 million.
        var random = new SeededRandomBits(12);
        int[] ids = [.. Enumerable.Range(0, 2_002).Select(_ => (int)random.NextBelow(50_000))];
        long green = 0;
        long difference = 0;
        for (int i = 0; i < 200; i++)
        {
            using WatermarkKey key = WatermarkKey.Draw(random);
            using KeyedScheme keyed = new CodedGreenListScheme().WithKey(key);
            CodeCounts counts = CodeCounts.Of(NGramRows.FromSequence(ids, 2), keyed);
            Assert.Equal((Int128)counts.Green, keyed.SumScores(NGramRows.FromSequence(ids, 2)));
            green += counts.Green;
            foreach (int value in counts.Differences)
                difference += value;
        }

        Assert.InRange(green, 100_000 - (5 * 274), 100_000 + (5 * 274));
        Assert.InRange(difference, -5 * 317, 5 * 317);
    }

    [Fact]
    public void Sums_by_bytes_are_the_sums_by_positions()
    {
        var random = new SeededRandomBits(4);
        int[] differences = [.. Enumerable.Range(0, CodedGreenListScheme.Positions).Select(_ => (int)random.NextBelow(2001) - 1000)];
        var sums = new CodeSums(differences);
        using AccountCode code = AccountCode.Draw(random);
        byte[] codeword = new byte[AccountCode.CodewordBytes];
        int ones = 0;
        for (int account = 0; account < 50; account++)
        {
            code.Write($"a{account}", codeword);
            long expected = differences.Select((value, i) => ((codeword[i / 8] >> (i % 8)) & 1) == 0 ? value : -(long)value).Sum();
            Assert.Equal(expected, sums.Of(codeword));
            ones += codeword.Sum(value => int.PopCount(value));
        }

        // Bin(204,800, 1/2), standard deviation 226; five of them.
        Assert.InRange(ones, 102_400 - 1131, 102_400 + 1131);
    }

    [Fact]
    public void Wrong_parameters_are_refused()
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(1));
        Assert.Throws<ArgumentException>(() => new CodedGreenListScheme { Delta = 1, Eta = 1.5 }.WithKey(key));
        Assert.Throws<ArgumentException>(() => new CodedGreenListScheme().ForAccount(key, string.Empty));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CodedGreenListScheme { Eta = double.NaN });
        Assert.Throws<ArgumentException>(() => new CodeSums(new int[7]));
        using KeyedScheme other = new Watermark.Schemes.Native.GreenListScheme().WithKey(key);
        Assert.Throws<ArgumentException>(() => CodeCounts.Of(NGramRows.FromSequence([1, 2, 3, 4], 2), other));
    }
}
