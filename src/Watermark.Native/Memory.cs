using System.Runtime.InteropServices;
using System.Text;

namespace Watermark.Native;

/// <summary>The caller's memory, checked where it comes in.</summary>
internal static unsafe class Memory
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>An array of the caller.</summary>
    /// <exception cref="ArgumentException">It is NULL with a count, or the count is negative.</exception>
    public static Span<T> Span<T>(T* start, int count, string name)
        where T : unmanaged
    {
        if (count < 0)
            throw new ArgumentOutOfRangeException(name, count, "A count is 0 or greater.");
        if (start is null && count > 0)
            throw new ArgumentNullException(name, $"It is NULL with a count of {count}.");
        return new Span<T>(start, count);
    }

    /// <summary>Where a result goes.</summary>
    /// <exception cref="ArgumentNullException">It is NULL.</exception>
    public static ref T Result<T>(T* place, string name)
        where T : unmanaged
    {
        if (place is null)
            throw new ArgumentNullException(name, "The place of the result is NULL.");
        return ref *place;
    }

    /// <summary>A text of UTF-8 with a zero at its end, or null for NULL.</summary>
    /// <exception cref="DecoderFallbackException">It is not UTF-8.</exception>
    public static string? Text(byte* text) =>
        text is null ? null : Strict.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    /// <summary>A passphrase as the characters that a key file takes; whoever takes the array erases it.</summary>
    /// <exception cref="DecoderFallbackException">It is not UTF-8.</exception>
    public static char[] Passphrase(ReadOnlySpan<byte> utf8)
    {
        var characters = new char[Strict.GetCharCount(utf8)];
        Strict.GetChars(utf8, characters);
        return characters;
    }

    /// <summary>Checks token ids.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public static void RequireIds(ReadOnlySpan<int> ids, string name)
    {
        foreach (int id in ids)
            ArgumentOutOfRangeException.ThrowIfNegative(id, name);
    }
}
