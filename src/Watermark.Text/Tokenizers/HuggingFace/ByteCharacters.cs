using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace;

/// <summary>
/// How byte-level vocabularies write bytes as characters, first done by GPT-2: printed Latin-1 bytes as themselves, the
/// others, in order, as the characters from U+0100.
/// </summary>
internal static class ByteCharacters
{
    private const int FirstMoved = 0x100;

    private static readonly char[] Characters = MakeCharacters();
    private static readonly short[] Bytes = MakeBytes();

    /// <summary>The character of a byte.</summary>
    /// <param name="value">The byte.</param>
    public static char Of(byte value) => Characters[value];

    /// <summary>Writes the UTF-8 bytes of a text as characters.</summary>
    /// <param name="text">The text.</param>
    public static string Write(string text) => Write(text.AsSpan());

    /// <inheritdoc cref="Write(string)"/>
    public static string Write(ReadOnlySpan<char> text)
    {
        byte[] utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int length = Encoding.UTF8.GetBytes(text, utf8);
        return string.Create(length, utf8, static (characters, bytes) =>
        {
            for (int i = 0; i < characters.Length; i++)
                characters[i] = Characters[bytes[i]];
        });
    }

    /// <summary>The bytes of a token, or null where a character of it stands for no byte.</summary>
    /// <param name="token">The token as characters.</param>
    public static byte[]? Read(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            int value = token[i] < Bytes.Length ? Bytes[token[i]] : -1;
            if (value < 0)
                return null;
            bytes[i] = (byte)value;
        }

        return bytes;
    }

    private static char[] MakeCharacters()
    {
        char[] characters = new char[256];
        int next = FirstMoved;
        for (int value = 0; value < characters.Length; value++)
        {
            bool printed = value is (>= '!' and <= '~') or (>= 0xa1 and <= 0xac) or (>= 0xae and <= 0xff);
            characters[value] = (char)(printed ? value : next++);
        }

        return characters;
    }

    private static short[] MakeBytes()
    {
        short[] bytes = new short[Characters.Max() + 1];
        Array.Fill<short>(bytes, -1);
        for (int value = 0; value < Characters.Length; value++)
            bytes[Characters[value]] = (short)value;
        return bytes;
    }
}
