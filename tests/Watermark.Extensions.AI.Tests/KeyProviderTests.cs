using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Watermark.Catalog;
using Watermark.Schemes.Native;
using Watermark.Scoring;

namespace Watermark.Extensions.AI.Tests;

public sealed class KeyProviderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("watermark-keys").FullName;
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 10, 31, 23, 59, 0, TimeSpan.Zero));

    public KeyProviderTests() => Save("a.wmkey", 1);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_epoch_changes_with_the_clock_and_begun_replies_keep_theirs()
    {
        using var provider = new WatermarkKeyProvider(new() { Path = folder }, time);
        using WatermarkLease october = provider.NewSession(account: "a");
        time.Advance(TimeSpan.FromMinutes(2));
        using WatermarkLease november = provider.NewSession(account: "a");

        int[] begun = Texts.Tokens(october.Session, seed: 1);
        int[] later = Texts.Tokens(november.Session, seed: 1);

        Assert.Equal(("2026-10", "2026-11"), (october.Epoch, november.Epoch));
        Assert.True(october.Detector().Detect(begun).LogP < -50);
        Assert.True(november.Detector().Detect(later).LogP < -50);

        // ln p below -10 under a key that did not mark: once in 22,000 keys.
        Assert.True(november.Detector().Detect(begun).LogP > -10);
    }

    [Fact]
    public void A_new_key_is_loaded_and_the_old_one_erased_with_its_last_reply()
    {
        using var provider = new WatermarkKeyProvider(new() { Path = folder }, time);
        string before = provider.KeyId;
        WatermarkLease old = provider.NewSession();
        Save("b.wmkey", 2);
        using WatermarkLease early = provider.NewSession();
        Assert.Equal(before, provider.KeyId);
        time.Advance(TimeSpan.FromSeconds(10));

        using WatermarkLease fresh = provider.NewSession();

        Assert.NotEqual(before, provider.KeyId);
        Assert.True(old.Detector().Detect(Texts.Tokens(old.Session, seed: 1)).LogP < -50);
        WatermarkDetector detector = old.Detector();
        old.Dispose();
        old.Dispose();
        Assert.True(early.Detector().Detect(Texts.Tokens(early.Session, seed: 2)).LogP < -50);
        early.Dispose();
        Assert.Throws<ObjectDisposedException>(() => detector.Detect(Enumerable.Range(0, 50).ToArray()));
        Assert.True(fresh.Detector().Detect(Texts.Tokens(fresh.Session, seed: 3)).LogP < -50);
    }

    [Fact]
    public void A_damaged_file_leaves_the_key_in_use_until_it_is_whole()
    {
        using var provider = new WatermarkKeyProvider(new() { Path = folder, CheckInterval = TimeSpan.Zero }, time);
        string before = provider.KeyId;
        File.WriteAllText(Path.Combine(folder, "b.wmkey"), "{");

        provider.NewSession().Dispose();
        Assert.Equal(before, provider.KeyId);

        Save("b.wmkey", 2);
        provider.NewSession().Dispose();
        Assert.NotEqual(before, provider.KeyId);
    }

    [Fact]
    public async Task Replies_at_the_same_time_survive_rotations()
    {
        using var provider = new WatermarkKeyProvider(new() { Path = folder, CheckInterval = TimeSpan.Zero }, time);
        Task<bool>[] replies = [.. Enumerable.Range(0, 40).Select(i => Task.Run(() =>
        {
            if (i % 10 == 0)
                Save($"b{i}.wmkey", (byte)(i + 2));
            using WatermarkLease lease = provider.NewSession(account: $"account {i % 4}");
            return lease.Detector().Detect(Texts.Tokens(lease.Session, (ulong)i, count: 100)).LogP < -50;
        }))];

        Assert.All(await Task.WhenAll(replies), Assert.True);
    }

    [Fact]
    public void A_disposed_provider_gives_no_session_and_its_leases_end_in_peace()
    {
        var provider = new WatermarkKeyProvider(new() { Path = folder }, time);
        using WatermarkLease lease = provider.NewSession();
        provider.Dispose();
        provider.Dispose();

        Assert.Throws<ObjectDisposedException>(() => provider.NewSession().Dispose());
        Assert.True(lease.Detector().Detect(Texts.Tokens(lease.Session, seed: 1)).LogP < -50);
    }

    [Fact]
    public void Wrong_options_and_missing_keys_are_refused_at_the_start()
    {
        Assert.Throws<ArgumentException>(() => new WatermarkKeyProvider(new() { Path = " " }));
        Assert.Throws<ArgumentException>(() => new WatermarkKeyProvider(new() { Path = folder, EpochFormat = "" }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WatermarkKeyProvider(new() { Path = folder, CheckInterval = TimeSpan.FromSeconds(-1) }));
        Assert.Throws<FileNotFoundException>(() => new WatermarkKeyProvider(new() { Path = Path.Combine(folder, "none.wmkey") }));
    }

    [Fact]
    public void The_container_gets_one_provider_with_its_clock()
    {
        var services = new ServiceCollection();
        services.AddWatermark(new() { Path = folder }).AddWatermark(new() { Path = folder });
        ServiceDescriptor descriptor = Assert.Single(services);

        using var provider = (WatermarkKeyProvider)descriptor.ImplementationFactory!(new Clock(time));

        Assert.Equal(ServiceLifetime.Singleton, descriptor.Lifetime);
        Assert.Equal("2026-10", provider.Epoch);
    }

    private void Save(string name, byte secret)
    {
        // Whole at once, as a service's keys are put in place.
        string part = Path.Combine(folder, name + ".part");
        File.Delete(Path.Combine(folder, name));
        using (KeyFile file = KeyFile.Create(new GreenListScheme { Delta = 5 }, Texts.Key(secret), "ids", 20_168, TimeProvider.System))
            file.Save(part);
        File.Move(part, Path.Combine(folder, name));
    }

    private sealed class Clock(TimeProvider time) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(TimeProvider) ? time : null;
    }
}
