using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.Gguf;

/// <summary>How a byte-pair model cuts text, which a GGUF file only names (<c>tokenizer.ggml.pre</c>).</summary>
/// <param name="Steps">What cuts the text, one after the other.</param>
/// <param name="TakesWholePieces">Whether a piece that is a token becomes it at once, whatever the merges would make of it.</param>
internal sealed record GgufPatterns(IReadOnlyList<TextSplitter> Steps, bool TakesWholePieces = false)
{
    // The original expressions of the models' tokenizer.json; llama.cpp writes some of them otherwise, to the same effect.
    private static readonly TextSplitter Digit = TextSplitter.FromPattern(@"\p{N}", "gguf");

    private static readonly Lazy<GgufPatterns> DeepSeek3 = Chain(
        @"\p{N}{1,3}",
        "[一-龥\u3040-ゟ゠-ヿ]+",
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+");

    private static readonly Lazy<GgufPatterns> DeepSeekCoder = Chain("[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", "[一-龥ࠀ-一가-\ud7ff]+", @"\p{N}");

    /// <summary>The patterns of a name; null for names that are not known.</summary>
    /// <param name="name">The value of <c>tokenizer.ggml.pre</c>.</param>
    public static GgufPatterns? Of(string name) => name switch
    {
        "gpt-2" or "phi-2" or "olmo" or "mpt" or "jais" or "trillion" or "exaone4" or "gigachat" or "a.x-4.0" or "mellum" => new([TextSplitter.Gpt2]),
        "llama3" or "llama-v3" or "llama-bpe" or "falcon3" or "falcon-h1" or "pixtral" or "midm-2.0" or "lfm2" => new([TextSplitter.Cl100k], true),
        "dbrx" or "smaug-bpe" or "glm4" or "chatglm-bpe" => new([TextSplitter.Cl100k]),
        "qwen2" or "deepseek-r1-qwen" or "kormo" or "stablelm2" or "megrez" or "hunyuan" or "grok-2" => new([TextSplitter.Qwen2]),
        "gpt-4o" or "llama4" or "minimax-m2" => new([TextSplitter.O200k]),
        "tekken" => new([TextSplitter.Tekken], true),
        "starcoder" or "refact" or "command-r" or "smollm" or "codeshell" or "exaone" or "minerva-7b" => new([Digit, TextSplitter.Gpt2]),
        "deepseek-v3" or "hunyuan-dense" => DeepSeek3.Value,
        "deepseek-coder" => DeepSeekCoder.Value,
        _ => null,
    };

    private static Lazy<GgufPatterns> Chain(params string[] patterns) =>
        new(() => new GgufPatterns([.. patterns.Select(pattern => TextSplitter.FromPattern(pattern, "gguf"))]));
}
