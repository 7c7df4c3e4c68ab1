using System.Globalization;
using Watermark.Keys;
using Watermark.Schemes;

namespace Watermark.Catalog;

/// <summary>
/// A key with everything needed to use it: scheme, secret and tokenizer. Read and written as the JSON that
/// <c>key-file.md</c> beside this class describes; created so that only its owner can read it (0600).
/// </summary>
/// <remarks>Dispose it to erase the secret.</remarks>
public sealed class KeyFile : IDisposable
{
    /// <summary>The value of the <c>format</c> member; <c>watermark-key/1</c> is read too.</summary>
    public const string Format = "watermark-key/2";

    /// <summary>The tokenizer name of a key for documents that bring their own token ids.</summary>
    public const string IdsTokenizer = "ids";

    private readonly KeyFileHeader header;

    internal KeyFile(KeyFileHeader header, WatermarkSecret secret)
    {
        this.header = header;
        Secret = secret;
    }

    /// <summary>
    /// The public id of the key: 32 hexadecimal digits that cover scheme and secret, or the 16 digits of a file of version 1.
    /// </summary>
    public string Id => header.Id;

    /// <summary>The version of the id: 2, or 1 for a file of version 1.</summary>
    public int IdVersion => header.Version;

    /// <summary>What a user must know about an id of version 1, one sentence; null for version 2.</summary>
    public string? Remark => (IdVersion, Secret) switch
    {
        (1, WatermarkKey) => "The id of this key (version 1) does not cover scheme, gamma, context width and delta.",
        (1, _) => "The id of this key (version 1) is not salted: anyone who knows it can find the secret by trying.",
        _ => null,
    };

    /// <summary>The public parameters of the mark.</summary>
    public WatermarkScheme Scheme => header.Scheme;

    /// <summary>The secret.</summary>
    public WatermarkSecret Secret { get; }

    /// <summary>The name of the tokenizer whose ids the key marks, or <see cref="IdsTokenizer"/>.</summary>
    public string Tokenizer => header.Tokenizer;

    /// <summary>SHA-256 of the tokenizer's content, by which another is recognised; empty where the key does not say.</summary>
    public string TokenizerHash => header.TokenizerHash;

    /// <summary>The number of token ids the model can produce; 0 where unknown.</summary>
    public int VocabularySize => header.VocabularySize;

    /// <summary>When the key was made, to the second, UTC.</summary>
    public DateTimeOffset Created => header.Created;

    /// <summary>What the key is for. The id does not cover it; the protection of a secret with a passphrase does.</summary>
    public KeyPurpose Purpose => header.Purpose;

    internal KeyFileHeader Header => header;

    /// <summary>Joins a fresh or given secret with its scheme and tokenizer.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="secret">The secret; the key file keeps it and disposes it.</param>
    /// <param name="tokenizer">The tokenizer's name.</param>
    /// <param name="vocabularySize">The number of token ids, 0 where unknown.</param>
    /// <param name="clock">The clock that dates the key.</param>
    /// <param name="tokenizerHash">SHA-256 of the tokenizer's content, 64 lower-case hexadecimal digits; empty where unknown.</param>
    /// <param name="purpose">What the key is for.</param>
    public static KeyFile Create(
        WatermarkScheme scheme,
        WatermarkSecret secret,
        string tokenizer,
        int vocabularySize,
        TimeProvider clock,
        string tokenizerHash = "",
        KeyPurpose purpose = KeyPurpose.Forensic)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(vocabularySize);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(tokenizerHash);
        if (tokenizerHash.Length > 0 && (tokenizerHash.Length != 64 || !tokenizerHash.All(char.IsAsciiHexDigitLower)))
            throw new ArgumentException("The hash of a tokenizer has 64 lower-case hexadecimal digits.", nameof(tokenizerHash));
        DateTimeOffset now = clock.GetUtcNow();
        if (secret.IdVersion != KeyIds.CurrentVersion)
            secret.DrawIdSalt();
        var header = new KeyFileHeader
        {
            Version = KeyIds.CurrentVersion,
            Id = scheme.IdOf(secret),
            IdSalt = secret.IdSalt,
            Scheme = scheme,
            Tokenizer = tokenizer,
            TokenizerHash = tokenizerHash,
            VocabularySize = vocabularySize,
            Created = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)),
            Purpose = purpose,
        };
        return new KeyFile(header, secret);
    }

    /// <summary>The scheme with this secret. The caller disposes it.</summary>
    public KeyedScheme ToKeyedScheme() => Scheme.WithKey(Secret);

    /// <summary>Reads a key.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="passphrase">
    /// Gives the passphrase of a protected key, asked once with the key's id; the array is erased after use. Null where
    /// nobody can be asked.
    /// </param>
    /// <exception cref="InputFormatException">The JSON is not a valid key, or the passphrase is wrong. The message never shows the secret.</exception>
    public static KeyFile Read(ReadOnlyMemory<byte> json, Func<string, char[]>? passphrase = null) => KeyFileReader.Read(json, passphrase);

    /// <summary>Reads a key from a file.</summary>
    /// <param name="path">The file, at most 1 MiB.</param>
    /// <param name="passphrase">Gives the passphrase of a protected key, asked once with the key's id; the array is erased after use. Null where nobody can be asked.</param>
    /// <exception cref="InputFormatException">The file is not a valid key, or the passphrase is wrong. The message begins with the path and never shows the secret.</exception>
    public static KeyFile Load(string path, Func<string, char[]>? passphrase = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        const int limit = 1 << 20;
        byte[] bytes;
        using (FileStream stream = File.OpenRead(path))
        {
            if (stream.CanSeek && stream.Length > limit)
                throw new InputFormatException($"{path}: a key file has at most 1 MiB, this one has {stream.Length.ToString(CultureInfo.InvariantCulture)} bytes.");
            bytes = new byte[limit + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > limit)
                throw new InputFormatException($"{path}: a key file has at most 1 MiB.");
            Array.Resize(ref bytes, length);
        }

        try
        {
            return Read(bytes, passphrase);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }
        finally
        {
            bytes.AsSpan().Clear();
        }
    }

    /// <summary>Writes the key as JSON, the secret in clear unless a passphrase is given.</summary>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="passphrase">Protects the secret when not empty.</param>
    public void Write(Stream stream, ReadOnlySpan<char> passphrase = default) => KeyFileWriter.Write(this, stream, passphrase);

    /// <summary>
    /// Writes the key to a new file that only its owner may read (mode 0600 where the system has modes): under a temporary
    /// name first, so that a half-written key never has the final name.
    /// </summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <param name="passphrase">Protects the secret when not empty.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public void Save(string path, ReadOnlySpan<char> passphrase = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            throw new IOException($"{path} exists already; a key is never overwritten.");
        string temporary = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var stream = new FileStream(temporary, options))
                Write(stream, passphrase);
            File.Move(temporary, path, overwrite: false);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Erases the secret.</summary>
    public void Dispose() => Secret.Dispose();

    /// <summary>The scheme and the public id; never the secret.</summary>
    public override string ToString() => $"{Scheme.Name} key {Id}";
}
