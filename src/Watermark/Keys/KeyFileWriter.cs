using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Watermark.Keys;

/// <summary>Writes <see cref="KeyFile"/> as JSON.</summary>
internal static class KeyFileWriter
{
    public static void Write(KeyFile key, Stream stream, ReadOnlySpan<char> passphrase)
    {
        // The text holds the secret; it is built in one buffer that is erased, not in the stream's own.
        var buffer = new ArrayBufferWriter<byte>(4096);
        try
        {
            using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                writer.WriteStartObject();
                key.WriteHeader(writer);
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

            stream.Write(buffer.WrittenSpan);
            stream.WriteByte((byte)'\n');
        }
        finally
        {
            buffer.Clear();
        }
    }

    private static void WriteProtected(KeyFile key, Utf8JsonWriter writer, ReadOnlySpan<char> passphrase)
    {
        var plain = new ArrayBufferWriter<byte>(256);
        try
        {
            using (var secretWriter = new Utf8JsonWriter(plain))
                key.Secret.WriteTo(secretWriter);
            SecretProtection.Seal(plain.WrittenSpan, HeaderBytes(key), passphrase).WriteTo(writer);
        }
        finally
        {
            plain.Clear();
        }
    }

    /// <summary>The public members without white space: what the protection of the secret authenticates.</summary>
    public static byte[] HeaderBytes(KeyFile key)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            key.WriteHeader(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
