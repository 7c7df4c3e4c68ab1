using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Watermark.NGrams;

/// <summary>Writes a table's file; <c>ngrams-file.md</c> describes it.</summary>
internal static class NGramTableWriter
{
    private const int BlockWords = 1 << 14;

    public static void Write(NGramTable table, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(stream);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] header = new NGramTableHeader(table.Schema, table.Documents, table.Tokens, table.RowCount, table.IsSample).ToJson();
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
        Emit(stream, digest, NGramTableHeader.Magic);
        Emit(stream, digest, length);
        Emit(stream, digest, header);
        EmitWords(stream, digest, MemoryMarshal.Cast<int, uint>(table.Columns));
        EmitWords(stream, digest, table.Occurrences);
        stream.Write(digest.GetHashAndReset());
    }

    private static void EmitWords(Stream stream, IncrementalHash digest, ReadOnlySpan<uint> words)
    {
        Span<uint> block = new uint[Math.Min(words.Length, BlockWords)];
        while (!words.IsEmpty)
        {
            int count = Math.Min(words.Length, block.Length);
            words[..count].CopyTo(block);
            if (!BitConverter.IsLittleEndian)
                BinaryPrimitives.ReverseEndianness(block[..count], block);
            Emit(stream, digest, MemoryMarshal.AsBytes(block[..count]));
            words = words[count..];
        }
    }

    private static void Emit(Stream stream, IncrementalHash digest, ReadOnlySpan<byte> bytes)
    {
        digest.AppendData(bytes);
        stream.Write(bytes);
    }
}
