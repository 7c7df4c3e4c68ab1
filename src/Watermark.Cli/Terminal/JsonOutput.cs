using System.Text.Encodings.Web;
using System.Text.Json;

namespace Watermark.Cli.Terminal;

/// <summary>Writes the tool's JSON: indented, one document, a line break at the end, the same bytes on every system.</summary>
internal static class JsonOutput
{
    // Results are not embedded in HTML, so "1/4", '+' and letters beyond ASCII need no escapes.
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = true,
        NewLine = "\n",
    };

    /// <summary>Writes one document in UTF-8. Nothing reaches the stream if <paramref name="write"/> throws.</summary>
    /// <param name="stream">The stream to write to, such as the standard output; flushed and left open.</param>
    /// <param name="write">Writes the document's one value.</param>
    public static void Write(Stream stream, Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(write);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        buffer.WriteByte((byte)'\n');
        buffer.Position = 0;
        buffer.CopyTo(stream);
        stream.Flush();
    }

    /// <summary>Writes a member with a number; infinities and NaN, which JSON does not have, become null.</summary>
    /// <param name="writer">The writer, inside an object.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Any double.</param>
    public static void WriteNumberOrNull(this Utf8JsonWriter writer, string name, double value)
    {
        writer.WritePropertyName(name);
        writer.WriteNumberValueOrNull(value);
    }

    /// <summary>Writes a number as a value; infinities and NaN become null.</summary>
    /// <param name="writer">The writer, where a value is expected.</param>
    /// <param name="value">Any double.</param>
    public static void WriteNumberValueOrNull(this Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteNullValue();
    }
}
