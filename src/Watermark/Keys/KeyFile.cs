using System.Globalization;
using System.Text.Json;
using Watermark.Schemes;

namespace Watermark.Keys;

/// <summary>
/// A key with everything needed to use it: scheme, secret and tokenizer. Read and written as the JSON that
/// <c>key-file.md</c> beside this class describes; created readable by its owner alone (0600).
/// </summary>
/// <remarks>Dispose it to erase the secret.</remarks>
public sealed class KeyFile : IDisposable
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-key/1";

    /// <summary>The tokenizer name of a key for token ids whose tokenizer is not held here.</summary>
    public const string IdsTokenizer = "ids";

    internal KeyFile(string id, WatermarkScheme scheme, WatermarkSecret secret, string tokenizer, int vocabularySize, DateTimeOffset created)
    {
        Id = id;
        Scheme = scheme;
        Secret = secret;
        Tokenizer = tokenizer;
        VocabularySize = vocabularySize;
        Created = created;
    }

    /// <summary>The public id of the secret, 16 hexadecimal digits.</summary>
    public string Id { get; }

    /// <summary>The public parameters of the mark.</summary>
    public WatermarkScheme Scheme { get; }

    /// <summary>The secret.</summary>
    public WatermarkSecret Secret { get; }

    /// <summary>The name of the tokenizer whose ids the key marks, or <see cref="IdsTokenizer"/>.</summary>
    public string Tokenizer { get; }

    /// <summary>The number of token ids the model can produce; 0 where unknown.</summary>
    public int VocabularySize { get; }

    /// <summary>When the key was made, to the second, UTC.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>Joins a fresh or given secret with what it is for.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="secret">The secret; the key file keeps it and disposes it.</param>
    /// <param name="tokenizer">The tokenizer's name.</param>
    /// <param name="vocabularySize">The number of token ids, 0 where unknown.</param>
    /// <param name="clock">The clock that dates the key.</param>
    public static KeyFile Create(WatermarkScheme scheme, WatermarkSecret secret, string tokenizer, int vocabularySize, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenizer);
        ArgumentOutOfRangeException.ThrowIfNegative(vocabularySize);
        ArgumentNullException.ThrowIfNull(clock);
        DateTimeOffset now = clock.GetUtcNow();
        return new KeyFile(secret.IdFor(scheme), scheme, secret, tokenizer, vocabularySize, now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)));
    }

    /// <summary>The scheme with this secret. The caller disposes it.</summary>
    public KeyedScheme ToKeyedScheme() => Scheme.WithKey(Secret);

    /// <summary>Reads a key.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="passphrase">
    /// Gives the passphrase of a protected key, asked once with the key's id; the array is erased after use. Null where
    /// there is nobody to ask.
    /// </param>
    /// <exception cref="InputFormatException">The JSON is no valid key, or the passphrase is wrong. Never shows the secret.</exception>
    public static KeyFile Read(ReadOnlyMemory<byte> json, Func<string, char[]>? passphrase = null) => KeyFileReader.Read(json, passphrase);

    /// <summary>Reads a key from a file.</summary>
    /// <param name="path">The file, at most 1 MiB.</param>
    /// <param name="passphrase">As in <see cref="Read"/>.</param>
    /// <exception cref="InputFormatException">As in <see cref="Read"/>; the message begins with the path.</exception>
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
    /// <param name="stream">Where to.</param>
    /// <param name="passphrase">Protects the secret when not empty.</param>
    public void Write(Stream stream, ReadOnlySpan<char> passphrase = default) => KeyFileWriter.Write(this, stream, passphrase);

    /// <summary>
    /// Writes the key to a new file that only its owner may read (mode 0600 where the system has modes): under a
    /// temporary name first, so that a half-written key never bears the final name.
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

    /// <summary>
    /// Writes the members that are not secret, in their fixed order. The same bytes, without white space, are what the
    /// protection of the secret authenticates.
    /// </summary>
    internal void WriteHeader(Utf8JsonWriter writer)
    {
        writer.WriteString("format", Format);
        writer.WriteString("id", Id);
        writer.WriteStartObject("scheme");
        writer.WriteString("name", Scheme.Name);
        Scheme.WriteParameters(writer);
        writer.WriteEndObject();
        writer.WriteString("tokenizer", Tokenizer);
        writer.WriteNumber("vocabularySize", VocabularySize);
        writer.WriteString("created", Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}
