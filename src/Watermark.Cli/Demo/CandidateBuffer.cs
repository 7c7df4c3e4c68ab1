namespace Watermark.Cli.Demo;

/// <summary>
/// The candidates for one position, reused from position to position: distinct token ids and natural-log
/// probabilities. Not safe for concurrent use.
/// </summary>
internal sealed class CandidateBuffer
{
    private readonly int[] tokens;
    private readonly float[] logits;
    private int[] seenAt = [];
    private int position;

    /// <summary>Creates a buffer.</summary>
    /// <param name="capacity">The largest number of candidates, at least 1.</param>
    public CandidateBuffer(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        tokens = new int[capacity];
        logits = new float[capacity];
    }

    /// <summary>The number of candidates.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no further candidate fits.</summary>
    public bool IsFull => Count == tokens.Length;

    /// <summary>The candidates' token ids.</summary>
    public ReadOnlySpan<int> Tokens => tokens.AsSpan(0, Count);

    /// <summary>The candidates' natural-log probabilities; a watermark may change them in place.</summary>
    public Span<float> Logits => logits.AsSpan(0, Count);

    /// <summary>Removes all candidates.</summary>
    /// <param name="vocabularySize">One more than the largest rank that will be added.</param>
    public void Clear(int vocabularySize)
    {
        Count = 0;
        position++;
        if (seenAt.Length >= vocabularySize && position != int.MaxValue)
            return;
        seenAt = new int[vocabularySize];
        position = 1;
    }

    /// <summary>Adds a candidate unless its rank was added before. The buffer must not be full.</summary>
    /// <param name="rank">The token's rank in the model.</param>
    /// <param name="token">The token id.</param>
    /// <param name="logProbability">Its natural-log probability.</param>
    public void TryAdd(int rank, int token, float logProbability)
    {
        if (seenAt[rank] == position)
            return;
        seenAt[rank] = position;
        tokens[Count] = token;
        logits[Count++] = logProbability;
    }
}
