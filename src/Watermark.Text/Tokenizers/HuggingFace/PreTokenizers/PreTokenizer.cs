using Watermark.Text.Tokenizers.HuggingFace.Patterns;

namespace Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

/// <summary>Cuts pieces of text into smaller ones. Immutable; safe to share between threads.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts every piece.</summary>
    /// <param name="text">The text and its pieces.</param>
    public abstract void Apply(PieceText text);
}

/// <summary>What becomes of the matches of a pattern.</summary>
internal enum SplitBehavior
{
    /// <summary>They are taken away.</summary>
    Removed,

    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>Each joins what stands before it.</summary>
    MergedWithPrevious,

    /// <summary>Each joins what stands behind it.</summary>
    MergedWithNext,

    /// <summary>Matches that touch are one piece.</summary>
    Contiguous,
}

/// <summary>Cuts pieces at the matches of a pattern.</summary>
/// <param name="pattern">The pattern.</param>
/// <param name="behavior">What becomes of the matches.</param>
/// <param name="invert">What stands between the matches counts as a match, and matches as what stands between.</param>
internal sealed class SplitPreTokenizer(TextPattern pattern, SplitBehavior behavior, bool invert) : PreTokenizer
{
    public override void Apply(PieceText text)
    {
        ReadOnlySpan<char> all = text.Text.Span;
        foreach (Piece piece in text.Restart())
        {
            if (behavior == SplitBehavior.Isolated && pattern is SplitterPattern expression)
            {
                Isolate(all, piece, expression, text);
                continue;
            }

            text.Parts.Clear();
            pattern.Find(all[piece.Start..piece.End], text.Parts);
            Cut(piece.Start, text);
        }
    }

    /// <summary>The usual way of language models, made short: what is a match and what is not does not matter.</summary>
    private static void Isolate(ReadOnlySpan<char> all, Piece piece, SplitterPattern expression, PieceText text)
    {
        text.Ends.Truncate(0);
        expression.Splitter.Split(all[piece.Start..piece.End], text.Ends);
        int start = piece.Start;
        foreach (int end in text.Ends.Span)
        {
            text.Add(start, piece.Start + end);
            start = piece.Start + end;
        }
    }

    private void Cut(int offset, PieceText text)
    {
        // A piece is open from 'start'; what a part does to it depends on whether the part before it was a match.
        int start = 0;
        int end = 0;
        bool previous = false;
        foreach (MatchPart part in text.Parts)
        {
            bool match = part.IsMatch ^ invert;
            bool joins = behavior switch
            {
                SplitBehavior.Contiguous => match == previous,
                SplitBehavior.MergedWithPrevious => match && !previous,
                SplitBehavior.MergedWithNext => previous && !match,
                _ => false,
            };
            if (!joins)
            {
                text.Add(offset + start, offset + end);
                start = end;
            }

            end = part.End;
            if (behavior == SplitBehavior.Removed && match)
                start = end;
            previous = match;
        }

        text.Add(offset + start, offset + end);
    }
}
