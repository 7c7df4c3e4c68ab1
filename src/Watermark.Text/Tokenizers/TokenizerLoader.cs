using System.Security.Cryptography;
using System.Text;
using Watermark.Text.Tokenizers.Gguf;
using Watermark.Text.Tokenizers.HuggingFace;
using Watermark.Text.Tokenizers.SentencePiece;
using Watermark.Text.Tokenizers.Tiktoken;

namespace Watermark.Text.Tokenizers;

/// <summary>Decides which kind of tokenizer a name or path means, and loads it.</summary>
internal static class TokenizerLoader
{
    private const string Cl100kBase = "cl100k_base";
    private const string O200kBase = "o200k_base";

    private const string Kinds = "cl100k_base, o200k_base, ids, a SentencePiece .model, a .gguf file, a tokenizer.json, a .tiktoken file (PATH#PATTERN where its model is not known), or the folder of a model";

    // Loading a tokenizer takes a quarter of a second; it is immutable, so it is shared.
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
        (string path, string? pattern) = SplitName(nameOrPath);
        if (!File.Exists(path))
            throw new FileNotFoundException($"'{nameOrPath}' is no tokenizer: expected {Kinds}.", nameOrPath);
        if (GgufTokenizer.LooksLike(path))
            return pattern is null ? GgufTokenizer.Load(path) : throw NoPattern(nameOrPath);
        byte[] file = File.ReadAllBytes(path);
        // Llama 3 ships its tiktoken file as 'tokenizer.model', so the content decides.
        if (TiktokenFile.LooksLike(file))
            return FromTiktoken(nameOrPath, path, pattern, file);
        if (pattern is not null)
            throw NoPattern(nameOrPath);
        if (HuggingFaceFile.LooksLike(file))
            return HuggingFaceFile.Load(file, nameOrPath, nameOrPath);
        if (SentencePieceFile.LooksLike(file))
        {
            SentencePieceModel model = SentencePieceFile.Read(file, path);
            return new TextTokenizer(nameOrPath, Hash(file), model.SpecialIds, new SentencePieceCodec(model));
        }

        throw new InputFormatException($"{nameOrPath} is neither a tokenizer.json nor a SentencePiece model nor a tiktoken file: expected {Kinds}.");
    }

    /// <summary>SHA-256 in lower-case hexadecimal digits.</summary>
    /// <param name="content">What to hash.</param>
    public static string Hash(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static InputFormatException NoPattern(string nameOrPath) => new($"{nameOrPath}: a pattern behind '#' is for tiktoken files, and this is none.");

    private static TextTokenizer FromPackage(string name, string assembly) =>
        FromTiktoken(name, name, pattern: null, TiktokenFile.FromPackage(assembly, name));

    /// <summary>A path, and the pattern that may be named behind it; a path may itself have a '#'.</summary>
    private static (string Path, string? Pattern) SplitName(string name)
    {
        int mark = File.Exists(name) ? -1 : name.LastIndexOf('#');
        return mark < 0 ? (name, null) : (name[..mark], name[(mark + 1)..]);
    }

    private static TextTokenizer FromTiktoken(string name, string path, string? pattern, byte[] file)
    {
        string hash = Hash(file);
        TiktokenEncoding? published = TiktokenEncoding.OfFile(hash);
        TiktokenEncoding? named = pattern is null ? null : TiktokenEncoding.OfPattern(pattern);
        if (pattern is not null && named is null)
            throw new InputFormatException($"{path}: '{pattern}' is no known pattern; {TiktokenEncoding.PatternNames} are.");
        byte[]?[] tokens = TiktokenFile.Parse(file, path);
        if (published is not null)
        {
            if (named is not null && named.Splitter != published.Splitter)
                throw new InputFormatException($"{path}: the file is known, and its pattern is {published.Pattern}, not {pattern}.");
            return new TextTokenizer(name, hash, published.Special, new TiktokenCodec(tokens, published.Splitter));
        }

        if (named is null)
            throw new InputFormatException($"{path}: a tiktoken file does not say how its model cuts text, and this file is not known: add the pattern to the path, as in '{path}#llama3'; the patterns are {TiktokenEncoding.PatternNames}.");
        // Another pattern gives other ids, so it is part of what is hashed.
        byte[] content = [.. file, 0, .. Encoding.UTF8.GetBytes(named.Pattern)];
        return new TextTokenizer(name, Hash(content), named.Special, new TiktokenCodec(tokens, named.Splitter));
    }
}
