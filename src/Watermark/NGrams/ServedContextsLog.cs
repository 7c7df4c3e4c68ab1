using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Watermark.NGrams;

/// <summary>What a log of served contexts is about. Logs of other epochs, keys or tokenizers are other logs.</summary>
/// <param name="Epoch">The epoch's id.</param>
/// <param name="KeyId">The public id of the key in force.</param>
/// <param name="ContextWidth">h, at least 2.</param>
/// <param name="TokenizerHash">The digest of the tokenizer's content; empty where it is not known.</param>
public sealed record ServedContextsHeader(string Epoch, string KeyId, int ContextWidth, string TokenizerHash);

/// <summary>
/// The log that the marking side keeps of every context it evaluated under a key: append-only, one file an epoch. A row of a
/// suspect's text whose context is not in the log cannot have been learned from marked text.
/// </summary>
/// <remarks>
/// <para>The file is a sequence of blocks: the first eight bytes of the SHA-256 of all that follows in the block, the block's kind
/// (1 header, 2 a session began, 3 a session ended, 4 contexts), the length of its content as a little-endian 32-bit integer, the
/// content. Contexts are token ids as little-endian 32-bit integers, h each, oldest first.</para>
/// <para>A process that dies leaves at most one torn block, which the next opening cuts off, and a session without an end, which is
/// counted as a gap: contexts of replies that were served then may be missing. Call <see cref="Flush"/> before a reply leaves the
/// house. Not safe for concurrent use.</para>
/// </remarks>
public sealed class ServedContextsLog : IDisposable
{
    internal const byte HeaderBlock = 1;
    internal const byte BeginBlock = 2;
    internal const byte EndBlock = 3;
    internal const byte ContextBlock = 4;
    internal const int PrefixSize = 8 + 1 + sizeof(uint);
    internal const int LargestBlock = 1 << 22;

    private const int BufferedContexts = 1 << 14;

    private readonly Stream stream;
    private readonly byte[] pending;
    private readonly int size;
    private int count;

    private ServedContextsLog(Stream stream, ServedContextsHeader header)
    {
        this.stream = stream;
        Header = header;
        size = header.ContextWidth * sizeof(int);
        pending = new byte[BufferedContexts * size];
    }

    /// <summary>What the log is about.</summary>
    public ServedContextsHeader Header { get; }

    /// <summary>Contexts written since it was opened.</summary>
    public long Logged { get; private set; }

    /// <summary>Opens a log for writing at its end; an empty stream becomes a new log. A torn last block is cut off.</summary>
    /// <param name="stream">A stream that can be read, written and sought; the log disposes it.</param>
    /// <param name="header">What the log is about.</param>
    /// <exception cref="InputFormatException">The stream is no such log, or is about something else.</exception>
    public static ServedContextsLog Open(Stream stream, ServedContextsHeader header)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(header);
        ArgumentException.ThrowIfNullOrEmpty(header.Epoch);
        ArgumentOutOfRangeException.ThrowIfLessThan(header.ContextWidth, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(header.ContextWidth, 64);
        var log = new ServedContextsLog(stream, header);
        stream.Position = 0;
        if (stream.Length == 0)
        {
            log.Write(HeaderBlock, HeaderBytes(header));
        }
        else
        {
            var reader = new ServedContextsReader(stream);
            if (reader.Header != header)
                throw new InputFormatException($"The log of served contexts is of epoch '{reader.Header.Epoch}', key {reader.Header.KeyId}, context width {reader.Header.ContextWidth}; epoch '{header.Epoch}', key {header.KeyId}, context width {header.ContextWidth} was expected.");
            while (reader.Next(out _, out _))
            {
            }

            stream.SetLength(reader.Whole);
            stream.Position = reader.Whole;
        }

        log.Write(BeginBlock, []);
        stream.Flush();
        return log;
    }

