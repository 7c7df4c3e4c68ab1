using Microsoft.ML.Tokenizers;

namespace Watermark.Text.Tokenizers;

/// <summary>A SentencePiece model, with its dummy prefix and without begin and end tokens.</summary>
internal sealed class SentencePieceCodec : TokenCodec
{
    private readonly SentencePieceTokenizer tokenizer;

    /// <summary>Creates the codec.</summary>
    /// <param name="file">A SentencePiece <c>.model</c>.</param>
    /// <param name="pieces">The number of its pieces.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputFormatException">The model is of a kind that is not supported.</exception>
    public SentencePieceCodec(byte[] file, int pieces, string name)
    {
        VocabularySize = pieces;
        using var stream = new MemoryStream(file);
        try
        {
            tokenizer = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false, specialTokens: null);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException or InvalidDataException)
        {
            throw new InputFormatException($"{name}: this kind of SentencePiece model is not supported; BPE and unigram models are.", exception);
        }
    }

    public override int VocabularySize { get; }

    public override void Encode(ReadOnlySpan<char> text, IntBuffer ids) => ids.Append([.. tokenizer.EncodeToIds(text)]);

    public override string Decode(ReadOnlySpan<int> ids) => tokenizer.Decode(ids.ToArray(), considerSpecialTokens: false);
}
