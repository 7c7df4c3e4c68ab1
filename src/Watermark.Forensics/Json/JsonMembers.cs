using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Watermark.Forensics.Json;

/// <summary>How all documents of this library write members.</summary>
internal static class JsonMembers
{
    /// <summary>UTC to the second.</summary>
    public const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private const long LargestSafeInteger = (1L << 53) - 1;

    /// <summary>Indented, with line feeds; only characters that JSON requires are escaped.</summary>
    public static JsonWriterOptions Options { get; } = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document with a final line feed.</summary>
    public static void WriteDocument(Stream stream, Action<Utf8JsonWriter> write)
    {
        using (var writer = new Utf8JsonWriter(stream, Options))
            write(writer);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>A whole number; beyond 2^53 − 1 a decimal string, since many readers lose further digits.</summary>
    public static void WriteWhole(Utf8JsonWriter writer, string name, Int128? value)
    {
        if (value is not { } number)
            writer.WriteNull(name);
        else if (Int128.Abs(number) <= LargestSafeInteger)
            writer.WriteNumber(name, (long)number);
        else
            writer.WriteString(name, number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Whole numbers, each as <see cref="WriteWhole"/> writes one.</summary>
    public static void WriteWholes(Utf8JsonWriter writer, string name, IEnumerable<long> values)
    {
        writer.WriteStartArray(name);
        foreach (long value in values)
        {
            if (Math.Abs(value) <= LargestSafeInteger)
                writer.WriteNumberValue(value);
            else
                writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }

        writer.WriteEndArray();
    }

    /// <summary>A UTC time to the second, or null.</summary>
    public static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time) =>
        writer.WriteString(name, time?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));

    public static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
