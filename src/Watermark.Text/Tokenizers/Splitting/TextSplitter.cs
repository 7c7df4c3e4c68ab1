using System.Collections.Frozen;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>Cuts text into the pieces that are encoded one by one. Immutable; safe to share between threads.</summary>
internal abstract class TextSplitter
{
    /// <summary>GPT-2, also <c>r50k_base</c> and <c>p50k_base</c>.</summary>
    public static TextSplitter Gpt2 { get; } = new ScanningSplitter<Gpt2Scanner>(default);

    /// <summary><c>cl100k_base</c>, also Llama 3.</summary>
    public static TextSplitter Cl100k { get; } = new ScanningSplitter<Cl100kScanner>(new Cl100kScanner(digits: 3));

    /// <summary><c>o200k_base</c>, also gpt-oss and Llama 4.</summary>
    public static TextSplitter O200k { get; } = new ScanningSplitter<O200kScanner>(new O200kScanner(digits: 3, contractions: true));

    /// <summary>Qwen 2, 2.5 and 3: as <see cref="Cl100k"/>, but every digit is a piece.</summary>
    public static TextSplitter Qwen2 { get; } = new ScanningSplitter<Cl100kScanner>(new Cl100kScanner(digits: 1));

    /// <summary>Mistral's Tekken: as <see cref="O200k"/>, but every digit is a piece and contractions are pieces of their own.</summary>
    public static TextSplitter Tekken { get; } = new ScanningSplitter<O200kScanner>(new O200kScanner(digits: 1, contractions: false));

    private static readonly FrozenDictionary<string, TextSplitter> Known = new Dictionary<string, TextSplitter>
    {
        [@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"] = Gpt2,
        [@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"] = Gpt2,
        [Cl100kText("{1,3}")] = Cl100k,
        [Cl100kText(string.Empty)] = Qwen2,
        [O200kText("{1,3}", "(?i:'s|'t|'re|'ve|'m|'ll|'d)?")] = O200k,
        [O200kText(string.Empty, string.Empty)] = Tekken,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The splitter of a regular expression, as Hugging Face's tokenizers read it.</summary>
    /// <param name="pattern">The expression; those that were published with models are run by code of our own.</param>
    /// <param name="where">The file and the setting that the expression comes from, for messages.</param>
    /// <exception cref="InputFormatException">The expression has something that cannot be done exactly; the message names it.</exception>
    public static TextSplitter FromPattern(string pattern, string where) =>
        Known.TryGetValue(pattern, out TextSplitter? known) ? known : new PatternSplitter(pattern, where);

    /// <summary>Adds the ends of the pieces: the matches, and what is between them. The first piece begins at 0, every other one where the last ended.</summary>
    /// <param name="text">The text, without half surrogate pairs.</param>
    /// <param name="ends">Where the ends are added, ascending; the last one is the length of the text.</param>
    /// <exception cref="InputFormatException">The expression takes too long on this text.</exception>
    public abstract void Split(ReadOnlySpan<char> text, IntBuffer ends);

    /// <summary>Adds the beginning and the end of every match, in order; a match may be empty.</summary>
    /// <param name="text">The text, without half surrogate pairs.</param>
    /// <param name="bounds">Where they are added.</param>
    /// <exception cref="InputFormatException">The expression takes too long on this text.</exception>
    public abstract void FindMatches(ReadOnlySpan<char> text, IntBuffer bounds);

    private static string Cl100kText(string digits) =>
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}" + digits + @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private static string O200kText(string digits, string contraction) =>
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + contraction
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + contraction
        + @"|\p{N}" + digits + @"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
}
