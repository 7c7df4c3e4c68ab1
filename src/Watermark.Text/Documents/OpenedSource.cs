using Watermark.Text.Documents.Streams;
using Watermark.Text.Records.Streams;
using ZstdSharp;

namespace Watermark.Text.Documents;

/// <summary>A file being read: decompressed, its format known.</summary>
internal sealed class OpenedSource : IDisposable
{
    private const int SniffLength = 4096;

    private readonly HashingStream hashed;
    private readonly GuardedStream guarded;
    private readonly PeekStream content;

    private OpenedSource(InputSource source, HashingStream hashed, GuardedStream guarded, PeekStream content)
    {
        this.hashed = hashed;
        this.guarded = guarded;
        this.content = content;
        Source = source;
        Format = source.Format == InputFormat.Sniff ? SniffFormat(content.Peek(SniffLength)) : source.Format;
        if (content.Peek(3).SequenceEqual("\uFEFF"u8)) // A byte order mark.
            content.ReadExactly(stackalloc byte[3]);
    }

    public InputSource Source { get; }

    public InputFormat Format { get; }

    public Stream Content => content;

    /// <summary>Why the data ended early; null if it did not.</summary>
    public string? Fault => guarded.Fault;

    /// <summary>Opens a source.</summary>
    /// <param name="source">What to open.</param>
    /// <param name="standardInput">Opens standard input.</param>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Opening it is not permitted.</exception>
    public static OpenedSource Open(InputSource source, Func<Stream> standardInput)
    {
        Stream file = source.Path == InputSource.StandardInput
            ? standardInput()
            : new FileStream(source.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        try
        {
            var hashed = new HashingStream(file);
            file = hashed;
            var bytes = new PeekStream(file);
            file = bytes;
            InputCompression compression = source.Compression == InputCompression.Sniff ? SniffCompression(bytes.Peek(4)) : source.Compression;
            // The decompressor of zstd accepts an empty file; a compressed file has at least one frame.
            bool empty = compression == InputCompression.Zstandard && bytes.Peek(1).IsEmpty;
            Stream plain = compression switch
            {
                InputCompression.Gzip => new GzipMembersStream(bytes),
                InputCompression.Zstandard => new DecompressionStream(bytes, leaveOpen: false),
                _ => bytes,
            };
            var guarded = new GuardedStream(plain, empty ? GuardedStream.EndsEarly : null);
            return new OpenedSource(source, hashed, guarded, new PeekStream(guarded));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>SHA-256 of the file's bytes as stored; reads the remaining bytes.</summary>
    public string Digest() => hashed.Finish();

    public void Dispose() => content.Dispose();

    private static InputCompression SniffCompression(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith([(byte)0x1f, (byte)0x8b]))
            return InputCompression.Gzip;
        return start.SequenceEqual([(byte)0x28, (byte)0xb5, (byte)0x2f, (byte)0xfd]) ? InputCompression.Zstandard : InputCompression.None;
    }

    private static InputFormat SniffFormat(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("\uFEFF"u8))
            start = start[3..];
        return start.TrimStart(" \t\r\n"u8).StartsWith("{"u8) ? InputFormat.JsonLines : InputFormat.Text;
    }
}
