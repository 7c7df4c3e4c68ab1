
namespace Watermark.Text.Tokenizers;

/// <summary>
/// The part of a SentencePiece model file (a protocol buffer) that Microsoft.ML.Tokenizers does not expose: how many pieces
/// there are and which of them are not text.
/// </summary>
/// <param name="Pieces">The number of pieces; ids are 0 … Pieces − 1.</param>
/// <param name="SpecialIds">The ids of control and unknown pieces, ascending.</param>
internal sealed record SentencePieceModel(int Pieces, IReadOnlyList<int> SpecialIds)
{
    private const int PiecesField = 1;
    private const int TypeField = 3;
    private const ulong UnknownType = 2;
    private const ulong ControlType = 3;

    /// <summary>Reads a model file; null where the file is not one.</summary>
    /// <param name="file">The file.</param>
    public static SentencePieceModel? TryRead(ReadOnlySpan<byte> file)
    {
        int pieces = 0;
        var special = new List<int>();
        while (!file.IsEmpty)
        {
            if (!TryReadField(ref file, out int field, out _, out ReadOnlySpan<byte> content))
                return null;
            if (field != PiecesField)
                continue;
            ulong type = 1;
            while (!content.IsEmpty)
            {
                if (!TryReadField(ref content, out int pieceField, out ulong value, out _))
                    return null;
                if (pieceField == TypeField)
                    type = value;
            }

            if (type is UnknownType or ControlType)
                special.Add(pieces);
            pieces++;
        }

        return pieces > 0 ? new SentencePieceModel(pieces, special) : null;
    }

    private static bool TryReadField(ref ReadOnlySpan<byte> from, out int field, out ulong value, out ReadOnlySpan<byte> content)
    {
        field = 0;
        value = 0;
        content = default;
        if (!TryReadVarint(ref from, out ulong tag) || tag >> 3 is 0 or > int.MaxValue)
            return false;
        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return TryReadVarint(ref from, out value);
            case 1:
                return TrySkip(ref from, 8, out content);
            case 2:
                return TryReadVarint(ref from, out ulong length) && TrySkip(ref from, length, out content);
            case 5:
                return TrySkip(ref from, 4, out content);
            default:
                return false;
        }
    }

    private static bool TrySkip(ref ReadOnlySpan<byte> from, ulong count, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (count > (ulong)from.Length)
            return false;
        content = from[..(int)count];
        from = from[(int)count..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> from, out ulong value)
    {
        value = 0;
        for (int i = 0; i < Math.Min(10, from.Length); i++)
        {
            value |= (ulong)(from[i] & 0x7f) << (7 * i);
            if (from[i] < 0x80)
            {
                from = from[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
