using System.Buffers;
using System.Text;
using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;
using HuggingFaceUnigram = Watermark.Text.Tokenizers.SentencePiece.HuggingFaceUnigram;

namespace Watermark.Text.Tokenizers.HuggingFace.Models;

/// <summary>The tokens whose scores have the greatest sum.</summary>
/// <param name="model">The vocabulary with scores.</param>
internal sealed class UnigramTokens(HuggingFaceUnigram model) : TokenModel
{
    public override void Encode(PieceText text, IntBuffer ids)
    {
        ReadOnlySpan<char> all = text.Text.Span;
        foreach (Piece piece in text.Pieces)
        {
            ReadOnlySpan<char> content = all[piece.Start..piece.End];
            byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(content.Length));
            int length = Encoding.UTF8.GetBytes(content, utf8);
            model.Encode(utf8.AsSpan(0, length), ids);
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }
}