    /// <summary>
    /// Adds the contexts of a reply: of every position from the end of the prompt on, also across that end, and the one after the
    /// last token. Retries, cancelled replies and hidden reasoning belong here too: what was evaluated counts, not what was shown.
    /// </summary>
    /// <param name="tokens">Prompt and reply.</param>
    /// <param name="promptLength">Tokens of the prompt, 0 to all.</param>
    public void Add(ReadOnlySpan<int> tokens, int promptLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(promptLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(promptLength, tokens.Length);
        int width = Header.ContextWidth;
        for (int end = Math.Max(width, promptLength); end <= tokens.Length; end++)
        {
            Span<byte> target = pending.AsSpan(count * size, size);
            for (int i = 0; i < width; i++)
                BinaryPrimitives.WriteInt32LittleEndian(target[(i * sizeof(int))..], tokens[end - width + i]);
            Logged++;
            if (++count == BufferedContexts)
                Flush();
        }
    }

    /// <summary>Writes what was added to the stream and flushes it.</summary>
    public void Flush()
    {
        if (count > 0)
            Write(ContextBlock, pending.AsSpan(0, count * size));
        count = 0;
        stream.Flush();
    }

    /// <summary>Writes the rest, marks the end of the session and closes the stream.</summary>
    public void Dispose()
    {
        Flush();
        Write(EndBlock, []);
        stream.Dispose();
    }

    private void Write(byte kind, ReadOnlySpan<byte> content)
    {
        byte[] block = new byte[PrefixSize + content.Length];
        block[8] = kind;
        BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(9), (uint)content.Length);
        content.CopyTo(block.AsSpan(PrefixSize));
        SHA256.HashData(block.AsSpan(8)).AsSpan(0, 8).CopyTo(block);
        stream.Write(block);
    }

    private static byte[] HeaderBytes(ServedContextsHeader header)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteString("format", ServedContextsReader.Format);
            writer.WriteString("epoch", header.Epoch);
            writer.WriteString("keyId", header.KeyId);
            writer.WriteNumber("contextWidth", header.ContextWidth);
            writer.WriteString("tokenizerHash", header.TokenizerHash);
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }
}

/// <summary>Reads a log of served contexts block by block, up to the first that is not whole.</summary>
internal sealed class ServedContextsReader
{
    public const string Format = "watermark-served-contexts/1";

    private readonly Stream stream;
    private bool ended;

    public ServedContextsReader(Stream stream)
    {
        this.stream = stream;
        if (!Next(out byte kind, out byte[] content) || kind != ServedContextsLog.HeaderBlock)
            throw new InputFormatException("This is no log of served contexts: its first block is not a whole header.");
        Header = ReadHeader(content);
    }

    public ServedContextsHeader Header { get; }

    /// <summary>The bytes of whole blocks so far.</summary>
    public long Whole { get; private set; }

    /// <summary>Whether bytes follow that are no whole block.</summary>
    public bool IsTorn { get; private set; }

    public bool Next(out byte kind, out byte[] content)
    {
        (kind, content) = (0, []);
        if (ended)
            return false;
        Span<byte> prefix = stackalloc byte[ServedContextsLog.PrefixSize];
        int read = stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        uint length = read < prefix.Length ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(prefix[9..]);
        if (read < prefix.Length || length > ServedContextsLog.LargestBlock)
            return End(read > 0);
        byte[] hashed = new byte[ServedContextsLog.PrefixSize - 8 + length];
        prefix[8..].CopyTo(hashed);
        Span<byte> rest = hashed.AsSpan(ServedContextsLog.PrefixSize - 8);
        if (stream.ReadAtLeast(rest, rest.Length, throwOnEndOfStream: false) < rest.Length || !SHA256.HashData(hashed).AsSpan(0, 8).SequenceEqual(prefix[..8]))
            return End(isTorn: true);
        (kind, content) = (prefix[8], rest.ToArray());
        Whole += prefix.Length + rest.Length;
        return true;
    }

    private bool End(bool isTorn)
    {
        (ended, IsTorn) = (true, isTorn);
        return false;
    }

    private static ServedContextsHeader ReadHeader(byte[] content)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(content);
            JsonElement root = json.RootElement;
            if (root.GetProperty("format").GetString() != Format)
                throw new InputFormatException($"The format of the log of served contexts is '{root.GetProperty("format").GetString()}'; '{Format}' was expected.");
            return new ServedContextsHeader(root.GetProperty("epoch").GetString()!, root.GetProperty("keyId").GetString()!, root.GetProperty("contextWidth").GetInt32(), root.GetProperty("tokenizerHash").GetString()!);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InputFormatException("The header of the log of served contexts is not valid.", exception);
        }
    }
}
