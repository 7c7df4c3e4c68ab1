using System.Buffers;
using System.Text;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>Steps through valid UTF-8.</summary>
internal static class Utf8Characters
{
    /// <summary>U+2581, which stands for a space in pieces.</summary>
    public static ReadOnlySpan<byte> Space => "▁"u8;

    /// <summary>U+FFFD, which stands for bytes that are no character.</summary>
    public static ReadOnlySpan<byte> Replacement => "\ufffd"u8;

    /// <summary>The number of bytes of the first character.</summary>
    /// <param name="text">Valid UTF-8, not empty.</param>
    public static int Length(ReadOnlySpan<byte> text) => text[0] switch
    {
        < 0x80 => 1,
        < 0xe0 => 2,
        < 0xf0 => 3,
        _ => 4,
    };

    /// <summary>The first character, checked; false where the bytes are none.</summary>
    /// <param name="text">Bytes, not empty.</param>
    /// <param name="length">The bytes of the character; 1 where they are none.</param>
    public static bool TryFirst(ReadOnlySpan<byte> text, out int length)
    {
        if (text[0] < 0x80)
        {
            length = 1;
            return true;
        }

        bool valid = Rune.DecodeFromUtf8(text, out _, out length) == OperationStatus.Done;
        if (!valid)
            length = 1;
        return valid;
    }
}
