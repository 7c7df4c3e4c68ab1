using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Keys;

namespace Watermark.Tests.Keys;

public sealed class CommitmentTests
{
    // Computed with Python's hashlib, like the second vector below.
    private const string Expected = "e04927a2a0980893e4f7d08f64814c350d9193eaf1f020da64495efc80b13436";

    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] Nonce = [.. Enumerable.Range(32, 32).Select(i => (byte)i)];
    private static readonly byte[] Context = SHA256.HashData("""{"gamma":"1/4","h":2,"scheme":"kgw","v":1}"""u8);

    [Fact]
    public void The_commitment_of_a_key_is_that_of_the_formula()
    {
        using WatermarkKey key = WatermarkKey.FromBytes(Secret);

        Assert.Equal(Expected, Convert.ToHexStringLower(key.Commit(Nonce, Context)));
    }

    [Fact]
    public void A_secret_of_integers_is_committed_by_the_digest_of_its_json()
    {
        var shape = new SecretShape([new SecretField("seed", -5, 9), new SecretField("layers", 0, 9) { IsList = true }, new SecretField("salt", 0, 100), new SecretField("text", 0, 100) { AsText = true }]);
        using JsonDocument json = JsonDocument.Parse("""{"text": "4", "seed": -5, "layers": [1, 2], "salt": 35}""");
        using IntegerSecret secret = IntegerSecret.Read(shape, json.RootElement);

        Assert.Equal("58b1d203e66f4048f252d29623c76af627c1b7bff0e92f247cd0f267f1abb7f2", Convert.ToHexStringLower(secret.Commit(Nonce, Context)));
    }

    [Fact]
    public void One_flipped_bit_of_key_nonce_or_context_gives_another_commitment()
    {
        byte[][] parts = [Secret, Nonce, Context];
        var seen = new HashSet<string> { Expected };
        for (int part = 0; part < parts.Length; part++)
        {
            for (int bit = 0; bit < 256; bit++)
            {
                byte[][] changed = [.. parts.Select(bytes => (byte[])bytes.Clone())];
                changed[part][bit / 8] ^= (byte)(1 << (bit % 8));
                using WatermarkKey key = WatermarkKey.FromBytes(changed[0]);

                Assert.True(seen.Add(Convert.ToHexStringLower(key.Commit(changed[1], changed[2]))), $"part {part}, bit {bit}");
            }
        }

        Assert.Equal(1 + (3 * 256), seen.Count);
    }

    [Theory]
    [InlineData(31, 32)]
    [InlineData(33, 32)]
    [InlineData(32, 0)]
    public void Parts_of_another_length_are_refused(int nonce, int context)
    {
        using WatermarkKey key = WatermarkKey.FromBytes(Secret);

        Assert.Throws<ArgumentException>(() => key.Commit(new byte[nonce], new byte[context]));
    }

    [Fact]
    public void A_disposed_key_commits_to_nothing()
    {
        WatermarkKey key = WatermarkKey.FromBytes(Secret);
        key.Dispose();

        Assert.Throws<ObjectDisposedException>(() => key.Commit(Nonce, Context));
    }
}
