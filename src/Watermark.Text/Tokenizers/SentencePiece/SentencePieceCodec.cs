using System.Buffers;
using System.Text;

namespace Watermark.Text.Tokenizers.SentencePiece;

/// <summary>A SentencePiece model: text to the ids of the reference encoder without begin and end tokens, and back.</summary>
/// <param name="model">The model.</param>
internal sealed class SentencePieceCodec(SentencePieceModel model) : TokenCodec
{
    private readonly Normalizer normalizer = new(model.Settings.Normalizer, model.UserDefined());
    private readonly Normalizer? denormalizer = model.Settings.Denormalizer is { } settings ? new(settings, null) : null;
    private readonly Segmenter segmenter = Segmenter.Create(model);
    private readonly byte[][] texts = [.. model.Pieces.Select(piece => Encoding.UTF8.GetBytes(piece.Text.Replace('▁', ' ')))];
    private readonly byte[] unknownText = Encoding.UTF8.GetBytes(model.Settings.UnknownText);

    public override int VocabularySize => model.Pieces.Count;

    public override void Encode(ReadOnlySpan<char> text, IntBuffer ids)
    {
        Workspace workspace = Workspace.Take(ids);
        normalizer.Normalize(workspace.Utf8(text), workspace.Normalized);
        segmenter.Encode(workspace.Normalized.Written, workspace);
        workspace.Return();
    }

    public override string Decode(ReadOnlySpan<int> ids)
    {
        var text = new ArrayBufferWriter<byte>(4 * ids.Length + 1);
        NormalizerSettings normalization = model.Settings.Normalizer;
        bool atStart = normalization.AddDummyPrefix || normalization.RemoveExtraWhitespaces;
        bool spaceTaken = false;
        var bytes = new GrowingBytes();
        for (int i = 0; i < ids.Length; i++)
        {
            Piece piece = model.Pieces[ids[i]];
            if (piece.Type == PieceType.Byte)
            {
                bytes.Add([SentencePieceModel.ByteOf(piece.Text)!.Value]);
                continue;
            }

            WriteCharacters(bytes, text);

            // The space at the start is the dummy prefix: it is taken away before anything else stands there.
            atStart &= !spaceTaken && text.WrittenCount == 0;
            spaceTaken = false;
            if (piece.Type == PieceType.Control)
                continue;
            ReadOnlySpan<byte> part = piece.Type == PieceType.Unknown ? unknownText : texts[ids[i]];
            if (atStart && piece.Type != PieceType.Unknown && piece.Text[0] == '▁')
            {
                part = part[1..];
                spaceTaken = !normalization.RemoveExtraWhitespaces;
            }

            text.Write(part);
        }

        WriteCharacters(bytes, text);
        string decoded = Encoding.UTF8.GetString(text.WrittenSpan);
        if (denormalizer is null)
            return decoded;
        var changed = new GrowingBytes();
        denormalizer.Normalize(Encoding.UTF8.GetBytes(decoded), changed);
        return Encoding.UTF8.GetString(changed.Written);
    }

    /// <summary>Writes the characters of a run of bytes; every byte that belongs to none becomes U+FFFD.</summary>
    private static void WriteCharacters(GrowingBytes bytes, ArrayBufferWriter<byte> text)
    {
        ReadOnlySpan<byte> rest = bytes.Written;
        while (!rest.IsEmpty)
        {
            text.Write(Utf8Characters.TryFirst(rest, out int length) ? rest[..length] : Utf8Characters.Replacement);
            rest = rest[length..];
        }

        bytes.Clear();
    }
}
