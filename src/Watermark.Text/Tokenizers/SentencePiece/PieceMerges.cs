using System.Numerics;
using System.Text;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// What two neighbours merge to. The symbols of the table are the pieces that merging can make and the characters that they
/// consist of, numbered from 0.
/// </summary>
internal sealed class PieceMerges
{
    private const ulong Empty = ulong.MaxValue;

    private readonly Dictionary<int, int> characters = [];
    private readonly int[] ascii = new int[128];
    private readonly Slot[] slots;
    private readonly int shift;
    private readonly Symbol[] symbols;

    /// <summary>Builds the table.</summary>
    /// <param name="model">The model.</param>
    public PieceMerges(SentencePieceModel model)
    {
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        var list = new List<Symbol>();
        Dictionary<string, int> ids = model.Pieces.Index().Where(item => item.Item.Type != PieceType.Control)
            .ToDictionary(item => item.Item.Text, item => item.Index, StringComparer.Ordinal);
        int[] ranks = Ranks(model.Pieces);
        foreach ((int id, Piece piece) in model.Pieces.Index())
        {
            bool merged = piece.Type is PieceType.Normal or PieceType.Unused && IsLong(piece.Text);
            if (merged)
                AddSymbol(piece.Text, new Symbol(id, Encoding.UTF8.GetByteCount(piece.Text), ranks[id], piece.Type == PieceType.Unused));
            HasUnused |= merged && piece.Type == PieceType.Unused;
            if (!merged && IsLong(piece.Text))
                continue;
            foreach (Rune rune in piece.Text.EnumerateRunes())
            {
                string character = rune.ToString();
                AddSymbol(character, new Symbol(ids.GetValueOrDefault(character, model.UnknownId), rune.Utf8SequenceLength, int.MaxValue, false));
                characters.TryAdd(rune.Value, names[character]);
            }
        }

        symbols = [.. list];
        for (int character = 0; character < ascii.Length; character++)
            ascii[character] = characters.GetValueOrDefault(character, -1);
        List<Slot> merges = Merges(names, symbols);
        int bits = 64 - BitOperations.LeadingZeroCount((ulong)(2 * merges.Count + 1));
        shift = 64 - bits;
        slots = new Slot[1 << bits];
        Array.Fill(slots, new Slot(Empty, -1));
        foreach (Slot merge in merges)
            slots[Find(merge.Key)] = merge;

        void AddSymbol(string text, Symbol symbol)
        {
            if (names.TryAdd(text, list.Count))
                list.Add(symbol);
        }
    }

    /// <summary>Whether merging can make pieces that are not to be used and have to be cut again.</summary>
    public bool HasUnused { get; }

    /// <summary>A symbol.</summary>
    /// <param name="index">Its number, 0 or more.</param>
    public ref readonly Symbol this[int index] => ref symbols[index];

    /// <summary>The symbol of a character; -1 where no piece holds it.</summary>
    /// <param name="text">A text in UTF-8 that begins with the character.</param>
    /// <param name="length">The character's bytes.</param>
    public int Character(ReadOnlySpan<byte> text, out int length)
    {
        if (text[0] < 0x80)
        {
            length = 1;
            return ascii[text[0]];
        }

        Rune.DecodeFromUtf8(text, out Rune rune, out length);
        return characters.GetValueOrDefault(rune.Value, -1);
    }

    /// <summary>What two neighbours merge to; -1 where they do not.</summary>
    /// <param name="left">The left symbol; negative ones never merge.</param>
    /// <param name="right">The right symbol.</param>
    public int Merge(int left, int right) => (left | right) < 0 ? -1 : slots[Find(Key(left, right))].Merged;

    private static ulong Key(int left, int right) => (ulong)left << 32 | (uint)right;

    private int Find(ulong key)
    {
        int slot = (int)(key * 0x9e3779b97f4a7c15 >> shift);
        while (slots[slot].Key != key && slots[slot].Key != Empty)
            slot = slot + 1 & slots.Length - 1;
        return slot;
    }

    /// <summary>Every way to make a symbol of two others; linear in the length of all symbols.</summary>
    private static List<Slot> Merges(Dictionary<string, int> names, Symbol[] symbols)
    {
        (byte[] Text, int Symbol)[] forwards = [.. names.Select(item => (Encoding.UTF8.GetBytes(item.Key), item.Value))];
        var starts = new PieceTrie(forwards);
        var ends = new PieceTrie(forwards.Select(item => (item.Text.Reverse().ToArray(), item.Symbol)));
        var merges = new List<Slot>();
        int[] lefts = [];
        foreach ((byte[] text, int merged) in forwards)
        {
            if (symbols[merged].Rank == int.MaxValue)
                continue;
            if (lefts.Length < text.Length)
                lefts = new int[2 * text.Length];
            int node = PieceTrie.Root;
            for (int cut = 1; cut < text.Length; cut++)
            {
                node = node < 0 ? -1 : starts.Step(node, text[cut - 1]);
                lefts[cut] = node < 0 ? -1 : starts.Value(node);
            }

            node = PieceTrie.Root;
            for (int cut = text.Length - 1; cut > 0 && node >= 0; cut--)
            {
                node = ends.Step(node, text[cut]);
                int right = node < 0 ? -1 : ends.Value(node);
                if (right >= 0 && lefts[cut] >= 0)
                    merges.Add(new Slot(Key(lefts[cut], right), merged));
            }
        }

        return merges;
    }

    /// <summary>The place of every piece in the order of scores, the greatest first; equal scores have one place.</summary>
    private static int[] Ranks(IReadOnlyList<Piece> pieces)
    {
        float[] scores = [.. pieces.Select(piece => piece.Score).Distinct().OrderDescending()];
        Dictionary<float, int> places = scores.Index().ToDictionary(item => item.Item, item => item.Index);
        return [.. pieces.Select(piece => places[piece.Score])];
    }

    private static bool IsLong(string text) => text.Length > (char.IsHighSurrogate(text[0]) ? 2 : 1);

    /// <summary>A symbol of the table.</summary>
    /// <param name="Id">The id of its piece; the unknown piece where it is a character without a piece.</param>
    /// <param name="Length">Its bytes.</param>
    /// <param name="Rank">Its place among all merges: the smallest goes first.</param>
    /// <param name="Unused">Whether its piece is cut again at the end.</param>
    internal readonly record struct Symbol(int Id, int Length, int Rank, bool Unused);

    private readonly record struct Slot(ulong Key, int Merged);
}
