using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.HuggingFace;
using Watermark.Text.Tokenizers.HuggingFace.AddedTokens;
using Watermark.Text.Tokenizers.HuggingFace.Decoders;
using Watermark.Text.Tokenizers.HuggingFace.Models;
using Watermark.Text.Tokenizers.HuggingFace.Patterns;
using Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tokenizers.Gguf;

/// <summary>Byte-level byte-pair encoding as a GGUF file describes it (<c>tokenizer.ggml.model</c> is <c>gpt2</c>).</summary>
/// <remarks>
/// As in llama.cpp user-defined tokens are found in the text as it came, control tokens are not, and text is not normalized
/// (a <c>tokenizer.json</c> of the same model may ask for NFC).
/// </remarks>
internal static class GgufBytePairs
{
    private static readonly string[] OnlyForSentencePiece = ["add_space_prefix", "remove_extra_whitespaces"];

    /// <summary>Makes the codec.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InputFormatException">The entries contradict each other, or the pattern is not known.</exception>
    public static TokenCodec Create(GgufVocabulary vocabulary, string path)
    {
        string pre = vocabulary.Text("pre") ?? throw vocabulary.Missing("pre");
        GgufPatterns patterns = GgufPatterns.Of(pre) ?? throw vocabulary.Malformed("pre", $"'{pre}' is not a known way to cut text");
        foreach (string key in OnlyForSentencePiece)
        {
            if (vocabulary.Flag(key) == true)
                throw vocabulary.Malformed(key, "is true, which is not supported for the model gpt2");
        }

        Vocabulary tokens = Tokens(vocabulary);
        (int Id, byte[] Bytes)[] written = [.. Ordinary(vocabulary).Select(id => (id, ByteCharacters.Read(vocabulary.Tokens[id]))).Where(token => token.Item2 is not null)!];
        int[] bytes = [.. Enumerable.Range(0, 256).Select(value => tokens.Ids.GetValueOrDefault(ByteCharacters.Of((byte)value).ToString(), -1))];
        TokenTable? whole = patterns.TakesWholePieces ? new TokenTable([.. written.Select(token => (token.Bytes, token.Id))]) : null;
        var parts = new HuggingFaceParts
        {
            Vocabulary = tokens,
            AddedTokens = [.. UserDefined(vocabulary)],
            Normalizer = null,
            PreTokenizers = [.. patterns.Steps.Select(step => new SplitPreTokenizer(new SplitterPattern(step), SplitBehavior.Isolated, invert: false))],
            Model = new BytePairTokens(new BytePairModel(new ByteSymbols(bytes), Merges(vocabulary, tokens), whole)),
            Decoders = [DecoderSteps.ByteLevel],
        };
        return new HuggingFaceCodec(parts, path);
    }

    /// <summary>The ids of tokens that are text.</summary>
    private static IEnumerable<int> Ordinary(GgufVocabulary vocabulary) =>
        Enumerable.Range(0, vocabulary.Tokens.Length).Where(id => vocabulary.Types[id] is not (PieceType.Control or PieceType.Unknown));

    private static Vocabulary Tokens(GgufVocabulary vocabulary)
    {
        var ids = new Dictionary<string, int>(vocabulary.Tokens.Length, StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>(vocabulary.Tokens.Length);
        foreach (int id in Ordinary(vocabulary))
        {
            if (!ids.TryAdd(vocabulary.Tokens[id], id))
                throw vocabulary.Malformed("tokens", $"'{vocabulary.Tokens[id]}' is token {ids[vocabulary.Tokens[id]]} and token {id}");
            tokens.Add(id, vocabulary.Tokens[id]);
        }

        return new Vocabulary(ids, tokens);
    }

    private static IEnumerable<AddedToken> UserDefined(GgufVocabulary vocabulary)
    {
        foreach (int id in Ordinary(vocabulary).Where(id => vocabulary.Types[id] == PieceType.UserDefined))
        {
            if (vocabulary.Tokens[id].Length == 0)
                throw vocabulary.Malformed("tokens", $"the user-defined token {id} has no text");
            yield return new AddedToken(id, vocabulary.Tokens[id], IsSpecial: false, IsNormalized: false, IsSingleWord: false, StripsLeft: false, StripsRight: false);
        }
    }

    private static MergeTable Merges(GgufVocabulary vocabulary, Vocabulary tokens)
    {
        string[] merges = vocabulary.Texts("merges") ?? throw vocabulary.Missing("merges");
        var seen = new HashSet<string>(merges.Length, StringComparer.Ordinal);
        var table = new MergeTable.Builder(merges.Length);
        for (int rank = 0; rank < merges.Length; rank++)
        {
            string merge = merges[rank];
            int space = merge.Length > 1 ? merge.IndexOf(' ', 1) : -1;
            if (space < 0 || space == merge.Length - 1)
                throw vocabulary.Malformed("merges", $"merge {rank} should be two tokens and a space between them");
            if (!seen.Add(merge))
                throw vocabulary.Malformed("merges", $"merge {rank}, '{merge}', stands twice");
            string left = merge[..space];
            string right = merge[(space + 1)..];
            table.Add(Id(left), Id(right), rank, Id(left + right));

            int Id(string token) => tokens.Ids.TryGetValue(token, out int id) ? id : throw vocabulary.Malformed("merges", $"merge {rank} needs the token '{token}', which there is not");
        }

        return table.Build();
    }
}
