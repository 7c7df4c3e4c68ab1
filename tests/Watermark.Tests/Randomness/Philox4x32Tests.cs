using Watermark.Randomness;

namespace Watermark.Tests.Randomness;

public sealed class Philox4x32Tests
{
    // kat_vectors of Random123 1.14, "philox4x32 10".
    [Theory]
    [InlineData(0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x00000000u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void The_official_vectors_of_Random123_appear(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3)
    {
        Assert.Equal((r0, r1, r2, r3), Philox4x32.Block((c0, c1, c2, c3), k0, k1));
        uint[] x0 = [.. Enumerable.Repeat(c0, 9)];
        uint[] x1 = [.. Enumerable.Repeat(c1, 9)];
        uint[] x2 = [.. Enumerable.Repeat(c2, 9)];
        uint[] x3 = [.. Enumerable.Repeat(c3, 9)];
        Philox4x32Blocks.Encrypt(x0, x1, x2, x3, Enumerable.Repeat(k0, 9).ToArray(), Enumerable.Repeat(k1, 9).ToArray());
        Assert.All(x0, word => Assert.Equal(r0, word));
        Assert.All(x1, word => Assert.Equal(r1, word));
        Assert.All(x2, word => Assert.Equal(r2, word));
        Assert.All(x3, word => Assert.Equal(r3, word));
    }

    [Fact]
    public void The_lanes_agree_with_the_scalar_twin_for_every_length_and_offset()
    {
        var random = new SeededRandomBits(41);
        uint[][] words = [.. Enumerable.Range(0, 6).Select(_ => Enumerable.Range(0, 264).Select(_ => (uint)random.NextUInt64()).ToArray())];
        for (int length = 0; length <= 257; length++)
        {
            int offset = length % 7;
            uint[][] lanes = [.. words.Select(column => column[offset..(offset + length)])];
            uint[][] scalar = [.. words.Select(column => column[offset..(offset + length)])];
            Philox4x32Blocks.Encrypt(lanes[0], lanes[1], lanes[2], lanes[3], lanes[4], lanes[5]);
            Philox4x32Blocks.EncryptScalar(scalar[0], scalar[1], scalar[2], scalar[3], scalar[4], scalar[5]);
            for (int word = 0; word < 4; word++)
                Assert.Equal(scalar[word], lanes[word]);
        }
    }
}
