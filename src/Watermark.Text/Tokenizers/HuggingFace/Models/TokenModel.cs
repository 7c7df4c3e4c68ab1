using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

namespace Watermark.Text.Tokenizers.HuggingFace.Models;

/// <summary>Turns pieces of text into tokens. Safe to use from several threads.</summary>
internal abstract class TokenModel
{
    /// <summary>Adds the tokens of all pieces.</summary>
    /// <param name="text">The text and its pieces.</param>
    /// <param name="ids">Where the ids are added.</param>
    public abstract void Encode(PieceText text, IntBuffer ids);
}

/// <summary>Byte-pair encoding.</summary>
/// <param name="model">The symbols and merges.</param>
internal sealed class BytePairTokens(BytePairModel model) : TokenModel
{
    public override void Encode(PieceText text, IntBuffer ids)
    {
        using BytePairEncoder encoder = model.Rent();
        ReadOnlySpan<char> all = text.Text.Span;
        foreach (Piece piece in text.Pieces)
            encoder.Encode(all, piece.Start, piece.End, ids);
    }
}

/// <summary>Whole words that are in the vocabulary or unknown.</summary>
/// <param name="vocabulary">The tokens and their ids.</param>
/// <param name="unknown">The id of other words.</param>
internal sealed class WordLevelTokens(Dictionary<string, int> vocabulary, int unknown) : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();

    public override void Encode(PieceText text, IntBuffer ids)
    {
        ReadOnlySpan<char> all = text.Text.Span;
        foreach (Piece piece in text.Pieces)
            ids.Add(lookup.TryGetValue(all[piece.Start..piece.End], out int id) ? id : unknown);
    }
}
