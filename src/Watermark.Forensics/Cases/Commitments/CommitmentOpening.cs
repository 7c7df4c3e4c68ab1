using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Commitments;

/// <summary>
/// The secret that opens a commitment, together with the key: the random nonce, in a file beside the key file
/// (<c>owner.wmkey.opening</c>, mode 0600). It never lies in a case. Without it, nobody can show that the key was committed.
/// </summary>
/// <remarks>Whoever has it can test a guess of the key. Dispose it to erase the nonce.</remarks>
public sealed class CommitmentOpening : IDisposable
{
    /// <summary>The value of the <c>format</c> member.</summary>
    public const string Format = "watermark-opening/1";

    /// <summary>What the name of the file has after that of the key file.</summary>
    public const string Ending = ".opening";

    /// <summary>Bytes of a nonce.</summary>
    internal const int NonceSize = 32;

    private const int LongestFile = 1 << 12;

    private readonly byte[] nonce;

    internal CommitmentOpening(string commitment, byte[] nonce)
    {
        Commitment = commitment;
        this.nonce = nonce;
    }

    /// <summary>The commitment that it opens, 64 lower-case hexadecimal digits.</summary>
    public string Commitment { get; }

    internal ReadOnlySpan<byte> Nonce => nonce;

    /// <summary>The file of the opening of a key.</summary>
    /// <param name="keyPath">The key file.</param>
    public static string PathOf(string keyPath) => keyPath + Ending;

    /// <summary>Reads an opening.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="InputFormatException">It is no opening. The message never shows the nonce.</exception>
    public static CommitmentOpening Read(ReadOnlyMemory<byte> json) => JsonFields.Parse(json, "The opening", Read);

    /// <summary>Reads an opening from a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputFormatException">It is no opening; the message begins with the path.</exception>
    public static CommitmentOpening Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (new FileInfo(path) is { Exists: true, Length: > LongestFile })
            throw new InputFormatException($"{path}: an opening has at most 4 KiB.");
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return Read(bytes);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>
    /// Writes the opening to a new file that only its owner may read (0600), and to the disk before it returns: under a
    /// temporary name first, so that half an opening never has the final name.
    /// </summary>
    /// <param name="path">The file; it must not exist.</param>
    /// <exception cref="IOException">The file exists or cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
            throw new IOException($"{path} exists already; an opening is never overwritten.");
        string temporary = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.tmp";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                JsonMembers.WriteDocument(stream, Write);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: false);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Erases the nonce.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(nonce);

    /// <summary>The commitment; never the nonce.</summary>
    public override string ToString() => $"opening of {Commitment}";

    private static CommitmentOpening Read(JsonFields fields)
    {
        fields.Format(Format);
        string commitment = fields.Text("commitment");
        if (commitment.Length != 64 || !commitment.All(char.IsAsciiHexDigitLower))
            throw fields.Wrong("commitment", "64 lower-case hexadecimal digits");
        JsonElement value = fields.Member("nonce");
        if (value.ValueKind != JsonValueKind.String || !value.TryGetBytesFromBase64(out byte[]? nonce) || nonce.Length != NonceSize)
            throw fields.Wrong("nonce", "the base64 text of 32 bytes");
        fields.Done();
        return new CommitmentOpening(commitment, nonce);
    }

    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString("commitment", Commitment);
        writer.WriteBase64String("nonce", nonce);
        writer.WriteEndObject();
    }
}
