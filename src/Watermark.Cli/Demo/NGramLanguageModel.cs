namespace Watermark.Cli.Demo;

/// <summary>
/// A trigram language model over token ids: small enough to train in seconds, and with enough entropy to carry a mark.
/// Interpolated absolute discounting (Chen and Goodman, "An empirical study of smoothing techniques for language modeling",
/// 1999, §2.6) with D = 3/4: <c>P(w|u,v) = max(c(u,v,w) − D, 0)/c(u,v) + D·N(u,v)/c(u,v) · P(w|v)</c>, likewise
/// <c>P(w|v)</c> over the relative frequency <c>P(w)</c>, where N counts the distinct continuations of a context. For an
/// unseen context the shorter one is used.
/// </summary>
/// <remarks>
/// Immutable and safe for concurrent use; each thread needs its own <see cref="CandidateBuffer"/>. The order of candidates
/// is fixed by the training text; their logarithms may differ in the last place between machines.
/// </remarks>
internal sealed class NGramLanguageModel
{
    private readonly int[] tokens;
    private readonly int[] rankOfToken;
    private readonly float[] logUnigrams;
    private readonly ContinuationTable bigrams;
    private readonly ContinuationTable trigrams;

    /// <summary>Creates a model from the parts that <see cref="NGramTrainer"/> has counted.</summary>
    /// <param name="tokens">The token of each rank, most frequent first.</param>
    /// <param name="rankOfToken">The rank of each token id, −1 where it was not seen.</param>
    /// <param name="logUnigrams">ln P(w) of each rank.</param>
    /// <param name="bigrams">Continuations of one rank.</param>
    /// <param name="trigrams">Continuations of two ranks.</param>
    /// <param name="endOfText">The id that ends a document.</param>
    internal NGramLanguageModel(int[] tokens, int[] rankOfToken, float[] logUnigrams, ContinuationTable bigrams, ContinuationTable trigrams, int endOfText)
    {
        this.tokens = tokens;
        this.rankOfToken = rankOfToken;
        this.logUnigrams = logUnigrams;
        this.bigrams = bigrams;
        this.trigrams = trigrams;
        EndOfText = endOfText;
    }

    /// <summary>The token id that ends a document.</summary>
    public int EndOfText { get; }

    /// <summary>The number of distinct tokens the model knows, the end of text included.</summary>
    public int VocabularySize => tokens.Length;

    /// <summary>
    /// The likeliest next tokens: the continuations of the last two tokens, then those of the last one, then the most
    /// frequent tokens, each with its full interpolated probability.
    /// </summary>
    /// <param name="context">Token ids so far, oldest first; only the last two matter, unknown ids are allowed, and an empty context is the start of a document.</param>
    /// <param name="buffer">Receives distinct candidates and their natural-log probabilities; e to their power sums to at most 1 (and to 1 where the buffer holds the whole vocabulary).</param>
    public void Predict(ReadOnlySpan<int> context, CandidateBuffer buffer)
    {
        int last = context.Length > 0 ? Rank(context[^1]) : NGramTrainer.Start;
        int beforeLast = context.Length > 1 ? Rank(context[^2]) : NGramTrainer.Start;
        buffer.Clear(tokens.Length);

        float passedOn = 0;
        int row = trigrams.Find(NGramTrainer.PairKey(beforeLast, last));
        if (row >= 0)
        {
            Add(trigrams, row, 0, buffer);
            passedOn = trigrams.LogPassedOn(row);
        }

        row = bigrams.Find(NGramTrainer.PairKey(0, last));
        if (row >= 0)
        {
            Add(bigrams, row, passedOn, buffer);
            passedOn += bigrams.LogPassedOn(row);
        }

        for (int rank = 0; rank < tokens.Length && !buffer.IsFull; rank++)
            buffer.TryAdd(rank, tokens[rank], logUnigrams[rank] + passedOn);
    }

    private void Add(ContinuationTable table, int row, float passedOn, CandidateBuffer buffer)
    {
        ReadOnlySpan<int> ranks = table.Ranks(row);
        ReadOnlySpan<float> logProbabilities = table.LogProbabilities(row);
        for (int i = 0; i < ranks.Length && !buffer.IsFull; i++)
            buffer.TryAdd(ranks[i], tokens[ranks[i]], logProbabilities[i] + passedOn);
    }

    private int Rank(int token) =>
        (uint)token < (uint)rankOfToken.Length && rankOfToken[token] >= 0 ? rankOfToken[token] : NGramTrainer.Unknown;
}
