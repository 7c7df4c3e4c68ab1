using Watermark.Catalog;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.Scoring;

namespace Watermark.Serving;

/// <summary>
/// The one way in for a service that marks: it holds a key with its scheme and gives a session to every reply, under the key
/// of its account and epoch.
/// </summary>
/// <remarks>
/// <para>
/// Keys derive as the tool derives them: that of the epoch from the owner's, that of the account from the epoch's, so
/// <c>watermark verify --account A --epoch E</c> finds what a session of account A in epoch E marked. Under
/// <see cref="CodedGreenListScheme"/> an account is a code under the epoch's key instead.
/// </para>
/// <para>
/// When it is made, it marks and detects a short text in memory (<see cref="SelfCheck"/>), so a host whose build gives other
/// bits fails at its start and not in court. Safe for concurrent use. It keeps at most <see cref="KeptSchemes"/> derived
/// schemes ready (about 64 µs to make one); older ones stay usable by their sessions and are erased with the watermarker.
/// </para>
/// </remarks>
public sealed class Watermarker : IDisposable
{
    /// <summary>The number of derived schemes that are kept ready.</summary>
    public const int KeptSchemes = 4096;

    private readonly Lock gate = new();
    private readonly WatermarkSecret secret;
    private readonly KeyedScheme plain;
    private readonly Dictionary<(string? Account, string? Epoch), LinkedListNode<Derived>> ready = [];
    private readonly LinkedList<Derived> newestFirst = new();
    private readonly List<WeakReference<KeyedScheme>> retired = [];
    private bool disposed;

    /// <summary>Joins a scheme with a secret.</summary>
    /// <param name="scheme">The public parameters.</param>
    /// <param name="secret">The secret; it is copied, and the caller disposes its own.</param>
    /// <exception cref="ArgumentException">The scheme can only be detected, or the secret is not of its kind.</exception>
    /// <exception cref="SelfCheckException">This machine gives other bits than the library promises.</exception>
    public Watermarker(WatermarkScheme scheme, WatermarkSecret secret)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(secret);
        this.secret = secret.Clone();
        try
        {
            plain = scheme.WithKey(this.secret);
            SelfCheck.Run(plain);
        }
        catch
        {
            plain?.Dispose();
            this.secret.Dispose();
            throw;
        }
    }

    /// <summary>The public parameters of the mark.</summary>
    public WatermarkScheme Scheme => plain.Scheme;

    /// <summary>The public id of the owner's key under this scheme, without account and epoch.</summary>
    public string KeyId => plain.KeyId;

    /// <summary>Opens a key file.</summary>
    /// <param name="keyFile">The path of a key file, as <c>watermark keygen</c> writes it.</param>
    /// <param name="passphrase">
    /// Gives the passphrase of a protected key, asked once with the key's id; the array is erased after use. Null where nobody
    /// can be asked.
    /// </param>
    /// <exception cref="InputFormatException">The file is not a valid key, or the passphrase is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="SelfCheckException">This machine gives other bits than the library promises.</exception>
    public static Watermarker For(string keyFile, Func<string, char[]>? passphrase = null)
    {
        using KeyFile file = KeyFile.Load(keyFile, passphrase);
        return new Watermarker(file.Scheme, file.Secret);
    }

    /// <summary>A session for one reply.</summary>
    /// <param name="prompt">Token ids of everything before the reply, none negative; the session is primed with them.</param>
    /// <param name="account">The account that asked; null for none.</param>
    /// <param name="epoch">The epoch, such as <c>2026-11</c>; null for none.</param>
    /// <returns>A session; it is not safe for concurrent use and valid until this is disposed.</returns>
    /// <exception cref="ArgumentException">An account or epoch is empty, or the key is of a kind from which none derives.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public WatermarkSession NewSession(ReadOnlySpan<int> prompt = default, string? account = null, string? epoch = null)
    {
        var session = new WatermarkSession(SchemeFor(account, epoch));
        session.Prime(prompt);
        return session;
    }

    /// <summary>The keyed scheme of an account and epoch.</summary>
    /// <param name="account">The account; null for none.</param>
    /// <param name="epoch">The epoch; null for none.</param>
    /// <returns>A scheme that this object owns; do not dispose it.</returns>
    /// <exception cref="ArgumentException">An account or epoch is empty, or the key is of a kind from which none derives.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public KeyedScheme SchemeFor(string? account = null, string? epoch = null)
    {
        if (account?.Length == 0)
            throw new ArgumentException("An account's id is not empty; null stands for none.", nameof(account));
        if (epoch?.Length == 0)
            throw new ArgumentException("An epoch's id is not empty; null stands for none.", nameof(epoch));
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (account is null && epoch is null)
                return plain;
            if (ready.TryGetValue((account, epoch), out LinkedListNode<Derived>? found))
            {
                newestFirst.Remove(found);
                newestFirst.AddFirst(found);
                return found.Value.Scheme;
            }

            KeyedScheme derived = Derive(account, epoch);
            ready.Add((account, epoch), newestFirst.AddFirst(new Derived(account, epoch, derived)));
            if (ready.Count > KeptSchemes)
                RetireOldest();
            return derived;
        }
    }

    /// <summary>A detector for text of an account and epoch.</summary>
    /// <param name="account">The account; null for none.</param>
    /// <param name="epoch">The epoch; null for none.</param>
    /// <returns>A detector with the scheme's usual selection, valid until this is disposed.</returns>
    /// <exception cref="ArgumentException">An account or epoch is empty, or the key is of a kind from which none derives.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed.</exception>
    public WatermarkDetector Detector(string? account = null, string? epoch = null) => new(SchemeFor(account, epoch));

    /// <summary>Erases the keys. Sessions and detectors throw <see cref="ObjectDisposedException"/> from now on.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            if (disposed)
                return;
            disposed = true;
            foreach (Derived derived in newestFirst)
                derived.Scheme.Dispose();
            foreach (WeakReference<KeyedScheme> reference in retired)
            {
                if (reference.TryGetTarget(out KeyedScheme? scheme))
                    scheme.Dispose();
            }

            ready.Clear();
            newestFirst.Clear();
            retired.Clear();
            plain.Dispose();
            secret.Dispose();
        }
    }

    /// <summary>The scheme and the public id; never the secret.</summary>
    public override string ToString() => plain.ToString();

    private KeyedScheme Derive(string? account, string? epoch)
    {
        if (secret is not WatermarkKey key)
            throw new ArgumentException($"No key of an account or epoch derives from a key of '{Scheme.Name}'; that needs a key of 32 bytes.", account is null ? nameof(epoch) : nameof(account));
        using WatermarkKey ofEpoch = epoch is null ? (WatermarkKey)key.Clone() : key.ForEpoch(epoch);
        if (account is null)
            return Scheme.WithKey(ofEpoch);
        if (Scheme is CodedGreenListScheme coded)
            return coded.ForAccount(ofEpoch, account);
        using WatermarkKey ofAccount = ofEpoch.ForAccount(account);
        return Scheme.WithKey(ofAccount);
    }

    /// <summary>Forgets the scheme that nobody asked for longest; a session may still use it, so it is not erased yet.</summary>
    private void RetireOldest()
    {
        Derived oldest = newestFirst.Last!.Value;
        newestFirst.RemoveLast();
        ready.Remove((oldest.Account, oldest.Epoch));
        if (retired.Count >= KeptSchemes)
            retired.RemoveAll(reference => !reference.TryGetTarget(out _));
        retired.Add(new WeakReference<KeyedScheme>(oldest.Scheme));
    }

    private sealed record Derived(string? Account, string? Epoch, KeyedScheme Scheme);
}
