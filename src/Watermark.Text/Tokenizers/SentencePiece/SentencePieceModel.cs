using System.Globalization;
using System.Text;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>What a piece is; the numbers are those of the file.</summary>
internal enum PieceType
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>How text is cut into pieces; the numbers are those of the file.</summary>
internal enum Segmentation
{
    Unigram = 1,
    Bpe = 2,
    Word = 3,
    Character = 4,
}

/// <summary>A piece.</summary>
/// <param name="Text">Its text, with U+2581 for spaces.</param>
/// <param name="Score">Its score: the greater, the better.</param>
/// <param name="Type">What it is.</param>
internal readonly record struct Piece(string Text, float Score, PieceType Type)
{
    /// <summary>Whether text can become this piece.</summary>
    public bool IsText => Type is PieceType.Normal or PieceType.UserDefined or PieceType.Unused;
}

/// <summary>The vocabulary of a SentencePiece model and all its settings that change ids or text.</summary>
internal sealed class SentencePieceModel
{
    // As the reference has it.
    private const int LongestPiece = 8000;

    // Five times what the largest vocabularies have. Tables grow with it, and a made-up file must not fill the memory.
    private const int MostBytes = 1 << 24;

    private SentencePieceModel(IReadOnlyList<Piece> pieces, int unknown, int[]? bytes, SentencePieceSettings settings)
    {
        Pieces = pieces;
        Settings = settings;
        UnknownId = unknown;
        ByteIds = bytes;
    }

    /// <summary>The pieces; the index is the id.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>The id of the unknown piece.</summary>
    public int UnknownId { get; }

    /// <summary>The ids of the 256 bytes, in which unknown characters are written; null where they become the unknown piece.</summary>
    public int[]? ByteIds { get; }

    /// <summary>The settings.</summary>
    public SentencePieceSettings Settings { get; }

    /// <summary>The ids of control and unknown pieces, ascending.</summary>
    public int[] SpecialIds => [.. Enumerable.Range(0, Pieces.Count).Where(id => Pieces[id].Type is PieceType.Control or PieceType.Unknown)];

    /// <summary>The strings that are never cut; null where there are none.</summary>
    public PieceTrie? UserDefined() => TrieOf(piece => piece.Type == PieceType.UserDefined);

    /// <summary>The pieces for which a condition holds; null where there are none.</summary>
    /// <param name="condition">The condition.</param>
    public PieceTrie? TrieOf(Func<Piece, bool> condition)
    {
        List<(byte[], int)> strings = [.. Pieces.Index().Where(item => condition(item.Item)).Select(item => (Encoding.UTF8.GetBytes(item.Item.Text), item.Index))];
        return strings.Count == 0 ? null : new PieceTrie(strings);
    }

    /// <summary>Checks a vocabulary. What the reference refuses is refused, and what it would read in two ways.</summary>
    /// <param name="pieces">The pieces.</param>
    /// <param name="byteFallback">Whether unknown characters are written in bytes.</param>
    /// <param name="settings">The settings of the model that is returned.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputFormatException">The vocabulary is not one.</exception>
    public static SentencePieceModel Create(IReadOnlyList<Piece> pieces, bool byteFallback, SentencePieceSettings settings, string name)
    {
        var seen = new Dictionary<string, int>(pieces.Count, StringComparer.Ordinal);
        int[] bytes = new int[256];
        Array.Fill(bytes, -1);
        int unknown = -1;
        int total = 0;
        for (int id = 0; id < pieces.Count; id++)
        {
            Piece piece = pieces[id];
            int length = Encoding.UTF8.GetByteCount(piece.Text);
            if (length is 0 or >= LongestPiece || piece.Text.Contains('\0', StringComparison.Ordinal))
                throw Malformed(name, id, $"expected a text of 1 to {LongestPiece - 1} bytes without a zero byte");
            total += length;
            if (total > MostBytes)
                throw Malformed(name, id, $"the pieces up to here have more than {MostBytes} bytes, which is not supported");
            if (!float.IsFinite(piece.Score))
                throw Malformed(name, id, $"the score is {piece.Score.ToString(CultureInfo.InvariantCulture)}, expected a finite number");
            if (!seen.TryAdd(piece.Text, id))
                throw Malformed(name, id, $"'{piece.Text}' is piece {seen[piece.Text]} too");
            switch (piece.Type)
            {
                case PieceType.Unknown when unknown >= 0:
                    throw Malformed(name, id, $"a second unknown piece; the first is piece {unknown}");
                case PieceType.Unknown:
                    unknown = id;
                    break;
                case PieceType.Byte when !byteFallback:
                    throw Malformed(name, id, "a piece of the type 'byte', but byte_fallback is off");
                case PieceType.Byte:
                    bytes[ByteOf(piece.Text) ?? throw Malformed(name, id, "a piece of the type 'byte' is written as <0x00> to <0xFF>")] = id;
                    break;
            }
        }

        if (unknown < 0)
            throw new InputFormatException($"{name}: none of the {pieces.Count} pieces has the type 'unknown'; a SentencePiece model has one.");
        if (byteFallback && Array.IndexOf(bytes, -1) is var missing and >= 0)
            throw new InputFormatException($"{name}: byte_fallback is on, but there is no piece for the byte 0x{missing:X2}.");
        return new SentencePieceModel(pieces, unknown, byteFallback ? bytes : null, settings);
    }

    /// <summary>The byte that a piece such as <c>&lt;0x0A&gt;</c> stands for.</summary>
    /// <param name="text">The piece.</param>
    public static byte? ByteOf(string text) =>
        text is ['<', '0', 'x', _, _, '>'] && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            && text == $"<0x{value:X2}>" ? value : null;

    private static InputFormatException Malformed(string name, int id, string what) => new($"{name}: piece {id}: {what}.");
}

/// <summary>The settings of a model.</summary>
internal sealed record SentencePieceSettings
{
    /// <summary>How text is cut.</summary>
    public Segmentation Segmentation { get; init; } = Segmentation.Unigram;

    /// <summary>How text is normalized.</summary>
    public NormalizerSettings Normalizer { get; init; } = new();

    /// <summary>How decoded text is changed; null where it is not.</summary>
    public NormalizerSettings? Denormalizer { get; init; }

    /// <summary>What the unknown piece is decoded to.</summary>
    public string UnknownText { get; init; } = " \u2047 ";
}
