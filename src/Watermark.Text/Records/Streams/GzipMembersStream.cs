using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Watermark.Text.Records.Streams;

/// <summary>
/// Reads gzip (RFC 1952), member after member, and detects where it breaks off. <see cref="GZipStream"/> accepts a file that
/// ends in the middle as complete (.NET 10), so the rest of a corpus would be lost silently.
/// </summary>
/// <param name="compressed">The gzip data; disposed with this stream.</param>
/// <remarks>
/// Inflating itself is left to <see cref="DeflateStream"/>. It reads ahead and does not report where its data ended. So the
/// trailer (CRC-32 and length of the inflated data) is searched in the last block that it read: all eight bytes are known,
/// so that finding them also checks them.
/// </remarks>
internal sealed class GzipMembersStream(Stream compressed) : ReadOnlyStream
{
    private const int TrailerLength = 8;

    private readonly BlockFeed feed = new(compressed);
    private readonly Crc32 crc = new();
    private DeflateStream? member;
    private uint length;
    private bool first = true;

    /// <exception cref="EndOfStreamException">The data ends within a member.</exception>
    /// <exception cref="InvalidDataException">The data is not gzip, or a checksum is wrong or cut off.</exception>
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
            {
                crc.Append(buffer[..count]);
                length += (uint)count;
                return count;
            }

            End();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            member?.Dispose();
            compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Reads a member's header. False at the end of the data; zero padding after a member is skipped.</summary>
    private bool Begin()
    {
        int id = feed.ReadByte();
        if (!first)
        {
            while (id == 0)
                id = feed.ReadByte();
            if (id < 0)
                return false;
        }

        if (id < 0)
            throw new EndOfStreamException();
        if (id != 0x1f || Next() != 0x8b || Next() != 8)
            throw new InvalidDataException();
        int flags = Next();
        for (int i = 0; i < 6; i++) // Time, extra flags, operating system.
            Next();
        if ((flags & 4) != 0)
        {
            int extra = Next() | Next() << 8;
            for (int i = 0; i < extra; i++)
                Next();
        }

        for (int text = flags & (8 | 16); text != 0; text &= text - 1) // File name, comment.
        {
            while (Next() != 0)
            {
            }
        }

        if ((flags & 2) != 0)
        {
            Next();
            Next();
        }

        first = false;
        crc.Reset();
        length = 0;
        member = new DeflateStream(feed, CompressionMode.Decompress, leaveOpen: true);
        return true;
    }

    private void End()
    {
        member!.Dispose();
        member = null;
        // A stream that was inflated to its end does not ask for more data; if it asked and there was none, it was cut off.
        if (feed.Ended)
            throw new EndOfStreamException();
        Span<byte> trailer = stackalloc byte[TrailerLength];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, crc.GetCurrentHashAsUInt32());
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], length);
        if (!feed.SkipPast(trailer))
            throw new InvalidDataException();
    }

    private int Next()
    {
        int value = feed.ReadByte();
        return value >= 0 ? value : throw new EndOfStreamException();
    }

    /// <summary>Reads the data block by block and keeps the last block.</summary>
    private sealed class BlockFeed(Stream source) : ReadOnlyStream
    {
        private readonly byte[] block = new byte[(1 << 16) + TrailerLength];
        private int lastStart;
        private int start;
        private int end;

        /// <summary>Whether a read found nothing more.</summary>
        public bool Ended { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (start == end)
                Refill(keep: 0);
            int count = Math.Min(buffer.Length, end - start);
            Ended |= count == 0;
            block.AsSpan(start, count).CopyTo(buffer);
            lastStart = start;
            start += count;
            return count;
        }

        public override int ReadByte()
        {
            if (start == end)
                Refill(keep: 0);
            return start == end ? -1 : block[start++];
        }

        /// <summary>Goes back to the position after these bytes in the last block.</summary>
        /// <param name="bytes">The bytes to find.</param>
        /// <returns>False where they are not found.</returns>
        public bool SkipPast(ReadOnlySpan<byte> bytes)
        {
            // The bytes may begin in the last block read and end after it.
            bool ended = false;
            while (end - start < bytes.Length && !ended)
                ended = !Refill(keep: start - lastStart);
            int length = Math.Min(start - lastStart + bytes.Length, end - lastStart);
            ReadOnlySpan<byte> window = block.AsSpan(lastStart, length);
            int found = window.IndexOf(bytes);
            if (found < 0)
                return false;
            start = lastStart + found + bytes.Length;
            return true;
        }

        /// <summary>Reads more data; keeps the unread data and the given number of bytes before it.</summary>
        private bool Refill(int keep)
        {
            int from = start - keep;
            block.AsSpan(from, end - from).CopyTo(block);
            lastStart = 0;
            start = keep;
            end -= from;
            int count = source.Read(block.AsSpan(end));
            end += count;
            return count > 0;
        }
    }
}
