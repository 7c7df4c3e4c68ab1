using Watermark.NGrams;

namespace Watermark.Text.Screening;

/// <summary>
/// Notices prompts that very many replies have in common: a template ("Answer:"), a category or the same first words of a
/// longer text, where each reply answered more than that. Prompts that differ only in numbers count as one. Fixed memory;
/// the result does not depend on the order. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// A prompt is common if at least five records have it and these are at least a fifth of all records; of at most three words,
/// a twentieth is enough. Replies of one record are samples of one prompt, and count once.
/// </remarks>
internal sealed class PromptVariety
{
    private const int Cells = 1 << 16;
    private const int FewestRecords = 5;
    private const double ShareOfRecords = 0.2;
    private const double ShareOfRecordsIfShort = 0.05;
    private const int ShortWords = 3;

    // Counts by the hash of the prompt: two prompts rarely share a cell, and only a very frequent one is looked for.
    private readonly (int Records, int Replies)[] brief = new (int, int)[Cells];
    private readonly (int Records, int Replies)[] longer = new (int, int)[Cells];
    private long records;

    /// <summary>Notes the prompt of a reply.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="isFirst">Whether the reply is the first of its prompt in its record.</param>
    public void Add(PromptIdentity prompt, bool isFirst)
    {
        ref (int Records, int Replies) cell = ref (prompt.Words <= ShortWords ? brief : longer)[prompt.Hash % Cells];
        cell.Replies++;
        cell.Records += isFirst ? 1 : 0;
        records += isFirst ? 1 : 0;
    }

    /// <summary>The replies whose prompt is common.</summary>
    public long Count() => Count(brief, ShareOfRecordsIfShort) + Count(longer, ShareOfRecords);

    private long Count((int Records, int Replies)[] cells, double share)
    {
        long count = 0;
        foreach ((int inCell, int replies) in cells)
            count += inCell >= FewestRecords && inCell >= share * records ? replies : 0;
        return count;
    }
}

/// <summary>What makes a prompt another than a second one: its words without numbers.</summary>
/// <param name="Hash">A hash of them.</param>
/// <param name="Words">Their number.</param>
internal readonly record struct PromptIdentity(ulong Hash, int Words)
{
    // A note beside a prompt is no part of the question.
    private const int FewestContextWords = 12;

    /// <summary>The identity of no prompt.</summary>
    public static PromptIdentity None => new(NGramHash.Start, 0);

    /// <summary>The identity with a further text of the prompt.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isContext">Whether it is no turn, but another text of the record; a few words of it are not counted.</param>
    public PromptIdentity With(string text, bool isContext = false)
    {
        var words = new List<FoldedWord>();
        FoldedWords.Read(text, words);
        words.RemoveAll(word => text.AsSpan(word.Start, word.End - word.Start).ContainsAnyInRange('0', '9'));
        if (isContext && words.Count < FewestContextWords)
            return this;
        ulong hash = Hash;
        foreach (FoldedWord word in words)
            hash = NGramHash.Append(NGramHash.Append(hash, (int)word.Hash), (int)(word.Hash >> 32));
        return new PromptIdentity(hash, Words + words.Count);
    }

    /// <summary>The identity with further token ids of the prompt.</summary>
    /// <param name="tokens">The ids.</param>
    public PromptIdentity With(ReadOnlySpan<int> tokens)
    {
        ulong hash = Hash;
        foreach (int token in tokens)
            hash = NGramHash.Append(hash, token);
        return new PromptIdentity(hash, Words + tokens.Length);
    }
}
