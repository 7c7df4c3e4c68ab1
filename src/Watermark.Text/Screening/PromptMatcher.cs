using System.Runtime.InteropServices;

namespace Watermark.Text.Screening;

/// <summary>How a reply repeats its own prompt.</summary>
/// <param name="Words">Words of the reply.</param>
/// <param name="Repeated">Words in runs of at least eight that also stand in the prompt.</param>
/// <param name="GoesOn">
/// Whether the reply repeats the end of a prompt text, or what stands before an ellipsis in it, and goes on; or whether it
/// repeats the beginning of a text that begins in the middle of a sentence, and has other text before it. Where the prompt
/// was cut when it was recorded, that is not the suspect's text.
/// </param>
/// <param name="Copies">The parts of the reply, three words or longer, that stand in the prompt in another spelling or the same.</param>
internal sealed record PromptOverlap(int Words, int Repeated, bool GoesOn, IReadOnlyList<string> Copies);

/// <summary>
/// Finds the text of a reply that stands in its prompt, whatever case, spaces, punctuation, line ends or look-alikes changed.
/// Not safe for concurrent use; its buffers are reused.
/// </summary>
internal sealed class PromptMatcher
{
    /// <summary>The words of a window that counts as a copy.</summary>
    public const int CopyWords = 3;

    private const int RunWords = 8;
    private const int TailWords = 6;
    private const int FollowingWords = 10;

    private readonly List<FoldedWord> promptWords = [];
    private readonly List<ulong> promptWindows = [];
    private readonly List<ulong> copyWindows = [];
    private readonly List<ulong> runWindows = [];
    private readonly List<ulong> tailWindows = [];
    private readonly HashSet<ulong> copies = [];
    private readonly HashSet<ulong> runs = [];
    private readonly HashSet<ulong> tails = [];
    private readonly HashSet<ulong> heads = [];

    /// <summary>The words of the reply that was compared last.</summary>
    public List<FoldedWord> Words { get; } = [];

    /// <summary>The windows of <see cref="RunWords"/> words of all prompts of the last reply.</summary>
    public HashSet<ulong> Runs => runs;

    /// <summary>The length of those windows in words.</summary>
    public int RunLength { get; private set; }

    /// <summary>Compares a reply with its prompt.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="prompts">Every text of the prompt, and further text of its record.</param>
    /// <param name="excluded">Text that any reply may repeat; null for none.</param>
    public PromptOverlap Compare(string reply, IReadOnlyList<string> prompts, ExcludedText? excluded = null)
    {
        Words.Clear();
        copies.Clear();
        runs.Clear();
        tails.Clear();
        heads.Clear();
        FoldedWords.Read(reply, Words);
        int scale = FoldedWords.Window(Words, 1);
        RunLength = RunWords * scale;
        foreach (string prompt in prompts)
            AddPrompt(prompt, scale);
        FoldedWords.ReadWindows(Words, CopyWords * scale, copyWindows);
        FoldedWords.ReadWindows(Words, RunLength, runWindows);
        bool[] copied = Mark(copies, copyWindows, CopyWords * scale);
        if (excluded is not null)
        {
            bool[] known = Mark(scale == 1 ? excluded.Spaced : excluded.Unspaced, copyWindows, CopyWords * scale);
            for (int i = 0; i < copied.Length; i++)
                copied[i] |= known[i];
        }

        // What is in no window of three words is in none of eight.
        int repeated = copied.AsSpan().Contains(true) ? Mark(runs, runWindows, RunLength).AsSpan().Count(true) : 0;
        return new PromptOverlap(Words.Count, repeated, GoesOn(scale), Copies(reply, copied));
    }

    /// <summary>The hashes of the reply's windows of <see cref="RunLength"/> words.</summary>
    public ReadOnlySpan<ulong> Windows => CollectionsMarshal.AsSpan(runWindows);

