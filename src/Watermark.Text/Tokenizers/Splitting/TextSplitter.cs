using Watermark.Text.Tokenizers.BytePairs;

namespace Watermark.Text.Tokenizers.Splitting;

/// <summary>Cuts text into the pieces that are encoded one by one. Immutable; safe to share between threads.</summary>
internal abstract class TextSplitter
{
    /// <summary>Adds the ends of the pieces: the first piece begins at 0, every other one where the last ended.</summary>
    /// <param name="text">The text, without half surrogate pairs.</param>
    /// <param name="ends">Where the ends are added, ascending; the last one is the length of the text.</param>
    public abstract void Split(ReadOnlySpan<char> text, IntBuffer ends);
}
