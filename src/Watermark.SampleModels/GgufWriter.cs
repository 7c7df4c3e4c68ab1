using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Watermark.SampleModels;

/// <summary>Writes a GGUF file (version 3) of float32 tensors: header, metadata, tensor list, data aligned to 32 bytes.</summary>
internal sealed class GgufWriter : IDisposable
{
    private const int Alignment = 32;

    private readonly MemoryStream metadata = new();
    private readonly List<(string Name, long[] Shape, float[] Values)> tensors = [];
    private ulong count;

    /// <summary>Adds text.</summary>
    public void Add(string key, string value)
    {
        Begin(key, 8);
        Write(value);
    }

    /// <summary>Adds a whole number of 32 bits.</summary>
    public void Add(string key, uint value)
    {
        Begin(key, 4);
        Write(value);
    }

    /// <summary>Adds a number.</summary>
    public void Add(string key, float value)
    {
        Begin(key, 6);
        Write(BitConverter.SingleToUInt32Bits(value));
    }

    /// <summary>Adds true or false.</summary>
    public void Add(string key, bool value)
    {
        Begin(key, 7);
        metadata.WriteByte(value ? (byte)1 : (byte)0);
    }

    /// <summary>Adds a list of texts.</summary>
    public void Add(string key, IReadOnlyList<string> values)
    {
        BeginList(key, 8, values.Count);
        foreach (string value in values)
            Write(value);
    }

    /// <summary>Adds a list of numbers.</summary>
    public void Add(string key, IReadOnlyList<float> values)
    {
        BeginList(key, 6, values.Count);
        foreach (float value in values)
            Write(BitConverter.SingleToUInt32Bits(value));
    }

    /// <summary>Adds a list of whole numbers of 32 bits, with sign.</summary>
    public void Add(string key, IReadOnlyList<int> values)
    {
        BeginList(key, 5, values.Count);
        foreach (int value in values)
            Write((uint)value);
    }

    /// <summary>Adds a tensor.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its dimensions, the fastest first.</param>
    /// <param name="values">Its values.</param>
    public void AddTensor(string name, long[] shape, float[] values) => tensors.Add((name, shape, values));

    /// <summary>Writes the file.</summary>
    /// <param name="path">The file; it is replaced.</param>
    public void Save(string path)
    {
        using FileStream stream = File.Create(path);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Count);
        writer.Write(count);
        writer.Write(metadata.ToArray());
        ulong offset = 0;
        foreach ((string name, long[] shape, float[] values) in tensors)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            writer.Write((ulong)bytes.Length);
            writer.Write(bytes);
            writer.Write((uint)shape.Length);
            foreach (long size in shape)
                writer.Write((ulong)size);
            writer.Write(0u);
            writer.Write(offset);
            offset += Padded((ulong)values.Length * sizeof(float));
        }

        foreach ((_, _, float[] values) in tensors)
        {
            while (stream.Position % Alignment != 0)
                writer.Write((byte)0);
            writer.Write(MemoryMarshal.AsBytes<float>(values));
            writer.Flush();
        }
    }

    /// <summary>Frees the metadata.</summary>
    public void Dispose() => metadata.Dispose();

    private static ulong Padded(ulong size) => (size + Alignment - 1) / Alignment * Alignment;

    private void Begin(string key, uint type)
    {
        Write(key);
        Write(type);
        count++;
    }

    private void BeginList(string key, uint type, int length)
    {
        Begin(key, 9);
        Write(type);
        Write((ulong)length);
    }

    private void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Write((ulong)bytes.Length);
        metadata.Write(bytes);
    }

    private void Write(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        metadata.Write(bytes);
    }

    private void Write(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        metadata.Write(bytes);
    }
}
