using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Watermark.Text.Documents;

/// <summary>A file that is one document of text.</summary>
internal static class TextFormat
{
    public static IEnumerable<InputDocument> Read(OpenedSource opened, ReadingState state)
    {
        byte[]? bytes = ReadWhole(opened.Content, state.Options.MaxRecordLength);
        if (opened.Fault is { } fault)
            state.BrokenOff(opened.Source, 1, fault);
        else if (bytes is null)
            state.Bad(opened.Source, 1, TooLong(state.Options.MaxRecordLength));
        else if (StartsJsonArray(opened.Source, bytes))
            throw new InputFormatException($"{opened.Source.Path}: expected one JSON object a line; an array cannot be read so ('jq -c .[]' makes lines of it).");
        else if (!Utf8.IsValid(bytes))
            state.Bad(opened.Source, 1, NotUtf8);
        else
        {
            state.Good(fields: false, prompt: false);
            yield return new InputDocument
            {
                Id = opened.Source.Name,
                Text = Encoding.UTF8.GetString(bytes),
                File = opened.Source.Path,
                Line = 1,
            };
        }
    }

    /// <summary>The fault of bytes that are not UTF-8.</summary>
    public const string NotUtf8 = "invalid bytes, expected UTF-8";

    /// <summary>The fault of a record above the limit.</summary>
    /// <param name="limit">The limit in bytes.</param>
    public static string TooLong(int limit) => string.Create(CultureInfo.InvariantCulture, $"too long, expected at most {limit:N0} bytes");

    private static bool StartsJsonArray(InputSource source, ReadOnlySpan<byte> bytes) =>
        source.Format == InputFormat.Sniff && source.Path != InputSource.StandardInput && bytes.TrimStart(" \t\r\n"u8).StartsWith("["u8);

    private static byte[]? ReadWhole(Stream stream, int limit)
    {
        using var memory = new MemoryStream();
        byte[] block = new byte[1 << 16];
        for (int count; (count = stream.Read(block)) > 0;)
        {
            if (memory.Length + count > limit)
                return null;
            memory.Write(block, 0, count);
        }

        return memory.ToArray();
    }
}
