using System.Globalization;

namespace Watermark.Text.Records;

/// <summary>Names what is no document and no container, so that a message can say what a file is.</summary>
internal static class BinaryKinds
{
    /// <summary>Beginnings of files that may be all text, and what such a file is.</summary>
    private static readonly (byte[] Start, string What)[] Known =
    [
        ("WMNGRAM"u8.ToArray(), "a table of n-grams (.ngrams)"),
        ("%PDF-"u8.ToArray(), "a PDF document"),
        ("{\\rtf"u8.ToArray(), "a Rich Text document"),
        ("-----BEGIN "u8.ToArray(), "a key, certificate or message in PEM form"),
    ];

    /// <summary>Beginnings of binary files, and what such a file is.</summary>
    private static readonly (byte[] Start, string What)[] Binary =
    [
        ([0x89, (byte)'P', (byte)'N', (byte)'G'], "a PNG image"),
        ([0xFF, 0xD8, 0xFF], "a JPEG image"),
        ("GIF8"u8.ToArray(), "a GIF image"),
        ("II*\0"u8.ToArray(), "a TIFF image"),
        ("MM\0*"u8.ToArray(), "a TIFF image"),
        ("RIFF"u8.ToArray(), "an image, sound or video (RIFF)"),
        ("OggS"u8.ToArray(), "a sound or video (Ogg)"),
        ("ID3"u8.ToArray(), "a sound (MP3)"),
        ([0x7F, (byte)'E', (byte)'L', (byte)'F'], "a program (ELF)"),
        ([(byte)'M', (byte)'Z', 0x90, 0], "a program (Windows)"),
        ([0xCF, 0xFA, 0xED, 0xFE], "a program (Mach-O)"),
        ([0xCA, 0xFE, 0xBA, 0xBE], "a program (Java or Mach-O)"),
        ("SQLite format 3\0"u8.ToArray(), "an SQLite database"),
        ("ARROW1"u8.ToArray(), "an Arrow file (Feather)"),
        ([0xFF, 0xFF, 0xFF, 0xFF, 0x10], "an Arrow stream"),
        ("Obj\u0001"u8.ToArray(), "an Avro file"),
        ("ORC"u8.ToArray(), "an ORC file"),
        ("PARE"u8.ToArray(), "an encrypted Parquet file"),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], "an HDF5 file"),
        ([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], "a NumPy array"),
        ("GGUF"u8.ToArray(), "a model (GGUF)"),
        ([0x80, 2], "a Python pickle"),
        ([0x80, 3], "a Python pickle"),
        ([0x80, 4, 0x95], "a Python pickle"),
        ([0x80, 5, 0x95], "a Python pickle"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Office document (.xls, .doc) or one with a password"),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive"),
        ("Rar!\u001A"u8.ToArray(), "a RAR archive"),
        ([0x04, 0x22, 0x4D, 0x18], "lz4 data"),
        ([0x02, 0x21, 0x4C, 0x18], "lz4 data"),
        ("LZIP"u8.ToArray(), "lzip data"),
        ([0x89, (byte)'L', (byte)'Z', (byte)'O'], "lzop data"),
        ([0x1F, 0x9D], "data of compress (.Z)"),
        ([0x5D, 0, 0], "LZMA data"),
        ([0xFF, 6, 0, 0, (byte)'s', (byte)'N', (byte)'a', (byte)'P', (byte)'p', (byte)'Y'], "snappy data"),
    ];

    /// <summary>What a file is, told by its beginning; null where no kind is recognised.</summary>
    /// <param name="start">The first bytes.</param>
    public static string? Name(ReadOnlySpan<byte> start)
    {
        foreach ((byte[] beginning, string what) in Known)
        {
            if (start.StartsWith(beginning))
                return what;
        }

        // A text may begin with the same letters as one of these.
        if (WhyNotText(start, complete: false) is null)
            return null;
        foreach ((byte[] beginning, string what) in Binary)
        {
            if (start.StartsWith(beginning))
                return what;
        }

        // Eight bytes of length, then a JSON object: safetensors.
        return start is [_, _, _, _, _, 0, 0, 0, (byte)'{', (byte)'"', ..] ? "weights of a model (safetensors)" : null;
    }

    /// <summary>Whether this is a sample file.</summary>
    /// <param name="start">The first bytes.</param>
    public static bool IsSample(ReadOnlySpan<byte> start) => start.StartsWith("WMNGRAM"u8);

    /// <summary>What stands in the way of reading UTF-8 bytes as text; null where nothing does.</summary>
    /// <param name="text">The text, or its beginning, which may end within a character.</param>
    /// <param name="complete">Whether it is all of the text.</param>
    public static string? WhyNotText(ReadOnlySpan<byte> text, bool complete)
    {
        if (text.Contains((byte)0))
            return "binary data";
        int valid = System.Text.Unicode.Utf8.IsValid(text) ? text.Length : ValidLength(text);
        int controls = 0;
        foreach (byte value in text)
        {
            if (value < ' ' && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f' or 0x1B or 0x1F))
                controls++;
        }

        if (controls > text.Length / 200)
            return "binary data";
        if (valid == text.Length || (!complete && text.Length - valid < 4))
            return null;
        long line = 1 + text[..valid].Count((byte)'\n');
        return string.Create(CultureInfo.InvariantCulture, $"text with {JsonRecord.NotUtf8} or UTF-16 (line {line})");
    }

    private static int ValidLength(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && System.Text.Rune.DecodeFromUtf8(text[at..], out _, out int consumed) == System.Buffers.OperationStatus.Done)
            at += consumed;
        return at;
    }
}
