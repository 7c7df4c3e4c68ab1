using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tokenizers.Gguf;

/// <summary>The tokenizer of a GGUF file.</summary>
internal static class GgufTokenizer
{
    /// <summary>Whether a file is a GGUF file.</summary>
    /// <param name="path">The file.</param>
    public static bool LooksLike(string path)
    {
        Span<byte> first = stackalloc byte[4];
        using FileStream stream = File.OpenRead(path);
        // What a pipe gives can be read only once, so it is not looked at here.
        return stream.CanSeek && stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && first.SequenceEqual(GgufReader.Magic);
    }

    /// <summary>Loads the tokenizer. Only metadata is read, whatever the size of the file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InputFormatException">The metadata is damaged, or the kind of tokenizer is not supported.</exception>
    public static TextTokenizer Load(string path)
    {
        GgufVocabulary vocabulary = GgufVocabulary.Load(path);
        TokenCodec codec = vocabulary.Model switch
        {
            "llama" => new SentencePieceCodec(SentencePiece(vocabulary, path, Segmentation.Bpe)),
            "t5" => new SentencePieceCodec(SentencePiece(vocabulary, path, Segmentation.Unigram)),
            "gpt2" => GgufBytePairs.Create(vocabulary, path),
            _ => throw vocabulary.Malformed("model", $"'{vocabulary.Model}' is not supported; llama, t5 and gpt2 are"),
        };
        return new TextTokenizer(path, TokenizerLoader.Hash(vocabulary.Canonical()), vocabulary.SpecialIds, codec);
    }

    /// <summary>A SentencePiece model as the converters of llama.cpp write it.</summary>
    private static SentencePieceModel SentencePiece(GgufVocabulary vocabulary, string path, Segmentation segmentation)
    {
        PieceType[] types = vocabulary.Types;
        float[] scores = vocabulary.Floats("scores") ?? throw vocabulary.Missing("scores");
        if (scores.Length != types.Length)
            throw vocabulary.Malformed("scores", $"has {scores.Length} scores for {types.Length} tokens");
        byte[]? rules = vocabulary.Bytes("precompiled_charsmap");
        bool unigram = segmentation == Segmentation.Unigram;
        if (rules is not null && !unigram)
            throw vocabulary.Malformed("precompiled_charsmap", "is for the model t5, and this is llama");
        var settings = new SentencePieceSettings
        {
            Segmentation = segmentation,
            Normalizer = new NormalizerSettings
            {
                // The converter for llama leaves out what is usual; the one for t5 always says it.
                AddDummyPrefix = vocabulary.Flag("add_space_prefix") ?? (unigram ? throw vocabulary.Missing("add_space_prefix") : true),
                RemoveExtraWhitespaces = vocabulary.Flag("remove_extra_whitespaces") ?? (unigram ? throw vocabulary.Missing("remove_extra_whitespaces") : false),
                EscapeWhitespaces = vocabulary.Flag("escape_whitespaces") ?? true,
                Rules = rules is null ? null : PrecompiledCharsMap.Read(rules, $"{path}: tokenizer.ggml.precompiled_charsmap"),
            },
        };
        Piece[] pieces = [.. vocabulary.Tokens.Select((text, id) => new Piece(text, scores[id], types[id]))];
        return SentencePieceModel.Create(pieces, types.Contains(PieceType.Byte), settings, path);
    }
}
