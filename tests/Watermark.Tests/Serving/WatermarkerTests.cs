using Watermark.Catalog;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.Serving;

namespace Watermark.Tests.Serving;

public sealed class WatermarkerTests
{
    [Fact]
    public void A_key_file_marks_and_its_detector_finds_it_under_the_same_account_and_epoch_only()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.wmkey");
        using (var key = WatermarkKey.Draw(new SeededRandomBits(1)))
        using (KeyFile file = KeyFile.Create(new GreenListScheme { Delta = 4 }, key.Clone(), "ids", 0, TimeProvider.System))
            file.Save(path);
        using var watermarker = Watermarker.For(path);
        File.Delete(path);

        int[] reply = Reply(watermarker.NewSession([7, 8], "alice", "2026-11"));

        // Fixed seeds; 300 tokens at delta 4. A wrong key falls below -10 once in 22,000 keys.
        Assert.True(watermarker.Detector("alice", "2026-11").Detect(reply).LogP < -50);
        Assert.True(watermarker.Detector("alice").Detect(reply).LogP > -10);
        Assert.True(watermarker.Detector("bob", "2026-11").Detect(reply).LogP > -10);
        Assert.True(watermarker.Detector().Detect(reply).LogP > -10);
    }

    [Fact]
    public void Keys_derive_as_the_tool_derives_them()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using var watermarker = new Watermarker(new GreenListScheme(), key);
        using WatermarkKey epoch = key.ForEpoch("2026-11");
        using WatermarkKey account = epoch.ForAccount("alice");
        using KeyedScheme expected = new GreenListScheme().WithKey(account);
        Assert.Equal(expected.KeyId, watermarker.SchemeFor("alice", "2026-11").KeyId);
        Assert.NotEqual(expected.KeyId, watermarker.KeyId);
        Assert.Same(watermarker.SchemeFor("alice", "2026-11"), watermarker.SchemeFor("alice", "2026-11"));
    }

    [Fact]
    public void An_account_under_a_code_has_the_key_of_its_epoch()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using var watermarker = new Watermarker(new CodedGreenListScheme(), key);
        Assert.Equal(watermarker.SchemeFor(epoch: "e").KeyId, watermarker.SchemeFor("alice", "e").KeyId);
    }

    [Fact]
    public void Retired_schemes_serve_their_sessions_and_are_erased_with_the_watermarker()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        var watermarker = new Watermarker(new GreenListScheme(), key);
        WatermarkSession first = watermarker.NewSession([1, 2], "first");
        for (int i = 0; i < Watermarker.KeptSchemes; i++)
            watermarker.SchemeFor($"account {i}");
        Assert.True(first.Apply(new float[10]));
        first.Accept(3);
        Assert.NotSame(first.Scheme, watermarker.SchemeFor("first"));
        Assert.Equal(first.Scheme.KeyId, watermarker.SchemeFor("first").KeyId);
        watermarker.Dispose();
        watermarker.Dispose();
        Assert.Throws<ObjectDisposedException>(() => first.Apply(new float[10]));
        Assert.Throws<ObjectDisposedException>(() => watermarker.NewSession());
    }

    [Fact]
    public void The_callers_secret_stays_the_callers()
    {
        var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using var watermarker = new Watermarker(new GreenListScheme(), key);
        key.Dispose();
        Assert.True(watermarker.NewSession([1, 2], "a").WillMark);
        Assert.DoesNotContain("secret", watermarker.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Misuse_is_refused_with_a_sentence()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using var watermarker = new Watermarker(new GreenListScheme(), key);
        Assert.Throws<ArgumentException>(() => watermarker.NewSession(account: ""));
        Assert.Throws<ArgumentException>(() => watermarker.NewSession(epoch: ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => watermarker.NewSession([-1]));
        WatermarkScheme kgw = new KgwScheme { VocabularySize = 300 };
        using WatermarkSecret secret = kgw.DrawSecret(new SeededRandomBits(1));
        using var other = new Watermarker(kgw, secret);
        Assert.Contains("32 bytes", Assert.Throws<ArgumentException>(() => other.NewSession(account: "a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_threads_get_the_same_schemes()
    {
        using var key = WatermarkKey.Draw(new SeededRandomBits(1));
        using var watermarker = new Watermarker(new GreenListScheme(), key);
        string[] ids = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => watermarker.SchemeFor($"account {i % 8}").KeyId)));
        Assert.Equal(8, ids.Distinct().Count());
    }

    private static int[] Reply(WatermarkSession session)
    {
        var sampler = new TokenSampler(new SamplerOptions { Seed = 3 });
        var model = new SeededRandomBits(4);
        var logits = new float[1_000];
        var reply = new int[300];
        for (int i = 0; i < reply.Length; i++)
        {
            for (int v = 0; v < logits.Length; v++)
                logits[v] = (float)(4 * model.NextDouble());
            reply[i] = sampler.Sample(session, logits);
        }

        return reply;
    }
}
