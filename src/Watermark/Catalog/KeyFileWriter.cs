using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Watermark.Keys;

namespace Watermark.Catalog;

/// <summary>Writes <see cref="KeyFile"/> as JSON.</summary>
internal static class KeyFileWriter
{
    public static void Write(KeyFile key, Stream stream, ReadOnlySpan<char> passphrase)
    {
        // The text holds the secret, so it is built in a buffer that is erased, not in a buffer of the stream.
        var buffer = new ArrayBufferWriter<byte>(4096);
        try
        {
            WriteJson(key, buffer, passphrase);
            stream.Write(buffer.WrittenSpan);
            stream.WriteByte((byte)'\n');
        }
        finally
        {
            buffer.Clear();
        }
    }

    /// <summary>
    /// Whether a text is the key as this class writes it in clear; line ends and white space at the end may differ. A person
    /// or a program that changes a file usually changes its layout too.
    /// </summary>
    /// <param name="key">The key that was read from the text.</param>
    /// <param name="json">The text.</param>
    public static bool IsLayoutOf(KeyFile key, ReadOnlySpan<byte> json)
    {
        var written = new ArrayBufferWriter<byte>(4096);
        byte[] read = new byte[json.Length];
        int length = 0;
        try
        {
            WriteJson(key, written, default);
            foreach (byte character in json)
            {
                if (character != '\r')
                    read[length++] = character;
            }

            return read.AsSpan(0, length).TrimEnd("\n "u8).SequenceEqual(written.WrittenSpan);
        }
        finally
        {
            written.Clear();
            Array.Clear(read);
        }
    }

    private static void WriteJson(KeyFile key, ArrayBufferWriter<byte> buffer, ReadOnlySpan<char> passphrase)
    {
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        key.Header.WriteTo(writer);
        if (passphrase.IsEmpty)
        {
            writer.WritePropertyName("secret");
            key.Secret.WriteTo(writer);
        }
        else
        {
            writer.WritePropertyName("protectedSecret");
            WriteProtected(key, writer, passphrase);
        }

        writer.WriteEndObject();
    }

    private static void WriteProtected(KeyFile key, Utf8JsonWriter writer, ReadOnlySpan<char> passphrase)
    {
        var plain = new ArrayBufferWriter<byte>(256);
        try
        {
            using (var secretWriter = new Utf8JsonWriter(plain))
                key.Secret.WriteTo(secretWriter);
            SecretProtection.Seal(plain.WrittenSpan, HeaderBytes(key.Header), passphrase).WriteTo(writer);
        }
        finally
        {
            plain.Clear();
        }
    }

    /// <summary>The public members without white space: what the protection of the secret authenticates.</summary>
    public static byte[] HeaderBytes(KeyFileHeader header)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            header.WriteTo(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
