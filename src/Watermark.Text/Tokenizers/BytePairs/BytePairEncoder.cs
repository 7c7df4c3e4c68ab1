using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.BytePairs;

/// <summary>The work space with which one thread encodes. Rented from a <see cref="BytePairModel"/>; dispose it to give it back.</summary>
internal sealed class BytePairEncoder : IDisposable
{
    private const int Kept = 1 << 16;

    private readonly BytePairModel model;
    private readonly PieceCache cache = new();
    private readonly Merger merger = new();
    private readonly byte[] utf8;
    private IntBuffer pieces = new();

    internal BytePairEncoder(BytePairModel model)
    {
        this.model = model;
        utf8 = new byte[model.Whole?.MaxLength ?? 0];
    }

    /// <summary>Cuts text into pieces and adds their tokens.</summary>
    /// <param name="text">The text; half a surrogate pair counts as U+FFFD.</param>
    /// <param name="splitter">How it is cut.</param>
    /// <param name="tokens">Where the tokens are added.</param>
    public void Encode(ReadOnlySpan<char> text, TextSplitter splitter, IntBuffer tokens)
    {
        pieces.Truncate(0);
        splitter.Split(text, pieces);
        int start = 0;
        foreach (int end in pieces.Span)
        {
            Encode(text, start, end, tokens);
            start = end;
        }
    }

    /// <summary>Adds the tokens of one piece.</summary>
    /// <param name="piece">The piece; half a surrogate pair counts as U+FFFD.</param>
    /// <param name="tokens">Where the tokens are added.</param>
    public void Encode(ReadOnlySpan<char> piece, IntBuffer tokens)
    {
        if (!piece.IsEmpty)
            Encode(piece, 0, piece.Length, tokens);
    }

    /// <summary>Adds the tokens of a piece of a text: as fast as can be where the piece stands in the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the piece begins.</param>
    /// <param name="end">Where it ends, greater than <paramref name="start"/>.</param>
    /// <param name="tokens">Where the tokens are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Encode(ReadOnlySpan<char> text, int start, int end, IntBuffer tokens)
    {
        int length = end - start;
        if (length <= PieceCache.MaxLength)
        {
            Vector256<ushort> key = PieceCache.Key(text, start, length);
            if (!cache.TryAppend(key, length, tokens))
                EncodeShort(text[start..end], key, tokens);
        }
        else
        {
            EncodeLong(text[start..end], tokens);
        }
    }

    /// <summary>Merges tokens that the caller has made of a piece, for models that begin with something of their own.</summary>
    /// <param name="tokens">The tokens, of which those from <paramref name="start"/> on are merged.</param>
    /// <param name="start">Where the piece begins.</param>
    public void Merge(IntBuffer tokens, int start) =>
        tokens.Truncate(start + merger.Merge(tokens.Span[start..], model.Merges));

    /// <summary>Gives the encoder back to its model.</summary>
    public void Dispose()
    {
        // One very long text must not hold memory for ever.
        if (pieces.Capacity > Kept)
            pieces = new IntBuffer();
        model.Return(this);
    }

    private void EncodeShort(ReadOnlySpan<char> piece, Vector256<ushort> key, IntBuffer tokens)
    {
        int start = tokens.Count;
        if (!TryWhole(piece, tokens))
        {
            model.Symbols.Append(piece, tokens);
            Merge(tokens, start);
        }

        cache.Store(key, piece.Length, tokens.Span[start..]);
    }

    private void EncodeLong(ReadOnlySpan<char> piece, IntBuffer tokens)
    {
        if (TryWhole(piece, tokens))
            return;
        for (int start = 0; start < piece.Length;)
        {
            int end = model.Symbols.PartEnd(piece, start);
            if (model.Whole is null && end - start <= PieceCache.MaxLength)
            {
                Encode(piece, start, end, tokens);
            }
            else
            {
                int first = tokens.Count;
                model.Symbols.Append(piece[start..end], tokens);
                Merge(tokens, first);
            }

            start = end;
        }
    }

    private bool TryWhole(ReadOnlySpan<char> piece, IntBuffer tokens)
    {
        if (model.Whole is not { } whole || piece.Length > utf8.Length || !Encoding.UTF8.TryGetBytes(piece, utf8, out int length))
            return false;
        int token = whole.Find(utf8.AsSpan(0, length));
        if (token < 0)
            return false;
        tokens.Add(token);
        return true;
    }
}
