namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// Byte-pair encoding as in the reference's <c>bpe_model.cc</c>: of all neighbours that make a piece, the two whose piece has
/// the greatest score merge first, of equal scores the leftmost.
/// </summary>
/// <remarks>
/// Time grows as n log n with the length of a stretch in which merges can depend on each other. Where the vocabulary shows
/// that no merge goes from one word into the next, words are cut alone, and the ids of words are remembered.
/// </remarks>
internal sealed class BpeSegmenter : Segmenter
{
    // Symbols below this number stand for user-defined pieces; -1 is a character that no piece holds.
    private const int FirstFrozen = -2;

    // From here on the heap is faster than looking at all neighbours again.
    private const int FewSymbols = 24;

    private readonly PieceMerges table;
    private readonly PieceTrie? userDefined;
    private readonly WordCache? words;
    private readonly bool wordsEndWithSpace;
    private readonly int unknown;

    /// <summary>Prepares a model.</summary>
    /// <param name="model">The model.</param>
    public BpeSegmenter(SentencePieceModel model)
        : base(model)
    {
        table = new PieceMerges(model);
        userDefined = model.UserDefined();
        unknown = model.UnknownId;
        // A piece that is cut again is cut as it was last made anywhere in the text, so such texts are one stretch.
        if (table.HasUnused)
            return;
        List<string> pieces = [.. model.Pieces.Where(piece => piece.Type == PieceType.Normal).Select(piece => piece.Text)];
        if (!pieces.Exists(piece => HasInside(piece, spaceFirst: false)))
            words = new WordCache();
        else if (!pieces.Exists(piece => HasInside(piece, spaceFirst: true)))
            (words, wordsEndWithSpace) = (new WordCache(), true);
    }

    public override void Encode(ReadOnlySpan<byte> text, Workspace workspace)
    {
        if (words is null)
        {
            EncodeStretch(text, workspace);
            return;
        }

        if (userDefined is null)
        {
            EncodeWords(text, workspace);
            return;
        }

        // User-defined pieces merge with nothing, so what stands between them is independent.
        int start = 0;
        for (int at = 0; at < text.Length;)
        {
            int length = userDefined.LongestPrefix(text[at..], out int id);
            if (length == 0)
            {
                at += Utf8Characters.Length(text[at..]);
                continue;
            }

            EncodeWords(text[start..at], workspace);
            workspace.Ids.Add(id);
            at += length;
            start = at;
        }

        EncodeWords(text[start..], workspace);
    }

    /// <summary>Whether a space and another character follow each other in a piece.</summary>
    private static bool HasInside(string piece, bool spaceFirst)
    {
        for (int i = 1; i < piece.Length; i++)
        {
            if (piece[i - 1] == '▁' == spaceFirst && piece[i] == '▁' != spaceFirst)
                return true;
        }

        return false;
    }

    private void EncodeWords(ReadOnlySpan<byte> text, Workspace workspace)
    {
        while (!text.IsEmpty)
        {
            ReadOnlySpan<byte> word = text[..WordLength(text)];
            text = text[word.Length..];
            IntBuffer ids = workspace.Ids;
            bool afterUnknown = AfterUnknown(workspace);
            if (words!.Find(word) is not { } known)
            {
                int before = ids.Count;
                EncodeStretch(word, workspace);
                // After an unknown piece the first id may be missing.
                if (!afterUnknown)
                    words.Add(word, ids.Span[before..]);
            }
            else if (known.Single >= 0 && known.Single != unknown)
            {
                ids.Add(known.Single);
            }
            else
            {
                ids.Append(afterUnknown && known.Ids[0] == unknown ? known.Ids.AsSpan(1) : known.Ids);
            }
        }
    }