    private void AddPrompt(string prompt, int scale)
    {
        promptWords.Clear();
        FoldedWords.Read(prompt, promptWords);
        AddWindows(copies, CopyWords * scale);
        AddWindows(runs, RunLength);

        AddTail(promptWords.Count, scale);
        for (int i = 0; i < promptWords.Count; i++)
        {
            bool breaksOff = i + 1 < promptWords.Count && HasEllipsis(prompt.AsSpan(promptWords[i].End..promptWords[i + 1].Start));
            if (breaksOff)
                AddTail(i + 1, scale);
            if (breaksOff || (i == 0 && PromptEnds.BeginsInside(prompt)))
                AddHead(breaksOff ? i + 1 : 0, scale);
        }
    }

    // A cut may go through a word, so the end may be the last word or the one before it; and the same at a beginning.
    private void AddTail(int end, int scale)
    {
        int tail = TailWords * scale;
        int kept = Math.Min(end, tail + 1);
        AddWindowsOf(tails, end - kept, kept, tail);
    }

    private void AddHead(int first, int scale)
    {
        int head = TailWords * scale;
        AddWindowsOf(heads, first, Math.Min(promptWords.Count - first, head + 1), head);
    }

    /// <summary>Adds the windows of a part of the prompt's words.</summary>
    private void AddWindowsOf(HashSet<ulong> set, int first, int count, int length)
    {
        FoldedWords.ReadWindows(promptWords.GetRange(first, count), length, promptWindows);
        set.UnionWith(promptWindows);
    }

    private static bool HasEllipsis(ReadOnlySpan<char> between) => between.Contains('\u2026') || between.Contains("...", StringComparison.Ordinal);

    private void AddWindows(HashSet<ulong> set, int length)
    {
        FoldedWords.ReadWindows(promptWords, length, promptWindows);
        foreach (ulong window in promptWindows)
            set.Add(window);
    }

    /// <summary>The words of the reply that lie in a window of the set.</summary>
    private bool[] Mark(HashSet<ulong> set, List<ulong> windows, int length)
    {
        var marked = new bool[Words.Count];
        if (set.Count == 0)
            return marked;
        int until = 0;
        for (int first = 0; first < windows.Count; first++)
        {
            if (!set.Contains(windows[first]))
                continue;
            for (int i = Math.Max(first, until); i < first + length; i++)
                marked[i] = true;
            until = first + length;
        }

        return marked;
    }

    private bool GoesOn(int scale)
    {
        if (tails.Count == 0)
            return false;
        int tail = TailWords * scale;
        int following = FollowingWords * scale;
        FoldedWords.ReadWindows(Words, tail, tailWindows);
        for (int first = 0; first + tail + following <= Words.Count; first++)
        {
            if (tails.Contains(tailWindows[first]) && !InRuns(first + tail, following))
                return true;
        }

        for (int first = following; first + tail <= Words.Count && heads.Count > 0; first++)
        {
            if (heads.Contains(tailWindows[first]) && !InRuns(first - following, following - RunLength + 1))
                return true;
        }

        return false;
    }

    /// <summary>Whether all windows that begin in a part of the reply stand in the prompt: then nothing was cut there.</summary>
    private bool InRuns(int first, int count)
    {
        for (int i = first; i < first + count && i + RunLength <= Words.Count; i++)
        {
            if (!runs.Contains(runWindows[i]))
                return false;
        }

        return first + RunLength <= Words.Count;
    }

    /// <summary>The marked parts as text, each with the character before it: the space is part of the first token.</summary>
    private List<string> Copies(string reply, bool[] marked)
    {
        var parts = new List<string>();
        for (int i = 0; i < marked.Length; i++)
        {
            if (!marked[i])
                continue;
            int first = i;
            while (i + 1 < marked.Length && marked[i + 1])
                i++;
            int start = Math.Max(0, Words[first].Start - 1);
            if (start > 0 && char.IsLowSurrogate(reply[start]))
                start--;
            parts.Add(reply[start..Words[i].End]);
        }

        return parts;
    }
}
