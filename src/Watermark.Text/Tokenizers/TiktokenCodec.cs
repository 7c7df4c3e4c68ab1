using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;

namespace Watermark.Text.Tokenizers;

/// <summary>Byte-pair encoding by rank, as tiktoken does it.</summary>
internal sealed class TiktokenCodec : TokenCodec
{
    private readonly TiktokenTokenizer tokenizer;
    private readonly ByteVocabulary vocabulary;

    /// <summary>Creates the codec.</summary>
    /// <param name="file">A <c>.tiktoken</c> file: a token in base64 and its rank on every line.</param>
    /// <param name="split">How text is cut into pieces first.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InputFormatException">The file is not such a file.</exception>
    public TiktokenCodec(byte[] file, Regex split, string name)
    {
        vocabulary = new ByteVocabulary(TiktokenFile.Parse(file, name));
        using var stream = new MemoryStream(file);
        // Without special tokens, so that plain text never becomes one.
        tokenizer = TiktokenTokenizer.Create(stream, new RunePreTokenizer(split), normalizer: null, specialTokens: null);
    }

    public override int VocabularySize => vocabulary.Size;

    public override int[] Encode(string text) => [.. tokenizer.EncodeToIds(text)];

    public override string Decode(ReadOnlySpan<int> ids) => vocabulary.Decode(ids);
}