    /// <summary>A word is a run of spaces and what follows it up to the next space; or the other way round.</summary>
    private int WordLength(ReadOnlySpan<byte> text)
    {
        int length = 0;
        if (wordsEndWithSpace)
        {
            length = text.IndexOf(Utf8Characters.Space);
            if (length < 0)
                return text.Length;
        }

        while (text[length..].StartsWith(Utf8Characters.Space))
            length += Utf8Characters.Space.Length;
        if (wordsEndWithSpace)
            return length;
        int next = text[length..].IndexOf(Utf8Characters.Space);
        return next < 0 ? text.Length : length + next;
    }

    private void EncodeStretch(ReadOnlySpan<byte> text, Workspace workspace)
    {
        BpeSymbols symbols = workspace.Symbols;
        symbols.Clear();
        for (int at = 0; at < text.Length;)
        {
            int symbol;
            if (userDefined is not null && userDefined.LongestPrefix(text[at..], out int id) is var length and > 0)
                symbol = FirstFrozen - id;
            else
                symbol = table.Character(text[at..], out length);
            symbols.Add(symbol, at);
            at += length;
        }

        for (int i = 0; i + 1 < symbols.Count; i++)
            Propose(symbols, i);
        if (symbols.Count <= FewSymbols)
            MergeFew(symbols);
        else
            MergeMany(symbols);
        for (int i = 0; i < symbols.Count; i = symbols[i].Next)
        {
            int next = symbols[i].Next;
            AddSymbol(symbols[i].Symbol, text[symbols[i].Start..(next < symbols.Count ? symbols[next].Start : text.Length)], workspace);
        }
    }

    private void MergeFew(BpeSymbols symbols)
    {
        while (true)
        {
            int best = -1;
            int rank = int.MaxValue;
            for (int i = 0; i < symbols.Count; i = symbols[i].Next)
            {
                if (symbols[i].Merged is var merged and >= 0 && table[merged].Rank < rank)
                    (best, rank) = (i, table[merged].Rank);
            }

            if (best < 0)
                return;
            Merge(symbols, best);
        }
    }

    private void MergeMany(BpeSymbols symbols)
    {
        for (int i = 0; i < symbols.Count; i++)
            Push(symbols, i);
        while (symbols.TryPop(out int rank, out int left))
        {
            // The symbols may have merged otherwise since. Where they now make something of the same rank, it is its turn too.
            if (symbols[left].Merged is var merged && (merged < 0 || table[merged].Rank != rank))
                continue;
            Merge(symbols, left);
            if (symbols[left].Previous is var previous and >= 0)
                Push(symbols, previous);
            Push(symbols, left);
        }
    }

    private void Push(BpeSymbols symbols, int left)
    {
        if (symbols[left].Merged is var merged and >= 0)
            symbols.Push(table[merged].Rank, left);
    }

    private void Merge(BpeSymbols symbols, int left)
    {
        symbols.Merge(left);
        if (symbols[left].Previous is var previous and >= 0)
            Propose(symbols, previous);
        Propose(symbols, left);
    }

    /// <summary>Finds what a symbol makes with the one after it.</summary>
    private void Propose(BpeSymbols symbols, int left)
    {
        ref BpeSymbols.Entry entry = ref symbols[left];
        entry.Merged = entry.Next < symbols.Count ? table.Merge(entry.Symbol, symbols[entry.Next].Symbol) : -1;
        if (entry.Merged >= 0 && table[entry.Merged].Unused)
            symbols.Splits[entry.Merged] = (entry.Symbol, symbols[entry.Next].Symbol);
    }

    private void AddSymbol(int symbol, ReadOnlySpan<byte> text, Workspace workspace)
    {
        if (symbol <= FirstFrozen)
        {
            Add(FirstFrozen - symbol, text, workspace);
        }
        else if (symbol < 0)
        {
            Add(unknown, text, workspace);
        }
        else if (table[symbol].Unused && workspace.Symbols.Splits.TryGetValue(symbol, out (int Left, int Right) split))
        {
            int cut = table[split.Left].Length;
            AddSymbol(split.Left, text[..cut], workspace);
            AddSymbol(split.Right, text[cut..], workspace);
        }
        else
        {
            Add(table[symbol].Id, text, workspace);
        }
    }
}
