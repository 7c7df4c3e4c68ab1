using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Watermark.NGrams;

/// <summary>
/// Reads a sample's file block by block and refuses any that is not exactly what was written: the digest at its end finds
/// damage, and the checks of order and range make sure that even a forged file is a valid sample.
/// </summary>
internal sealed class SampleReader : ISampleCursor
{
    private const int LargestHeader = 1 << 26;
    private const string Truncated = "The sample is truncated: the file ends before its rows do.";
    private const string NoSample = "The file is not a sample of n-grams: it begins neither with WMNGRAM2 nor with WMNGRAM1.";

    private readonly Stream stream;
    private readonly IncrementalHash digest;
    private readonly int width;
    private readonly int keyWidth;
    private readonly int[] row;
    private readonly int[] before;
    private int[] columns = [];
    private uint[] counts = [];
    private ulong[] documents = [];
    private sbyte[] weights = [];
    private ulong documentBefore;
    private long rowsSeen;
    private long promptsSeen;
    private int blockRows;
    private int next;
    private bool rowsEnded;
    private bool ended;

    private SampleReader(Stream stream, IncrementalHash digest, SampleHeader header)
    {
        this.stream = stream;
        this.digest = digest;
        Header = header;
        width = header.Schema.ContextWidth + 1;
        keyWidth = header.Schema.KeyedByContext ? width - 1 : width;
        row = new int[width];
        before = new int[width];
    }

    public SampleHeader Header { get; }

    public ReadOnlySpan<int> Row => row;

    public uint Occurrences { get; private set; }

    public ulong Document { get; private set; }

    public sbyte Weight { get; private set; }

    /// <summary>Reads a whole sample.</summary>
    /// <param name="stream">The file.</param>
    public static Sample Read(Stream stream)
    {
        using ISampleCursor cursor = Open(stream);
        if (cursor is MemoryCursor { Sample: { } sample })
            return sample;
        var collector = new SampleCollector(cursor.Header);
        while (cursor.NextRow())
            collector.AddRow(cursor.Row, cursor.Occurrences, cursor.Document, cursor.Weight);
        while (cursor.NextPrompt())
            collector.AddPrompt(cursor.Document, cursor.Row);
        return collector.ToSample(cursor.Header.IsLimited);
    }

    /// <summary>Opens a file; version 1 is read into memory at once.</summary>
    /// <param name="stream">The file, from its beginning. The cursor disposes it.</param>
    public static ISampleCursor Open(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        bool kept = false;
        try
        {
            Span<byte> start = stackalloc byte[12];
            ReadExactly(stream, start, digest, NoSample);
            int version = start[..8].SequenceEqual(SampleHeader.Magic2) ? 2 : start[..8].SequenceEqual(SampleHeader.Magic1) ? 1 : throw new InputFormatException(NoSample);
            int headerLength = BinaryPrimitives.ReadInt32LittleEndian(start[8..]);
            if (headerLength is < 2 or > LargestHeader)
                throw new InputFormatException("The sample's header has an impossible length; the file is damaged.");
            byte[] bytes = ReadWords<byte>(stream, headerLength, digest);
            SampleHeader header = SampleHeader.Parse(bytes, version);
            if (version == 1)
                return new MemoryCursor(ReadVersion1(stream, digest, header));
            kept = true;
            return new SampleReader(stream, digest, header);
        }
        finally
        {
            if (!kept)
                digest.Dispose();
        }
    }

    public bool NextRow()
    {
        if (rowsEnded || (next == blockRows && !ReadBlock(prompts: false)))
        {
            if (!rowsEnded && Header.IsLimited && rowsSeen != Header.Schema.RowLimit)
                throw new InputFormatException("The sample's row limit does not fit its number of rows.");
            rowsEnded = true;
            return false;
        }

        row.CopyTo(before, 0);
        for (int column = 0; column < width; column++)
            row[column] = columns[(column * blockRows) + next];
        Occurrences = counts[next];
        Document = Header.HasDocuments ? documents[next] : 0;
        Weight = Header.HasWeights ? weights[next] : (sbyte)0;
        if (Occurrences == 0)
            throw new InputFormatException($"The sample's row {rowsSeen} occurs no time; at least once was expected.");
        if (rowsSeen > 0 && before.AsSpan(0, keyWidth).SequenceCompareTo(row.AsSpan(0, keyWidth)) >= 0)
            throw new InputFormatException($"The sample's rows {rowsSeen - 1} and {rowsSeen} are not in ascending order, or the same.");
        if (++rowsSeen > Header.Schema.RowLimit)
            throw new InputFormatException("The sample's row limit does not fit its number of rows.");
        next++;
        return true;
    }

