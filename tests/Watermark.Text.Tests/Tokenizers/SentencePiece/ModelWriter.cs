using System.Buffers.Binary;
using System.Text;

namespace Watermark.Text.Tests.Tokenizers.SentencePiece;

/// <summary>Writes SentencePiece model files, sound and unsound ones.</summary>
internal sealed class ModelWriter
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int Byte = 6;

    private readonly MemoryStream file = new();

    /// <summary>A model with the unknown piece, begin and end, and the 256 bytes.</summary>
    public static ModelWriter WithBytes()
    {
        ModelWriter writer = new ModelWriter().Piece("<unk>", 0, Unknown).Piece("<s>", 0, Control).Piece("</s>", 0, Control);
        for (int value = 0; value < 256; value++)
            writer.Piece($"<0x{value:X2}>", 0, Byte);
        return writer;
    }

    public ModelWriter Piece(string text, float score, int type = Normal) => Piece(Encoding.UTF8.GetBytes(text), score, type);

    public ModelWriter Piece(byte[] text, float score, int type)
    {
        byte[] bits = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bits, score);
        return Message(1, [.. Field(1, text), 2 << 3 | 5, .. bits, .. Integer(3, type)]);
    }

    /// <summary>Adds the trainer's settings: 3 model_type, 24 treat_whitespace_as_suffix, 35 byte_fallback.</summary>
    public ModelWriter Trainer(params (int Field, int Value)[] settings) =>
        Message(2, [.. settings.SelectMany(setting => Integer(setting.Field, setting.Value))]);

    /// <summary>Adds the normalizer's settings: 3 add_dummy_prefix, 4 remove_extra_whitespaces, 5 escape_whitespaces.</summary>
    public ModelWriter Normalizer(params (int Field, int Value)[] settings) =>
        Message(3, [.. settings.SelectMany(setting => Integer(setting.Field, setting.Value))]);

    /// <summary>Adds the normalizer's rules.</summary>
    public ModelWriter Rules(byte[] charsMap) => Message(3, Field(2, charsMap));

    public ModelWriter Message(int field, byte[] content)
    {
        file.Write(Field(field, content));
        return this;
    }

    public byte[] ToArray() => file.ToArray();

    public static byte[] Field(int field, ReadOnlySpan<byte> content) => [.. Varint(field << 3 | 2), .. Varint(content.Length), .. content];

    public static byte[] Integer(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}
