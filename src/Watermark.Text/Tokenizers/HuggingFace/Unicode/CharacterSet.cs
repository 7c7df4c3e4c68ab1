using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace.Unicode;

/// <summary>A set of characters, as ranges in ascending order.</summary>
internal sealed class CharacterSet
{
    private readonly List<(int First, int Last)> ranges = [];

    /// <summary>Adds a range behind those that are there.</summary>
    /// <param name="range">The first and the last code point.</param>
    public void Add((int First, int Last) range) => ranges.Add(range);

    /// <summary>Tells whether a character is in the set.</summary>
    /// <param name="character">The character.</param>
    public bool Contains(Rune character)
    {
        int low = 0;
        int high = ranges.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (character.Value < ranges[middle].First)
                high = middle - 1;
            else if (character.Value > ranges[middle].Last)
                low = middle + 1;
            else
                return true;
        }

        return false;
    }
}
