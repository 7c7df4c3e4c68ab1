using System.Buffers;
using System.Text;

namespace Watermark.SampleModels;

/// <summary>Writes a message in the binary form of Protocol Buffers: fields of whole numbers, text, bytes and messages.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    /// <summary>Adds a whole number, 0 or greater.</summary>
    public ProtoWriter Add(int field, long value)
    {
        WriteVarint((uint)field << 3);
        WriteVarint((ulong)value);
        return this;
    }

    /// <summary>Adds text.</summary>
    public ProtoWriter Add(int field, string value) => Add(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Adds a message.</summary>
    public ProtoWriter Add(int field, ProtoWriter message) => Add(field, message.ToArray());

    /// <summary>Adds bytes.</summary>
    public ProtoWriter Add(int field, ReadOnlySpan<byte> value)
    {
        WriteVarint(((uint)field << 3) | 2);
        WriteVarint((ulong)value.Length);
        bytes.Write(value);
        return this;
    }

    /// <summary>What was written.</summary>
    public byte[] ToArray() => bytes.WrittenSpan.ToArray();

    private void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            bytes.Write([(byte)(value | 0x80)]);
        bytes.Write([(byte)value]);
    }
}
