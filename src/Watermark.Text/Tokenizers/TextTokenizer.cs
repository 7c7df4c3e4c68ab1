using System.Buffers;
using System.Text;

namespace Watermark.Text.Tokenizers;

/// <summary>Turns text into the token ids of a model, and back. Immutable; safe to share between threads.</summary>
/// <remarks>
/// <para>
/// No begin or end token is added. Half a surrogate pair is read as U+FFFD. The written form of a special token, such as
/// <c>&lt;|endoftext|&gt;</c>, is plain text and never becomes the special id, with one exception: an added token of a
/// <c>tokenizer.json</c> that stands in a text becomes its id, as in the library that these files are made for. Ids of
/// <see cref="SpecialTokens"/> are not scored, so nobody gains by writing one.
/// </para>
/// <para>
/// Ids agree with the reference encoders. Wrong ids would give n-grams that the marking model did not write, so that tokens of
/// a real mark were lost; they cannot make unmarked text look marked. Settings of a file that are not supported are therefore
/// refused, not ignored.
/// </para>
/// </remarks>
public sealed class TextTokenizer
{
    /// <summary>The name of the tokenizer that takes no text: documents bring their ids.</summary>
    public const string Ids = "ids";

    private const int KeptScratch = 1 << 20;

    [ThreadStatic]
    private static IntBuffer? scratch;

    private readonly TokenCodec? codec;

    internal TextTokenizer(string name, string contentHash, IReadOnlyList<int> specialTokens, TokenCodec? codec)
    {
        Name = name;
        ContentHash = contentHash;
        SpecialTokens = specialTokens;
        this.codec = codec;
    }

    /// <summary>The name or path from which the tokenizer was loaded.</summary>
    public string Name { get; }

    /// <summary>
    /// SHA-256 of the tokenizer's data, 64 lower-case hexadecimal digits; empty for <c>ids</c>. For a file: of its bytes;
    /// for a tiktoken file whose pattern was named: of its bytes, one zero byte, and the pattern's name (<c>cl100k</c> for
    /// <c>llama3</c>, since they are the same). For a GGUF file: of those entries of its metadata that decide ids, in the
    /// order of their names, each as its name, one zero byte, and its type, length and content as a GGUF file has them; so
    /// the same vocabulary has the same hash beside other weights.
    /// For <c>cl100k_base</c> and <c>o200k_base</c>: of the published <c>.tiktoken</c> file, which is rebuilt from the
    /// embedded data, so the name and the file have the same hash. For a folder: of its <c>tokenizer.json</c> alone; where
    /// there is none, of the bytes of <c>vocab.json</c>, one zero byte, and the bytes of <c>merges.txt</c>; or of its
    /// <c>tokenizer.model</c>.
    /// </summary>
    public string ContentHash { get; }

    /// <summary>
    /// One more than the largest id that is text: 100,256 for <c>cl100k_base</c>, 199,998 for <c>o200k_base</c>, the number of
    /// pieces of a SentencePiece model (its control pieces are part of it: 32,000 for Llama 2). For a <c>tokenizer.json</c>
    /// added tokens count that are not special: 151,669 for Qwen 3, whose model has 151,643 tokens. 0 for <c>ids</c>.
    /// </summary>
    public int VocabularySize => codec?.VocabularySize ?? 0;

    /// <summary>
    /// The ids that are not text and are not scored, ascending: for <c>cl100k_base</c> and <c>o200k_base</c> all ids from
    /// the end of the vocabulary to the end-of-prompt token, including reserved ones; for a SentencePiece model and a GGUF
    /// file the control and unknown pieces; for a <c>tokenizer.json</c> the added tokens that it calls special; for a folder
    /// without one <c>&lt;|endoftext|&gt;</c> and the tokens of <c>added_tokens.json</c>. For the published files of
    /// r50k_base and p50k_base: 50,256; of Llama 3: 128,000 to 128,255.
    /// Empty for other <c>.tiktoken</c> files, which do not list them, and for <c>ids</c>.
    /// </summary>
    public IReadOnlyList<int> SpecialTokens { get; }