    public bool NextPrompt()
    {
        if (!rowsEnded)
            throw new InvalidOperationException("The rows come before the prompts.");
        if (ended)
            return false;
        if (next == blockRows && !ReadBlock(prompts: true))
        {
            CheckDigest(stream, digest);
            ended = true;
            return false;
        }

        row.CopyTo(before, 0);
        documentBefore = Document;
        for (int column = 0; column < width; column++)
            row[column] = columns[(column * blockRows) + next];
        Document = documents[next];
        if (promptsSeen > 0 && (Document < documentBefore || (Document == documentBefore && before.AsSpan().SequenceCompareTo(row) >= 0)))
            throw new InputFormatException($"The sample's prompt rows {promptsSeen - 1} and {promptsSeen} are not in ascending order, or the same.");
        promptsSeen++;
        next++;
        return true;
    }

    public void Dispose()
    {
        digest.Dispose();
        stream.Dispose();
    }

    private bool ReadBlock(bool prompts)
    {
        Span<byte> length = stackalloc byte[4];
        ReadExactly(stream, length, digest, Truncated);
        blockRows = BinaryPrimitives.ReadInt32LittleEndian(length);
        next = 0;
        if (blockRows == 0)
            return false;
        if (blockRows is < 0 or > SampleWriter.BlockRows)
            throw new InputFormatException($"A block of the sample states {blockRows} rows; at most {SampleWriter.BlockRows} were expected.");
        columns = ReadWords<int>(stream, blockRows * width, digest);
        if (!prompts)
            counts = ReadWords<uint>(stream, blockRows, digest);
        if (prompts || Header.HasDocuments)
            documents = ReadWords<ulong>(stream, blockRows, digest);
        if (!prompts && Header.HasWeights)
            weights = ReadWords<sbyte>(stream, blockRows, digest);
        return true;
    }

    private static Sample ReadVersion1(Stream stream, IncrementalHash digest, SampleHeader header)
    {
        int width = header.Schema.ContextWidth + 1;
        if ((long)header.Rows * width > Array.MaxLength)
            throw new InputFormatException("The sample's header states more rows than a sample can hold.");
        int[] columns = ReadWords<int>(stream, header.Rows * width, digest);
        uint[] counts = ReadWords<uint>(stream, header.Rows, digest);
        CheckDigest(stream, digest);
        int keyWidth = header.Schema.KeyedByContext ? width - 1 : width;
        var rows = new NGramRows(columns, header.Rows, width - 1, header.Rows);
        Span<int> row = stackalloc int[width];
        Span<int> before = stackalloc int[width];
        for (int i = 0; i < header.Rows; i++)
        {
            if (counts[i] == 0)
                throw new InputFormatException($"The sample's row {i} occurs no time; at least once was expected.");
            rows.CopyRow(i, row);
            if (i > 0 && before[..keyWidth].SequenceCompareTo(row[..keyWidth]) >= 0)
                throw new InputFormatException($"The sample's rows {i - 1} and {i} are not in ascending order, or the same.");
            row.CopyTo(before);
        }

        if (header.Schema.RowLimit is { } limit && (header.Rows > limit || (header.IsLimited && header.Rows < limit)))
            throw new InputFormatException("The sample's row limit does not fit its number of rows.");
        return new Sample(header.Schema, header.Provenance, header.Rows, columns, counts, [], [], PromptRows.None, header.IsLimited);
    }

    private static void CheckDigest(Stream stream, IncrementalHash digest)
    {
        byte[] expected = digest.GetHashAndReset();
        Span<byte> found = stackalloc byte[SHA256.HashSizeInBytes];
        if (stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) < found.Length)
            throw new InputFormatException(Truncated);
        if (!found.SequenceEqual(expected))
            throw new InputFormatException("The sample's digest does not fit its content: the file was damaged or changed.");
        if (stream.ReadByte() >= 0)
            throw new InputFormatException("The sample is followed by other bytes; the file was damaged or joined with another.");
    }

    /// <summary>
    /// Reads words in blocks, so that a false size in the header uses no more memory than the file is long.
    /// </summary>
    private static T[] ReadWords<T>(Stream stream, int count, IncrementalHash digest)
        where T : unmanaged
    {
        const int blockWords = 1 << 20;
        var words = new T[Math.Min(count, blockWords)];
        int read = 0;
        while (read < count)
        {
            if (read == words.Length)
                Array.Resize(ref words, (int)Math.Min(count, words.Length * 2L));
            Span<T> part = words.AsSpan(read, Math.Min(words.Length - read, blockWords));
            ReadExactly(stream, MemoryMarshal.AsBytes(part), digest, Truncated);
            if (!BitConverter.IsLittleEndian)
                Reverse(part);
            read += part.Length;
        }

        return words;
    }

    private static void Reverse<T>(Span<T> words)
        where T : unmanaged
    {
        foreach (ref T word in words)
            MemoryMarshal.AsBytes(new Span<T>(ref word)).Reverse();
    }

    private static void ReadExactly(Stream stream, Span<byte> buffer, IncrementalHash digest, string fault)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw new InputFormatException(fault);
        digest.AppendData(buffer);
    }
}
