using System.Text;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>
/// The model <c>Unigram</c> of a Hugging Face <c>tokenizer.json</c> (<c>encode_optimized</c> of the library tokenizers). It
/// differs from SentencePiece: scores are 64-bit floats, every entry of the vocabulary can be matched, special ones too, and
/// a run of unknown characters is one token. Immutable; safe to share between threads.
/// </summary>
internal sealed class HuggingFaceUnigram
{
    private const double UnknownPenalty = 10;

    private readonly PieceTrie tokens;
    private readonly double[] scores;
    private readonly double unknownScore;
    private readonly int unknown;
    private readonly int[]? bytes;
    private readonly string name;
    private readonly WordCache words = new();

    /// <summary>Prepares a model.</summary>
    /// <param name="vocabulary">The tokens and their scores; the index is the id. Of equal tokens the last one counts.</param>
    /// <param name="unknownId">The id of unknown characters, where there is one.</param>
    /// <param name="byteFallback">Whether unknown characters are written in bytes, where the vocabulary has these bytes.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputFormatException">A score is not finite, or there is no token with the id.</exception>
    public HuggingFaceUnigram(IReadOnlyList<(string Token, double Score)> vocabulary, int? unknownId, bool byteFallback, string name)
    {
        if (unknownId is { } id && (uint)id >= (uint)vocabulary.Count)
            throw new InputFormatException($"{name}: unk_id is {id}, but the vocabulary has {vocabulary.Count} tokens.");
        foreach ((int index, (string _, double score)) in vocabulary.Index())
        {
            if (!double.IsFinite(score))
                throw new InputFormatException($"{name}: the score of token {index} is not a finite number.");
        }

        this.name = name;
        unknown = unknownId ?? -1;
        scores = [.. vocabulary.Select(token => token.Score)];
        unknownScore = scores.DefaultIfEmpty(double.PositiveInfinity).Min() - UnknownPenalty;
        tokens = new PieceTrie(vocabulary.Index().Where(item => item.Item.Token.Length > 0).Select(item => (Encoding.UTF8.GetBytes(item.Item.Token), item.Index)));
        if (byteFallback)
            bytes = [.. Enumerable.Range(0, 256).Select(value => tokens.Find(Encoding.UTF8.GetBytes($"<0x{value:X2}>")))];
    }

    /// <summary>Adds the ids of a text.</summary>
    /// <param name="text">Valid UTF-8: a piece of the pre-tokenizer.</param>
    /// <param name="ids">Where they are added.</param>
    /// <exception cref="InputFormatException">The text has an unknown character, and the model no token for that.</exception>
    public void Encode(ReadOnlySpan<byte> text, IntBuffer ids)
    {
        if (words.TryGet(text, out int[]? known))
        {
            ids.Append(known);
            return;
        }

        Workspace workspace = Workspace.Take(ids);
        Span<BestPath> paths = workspace.ClearPaths(text.Length);
        FindPaths(text, paths);
        BestPath.TurnRound(paths);
        for (int start = 0, end; start < text.Length; start = end)
        {
            int id = paths[start].Id;
            end = paths[start].Start;
            while (id == unknown && end < text.Length && paths[end].Id == unknown)
                end = paths[end].Start;
            if (id == unknown)
                AddUnknown(text[start..end], ids);
            else
                ids.Add(id);
        }

        words.Add(text, ids.Span[workspace.FirstId..]);
        workspace.Return();
    }

    private void FindPaths(ReadOnlySpan<byte> text, Span<BestPath> paths)
    {
        for (int start = 0; start < text.Length;)
        {
            int character = Utf8Characters.Length(text[start..]);
            bool single = false;
            int node = PieceTrie.Root;
            for (int end = start + 1; end <= text.Length; end++)
            {
                node = tokens.Step(node, text[end - 1]);
                if (node < 0)
                    break;
                int id = tokens.Value(node);
                if (id < 0)
                    continue;
                Offer(ref paths[end], start, id, scores[id] + paths[start].Score);
                single |= end - start == character;
            }

            if (!single && unknown < 0)
                throw new InputFormatException($"{name}: the text has a character that the vocabulary does not have, and unk_id is not set.");
            if (!single)
                Offer(ref paths[start + character], start, unknown, unknownScore + paths[start].Score);
            start += character;
        }
    }

    private static void Offer(ref BestPath path, int start, int id, double score)
    {
        if (path.Start < 0 || score > path.Score)
            path = new BestPath(start, id, score);
    }

    private void AddUnknown(ReadOnlySpan<byte> text, IntBuffer ids)
    {
        int id = tokens.Find(text);
        if (id >= 0 || bytes is null)
        {
            ids.Add(id >= 0 ? id : unknown);
            return;
        }

        foreach (byte value in text)
        {
            if (bytes[value] < 0)
            {
                ids.Add(unknown);
                return;
            }
        }

        foreach (byte value in text)
            ids.Add(bytes[value]);
    }
}
