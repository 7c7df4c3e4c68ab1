using System.Collections.Concurrent;
using Watermark.NGrams;

namespace Watermark.Text;

/// <summary>Documents in, a table of n-grams out: the keyless half of every test.</summary>
public static class CorpusExtraction
{
    /// <summary>
    /// Reads documents, turns them into token ids on several threads and adds them to a table. The table does not depend
    /// on the order of the documents or the number of threads.
    /// </summary>
    /// <param name="documents">The documents, read one at a time.</param>
    /// <param name="tokenizer">Turns text into ids; documents that carry ids pass it by.</param>
    /// <param name="builder">Collects the n-grams.</param>
    /// <param name="degreeOfParallelism">Threads, at least 1.</param>
    /// <param name="cancellationToken">Stops between documents.</param>
    /// <remarks>Memory: the table, and a few documents a thread.</remarks>
    public static void Extract(
        IEnumerable<InputDocument> documents,
        TextTokenizer tokenizer,
        NGramTableBuilder builder,
        int degreeOfParallelism,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThan(degreeOfParallelism, 1);
        var options = new ParallelOptions { MaxDegreeOfParallelism = degreeOfParallelism, CancellationToken = cancellationToken };
        // Without a buffer a thread takes one document at a time, so only as many are in memory as there are threads.
        OrderablePartitioner<InputDocument> source = Partitioner.Create(documents, EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(source, options, document =>
        {
            TokenizedDocument tokenized = DocumentTokenizer.Tokenize(document, tokenizer);
            builder.AddDocument(tokenized.Tokens, tokenized.Prompts);
        });
    }
}
