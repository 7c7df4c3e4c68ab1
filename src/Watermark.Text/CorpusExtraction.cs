using System.Collections.Concurrent;
using Watermark.NGrams;
using Watermark.Text.Documents;
using Watermark.Text.Tokenizers;

namespace Watermark.Text;

/// <summary>Turns documents into a sample: the half of every test that needs no key.</summary>
public static class CorpusExtraction
{
    /// <summary>
    /// Reads documents, turns them into token ids on several threads and adds them to a sample. The sample does not depend
    /// on the order of the documents or the number of threads.
    /// </summary>
    /// <param name="documents">The documents, read one at a time.</param>
    /// <param name="tokenizer">Turns text into ids; not used for documents that bring their token ids.</param>
    /// <param name="builder">Collects the n-grams.</param>
    /// <param name="degreeOfParallelism">Threads, at least 1.</param>
    /// <param name="cancellationToken">Stops between documents.</param>
    /// <remarks>Memory: the sample, and a few documents per thread.</remarks>
    public static void Extract(
        IEnumerable<InputDocument> documents,
        TextTokenizer tokenizer,
        SampleBuilder builder,
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
