using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>
/// Reads bzip2 or xz, stream after stream: parallel compressors write several. The end of the data within a stream is an
/// error; the library for bzip2 takes it for bits and gives out nonsense before it notices.
/// </summary>
/// <param name="compressed">The data; not disposed.</param>
/// <param name="name">What <see cref="Compression.Detect"/> calls it.</param>
/// <param name="open">Makes the decompressor of one stream.</param>
internal sealed class MembersStream(PeekStream compressed, string name, Func<Stream, Stream> open) : ReadOnlyStream
{
    private readonly Source source = new(compressed);
    private Stream? member;
    private bool first = true;

    /// <exception cref="EndOfStreamException">The data ends within a stream.</exception>
    /// <exception cref="InvalidDataException">More data follows that is no such stream.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        while (true)
        {
            if (member is null && !Begin())
                return 0;
            int count = member!.Read(buffer);
            if (count > 0)
                return count;
            member.Dispose();
            member = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            member?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Goes to the next stream; false at the end. Zero padding after a stream is skipped.</summary>
    private bool Begin()
    {
        while (!first && compressed.Peek(1) is [0])
            compressed.ReadByte();
        if (!first && compressed.Peek(1).IsEmpty)
            return false;
        if (Compression.Detect(compressed.Peek(10)) != name)
            throw new InvalidDataException();
        first = false;
        member = open(source);
        return true;
    }

    /// <summary>The data, which the library asks for its position, but does not seek in, and which it must not close.</summary>
    private sealed class Source(PeekStream inner) : Stream
    {
        private long position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            // Fewer bytes than asked for are taken for the end.
            int count = inner.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (count == 0 && buffer.Length > 0)
                throw new EndOfStreamException();
            position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
