using System.Text;
using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

namespace Watermark.Text.Tokenizers.HuggingFace.Models;

/// <summary>
/// WordPiece: again and again the longest token that the rest of a word begins with; a word with a rest that no token fits
/// is unknown as a whole.
/// </summary>
internal sealed class WordPieceTokens : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> beginnings;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> continuations;
    private readonly int longest;
    private readonly int unknown;
    private readonly int mostCharacters;

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">The tokens and their ids.</param>
    /// <param name="unknown">The id of unknown words.</param>
    /// <param name="prefix">What tokens that continue a word begin with.</param>
    /// <param name="mostCharacters">Words of more characters are unknown.</param>
    public WordPieceTokens(Dictionary<string, int> vocabulary, int unknown, string prefix, int mostCharacters)
    {
        beginnings = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        var rests = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string token, int id) in vocabulary)
        {
            longest = Math.Max(longest, token.Length);
            if (token.StartsWith(prefix, StringComparison.Ordinal))
                rests.Add(token[prefix.Length..], id);
        }

        continuations = rests.GetAlternateLookup<ReadOnlySpan<char>>();
        this.unknown = unknown;
        this.mostCharacters = mostCharacters;
    }

    public override void Encode(PieceText text, IntBuffer ids)
    {
        ReadOnlySpan<char> all = text.Text.Span;
        foreach (Piece piece in text.Pieces)
            Encode(all[piece.Start..piece.End], ids);
    }

    private void Encode(ReadOnlySpan<char> word, IntBuffer ids)
    {
        int first = ids.Count;
        int length;
        bool tooLong = IsTooLong(word);
        for (int start = 0; start < word.Length; start += length)
        {
            length = Longest(word[start..], start == 0 ? beginnings : continuations, out int id);
            if (tooLong || length == 0)
            {
                ids.Truncate(first);
                ids.Add(unknown);
                return;
            }

            ids.Add(id);
        }
    }

    private bool IsTooLong(ReadOnlySpan<char> word)
    {
        if (word.Length <= mostCharacters)
            return false;
        int characters = 0;
        foreach (Rune _ in word.EnumerateRunes())
            characters++;
        return characters > mostCharacters;
    }

    private int Longest(ReadOnlySpan<char> rest, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> tokens, out int id)
    {
        for (int length = Math.Min(rest.Length, longest); length > 0; length--)
        {
            if (tokens.TryGetValue(rest[..length], out id))
                return length;
        }

        id = -1;
        return 0;
    }
}
