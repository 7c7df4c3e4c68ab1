using System.Text;
using Watermark.Text.Tokenizers.HuggingFace.Unicode;

namespace Watermark.Text.Tokenizers.HuggingFace.AddedTokens;

/// <summary>A part of a text: an added token, or what stands between added tokens.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Id">The id of the added token, or -1.</param>
internal readonly record struct TokenPart(int Start, int End, int Id);

/// <summary>Finds added tokens in a text. Immutable; safe to share between threads.</summary>
/// <param name="tokens">The tokens and the text by which each is found, none empty.</param>
internal sealed class AddedTokenFinder(IReadOnlyList<(AddedToken Token, string Text)> tokens)
{
    private readonly TokenTrie trie = new([.. tokens.Select(token => token.Text)]);

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty => tokens.Count == 0;

    /// <summary>Cuts a text at the added tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parts">Where the parts are added.</param>
    public void Find(ReadOnlySpan<char> text, List<TokenPart> parts)
    {
        int done = 0;
        int from = 0;
        while (trie.Next(text, from, out int start, out int end) is >= 0 and int index)
        {
            from = end;
            AddedToken token = tokens[index].Token;
            if (token.IsSingleWord && (EndsWithWord(text[..start]) || StartsWithWord(text[end..])))
                continue;
            // White space that the token before has taken is not taken again.
            if (token.StripsLeft)
                start = Math.Max(text[..start].TrimEnd().Length, done);
            if (token.StripsRight)
                end = text.Length - text[end..].TrimStart().Length;
            if (done < start)
                parts.Add(new TokenPart(done, start, -1));
            // As in the reference: a token in white space that was already taken is none, and the text goes on behind it.
            if (start < end)
                parts.Add(new TokenPart(start, end, token.Id));
            done = end;
        }

        if (done != text.Length)
            parts.Add(new TokenPart(done, text.Length, -1));
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out Rune last, out _) == System.Buffers.OperationStatus.Done && Characters.IsWord(last);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out Rune first, out _) == System.Buffers.OperationStatus.Done && Characters.IsWord(first);
}
