using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.Splitting;

namespace Watermark.Text.Tokenizers.HuggingFace.Patterns;

/// <summary>A regular expression.</summary>
/// <param name="splitter">What runs it.</param>
internal sealed class SplitterPattern(TextSplitter splitter) : TextPattern
{
    private const int KeptCapacity = 1 << 16;

    [ThreadStatic]
    private static IntBuffer? work;

    /// <summary>What runs the expression, which can cut a text at matches without saying which parts are matches.</summary>
    public TextSplitter Splitter => splitter;

    public override void Find(ReadOnlySpan<char> text, List<MatchPart> parts)
    {
        IntBuffer bounds = work ?? new IntBuffer();
        bounds.Truncate(0);
        splitter.FindMatches(text, bounds);
        int last = 0;
        for (int i = 0; i < bounds.Count; i += 2)
        {
            Add(parts, last, bounds.Span[i], bounds.Span[i + 1]);
            last = bounds.Span[i + 1];
        }

        AddRest(parts, last, text.Length);
        // One very long text must not hold memory for ever.
        work = bounds.Capacity <= KeptCapacity ? bounds : null;
    }
}
