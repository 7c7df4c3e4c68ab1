using System.Collections.Concurrent;
using Watermark.NGrams;
using Watermark.Text.Conversations;

namespace Watermark.Text;

/// <summary>Turns replies into a sample: the half of every test that needs no key.</summary>
public static class CorpusExtraction
{
    /// <summary>
    /// The share of replies without a prompt up to which they are left out. Above it they are kept, and the sample says how
    /// many they are, so that a finding is blocked and not made of the few others.
    /// </summary>
    public const double ShareLeftOut = 0.05;

    /// <summary>
    /// Turns replies into token ids on several threads and collects their rows. The sample does not depend on the order of
    /// the replies or the number of threads.
    /// </summary>
    /// <param name="replies">The replies, read one at a time.</param>
    /// <param name="tokenizer">Turns text into ids; not used for replies that bring theirs.</param>
    /// <param name="schema">What is collected.</param>
    /// <param name="degreeOfParallelism">Threads, at least 1.</param>
    /// <param name="cancellationToken">Stops between replies.</param>
    /// <remarks>Memory: the sample, and a few replies per thread.</remarks>
    public static Sample Extract(
        IEnumerable<Reply> replies,
        ReplyTokenizer tokenizer,
        SampleSchema schema,
        int degreeOfParallelism,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replies);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfLessThan(degreeOfParallelism, 1);
        var prompted = new SampleBuilder(schema);
        var promptless = new SampleBuilder(schema);
        long withPrompt = 0;
        long without = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = degreeOfParallelism, CancellationToken = cancellationToken };

        // Without a buffer a thread takes one reply at a time, so only as many are in memory as there are threads.
        OrderablePartitioner<Reply> source = Partitioner.Create(replies, EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(source, options, reply =>
        {
            TokenizedReply tokenized = tokenizer.Tokenize(reply);
            if (tokenized.IsLeftOut)
                return;
            bool aside = !tokenized.HasPrompt && !tokenizer.KeepsWithoutPrompt;
            SampleBuilder builder = aside ? promptless : prompted;
            Interlocked.Increment(ref aside ? ref without : ref withPrompt);
            builder.AddDocument(tokenized.Tokens, tokenized.Prompts, tokenized.HasPrompt);
            if (tokenized.Reasoning is { } reasoning)
                builder.AddPart(reasoning, tokenized.Prompts);
        });

        Sample sample = prompted.Build();
        if (without == 0)
            return sample;
        if (LeavesOut(without, withPrompt))
        {
            tokenizer.Screening.Add(ReadingCounts.LeftOutWithoutPrompt, without);
            return sample;
        }

        Sample aside = promptless.Build();
        tokenizer.Screening.Add(ReadingCounts.TokensWithoutPrompt, aside.Tokens);
        return withPrompt == 0 ? aside : Sample.Merge(sample, aside);
    }

    /// <summary>Whether the replies without a prompt are few enough to be left out.</summary>
    /// <param name="without">Replies without a prompt.</param>
    /// <param name="with">The others.</param>
    internal static bool LeavesOut(long without, long with) => without > 0 && without <= ShareLeftOut * (without + with);
}
