using FsCheck.Xunit;
using Watermark.Randomness;
using Watermark.Schemes.Payload;

namespace Watermark.Tests.Schemes.Payload;

public sealed class ReedSolomonTests
{
    [Fact]
    public void A_published_codeword_comes_out()
    {
        // The data and check codewords of "HELLO WORLD" as a version 1-M QR code (ISO/IEC 18004 has the same field and roots);
        // Thonky's QR code tutorial, "Error correction coding".
        byte[] message = [32, 91, 11, 120, 209, 114, 220, 77, 67, 64, 236, 17, 236, 17, 236, 17];
        byte[] codeword = new byte[26];

        ReedSolomon.Encode(message, codeword);

        Assert.Equal(message, codeword[..16]);
        Assert.Equal([196, 35, 39, 119, 235, 215, 231, 226, 93, 23], codeword[16..]);
    }

    [Property(MaxTest = 400)]
    public bool Whatever_the_distance_allows_is_corrected(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        int length = 2 + (int)random.NextBelow(254);
        int message = 1 + (int)random.NextBelow((ulong)length);
        int checks = length - message;
        byte[] codeword = new byte[length];
        byte[] data = new byte[message];
        random.Fill(data);
        ReedSolomon.Encode(data, codeword);
        int errors = (int)random.NextBelow((ulong)((checks / 2) + 1));
        int erasures = (int)random.NextBelow((ulong)(checks - (2 * errors) + 1));
        int[] places = [.. Shuffled(length, random).Take(errors + erasures)];
        byte[] word = [.. codeword];
        foreach (int place in places)
            word[place] ^= (byte)(1 + random.NextBelow(255));

        return ReedSolomon.TryDecode(word, message, places[..erasures]) && word.AsSpan().SequenceEqual(codeword);
    }

    [Fact]
    public void The_nearest_codeword_of_all_is_found_and_no_other()
    {
        // All 65,536 codewords of a code of 6 symbols with 2 of message: distance 5, so two errors are corrected.
        byte[][] all = [.. Enumerable.Range(0, 65_536).Select(value =>
        {
            byte[] codeword = new byte[6];
            ReedSolomon.Encode([(byte)(value >> 8), (byte)value], codeword);
            return codeword;
        })];
        var random = new SeededRandomBits(5);
        int decoded = 0;
        for (int i = 0; i < 30; i++)
        {
            byte[] word = new byte[6];
            all[(int)random.NextBelow(65_536)].CopyTo(word, 0);
            for (int wrong = (int)random.NextBelow(5); wrong > 0; wrong--)
                word[random.NextBelow(6)] ^= (byte)random.NextBelow(256);
            byte[][] near = [.. all.Where(codeword => codeword.Zip(word).Count(pair => pair.First != pair.Second) <= 2)];
            byte[] result = [.. word];

            Assert.Equal(near.Length == 1, ReedSolomon.TryDecode(result, 2, []));
            Assert.Equal(near.Length == 1 ? near[0] : word, result);
            decoded += near.Length;
        }

        Assert.InRange(decoded, 5, 29);
    }

    [Fact]
    public void Too_many_erasures_are_refused_and_a_code_without_checks_takes_every_word()
    {
        byte[] word = [1, 2, 3, 4];

        Assert.False(ReedSolomon.TryDecode(word, 2, [0, 1, 2]));
        Assert.True(ReedSolomon.TryDecode(word, 4, []));
        Assert.Equal([1, 2, 3, 4], word);
    }

    private static int[] Shuffled(int count, SeededRandomBits random)
    {
        int[] items = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int other = (int)random.NextBelow((ulong)i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }

        return items;
    }
}
