using System.Text.Json;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.TestKit;

namespace Watermark.Tests.Keys;

public sealed class WatermarkKeyTests
{
    private static readonly JsonElement Vectors = Golden.Load("native-prf");

    [Fact]
    public void The_id_and_derived_keys_equal_the_published_vectors()
    {
        using WatermarkKey key = GoldenKey();
        Assert.Equal(Vectors.GetProperty("key_id").GetString(), FirstId(key));
        using WatermarkKey account = key.ForAccount("acme");
        using WatermarkKey epoch = key.ForEpoch("2026-11");
        Assert.Equal(Vectors.GetProperty("account_secret_acme").GetString(), Hex(account));
        Assert.Equal(Vectors.GetProperty("epoch_secret_2026_11").GetString(), Hex(epoch));
    }

    [Fact]
    public void Scheme_keys_equal_the_published_vectors()
    {
        using WatermarkKey key = GoldenKey();
        foreach (JsonElement item in Vectors.GetProperty("cases").EnumerateArray())
        {
            string[] info = item.GetProperty("info").GetString()!.Split('/');
            int contextWidth = int.Parse(info[3]["h=".Length..], System.Globalization.CultureInfo.InvariantCulture);
            var derived = new byte[32];
            key.DeriveSchemeKey(info[2], contextWidth, derived);
            Assert.Equal(item.GetProperty("prf_key").GetString(), Convert.ToHexStringLower(derived.AsSpan(0, 16)));
            Assert.Equal(item.GetProperty("context_key").GetString(), Convert.ToHexStringLower(derived.AsSpan(16)));
        }
    }

    [Fact]
    public void Fresh_keys_differ()
    {
        using var first = WatermarkKey.Generate();
        using var second = WatermarkKey.Generate();
        Assert.False(first.SecretEquals(second));
        Assert.NotEqual(first.IdFor("{}"u8), second.IdFor("{}"u8));
    }

    [Fact]
    public void Seeded_keys_repeat()
    {
        using var first = WatermarkKey.Draw(new SeededRandomBits(5));
        using var second = WatermarkKey.Draw(new SeededRandomBits(5));
        using var other = WatermarkKey.Draw(new SeededRandomBits(6));
        Assert.True(first.SecretEquals(second));
        Assert.False(first.SecretEquals(other));
    }

    [Fact]
    public void A_key_is_never_printed()
    {
        using WatermarkKey key = GoldenKey();
        Assert.Equal("WatermarkKey (hidden)", key.ToString());
        Assert.Equal("WatermarkKey (hidden)", $"{key}");
    }

    [Fact]
    public void A_disposed_key_is_erased_and_refuses_work()
    {
        WatermarkKey key = GoldenKey();
        key.Dispose();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.IdFor("{}"u8));
        Assert.Throws<ObjectDisposedException>(() => key.ForEpoch("x"));
        Assert.Throws<ObjectDisposedException>(() => key.CopyTo(new byte[32]));
        Assert.Throws<ObjectDisposedException>(() => key.Clone());
    }

    [Fact]
    public void A_clone_outlives_its_original()
    {
        WatermarkKey key = GoldenKey();
        using WatermarkSecret clone = key.Clone();
        key.Dispose();
        Assert.Equal(Vectors.GetProperty("key_id").GetString(), FirstId(clone));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Another_length_is_refused(int length) =>
        Assert.Throws<ArgumentException>(() => WatermarkKey.FromBytes(new byte[length]));

    [Fact]
    public void An_empty_account_is_refused()
    {
        using WatermarkKey key = GoldenKey();
        Assert.Throws<ArgumentException>(() => key.ForAccount(string.Empty));
    }

    private static WatermarkKey GoldenKey() => WatermarkKey.FromBytes(Convert.FromHexString(Vectors.GetProperty("secret").GetString()!));

    private static string FirstId(WatermarkSecret key)
    {
        key.UseIds(1, default);
        return key.IdFor("{}"u8);
    }

    private static string Hex(WatermarkKey key)
    {
        var bytes = new byte[WatermarkKey.Size];
        key.CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
