using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.Tiktoken;

/// <summary>Byte-pair encoding by rank, as tiktoken does it. Plain text never becomes a special token.</summary>
/// <param name="tokens">The bytes of token <c>id</c> at index <c>id</c>, null where there is none.</param>
/// <param name="splitter">How text is cut into pieces first.</param>
internal sealed class TiktokenCodec(byte[]?[] tokens, TextSplitter splitter) : TokenCodec
{
    private readonly BytePairModel model = BytePairModel.FromRanks(tokens);
    private readonly ByteVocabulary vocabulary = new(tokens);

    public override int VocabularySize => vocabulary.Size;

    public override void Encode(ReadOnlySpan<char> text, IntBuffer ids)
    {
        using BytePairEncoder encoder = model.Rent();
        encoder.Encode(text, splitter, ids);
    }

    public override string Decode(ReadOnlySpan<int> ids) => vocabulary.Decode(ids);
}
