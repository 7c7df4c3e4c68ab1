namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// The pieces whose scores have the greatest sum (<c>EncodeOptimized</c> of the reference's <c>unigram_model.cc</c>).
/// </summary>
/// <remarks>
/// Ties, and with them ids, depend on rounding. As in the reference a path's score is kept as a 32-bit float, compared with
/// a candidate that is summed in 64 bits, and the first of equal paths stays.
/// </remarks>
internal sealed class UnigramSegmenter : Segmenter
{
    private const float UnknownPenalty = 10;

    // The smallest positive normal float: where the reference's maximum starts, so that it is never negative.
    private const float LeastMaximum = 1.17549435e-38f;

    private readonly PieceTrie? pieces;
    private readonly float[] scores;
    private readonly bool[] userDefined;
    private readonly float greatest = LeastMaximum;
    private readonly float unknownScore;
    private readonly int unknown;

    /// <summary>Prepares a model.</summary>
    /// <param name="model">The model.</param>
    public UnigramSegmenter(SentencePieceModel model)
        : base(model)
    {
        pieces = model.TrieOf(piece => piece.Type is PieceType.Normal or PieceType.UserDefined);
        scores = [.. model.Pieces.Select(piece => piece.Score)];
        userDefined = [.. model.Pieces.Select(piece => piece.Type == PieceType.UserDefined)];
        unknown = model.UnknownId;
        float least = float.MaxValue;
        foreach (Piece piece in model.Pieces.Where(piece => piece.Type == PieceType.Normal))
        {
            least = Math.Min(least, piece.Score);
            greatest = Math.Max(greatest, piece.Score);
        }

        unknownScore = least - UnknownPenalty;
    }

    public override void Encode(ReadOnlySpan<byte> text, Workspace workspace)
    {
        Span<BestPath> paths = workspace.ClearPaths(text.Length);
        for (int start = 0; start < text.Length;)
        {
            int character = Utf8Characters.Length(text[start..]);
            double before = paths[start].Score;
            bool single = false;
            int node = PieceTrie.Root;
            for (int end = start + 1; pieces is not null && end <= text.Length; end++)
            {
                node = pieces.Step(node, text[end - 1]);
                if (node < 0)
                    break;
                int id = pieces.Value(node);
                if (id < 0)
                    continue;
                Offer(ref paths[end], start, id, Score(id, end - start) + before);
                single |= end - start == character;
            }

            if (!single)
                Offer(ref paths[start + character], start, unknown, (float)(unknownScore + (float)before));
            start += character;
        }

        AddBest(text, paths, workspace);
    }

    private static void Offer(ref BestPath path, int start, int id, double score)
    {
        if (path.Start < 0 || score > path.Score)
            path = new BestPath(start, id, (float)score);
    }

    /// <summary>User-defined pieces get a score that makes them win.</summary>
    private double Score(int id, int length) => userDefined[id] ? length * greatest - 0.1 : scores[id];

    private void AddBest(ReadOnlySpan<byte> text, Span<BestPath> paths, Workspace workspace)
    {
        BestPath.TurnRound(paths);
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = paths[start].Start;
            Add(paths[start].Id, text[start..end], workspace);
        }
    }
}
