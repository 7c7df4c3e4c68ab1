using System.Text.RegularExpressions;

namespace Watermark.Text.Tokenizers;

/// <summary>
/// The published patterns that cut text into pieces before byte-pair encoding. Cases of contractions are written out, with
/// U+017F for s, as Unicode folds case; so the culture has no effect.
/// </summary>
internal static partial class SplitPatterns
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const string Contraction = @"'(?:[sS\u017FdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])";

    /// <summary>GPT-2, also <c>r50k_base</c> and <c>p50k_base</c>.</summary>
    [GeneratedRegex(@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", Options)]
    public static partial Regex Gpt2 { get; }

    /// <summary><c>cl100k_base</c>, also Llama 3.</summary>
    [GeneratedRegex(Contraction + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", Options)]
    public static partial Regex Cl100k { get; }

    /// <summary><c>o200k_base</c>.</summary>
    [GeneratedRegex(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:" + Contraction + ")?"
        + @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:" + Contraction + ")?"
        + @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        Options)]
    public static partial Regex O200k { get; }
}
