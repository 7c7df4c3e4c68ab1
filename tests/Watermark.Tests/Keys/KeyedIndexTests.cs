using System.Security.Cryptography;
using System.Text;
using Watermark.Keys;
using Watermark.Randomness;

namespace Watermark.Tests.Keys;

public sealed class KeyedIndexTests
{
    [Fact]
    public void The_key_of_a_claim_is_HKDF_of_the_master_key()
    {
        // RFC 5869 by hand: PRK = HMAC(32 zero bytes, K), OKM = HMAC(PRK, info ‖ 01).
        byte[] master = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
        using WatermarkKey key = WatermarkKey.FromBytes(master);
        using WatermarkKey claim = key.ForClaim("canaries", "claim-1");
        byte[] expected = HMACSHA256.HashData(HMACSHA256.HashData(new byte[32], master), (byte[])[.. Encoding.UTF8.GetBytes("wm/v1/canaries/claim-1"), 1]);
        byte[] actual = new byte[32];
        claim.CopyTo(actual);

        Assert.Equal(expected, actual);
        using WatermarkKey other = key.ForClaim("variants", "claim-1");
        Assert.False(other.SecretEquals(claim));
        Assert.Throws<ArgumentException>(() => key.ForClaim("canaries", ""));
        Assert.Throws<ArgumentException>(() => key.ForClaim("", "claim-1"));
    }

    [Fact]
    public void Words_at_or_above_the_largest_multiple_are_passed_over()
    {
        // With a count of 2^31 − 1 the index is the first word mod count, since 2^64 is almost a multiple; by hand from the HMAC.
        using WatermarkKey key = WatermarkKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        byte[] message = KeyedIndex.LengthPrefixed("unit");
        byte[] mac = HMACSHA256.HashData((byte[])[.. Enumerable.Range(0, 32).Select(i => (byte)i)], message);
        ulong first = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(mac);

        Assert.Equal((int)(first % int.MaxValue), KeyedIndex.Of(key, message, int.MaxValue));
        Assert.Equal(0, KeyedIndex.Of(key, message, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyedIndex.Of(key, message, 0));
    }

    [Fact]
    public void Indices_are_uniform()
    {
        // Chi-square with 6 degrees of freedom: above 38 with probability 1e-6.
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(1));
        int[] counts = new int[7];
        for (int i = 0; i < 7_000; i++)
            counts[KeyedIndex.Of(key, BitConverter.GetBytes(i), 7)]++;

        Assert.InRange(counts.Sum(count => Math.Pow(count - 1000, 2) / 1000), 0, 38);
    }

    [Fact]
    public void Texts_are_prefixed_with_their_length()
    {
        Assert.Equal([0, 0, 0, 2, 0xC3, 0xA9], KeyedIndex.LengthPrefixed("\u00e9"));
        Assert.Equal([0, 0, 0, 0], KeyedIndex.LengthPrefixed(""));
    }
}