    /// <summary>Wraps the tokenizer of another library, for models that this one refuses.</summary>
    /// <param name="name">The name or path, for messages.</param>
    /// <param name="contentHash">SHA-256 of the tokenizer's content, 64 lower-case hexadecimal digits.</param>
    /// <param name="vocabularySize">One more than the greatest ordinary id, at least 1.</param>
    /// <param name="specialTokens">Ids that are not text and are not scored, ascending.</param>
    /// <param name="encode">Text to ids, without marks of a beginning or an end; called from several threads.</param>
    /// <param name="decode">Ids to text; called from several threads.</param>
    /// <exception cref="ArgumentException">The hash or the size is none.</exception>
    public static TextTokenizer FromEncoder(
        string name, string contentHash, int vocabularySize, IReadOnlyList<int> specialTokens, Func<string, int[]> encode, Func<int[], string> decode)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(contentHash);
        ArgumentNullException.ThrowIfNull(specialTokens);
        ArgumentNullException.ThrowIfNull(encode);
        ArgumentNullException.ThrowIfNull(decode);
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 1);
        if (contentHash.Length != 64 || !contentHash.All(char.IsAsciiHexDigitLower))
            throw new ArgumentException("The hash of a tokenizer has 64 lower-case hexadecimal digits.", nameof(contentHash));
        return new TextTokenizer(name, contentHash, specialTokens, new ForeignCodec(vocabularySize, encode, decode));
    }

    /// <summary>Whether a name means an encoding whose data are part of this library.</summary>
    /// <param name="name">A name or path.</param>
    public static bool IsBuiltIn(string name) => name is "cl100k_base" or "o200k_base";

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="nameOrPath">
    /// <c>cl100k_base</c>, <c>o200k_base</c>, <c>ids</c>, a SentencePiece <c>.model</c>, a <c>.gguf</c> file (of which only the
    /// vocabulary is read), a <c>tokenizer.json</c>, a <c>.tiktoken</c> file, or the folder of a model, which holds a
    /// <c>tokenizer.json</c>, or <c>vocab.json</c> and <c>merges.txt</c> as GPT-2 has them, or a <c>tokenizer.model</c>. A
    /// tiktoken file does not say how
    /// text is cut: those of cl100k_base, o200k_base, r50k_base, p50k_base and Llama 3 are known by their content; for
    /// another one add the pattern of its model, as in <c>qwen.tiktoken#qwen2</c>: <c>gpt2</c>, <c>cl100k</c>,
    /// <c>o200k</c>, <c>llama3</c>, <c>qwen2</c> or <c>tekken</c>.
    /// </param>
    /// <exception cref="FileNotFoundException">It is neither a known name nor a file or folder.</exception>
    /// <exception cref="InputFormatException">The file is not what its name says, or of a kind not supported.</exception>
    public static TextTokenizer Load(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        return nameOrPath == Ids ? new TextTokenizer(Ids, string.Empty, [], null) : TokenizerLoader.Load(nameOrPath);
    }

    /// <summary>Turns text into ids.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="InputFormatException">The tokenizer is <c>ids</c>, or the text takes its pattern too long.</exception>
    public int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        IntBuffer ids = EncodeToScratch(text);
        int[] result = [.. ids.Span];
        Release(ids);
        return result;
    }

    /// <summary>Turns text into ids, without memory of its own for every text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Where the ids are written.</param>
    /// <returns>The number of ids written.</returns>
    /// <exception cref="InputFormatException">The tokenizer is <c>ids</c>, or the text takes its pattern too long.</exception>
    public int Encode(ReadOnlySpan<char> text, IBufferWriter<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        IntBuffer encoded = EncodeToScratch(text);
        int count = encoded.Count;
        ids.Write(encoded.Span);
        Release(encoded);
        return count;
    }

    /// <summary>
    /// Turns ids into text; special ids give no text, and bytes that do not form a character give U+FFFD. The unknown piece of
    /// a SentencePiece model gives the sign that the model has for it, mostly U+2047.
    /// </summary>
    /// <param name="ids">Token ids: of the vocabulary, or special ones.</param>
    /// <exception cref="InputFormatException">The tokenizer is <c>ids</c>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An id is neither in the vocabulary nor special.</exception>
    public string Decode(int[] ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        TokenCodec with = codec ?? throw new InputFormatException("The tokenizer 'ids' cannot turn ids into text.");
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)with.VocabularySize && !SpecialTokens.Contains(id))
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"The tokenizer '{Name}' has ids from 0 to {with.VocabularySize - 1} and {SpecialTokens.Count} special ones.");
        }

        return with.Decode(ids);
    }

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private IntBuffer EncodeToScratch(ReadOnlySpan<char> text)
    {
        TokenCodec with = codec ?? throw new InputFormatException("The tokenizer 'ids' takes no text: name the field that holds token ids, or choose the tokenizer of the model.");
        IntBuffer ids = scratch ?? new IntBuffer();
        scratch = null;
        ids.Truncate(0);
        if (!text.IsEmpty)
            with.Encode(IsWhole(text) ? text : WholeCharacters(text), ids);
        return ids;
    }

    private static void Release(IntBuffer ids)
    {
        // One very long text must not hold memory for ever.
        if (ids.Capacity <= KeptScratch)
            scratch = ids;
    }

    /// <summary>Whether no half of a surrogate pair stands alone.</summary>
    private static bool IsWhole(ReadOnlySpan<char> text)
    {
        for (int at = 0; text[at..].IndexOfAnyInRange('\ud800', '\udfff') is >= 0 and int next; at += next + 2)
        {
            int first = at + next;
            if (first + 1 == text.Length || !char.IsSurrogatePair(text[first], text[first + 1]))
                return false;
        }

        return true;
    }

    /// <summary>The text with U+FFFD for every half of a surrogate pair, as UTF-8 encoders write it.</summary>
    private static string WholeCharacters(ReadOnlySpan<char> text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            whole.Append(rune);
        return whole.ToString();
    }
}
