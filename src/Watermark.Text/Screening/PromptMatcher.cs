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
        bool[] copied = Mark(copies, CopyWords * scale);
        if (excluded is not null)
        {
            bool[] known = Mark(scale == 1 ? excluded.Spaced : excluded.Unspaced, CopyWords * scale);
            for (int i = 0; i < copied.Length; i++)
                copied[i] |= known[i];
        }

        return new PromptOverlap(Words.Count, Count(Mark(runs, RunLength)), GoesOn(scale), Copies(reply, copied));
    }

    /// <summary>The hashes of the reply's windows of <see cref="RunLength"/> words.</summary>
    public IEnumerable<ulong> Windows()
    {
        for (int first = 0; first + RunLength <= Words.Count; first++)
            yield return FoldedWords.Hash(Words, first, RunLength);
    }

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
        for (int dropped = 0; dropped <= 1; dropped++)
        {
            if (end - dropped >= tail)
                tails.Add(FoldedWords.Hash(promptWords, end - dropped - tail, tail));
        }
    }

    private void AddHead(int first, int scale)
    {
        int head = TailWords * scale;
        for (int dropped = 0; dropped <= 1; dropped++)
        {
            if (first + dropped + head <= promptWords.Count)
                heads.Add(FoldedWords.Hash(promptWords, first + dropped, head));
        }
    }

    private static bool HasEllipsis(ReadOnlySpan<char> between) => between.Contains('\u2026') || between.Contains("...", StringComparison.Ordinal);

    private void AddWindows(HashSet<ulong> set, int length)
    {
        for (int first = 0; first + length <= promptWords.Count; first++)
            set.Add(FoldedWords.Hash(promptWords, first, length));
    }

    /// <summary>The words of the reply that lie in a window of the set.</summary>
    private bool[] Mark(HashSet<ulong> set, int length)
    {
        var marked = new bool[Words.Count];
        if (set.Count == 0)
            return marked;
        int until = 0;
        for (int first = 0; first + length <= Words.Count; first++)
        {
            if (!set.Contains(FoldedWords.Hash(Words, first, length)))
                continue;
            for (int i = Math.Max(first, until); i < first + length; i++)
                marked[i] = true;
            until = first + length;
        }

        return marked;
    }

    private bool GoesOn(int scale)
    {
        int tail = TailWords * scale;
        int following = FollowingWords * scale;
        for (int first = 0; first + tail + following <= Words.Count; first++)
        {
            if (tails.Contains(FoldedWords.Hash(Words, first, tail)) && !InRuns(first + tail, following))
                return true;
        }

        for (int first = following; first + tail <= Words.Count && heads.Count > 0; first++)
        {
            if (heads.Contains(FoldedWords.Hash(Words, first, tail)) && !InRuns(first - following, following - RunLength + 1))
                return true;
        }

        return false;
    }

    /// <summary>Whether all windows that begin in a part of the reply stand in the prompt: then nothing was cut there.</summary>
    private bool InRuns(int first, int count)
    {
        for (int i = first; i < first + count && i + RunLength <= Words.Count; i++)
        {
            if (!runs.Contains(FoldedWords.Hash(Words, i, RunLength)))
                return false;
        }

        return first + RunLength <= Words.Count;
    }

    private static int Count(bool[] marked)
    {
        int count = 0;
        foreach (bool one in marked)
            count += one ? 1 : 0;
        return count;
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
