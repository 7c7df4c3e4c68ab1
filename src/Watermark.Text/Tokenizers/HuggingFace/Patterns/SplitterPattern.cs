using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.HuggingFace.Patterns;

/// <summary>A published pattern, by the scanner written for it. These patterns leave nothing out: every piece is a match.</summary>
/// <param name="splitter">The scanner.</param>
internal sealed class SplitterPattern(TextSplitter splitter) : TextPattern
{
    [ThreadStatic]
    private static IntBuffer? work;

    /// <summary>GPT-2's.</summary>
    public static SplitterPattern Gpt2 { get; } = new(new Gpt2Splitter());

    public override void Find(ReadOnlySpan<char> text, List<PatternPart> parts)
    {
        IntBuffer ends = work ??= new IntBuffer();
        ends.Truncate(0);
        splitter.Split(text, ends);
        foreach (int end in ends.Span)
            parts.Add(new PatternPart(end, true));
    }
}
