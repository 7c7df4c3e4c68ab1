using System.Security.Cryptography;
using FsCheck.Xunit;
using Watermark.Randomness;

namespace Watermark.Tests.Randomness;

public sealed class AesBlocksTests
{
    public static TheoryData<string> Paths { get; } = [.. AesPaths.Supported.Select(path => path.ToString())];

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_example_of_FIPS_197_appendix_C_comes_out(string path) =>
        AssertEncrypts(path, "000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a");

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_example_of_FIPS_197_appendix_B_comes_out(string path) =>
        AssertEncrypts(path, "2b7e151628aed2a6abf7158809cf4f3c", "3243f6a8885a308d313198a2e0370734", "3925841d02dc09fbdc118597196a0b32");

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_ECB_vectors_of_SP_800_38A_come_out(string path) => AssertEncrypts(
        path,
        "2b7e151628aed2a6abf7158809cf4f3c",
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
        "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4");

    [Property(MaxTest = 300)]
    public bool Every_path_equals_the_platform_for_every_number_of_blocks(ulong seed)
    {
        var random = new SeededRandomBits(seed);
        byte[] key = Bytes(random, 16);
        byte[] plain = Bytes(random, 16 * (int)random.NextBelow(258));
        using var aes = Aes.Create();
        aes.SetKey(key);
        byte[] expected = aes.EncryptEcb(plain, PaddingMode.None);
        return AesPaths.Supported.All(path =>
        {
            using AesBlocks blocks = AesBlocks.Create(key, path);
            byte[] actual = [.. plain];
            blocks.Encrypt(actual);
            return actual.AsSpan().SequenceEqual(expected);
        });
    }

    [Fact]
    public void The_key_schedule_equals_FIPS_197_appendix_A()
    {
        AesKeySchedule? schedule = null;
        byte[] key = Convert.FromHexString("2b7e151628aed2a6abf7158809cf4f3c");
        if (AesPaths.IsSupported(AesPath.X86))
            schedule = AesKeySchedule.Expand<AesX86Blocks>(key);
        else if (AesPaths.IsSupported(AesPath.Arm))
            schedule = AesKeySchedule.Expand<AesArmBlocks>(key);
        else
            Assert.Equal([AesPath.Platform], AesPaths.Supported);
        if (schedule is null)
            return;
        Assert.Equal("a0fafe1788542cb123a339392a6c7605", Convert.ToHexStringLower(schedule.RoundKeys[16..32]));
        Assert.Equal("d014f9a8c9ee2589e13f0cc8b6630ca6", Convert.ToHexStringLower(schedule.RoundKeys[160..]));
        schedule.Erase();
        Assert.Equal(-1, schedule.RoundKeys.IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_disposed_key_refuses_work(string path)
    {
        AesBlocks blocks = AesBlocks.Create(new byte[16], Enum.Parse<AesPath>(path));
        blocks.Encrypt(new byte[16]);
        blocks.Dispose();
        blocks.Dispose();
        Assert.Throws<ObjectDisposedException>(() => blocks.Encrypt(new byte[16]));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Many_threads_may_share_a_key(string path)
    {
        using AesBlocks blocks = AesBlocks.Create(new byte[16], Enum.Parse<AesPath>(path));
        var expected = new byte[16 * 100];
        blocks.Encrypt(expected);
        Parallel.For(0, 200, _ =>
        {
            var own = new byte[16 * 100];
            blocks.Encrypt(own);
            Assert.Equal(expected, own);
        });
    }

    [Fact]
    public void Broken_blocks_and_absent_paths_are_refused()
    {
        using AesBlocks blocks = AesBlocks.Create(new byte[16], AesPath.Platform);
        Assert.Throws<ArgumentException>(() => blocks.Encrypt(new byte[17]));
        Assert.Throws<ArgumentOutOfRangeException>(() => AesBlocks.Create(new byte[15], AesPath.Platform));
        foreach (AesPath path in Enum.GetValues<AesPath>().Where(path => !AesPaths.IsSupported(path)))
            Assert.Throws<PlatformNotSupportedException>(() => AesBlocks.Create(new byte[16], path));
    }

    private static void AssertEncrypts(string path, string key, string plain, string cipher)
    {
        using AesBlocks blocks = AesBlocks.Create(Convert.FromHexString(key), Enum.Parse<AesPath>(path));
        byte[] bytes = Convert.FromHexString(plain);
        blocks.Encrypt(bytes);
        Assert.Equal(cipher, Convert.ToHexStringLower(bytes));
    }

    private static byte[] Bytes(SeededRandomBits random, int count)
    {
        var bytes = new byte[count];
        random.Fill(bytes);
        return bytes;
    }
}
