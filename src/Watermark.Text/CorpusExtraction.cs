using Watermark.NGrams;

namespace Watermark.Text;

/// <summary>Documents in, a table of n-grams out: the keyless half of every test.</summary>
public static class CorpusExtraction
{
    private const int ReportEvery = 64;

    /// <summary>
    /// Reads documents, turns them into token ids on several threads and collects their n-grams. The table does not
    /// depend on the order of the documents or the number of threads.
    /// </summary>
    /// <param name="documents">The documents, read one at a time.</param>
    /// <param name="tokenizer">Turns text into ids; documents that carry ids pass it by.</param>
    /// <param name="schema">What to collect.</param>
    /// <param name="degreeOfParallelism">Threads, at least 1.</param>
    /// <param name="observe">Called with every tokenized document, from several threads; may be null.</param>
    /// <param name="progress">Told the number of documents done, now and then; may be null.</param>
    /// <param name="cancellationToken">Stops between documents.</param>
    /// <remarks>Memory: the table, and a few documents a thread.</remarks>
    public static async Task<NGramTable> ExtractAsync(
        IEnumerable<InputDocument> documents,
        TextTokenizer tokenizer,
        NGramTableSchema schema,
        int degreeOfParallelism,
        Action<TokenizedDocument>? observe = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(degreeOfParallelism, 1);
        var builder = new NGramTableBuilder(schema);
        long done = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = degreeOfParallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(documents, options, (document, _) =>
        {
            TokenizedDocument tokenized = DocumentTokenizer.Tokenize(document, tokenizer);
            builder.AddDocument(tokenized.Tokens, tokenized.Prompts);
            observe?.Invoke(tokenized);
            long count = Interlocked.Increment(ref done);
            if (count % ReportEvery == 0)
                progress?.Report(count);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        progress?.Report(done);
        return builder.Build();
    }
}
