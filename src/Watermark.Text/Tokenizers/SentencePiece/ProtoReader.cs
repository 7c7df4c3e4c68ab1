using System.Buffers.Binary;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// Reads the fields of one message of a protocol buffer, strictly: what does not fit is refused with its place in the file.
/// </summary>
/// <param name="data">The message.</param>
/// <param name="name">The file's name, for messages.</param>
/// <param name="message">The name of the message, for messages to users.</param>
/// <param name="offset">Where the message begins in the file.</param>
internal ref struct ProtoReader(ReadOnlySpan<byte> data, string name, string message, int offset)
{
    private readonly ReadOnlySpan<byte> data = data;
    private readonly string name = name;
    private readonly string message = message;
    private readonly int offset = offset;
    private int at;
    private int wireType;

    /// <summary>The number of the field whose value comes next.</summary>
    public int Field { get; private set; }

    /// <summary>Where the next byte stands in the file.</summary>
    public readonly int Offset => offset + at;

    /// <summary>Goes to the next field; false at the end of the message.</summary>
    public bool Next()
    {
        if (at == data.Length)
            return false;
        ulong tag = Varint();
        ulong field = tag >> 3;
        wireType = (int)(tag & 7);
        if (field is 0 or > 0x1fffffff || wireType is 3 or 4 or > 5)
            throw Malformed("expected the number and the type of a field");
        Field = (int)field;
        return true;
    }

    /// <summary>The value as text, bytes or an inner message.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(2, "bytes");
        ulong length = Varint();
        if (length > (ulong)(data.Length - at))
            throw Malformed($"field {Field} has {length} bytes, but {data.Length - at} are left");
        at += (int)length;
        return data.Slice(at - (int)length, (int)length);
    }

    /// <summary>The value as an inner message.</summary>
    /// <param name="of">Its name, for messages to users.</param>
    public ProtoReader Message(string of)
    {
        ReadOnlySpan<byte> content = Bytes();
        return new ProtoReader(content, name, of, Offset - content.Length);
    }

    /// <summary>The value as a 32-bit float.</summary>
    public float Float()
    {
        Expect(5, "a 32-bit number");
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>The value as an integer.</summary>
    public ulong Integer()
    {
        Expect(0, "an integer");
        return Varint();
    }

    /// <summary>The value as a truth value.</summary>
    public bool Flag() => Integer() != 0;

    /// <summary>Passes over the value.</summary>
    public void Skip()
    {
        switch (wireType)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                Bytes();
                break;
            default:
                Take(4);
                break;
        }
    }

    /// <summary>The fault of a message, with its place.</summary>
    /// <param name="what">What is wrong.</param>
    public readonly InputFormatException Malformed(string what) => new($"{name}: {message}, byte {Offset}: {what}.");

    private readonly void Expect(int type, string what)
    {
        if (wireType != type)
            throw Malformed($"field {Field} should hold {what}");
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > data.Length - at)
            throw Malformed($"field {Field} needs {count} bytes, but {data.Length - at} are left");
        at += count;
        return data.Slice(at - count, count);
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70 && at < data.Length; shift += 7)
        {
            byte next = data[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed("an integer has no end");
    }
}
