using SharpCompress.Compressors.Xz;
using Watermark.Text.Documents.Streams;

namespace Watermark.Text.Records;

/// <summary>Reads xz, stream after stream; the library reads only the first of several, which parallel compressors write.</summary>
/// <param name="compressed">The xz data; not disposed.</param>
internal sealed class XzMembersStream(PeekStream compressed) : Documents.Streams.ReadOnlyStream
{
    private readonly Source source = new(compressed);
    private XZStream? member;
    private bool first = true;

    /// <exception cref="InvalidDataException">The data is not xz, or ends within a stream.</exception>
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
        if (Compression.Detect(compressed.Peek(6)) != "xz")
            throw new InvalidDataException();
        first = false;
        member = new XZStream(source);
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
            int count = inner.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false); // It takes fewer for the end.
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
