using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Watermark.Text.Records;

/// <summary>Turns the rows of a table into JSON objects, so that what follows knows one shape.</summary>
internal sealed class RowWriter : IDisposable
{
    private readonly ArrayBufferWriter<byte> buffer = new();
    private readonly Utf8JsonWriter writer;
    private readonly JsonEncodedText[] names;

    /// <param name="header">The names of the columns.</param>
    /// <exception cref="RecordFault">A name that decides who said what stands twice.</exception>
    public RowWriter(IReadOnlyList<string> header)
    {
        writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        names = [.. Names(header).Select(name => JsonEncodedText.Encode(name))];
    }

    /// <summary>The number of columns.</summary>
    public int Count => names.Length;

    /// <summary>The row as an object: every cell a string, null where it is empty.</summary>
    public JsonDocument Row(IReadOnlyList<string?> cells)
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        writer.WriteStartObject();
        for (int i = 0; i < names.Length; i++)
        {
            if (i < cells.Count && cells[i] is { Length: > 0 } cell)
                writer.WriteString(names[i], cell);
            else
                writer.WriteNull(names[i]);
        }

        writer.WriteEndObject();
        writer.Flush();
        return JsonDocument.Parse(buffer.WrittenMemory);
    }

    public void Dispose() => writer.Dispose();

    private static List<string> Names(IReadOnlyList<string> header)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<string>();
        for (int i = 0; i < header.Count; i++)
        {
            string name = header[i].Trim();
            if (name.Length > 0 && !taken.Contains(name))
            {
                taken.Add(name);
                result.Add(name);
                continue;
            }

            if (JsonRecord.Decides(name))
                throw new RecordFault($"the column '{name}' stands twice, expected it once");
            // Without a name, or twice but of no weight: it keeps a name of its own, so that nothing is taken for it.
            string own = string.Create(CultureInfo.InvariantCulture, $"{name} (column {i + 1})").TrimStart();
            while (!taken.Add(own))
                own += " ";
            result.Add(own);
        }

        return result;
    }
}
