using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Watermark.NGrams;

/// <summary>
/// Writes the file of a sample, version 2, block by block; <c>ngrams-file.md</c> describes it. The caller appends the digest
/// of what was written.
/// </summary>
internal sealed class SampleWriter : ISampleSink
{
    /// <summary>The largest number of rows in a block.</summary>
    public const int BlockRows = 1 << 14;

    private readonly SampleHeader header;
    private readonly Stream stream;
    private readonly IncrementalHash digest;
    private readonly int width;
    private readonly int[] columns;
    private readonly uint[] counts = new uint[BlockRows];
    private readonly ulong[] documents = new ulong[BlockRows];
    private readonly sbyte[] weights = new sbyte[BlockRows];
    private int filled;
    private bool inPrompts;

    /// <summary>Writes the file's beginning.</summary>
    /// <param name="header">The header.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <param name="digest">Receives every byte.</param>
    public SampleWriter(SampleHeader header, Stream stream, IncrementalHash digest)
    {
        this.header = header;
        this.stream = stream;
        this.digest = digest;
        width = header.Schema.ContextWidth + 1;
        columns = new int[width * BlockRows];
        byte[] json = header.ToJson();
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, json.Length);
        Emit(SampleHeader.Magic2);
        Emit(length);
        Emit(json);
    }

    /// <summary>Writes a sample without its digest.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="stream">The stream to write to.</param>
    /// <returns>The digest of everything that was written; the caller disposes it.</returns>
    public static IncrementalHash Write(Sample sample, Stream stream)
    {
        var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var cursor = new MemoryCursor(sample);
        var writer = new SampleWriter(cursor.Header, stream, digest);
        while (cursor.NextRow())
            writer.AddRow(cursor.Row, cursor.Occurrences, cursor.Document, cursor.Weight);
        writer.EndRows();
        while (cursor.NextPrompt())
            writer.AddPrompt(cursor.Document, cursor.Row);
        writer.End();
        return digest;
    }

    /// <summary>The header of a sample's file.</summary>
    public static SampleHeader HeaderOf(Sample sample) =>
        new(sample.Schema, sample.Provenance, sample.IsLimited, sample.HasWeights, sample.RowDocuments.Length > 0 || sample.RowCount == 0);

    public void AddRow(ReadOnlySpan<int> row, uint occurrences, ulong document, sbyte weight)
    {
        for (int column = 0; column < width; column++)
            columns[(column * BlockRows) + filled] = row[column];
        counts[filled] = occurrences;
        documents[filled] = document;
        weights[filled] = weight;
        Advance();
    }

    public void EndRows()
    {
        End();
        inPrompts = true;
    }

    public void AddPrompt(ulong document, ReadOnlySpan<int> row) => AddRow(row, 0, document, 0);

    /// <summary>Ends the rows, or the prompts.</summary>
    public void End()
    {
        Flush();
        Emit([0, 0, 0, 0]);
    }

    private void Advance()
    {
        if (++filled == BlockRows)
            Flush();
    }

    private void Flush()
    {
        if (filled == 0)
            return;
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(count, filled);
        Emit(count);
        for (int column = 0; column < width; column++)
            EmitWords(MemoryMarshal.Cast<int, uint>(columns.AsSpan(column * BlockRows, filled)));
        if (!inPrompts)
            EmitWords(counts.AsSpan(0, filled));
        if (inPrompts || header.HasDocuments)
            EmitWords(documents.AsSpan(0, filled));
        if (!inPrompts && header.HasWeights)
            Emit(MemoryMarshal.AsBytes(weights.AsSpan(0, filled)));
        filled = 0;
    }

    /// <summary>
    /// Writes words; on big-endian machines their bytes are reversed in place, and the words are not used again.
    /// </summary>
    private void EmitWords(Span<uint> words)
    {
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(words, words);
        Emit(MemoryMarshal.AsBytes(words));
    }

    private void EmitWords(Span<ulong> words)
    {
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(words, words);
        Emit(MemoryMarshal.AsBytes(words));
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        digest.AppendData(bytes);
        stream.Write(bytes);
    }
}
