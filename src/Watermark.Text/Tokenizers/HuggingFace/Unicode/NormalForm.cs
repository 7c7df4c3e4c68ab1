using System.Text;

namespace Watermark.Text.Tokenizers.HuggingFace.Unicode;

/// <summary>One of the four normal forms of Unicode (UAX #15), with the tables of <see cref="ReferenceUnicode"/>.</summary>
internal sealed class NormalForm
{
    // Hangul syllables are computed (The Unicode Standard, section 3.12).
    private const int SyllableBase = 0xac00;
    private const int SyllableCount = 11_172;
    private const int LeadBase = 0x1100;
    private const int LeadCount = 19;
    private const int VowelBase = 0x1161;
    private const int VowelCount = 21;
    private const int TailBase = 0x11a7;
    private const int TailCount = 28;

    private static readonly Lazy<NormalForm> LazyC = new(() => new NormalForm(composes: true, compatible: false));
    private static readonly Lazy<NormalForm> LazyD = new(() => new NormalForm(composes: false, compatible: false));
    private static readonly Lazy<NormalForm> LazyKC = new(() => new NormalForm(composes: true, compatible: true));
    private static readonly Lazy<NormalForm> LazyKD = new(() => new NormalForm(composes: false, compatible: true));

    private readonly ReferenceUnicode tables = ReferenceUnicode.Tables;
    private readonly bool composes;
    private readonly bool compatible;
    private readonly Dictionary<int, int[]> full = [];
    private readonly HashSet<int> unstable = [];

    private NormalForm(bool composes, bool compatible)
    {
        this.composes = composes;
        this.compatible = compatible;
        foreach ((int character, ReferenceUnicode.Decomposition step) in tables.Decompositions)
        {
            if (!step.IsCanonical && !compatible)
                continue;
            int[] parts = [.. Decompose(character, compatible)];
            full.Add(character, parts);
            bool composesAgain = composes && step.Parts.Length == 2 && tables.Composition(step.Parts[0], step.Parts[1]) == character;
            if (composesAgain)
                unstable.Add(step.Parts[1]);
            // What composes to itself again stays as it is, but for the marks behind it.
            if (!composesAgain || !parts.SequenceEqual(Decompose(character, compatible: false)))
                unstable.Add(character);
        }

        unstable.UnionWith(tables.Combining);
    }

    /// <summary>Canonical decomposition, then canonical composition.</summary>
    public static NormalForm C => LazyC.Value;

    /// <summary>Canonical decomposition.</summary>
    public static NormalForm D => LazyD.Value;

    /// <summary>Compatibility decomposition, then canonical composition.</summary>
    public static NormalForm KC => LazyKC.Value;

    /// <summary>Compatibility decomposition.</summary>
    public static NormalForm KD => LazyKD.Value;

    /// <summary>Brings a text into this form.</summary>
    /// <param name="text">The text, of whole characters.</param>
    public string Apply(string text)
    {
        int first = text.AsSpan().IndexOfAnyExceptInRange('\0', '\u009f');
        if (first < 0)
            return text;
        // Only what stands around unstable characters is worked on: from the last stable character before them to the next.
        StringBuilder? result = null;
        var work = new List<(int Character, int Class)>();
        int copied = 0;
        int lastStable = Math.Max(0, first - 1);
        for (int at = lastStable; at < text.Length;)
        {
            Rune rune = Rune.GetRuneAt(text, at);
            if (IsStable(rune.Value))
            {
                lastStable = at;
                at += rune.Utf16SequenceLength;
                continue;
            }

            int end = at;
            while (end < text.Length && !IsStable((rune = Rune.GetRuneAt(text, end)).Value))
                end += rune.Utf16SequenceLength;
            result ??= new StringBuilder(text.Length + 16);
            result.Append(text, copied, lastStable - copied);
            Work(text.AsSpan(lastStable, end - lastStable), work, result);
            copied = at = end;
            lastStable = end;
        }

        return result is null ? text : result.Append(text, copied, text.Length - copied).ToString();
    }

    private bool IsStable(int character)
    {
        if (character < 0xa0)
            return true;
        if (composes ? character is >= VowelBase and < TailBase + TailCount : character is >= SyllableBase and < SyllableBase + SyllableCount)
            return false;
        return !unstable.Contains(character);
    }

    private void Work(ReadOnlySpan<char> text, List<(int Character, int Class)> work, StringBuilder result)
    {
        work.Clear();
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (full.TryGetValue(rune.Value, out int[]? parts))
            {
                foreach (int part in parts)
                    work.Add((part, tables.CombiningClass(part)));
            }
            else if (rune.Value is >= SyllableBase and < SyllableBase + SyllableCount)
            {
                int index = rune.Value - SyllableBase;
                work.Add((LeadBase + index / (VowelCount * TailCount), 0));
                work.Add((VowelBase + index % (VowelCount * TailCount) / TailCount, 0));
                if (index % TailCount > 0)
                    work.Add((TailBase + index % TailCount, 0));
            }
            else
            {
                work.Add((rune.Value, tables.CombiningClass(rune.Value)));
            }
        }

        Order(work);
        if (composes)
            Compose(work);
        Span<char> units = stackalloc char[2];
        foreach ((int character, _) in work)
            result.Append(units[..new Rune(character).EncodeToUtf16(units)]);
    }

    /// <summary>Puts every row of combining characters in the order of their classes; equal ones keep theirs.</summary>
    private static void Order(List<(int Character, int Class)> work)
    {
        for (int start = 0; start < work.Count; start++)
        {
            if (work[start].Class == 0)
                continue;
            int end = start + 1;
            bool ordered = true;
            for (; end < work.Count && work[end].Class > 0; end++)
                ordered &= work[end - 1].Class <= work[end].Class;
            if (!ordered)
            {
                (int Character, int Class)[] row = [.. work[start..end].OrderBy(mark => mark.Class)];
                for (int i = 0; i < row.Length; i++)
                    work[start + i] = row[i];
            }

            start = end - 1;
        }
    }

    private void Compose(List<(int Character, int Class)> work)
    {
        int kept = 0;
        int starter = -1;
        int lastClass = 0;
        for (int at = 0; at < work.Count; at++)
        {
            (int character, int combining) = work[at];
            // Blocked where something of the same or a higher class, or another starter, stands between.
            if (starter >= 0 && (kept == starter + 1 || (lastClass != 0 && lastClass < combining))
                && Pair(work[starter].Character, character) is >= 0 and int composed)
            {
                work[starter] = (composed, 0);
                continue;
            }

            if (combining == 0)
                starter = kept;
            lastClass = combining;
            work[kept++] = (character, combining);
        }

        work.RemoveRange(kept, work.Count - kept);
    }

    private int Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + LeadCount && second is >= VowelBase and < VowelBase + VowelCount)
            return SyllableBase + ((first - LeadBase) * VowelCount + (second - VowelBase)) * TailCount;
        if (first is >= SyllableBase and < SyllableBase + SyllableCount && (first - SyllableBase) % TailCount == 0 && second is > TailBase and < TailBase + TailCount)
            return first + (second - TailBase);
        return tables.Composition(first, second);
    }

    private IEnumerable<int> Decompose(int character, bool compatible) =>
        tables.DecompositionOf(character) is { } step && (step.IsCanonical || compatible)
            ? step.Parts.SelectMany(part => Decompose(part, compatible))
            : [character];
}
