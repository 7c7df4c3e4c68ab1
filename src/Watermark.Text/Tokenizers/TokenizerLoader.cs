using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Watermark.Text.Tokenizers.HuggingFace;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tokenizers;

/// <summary>Decides which kind of tokenizer a name or path means, and loads it.</summary>
internal static class TokenizerLoader
{
    private const string Cl100kBase = "cl100k_base";
    private const string O200kBase = "o200k_base";

    private const string Kinds = "cl100k_base, o200k_base, ids, a tokenizer.json, a SentencePiece .model, a .tiktoken file, or the folder of a model";

    // The ids behind the vocabulary, up to <|endofprompt|>: end of text, fill-in-the-middle, chat marks, reserved ones.
    private static readonly int[] Cl100kSpecial = [.. Enumerable.Range(100_256, 100_277 - 100_256)];
    private static readonly int[] O200kSpecial = [.. Enumerable.Range(199_998, 200_019 - 199_998)];

    // Loading a tokenizer takes almost a second; it is immutable, so it is shared.
    private static readonly Lazy<TextTokenizer> Cl100k = new(() => FromPackage(Cl100kBase, "Microsoft.ML.Tokenizers.Data.Cl100kBase"));
    private static readonly Lazy<TextTokenizer> O200k = new(() => FromPackage(O200kBase, "Microsoft.ML.Tokenizers.Data.O200kBase"));

    public static TextTokenizer Load(string nameOrPath)
    {
        switch (nameOrPath)
        {
            case Cl100kBase:
                return Cl100k.Value;
            case O200kBase:
                return O200k.Value;
        }

        if (Directory.Exists(nameOrPath))
            return HuggingFaceFolder.Load(nameOrPath);
        if (!File.Exists(nameOrPath))
            throw new FileNotFoundException($"'{nameOrPath}' is no tokenizer: expected {Kinds}.", nameOrPath);
        byte[] file = File.ReadAllBytes(nameOrPath);
        if (HuggingFaceFile.LooksLike(file))
            return HuggingFaceFile.Load(file, nameOrPath, nameOrPath);
        // Llama 3 ships its tiktoken file as 'tokenizer.model', so the content decides.
        if (TiktokenFile.LooksLike(file))
            return FromTiktoken(nameOrPath, file);
        if (SentencePieceFile.LooksLike(file))
        {
            SentencePieceModel model = SentencePieceFile.Read(file, nameOrPath);
            return new TextTokenizer(nameOrPath, Hash(file), model.SpecialIds, new SentencePieceCodec(model));
        }

        throw new InputFormatException($"{nameOrPath} is neither a SentencePiece model nor a tiktoken file: expected {Kinds}.");
    }

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    /// <param name="content">What to hash.</param>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static TextTokenizer FromPackage(string name, string assembly) => FromTiktoken(name, TiktokenFile.FromPackage(assembly, name));

    private static TextTokenizer FromTiktoken(string name, byte[] file)
    {
        string hash = Hash(file);
        string encoding = hash switch
        {
            KnownHashes.Cl100kBase => Cl100kBase,
            KnownHashes.O200kBase => O200kBase,
            _ => Path.GetFileNameWithoutExtension(name),
        };
        return new TextTokenizer(name, hash, Special(hash), new TiktokenCodec(file, Split(encoding), name));
    }

    /// <summary>
    /// A tiktoken file does not say how text is cut. The two named encodings are recognised by their content under any file
    /// name, older ones by their file name; all others use the pattern of <c>cl100k_base</c>, which is right for Llama 3.
    /// </summary>
    private static Regex Split(string encoding)
    {
        if (encoding.StartsWith("o200k", StringComparison.Ordinal))
            return SplitPatterns.O200k;
        return encoding is "gpt2" or "r50k_base" or "p50k_base" or "p50k_edit" ? SplitPatterns.Gpt2 : SplitPatterns.Cl100k;
    }

    private static int[] Special(string hash) => hash switch
    {
        KnownHashes.Cl100kBase => Cl100kSpecial,
        KnownHashes.O200kBase => O200kSpecial,
        _ => [],
    };

    /// <summary>SHA-256 of the published <c>.tiktoken</c> files.</summary>
    private static class KnownHashes
    {
        public const string Cl100kBase = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7";
        public const string O200kBase = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d";
    }
}
