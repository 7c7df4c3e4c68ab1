using System.Buffers.Binary;
using System.Text.Unicode;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// The normalization rules of a SentencePiece model (<c>precompiled_charsmap</c>): which strings are replaced by which.
/// </summary>
/// <remarks>
/// Layout: the size of the trie in bytes (32 bits, little-endian), the trie (a double array of the library darts-clone,
/// whose values are offsets), and the replacements, each ended by a zero byte.
/// </remarks>
internal sealed class PrecompiledCharsMap
{
    private readonly uint[] units;
    private readonly byte[] replacements;

    private PrecompiledCharsMap(uint[] units, byte[] replacements)
    {
        this.units = units;
        this.replacements = replacements;
    }

    /// <summary>Reads and checks a map.</summary>
    /// <param name="blob">The map as it stands in a model.</param>
    /// <param name="name">The file and field, for messages.</param>
    /// <exception cref="InputFormatException">The map is damaged.</exception>
    public static PrecompiledCharsMap Read(ReadOnlySpan<byte> blob, string name)
    {
        uint size = blob.Length > 4 ? BinaryPrimitives.ReadUInt32LittleEndian(blob) : 0;
        if (size == 0 || size % 4 != 0 || size >= (uint)(blob.Length - 4))
            throw new InputFormatException($"{name}: the {blob.Length} bytes should be the size of a trie, the trie, and the replacements.");
        uint[] units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++)
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 + 4 * i)..]);
        var map = new PrecompiledCharsMap(units, blob[(4 + (int)size)..].ToArray());
        map.Check(name);
        return map;
    }

    /// <summary>The replacement of the longest rule that a text begins with. SentencePiece normalizes so, from left to right.</summary>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="length">The bytes that are replaced.</param>
    /// <param name="replacement">What replaces them: valid UTF-8, perhaps nothing.</param>
    public bool TryMatchLongestPrefix(ReadOnlySpan<byte> text, out int length, out ReadOnlySpan<byte> replacement) =>
        TryMatch(text, first: false, out length, out replacement);

    /// <summary>
    /// The replacement of a piece of text as Hugging Face's <c>Precompiled</c> normalizer takes it: of the <em>shortest</em>
    /// rule that the piece begins with. The whole piece is replaced.
    /// </summary>
    /// <param name="piece">A grapheme cluster or a character in UTF-8.</param>
    /// <param name="replacement">What replaces it: valid UTF-8, perhaps nothing.</param>
    public bool TryTransform(ReadOnlySpan<byte> piece, out ReadOnlySpan<byte> replacement)
    {
        int end = piece.IndexOf((byte)0);
        return TryMatch(end < 0 ? piece : piece[..end], first: true, out _, out replacement);
    }

    private bool TryMatch(ReadOnlySpan<byte> text, bool first, out int length, out ReadOnlySpan<byte> replacement)
    {
        length = 0;
        replacement = default;
        uint value = 0;
        uint position = Offset(units[0]);
        for (int i = 0; i < text.Length; i++)
        {
            if (!TryStep(ref position, text[i], out bool ends))
                break;
            if (!ends)
                continue;
            (length, value) = (i + 1, Value(units[position]));
            if (first)
                break;
        }

        if (length == 0)
            return false;
        replacement = replacements.AsSpan((int)value);
        replacement = replacement[..replacement.IndexOf((byte)0)];
        return true;
    }

    private bool TryStep(ref uint position, byte label, out bool ends)
    {
        ends = false;
        uint next = position ^ label;
        if (next >= (uint)units.Length || (units[next] & 0x800000ff) != label)
            return false;
        uint unit = units[next];
        position = next ^ Offset(unit);
        ends = (unit & 0x100) != 0;
        return position < (uint)units.Length;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & 0x200) >> 6);

    private static uint Value(uint unit) => unit & 0x7fffffff;

    /// <summary>Visits every rule once, so that using the map cannot fail.</summary>
    private void Check(string name)
    {
        var seen = new bool[units.Length];
        var open = new Stack<uint>();
        open.Push(Offset(units[0]));
        while (open.TryPop(out uint position))
        {
            if (position >= (uint)units.Length)
                throw new InputFormatException($"{name}: the trie points outside itself.");
            if (seen[position])
                continue;
            seen[position] = true;
            for (int label = 1; label < 256; label++)
            {
                uint next = position ^ (uint)label;
                if (next >= (uint)units.Length || (units[next] & 0x800000ff) != label)
                    continue;
                uint child = next ^ Offset(units[next]);
                open.Push(child);
                if ((units[next] & 0x100) != 0)
                    CheckReplacement(child, name);
            }
        }
    }

    private void CheckReplacement(uint leaf, string name)
    {
        uint value = leaf < (uint)units.Length ? Value(units[leaf]) : uint.MaxValue;
        ReadOnlySpan<byte> replacement = value < (uint)replacements.Length ? replacements.AsSpan((int)value) : default;
        int end = replacement.IndexOf((byte)0);
        if (end < 0 || !Utf8.IsValid(replacement[..end]))
            throw new InputFormatException($"{name}: a rule of the trie has no replacement in UTF-8 that a zero byte ends.");
    }
}
