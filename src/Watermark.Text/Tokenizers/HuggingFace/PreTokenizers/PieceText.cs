using Watermark.Text.Tokenizers.BytePairs;
using Watermark.Text.Tokenizers.HuggingFace.Patterns;

namespace Watermark.Text.Tokenizers.HuggingFace.PreTokenizers;

/// <summary>A piece of a text, which is encoded by itself.</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct Piece(int Start, int End);

/// <summary>A text that is being cut into pieces, with its work space. Not for several threads at once.</summary>
internal sealed class PieceText
{
    private List<Piece> spare = [];

    /// <summary>The text.</summary>
    public ReadOnlyMemory<char> Text { get; private set; }

    /// <summary>The pieces in order; none is empty. What lies between two pieces was taken away.</summary>
    public List<Piece> Pieces { get; private set; } = [];

    /// <summary>The end of what comes from the very first character of the whole text; see <see cref="Normalizers.NormalizedText"/>.</summary>
    public int Lead { get; private set; }

    /// <summary>Work space for a pattern.</summary>
    public List<MatchPart> Parts { get; } = [];

    /// <summary>Work space for a splitter.</summary>
    public IntBuffer Ends { get; } = new();

    /// <summary>Takes a new text as one piece.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lead">The end of what comes from the first character.</param>
    public void Set(ReadOnlyMemory<char> text, int lead)
    {
        Text = text;
        Lead = lead;
        Pieces.Clear();
        if (!text.IsEmpty)
            Pieces.Add(new Piece(0, text.Length));
    }

    /// <summary>Begins a new list of pieces and gives the old one, which is valid until the next call.</summary>
    public List<Piece> Restart()
    {
        (Pieces, spare) = (spare, Pieces);
        Pieces.Clear();
        return spare;
    }

    /// <summary>Begins a new text with new pieces.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lead">The end of what comes from the first character.</param>
    public void Rewrite(ReadOnlyMemory<char> text, int lead)
    {
        Text = text;
        Lead = lead;
    }

    /// <summary>Adds a piece where it is not empty.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    public void Add(int start, int end)
    {
        if (end > start)
            Pieces.Add(new Piece(start, end));
    }
}
