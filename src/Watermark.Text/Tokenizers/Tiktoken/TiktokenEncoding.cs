using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.Tiktoken;

/// <summary>What a tiktoken file does not say: how text is cut before it is encoded, and which ids are no text.</summary>
/// <param name="Pattern">The name of the pattern.</param>
/// <param name="Splitter">The pattern.</param>
/// <param name="Special">The ids that are no text, ascending.</param>
/// <param name="FileHash">SHA-256 of the published file; null for a pattern that the user names.</param>
internal sealed record TiktokenEncoding(string Pattern, TextSplitter Splitter, IReadOnlyList<int> Special, string? FileHash = null)
{
    /// <summary>The names that can be given to patterns, for messages.</summary>
    public const string PatternNames = "gpt2, cl100k, o200k, llama3, qwen2 and tekken";

    // The ids behind the vocabulary, up to <|endofprompt|>: end of text, fill-in-the-middle, chat marks, reserved ones.
    private static readonly int[] Cl100kSpecial = [.. Enumerable.Range(100_256, 100_277 - 100_256)];
    private static readonly int[] O200kSpecial = [.. Enumerable.Range(199_998, 200_019 - 199_998)];
    private static readonly int[] Llama3Special = [.. Enumerable.Range(128_000, 256)];
    private static readonly int[] Gpt2Special = [50_256];

    /// <summary>The published files, by their content: cl100k_base, o200k_base, r50k_base (the same as GPT-2's), p50k_base, Llama 3.</summary>
    private static readonly TiktokenEncoding[] Published =
    [
        new("cl100k", TextSplitter.Cl100k, Cl100kSpecial, "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
        new("o200k", TextSplitter.O200k, O200kSpecial, "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
        new("gpt2", TextSplitter.Gpt2, Gpt2Special, "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"),
        new("gpt2", TextSplitter.Gpt2, Gpt2Special, "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"),
        new("cl100k", TextSplitter.Cl100k, Llama3Special, "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55"),
    ];

    /// <summary>The encoding of a published file; null for other files.</summary>
    /// <param name="fileHash">SHA-256 of the file, lower-case hexadecimal digits.</param>
    public static TiktokenEncoding? OfFile(string fileHash) => Array.Find(Published, encoding => encoding.FileHash == fileHash);

    /// <summary>The encoding of a pattern that the user names; null for other names. Llama 3 is cut as cl100k is.</summary>
    /// <param name="name">The name.</param>
    public static TiktokenEncoding? OfPattern(string name) => name switch
    {
        "gpt2" => new("gpt2", TextSplitter.Gpt2, []),
        "cl100k" or "llama3" => new("cl100k", TextSplitter.Cl100k, []),
        "o200k" => new("o200k", TextSplitter.O200k, []),
        "qwen2" => new("qwen2", TextSplitter.Qwen2, []),
        "tekken" => new("tekken", TextSplitter.Tekken, []),
        _ => null,
    };
}
