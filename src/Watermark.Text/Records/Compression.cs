using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.Xz;
using Watermark.Text.Records.Streams;
using ZstdSharp;

namespace Watermark.Text.Records;

/// <summary>The compressions that are undone, told by their first bytes.</summary>
internal static class Compression
{
    /// <summary>How many layers are undone, one within the other.</summary>
    public const int MaxLayers = 4;

    /// <summary>The name of the compression around these bytes, or null.</summary>
    /// <param name="start">The first bytes.</param>
    public static string? Detect(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return "gzip";
        if (start.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) || IsSkippableFrame(start))
            return "zstd";
        if (start is [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] && (Agrees(start[4..], [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) || Agrees(start[4..], [0x17, 0x72, 0x45, 0x38, 0x50, 0x90])))
            return "bzip2";
        return start.StartsWith((ReadOnlySpan<byte>)[0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]) ? "xz" : null;
    }

    /// <summary>The compression that a file's name promises, or null.</summary>
    /// <param name="name">The file's name.</param>
    public static string? OfName(string name) => Path.GetExtension(name).ToUpperInvariant() switch
    {
        ".GZ" or ".TGZ" => "gzip",
        ".ZST" or ".ZSTD" => "zstd",
        ".BZ2" => "bzip2",
        ".XZ" => "xz",
        _ => null,
    };

    /// <summary>A file's name without the endings of compressions.</summary>
    /// <param name="name">The file's name.</param>
    public static string WithoutEndings(string name)
    {
        while (OfName(name) is not null)
            name = Path.ChangeExtension(name, null);
        return name;
    }

    /// <summary>The bytes without their compression.</summary>
    /// <param name="bytes">The compressed bytes; whether they are disposed with the result differs.</param>
    /// <param name="name">What <see cref="Detect"/> found.</param>
    public static Stream Undo(PeekStream bytes, string name) => name switch
    {
        "gzip" => new GzipMembersStream(bytes),
        "zstd" => new DecompressionStream(bytes, leaveOpen: false),
        "bzip2" => new MembersStream(bytes, name, static stream => BZip2Stream.Create(stream, CompressionMode.Decompress, decompressConcatenated: false, leaveOpen: true)),
        _ => new MembersStream(bytes, name, static stream => new XZStream(stream)),
    };

    /// <summary>Whether bytes begin with others, as far as there are any.</summary>
    private static bool Agrees(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected) => expected.StartsWith(bytes[..Math.Min(bytes.Length, expected.Length)]);

    private static bool IsSkippableFrame(ReadOnlySpan<byte> start) =>
        start.Length >= 4 && (start[0] & 0xF0) == 0x50 && start[1..].StartsWith((ReadOnlySpan<byte>)[0x2A, 0x4D, 0x18]);
}
