using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Watermark.Text.Tokenizers.Gguf;

/// <summary>The types of values in a GGUF file; the numbers are those of the file.</summary>
internal enum GgufType
{
    UInt8 = 0,
    Int8 = 1,
    UInt16 = 2,
    Int16 = 3,
    UInt32 = 4,
    Int32 = 5,
    Float32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    UInt64 = 10,
    Int64 = 11,
    Float64 = 12,
}

/// <summary>
/// Reads the metadata of a GGUF file, the names and values before the tensors. Lengths that the file states are checked
/// against the file before memory is taken, and values that are not wanted are passed over.
/// </summary>
/// <param name="stream">The file, at its start; it can seek.</param>
/// <param name="name">Its name, for messages.</param>
internal sealed class GgufReader(Stream stream, string name)
{
    private const int LongestKey = 65535;

    // Ten times what the largest vocabularies take.
    private const int LongestValue = 1 << 28;

    private readonly long length = stream.Length;

    /// <summary>The first bytes of a GGUF file.</summary>
    public static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>Reads the values of some names.</summary>
    /// <param name="isWanted">Which names; it may refuse the file.</param>
    /// <returns>The values by name.</returns>
    /// <exception cref="InputFormatException">The file is damaged, or of a version that is not known.</exception>
    public SortedDictionary<string, GgufValue> Read(Predicate<string> isWanted)
    {
        Span<byte> magic = stackalloc byte[4];
        Fill(magic);
        if (!magic.SequenceEqual(Magic))
            throw Malformed("expected the letters GGUF");
        uint version = UInt32();
        if (version is not (2 or 3))
            throw Malformed($"the version is {version}; 2 and 3 in little-endian order are supported");
        UInt64(); // The number of tensors.
        ulong count = UInt64();
        var values = new SortedDictionary<string, GgufValue>(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            string key = Key();
            if (!isWanted(key))
                SkipValue();
            else if (!values.TryAdd(key, Value(key)))
                throw Malformed($"{key} stands twice");
        }

        return values;
    }

    private string Key()
    {
        ulong size = UInt64();
        if (size > LongestKey)
            throw Malformed($"a name has {size} bytes; the longest that is allowed has {LongestKey}");
        byte[] bytes = new byte[Checked(size, 1)];
        Fill(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    private GgufValue Value(string key)
    {
        GgufType type = Type();
        GgufType? element = null;
        ulong count = 1;
        if (type == GgufType.Array)
        {
            element = Type();
            count = UInt64();
        }

        int size = Size(element ?? type);
        var content = new ArrayBufferWriter<byte>();
        if (size > 0)
        {
            int all = Checked(count, size);
            Limit(all, key);
            Fill(content.GetSpan(Math.Max(all, 1))[..all]);
            content.Advance(all);
            return new GgufValue(type, element, checked((int)count), content.WrittenMemory);
        }

        // Strings, each with its length before it.
        Checked(count, sizeof(ulong));
        for (ulong i = 0; i < count; i++)
        {
            int text = Checked(UInt64(), 1);
            Limit((long)content.WrittenCount + text + sizeof(ulong), key);
            Span<byte> place = content.GetSpan(sizeof(ulong) + text);
            BinaryPrimitives.WriteUInt64LittleEndian(place, (ulong)text);
            Fill(place.Slice(sizeof(ulong), text));
            content.Advance(sizeof(ulong) + text);
        }

        return new GgufValue(type, element, (int)count, content.WrittenMemory);
    }

    private void SkipValue()
    {
        GgufType type = Type();
        ulong count = 1;
        if (type == GgufType.Array)
        {
            type = Type();
            count = UInt64();
        }

        int size = Size(type);
        if (size > 0)
        {
            Skip(count, size);
            return;
        }

        for (ulong i = 0; i < count; i++)
            Skip(UInt64(), 1);
    }

    /// <summary>The bytes of a value; 0 for strings.</summary>
    private int Size(GgufType type) => type switch
    {
        GgufType.UInt8 or GgufType.Int8 or GgufType.Bool => 1,
        GgufType.UInt16 or GgufType.Int16 => 2,
        GgufType.UInt32 or GgufType.Int32 or GgufType.Float32 => 4,
        GgufType.UInt64 or GgufType.Int64 or GgufType.Float64 => 8,
        GgufType.String => 0,
        _ => throw Malformed($"type {(uint)type}, expected 0 to 12, and no list of lists"),
    };

    private GgufType Type() => (GgufType)UInt32();

    private uint UInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private ulong UInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    private void Skip(ulong count, int size)
    {
        CheckLeft(count, size);
        stream.Seek((long)count * size, SeekOrigin.Current);
    }

    private int Checked(ulong count, int size)
    {
        CheckLeft(count, size);
        return count * (ulong)size <= LongestValue ? (int)count * size : throw Malformed($"a value of {count * (ulong)size} bytes; at most {LongestValue} are read");
    }

    private void CheckLeft(ulong count, int size)
    {
        long left = length - stream.Position;
        if (count > (ulong)(left / size))
            throw Malformed($"a length of {count}, but {left} bytes are left");
    }

    private void Limit(long bytes, string key)
    {
        if (bytes > LongestValue)
            throw Malformed($"{key} has more than {LongestValue} bytes");
    }

    private void Fill(Span<byte> bytes)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw Malformed("the file ends here");
    }

    private InputFormatException Malformed(string what) => new($"{name}: metadata, byte {stream.Position}: {what}.");
}

/// <summary>A value of the metadata.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Element">For a list: the type of its elements.</param>
/// <param name="Count">For a list: the number of its elements.</param>
/// <param name="Content">Its bytes as they stand in the file, for a list without its type and length.</param>
internal sealed record GgufValue(GgufType Type, GgufType? Element, int Count, ReadOnlyMemory<byte> Content);
