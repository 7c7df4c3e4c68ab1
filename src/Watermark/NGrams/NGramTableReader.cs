using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Watermark.NGrams;

/// <summary>
/// Reads a table's file and refuses any that is not exactly what was written: the digest at its end catches accidents, the
/// checks of order and range keep a made-up file from breaking what is proved of tables.
/// </summary>
internal static class NGramTableReader
{
    private const int LargestHeader = 1 << 24;
    private const int BlockWords = 1 << 20;
    private const string Truncated = "The table is truncated: the file ends before its rows do.";

    public static NGramTable Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> start = stackalloc byte[12];
        ReadExactly(stream, start, digest, "The file is no n-gram table: it does not begin with WMNGRAM1.");
        if (!start[..8].SequenceEqual(NGramTableHeader.Magic))
            throw new InputFormatException("The file is no n-gram table: it does not begin with WMNGRAM1.");
        int headerLength = BinaryPrimitives.ReadInt32LittleEndian(start[8..]);
        if (headerLength is < 2 or > LargestHeader)
            throw new InputFormatException("The table's header has an impossible length; the file was damaged.");
        byte[] headerBytes = new byte[headerLength];
        ReadExactly(stream, headerBytes, digest, Truncated);
        NGramTableHeader header = NGramTableHeader.Parse(headerBytes);
        int width = header.Schema.ContextWidth + 1;
        long words = (long)header.Rows * width;
        if (words > Array.MaxLength)
            throw new InputFormatException("The table's header promises more rows than a table can hold.");
        int[] columns = ReadWords<int>(stream, (int)words, digest);
        uint[] counts = ReadWords<uint>(stream, header.Rows, digest);
        CheckDigest(stream, digest);
        var table = new NGramTable(header.Schema, header.Documents, header.Tokens, header.Rows, columns, counts, header.IsSample);
        CheckRows(table, width);
        return table;
    }

    private static void CheckDigest(Stream stream, IncrementalHash digest)
    {
        byte[] expected = digest.GetHashAndReset();
        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes];
        if (stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) < found.Length)
            throw new InputFormatException(Truncated);
        if (!found.SequenceEqual(expected))
            throw new InputFormatException("The table's digest does not fit its content: the file was damaged or changed.");
        if (stream.ReadByte() >= 0)
            throw new InputFormatException("The table is followed by other bytes; the file was damaged or joined with another.");
    }

    private static void CheckRows(NGramTable table, int width)
    {
        int keyWidth = table.Schema.KeyedByContext ? width - 1 : width;
        ReadOnlySpan<int> columns = table.Columns;
        for (int row = 0; row < table.RowCount; row++)
        {
            if (table.Occurrences[row] == 0)
                throw new InputFormatException($"The table's row {row} occurs no time; at least once was expected.");
            if (row > 0 && !Ascends(columns, table.RowCount, row, keyWidth))
                throw new InputFormatException($"The table's rows {row - 1} and {row} are not in ascending order, or the same.");
        }

        if (table.Schema.RowLimit is { } limit && (table.RowCount > limit || (table.IsSample && table.RowCount < limit)))
            throw new InputFormatException("The table's row limit does not fit its number of rows.");
        if (table.IsSample && table.Schema.RowLimit is null)
            throw new InputFormatException("The table says that it is a sample but has no row limit.");
    }

    private static bool Ascends(ReadOnlySpan<int> columns, int rows, int row, int keyWidth)
    {
        for (int column = 0; column < keyWidth; column++)
        {
            int before = columns[(column * rows) + row - 1];
            int own = columns[(column * rows) + row];
            if (before != own)
                return before < own;
        }

        return false;
    }

    /// <summary>Reads words in blocks, so that a header that promises too much costs no more memory than the file has.</summary>
    private static T[] ReadWords<T>(Stream stream, int count, IncrementalHash digest)
        where T : unmanaged
    {
        var words = new T[Math.Min(count, BlockWords)];
        int read = 0;
        while (read < count)
        {
            if (read == words.Length)
                Array.Resize(ref words, (int)Math.Min(count, words.Length * 2L));
            Span<byte> bytes = MemoryMarshal.AsBytes(words.AsSpan(read, Math.Min(words.Length - read, BlockWords)));
            ReadExactly(stream, bytes, digest, Truncated);
            if (!BitConverter.IsLittleEndian)
            {
                Span<uint> block = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(block, block);
            }

            read += bytes.Length / sizeof(uint);
        }

        return words;
    }

    private static void ReadExactly(Stream stream, Span<byte> buffer, IncrementalHash digest, string fault)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw new InputFormatException(fault);
        digest.AppendData(buffer);
    }
}
