using System.Globalization;
using Watermark.Embedding;
using Watermark.Schemes;
using Watermark.Serving;

namespace Watermark.Extensions.AI;

/// <summary>
/// Keys from a file or folder, under accounts and epochs, rotated without a restart. A new epoch begins with the clock; a
/// changed or added key file is loaded by the next session after <see cref="WatermarkKeyOptions.CheckInterval"/>. Replies
/// that have begun keep their key. A file that cannot be loaded, such as one half written, changes nothing: the key before
/// stays in use, and the file is tried again at the next look.
/// </summary>
public sealed class WatermarkKeyProvider : IWatermarkKeyProvider, IDisposable
{
    private readonly Lock gate = new();
    private readonly WatermarkKeyOptions options;
    private readonly TimeProvider time;
    private Loaded current;
    private long checkedAt;
    private bool disposed;

    /// <summary>Loads the key, so that a wrong file fails at the start.</summary>
    /// <param name="options">Where the key is and when its epoch changes.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="InputFormatException">The file is not a valid key, or the passphrase is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read, or the folder holds no <c>*.wmkey</c>.</exception>
    /// <exception cref="SelfCheckException">This machine gives other bits than the library promises.</exception>
    public WatermarkKeyProvider(WatermarkKeyOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        this.time = time ?? TimeProvider.System;
        current = Load(Stamp());
        checkedAt = this.time.GetTimestamp();
    }

    /// <inheritdoc/>
    public string? Epoch => options.EpochFormat is { } format ? time.GetUtcNow().ToString(format, CultureInfo.InvariantCulture) : null;

    /// <summary>The public id of the owner's key in use.</summary>
    public string KeyId
    {
        get
        {
            lock (gate)
                return current.Watermarker.KeyId;
        }
    }

    /// <inheritdoc/>
    public WatermarkLease NewSession(ReadOnlySpan<int> prompt = default, string? account = null)
    {
        Loaded used;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            LookAtFiles();
            used = current;
            used.Users++;
        }

        try
        {
            string? epoch = Epoch;
            WatermarkSession session = used.Watermarker.NewSession(prompt, account, epoch);
            KeyedScheme scheme = used.Watermarker.SchemeFor(account, epoch);
            WatermarkTelemetry.SessionGiven();
            return new WatermarkLease(session, scheme, epoch, () => Release(used));
        }
        catch
        {
            Release(used);
            throw;
        }
    }

    /// <summary>Ends the provider. Its key is erased when the last lease is disposed.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
        }

        Release(current);
    }

    /// <summary>The file in use and what tells that it changed.</summary>
    private (string File, DateTime Written, long Length) Stamp()
    {
        string path = options.Path;
        if (Directory.Exists(path))
        {
            path = Directory.EnumerateFiles(path, "*.wmkey").Max(StringComparer.Ordinal)
                ?? throw new FileNotFoundException($"The folder '{path}' holds no file *.wmkey.", path);
        }

        var file = new FileInfo(path);
        return (path, file.LastWriteTimeUtc, file.Exists ? file.Length : throw new FileNotFoundException($"There is no key file '{path}'.", path));
    }

    private Loaded Load((string File, DateTime Written, long Length) stamp)
    {
        var loaded = new Loaded(Watermarker.For(stamp.File, options.Passphrase), stamp);
        WatermarkTelemetry.KeyLoaded();
        return loaded;
    }

    private void LookAtFiles()
    {
        if (time.GetElapsedTime(checkedAt) < options.CheckInterval)
            return;
        checkedAt = time.GetTimestamp();
        try
        {
            var stamp = Stamp();
            if (stamp == current.Stamp)
                return;
            Loaded before = current;
            current = Load(stamp);
            Release(before);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InputFormatException)
        {
            WatermarkTelemetry.KeyLoadFailed();
        }
    }

    private void Release(Loaded loaded)
    {
        lock (gate)
        {
            if (--loaded.Users == 0)
                loaded.Watermarker.Dispose();
        }
    }

    /// <summary>A key in memory with the number of its users: the provider is one, each lease another.</summary>
    private sealed class Loaded(Watermarker watermarker, (string File, DateTime Written, long Length) stamp)
    {
        public Watermarker Watermarker { get; } = watermarker;

        public (string File, DateTime Written, long Length) Stamp { get; } = stamp;

        public int Users { get; set; } = 1;
    }
}
