using System.Text;

namespace Watermark.Text.Tests.Tokenizers.Gguf;

/// <summary>Writes the metadata of GGUF files.</summary>
internal sealed class GgufWriter
{
    private readonly MemoryStream entries = new();
    private long count;

    public GgufWriter Text(string key, string value) => Entry(key, 8, writer => WriteText(writer, value));

    public GgufWriter Flag(string key, bool value) => Entry(key, 7, writer => writer.Write(value));

    public GgufWriter UInt32(string key, uint value) => Entry(key, 4, writer => writer.Write(value));

    public GgufWriter UInt64(string key, ulong value) => Entry(key, 10, writer => writer.Write(value));

    public GgufWriter Texts(string key, params IReadOnlyCollection<string> values) => List(key, 8, values, WriteText);

    public GgufWriter Floats(string key, params IReadOnlyCollection<float> values) => List(key, 6, values, (writer, value) => writer.Write(value));

    public GgufWriter Integers(string key, params IReadOnlyCollection<int> values) => List(key, 5, values, (writer, value) => writer.Write(value));

    public GgufWriter Bytes(string key, byte[] values) => List(key, 0, values, (writer, value) => writer.Write(value));

    /// <summary>An entry whose content is written as it is.</summary>
    public GgufWriter Raw(string key, uint type, params byte[] content) => Entry(key, type, writer => writer.Write(content));

    public byte[] ToArray(uint version = 3, long? stated = null)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("GGUF"u8);
        writer.Write(version);
        writer.Write(291L);
        writer.Write(stated ?? count);
        writer.Write(entries.ToArray());
        return file.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }

    private GgufWriter List<T>(string key, uint element, IReadOnlyCollection<T> values, Action<BinaryWriter, T> write) => Entry(key, 9, writer =>
    {
        writer.Write(element);
        writer.Write((long)values.Count);
        foreach (T value in values)
            write(writer, value);
    });

    private GgufWriter Entry(string key, uint type, Action<BinaryWriter> write)
    {
        using var writer = new BinaryWriter(entries, Encoding.UTF8, leaveOpen: true);
        WriteText(writer, key);
        writer.Write(type);
        write(writer);
        count++;
        return this;
    }
}
