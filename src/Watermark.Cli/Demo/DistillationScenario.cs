using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Cli.Demo;

/// <summary>
/// A small world in which a distillation happens or does not. The owner's model is trained on one half of the sentences and
/// serves replies, with or without a mark. A student model is trained on another quarter and on served replies: a
/// <em>suspect</em> where they were marked, an <em>innocent</em> where they were not. The last quarter gives the prompts.
/// Students get prompts that the service did not get, so that no marked text enters a reply by copying.
/// </summary>
/// <remarks>
/// All randomness except the key comes from the seed. Replies depend on their number, not on the thread that draws
/// them, so the same seed, sentences and key give the same replies.
/// </remarks>
internal sealed class DistillationScenario
{
    private const ulong ShuffleStream = 0;
    private const ulong MarkedStream = 1UL << 32;
    private const ulong UnmarkedStream = 2UL << 32;
    private const ulong CollectStream = 3UL << 32;

    private readonly TextCodec codec;
    private readonly ulong seed;
    private readonly IReadOnlyList<string> studentTexts;

    /// <summary>Divides the sentences and trains the owner's model.</summary>
    /// <param name="sentences">Distinct English sentences.</param>
    /// <param name="seed">The seed of all draws.</param>
    /// <param name="codec">The tokenizer.</param>
    /// <param name="sizes">How large everything is; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="InputFormatException">There are too few sentences for the sizes.</exception>
    public DistillationScenario(
        IReadOnlyList<string> sentences,
        ulong seed,
        TextCodec codec,
        DistillationSizes? sizes = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(codec);
        Sizes = sizes ?? new DistillationSizes();
        Sizes.Validate();
        this.seed = seed;
        this.codec = codec;

        List<string[]> documents = [.. sentences.Chunk(Sizes.SentencesPerDocument)];
        Shuffle(documents, new SeededRandomBits(seed, ShuffleStream));
        int half = documents.Count / 2;
        int quarter = documents.Count / 4;
        studentTexts = [.. documents.Skip(half).Take(quarter).Select(Join)];
        List<string> prompts = DistinctPrompts(documents.Skip(half + quarter));
        if (quarter == 0 || prompts.Count <= Sizes.CollectedReplies)
        {
            throw new InputFormatException(
                $"The demonstration needs more text: the {sentences.Count} sentences leave {prompts.Count} different prompts, and at least {Sizes.CollectedReplies + 1} are needed; give a larger folder of .txt files with --text DIR.");
        }

        // The service may get a prompt twice, the verifier must not: so the verifier's prompts are taken first.
        CollectionPrompts = prompts[..Sizes.CollectedReplies];
        ServicePrompts = prompts[Sizes.CollectedReplies..];
        Owner = Train([.. documents.Take(half).Select(Join)], cancellationToken);
    }

    /// <summary>The sizes in use.</summary>
    public DistillationSizes Sizes { get; }

    /// <summary>The owner's model.</summary>
    public NGramLanguageModel Owner { get; }

    /// <summary>The prompts of the service; repeated in order where there are fewer prompts than replies.</summary>
    public IReadOnlyList<string> ServicePrompts { get; }

    /// <summary>
    /// The prompts of the students: distinct, never given to the service, from text that no model was trained on.
    /// </summary>
    public IReadOnlyList<string> CollectionPrompts { get; }

    /// <summary>The owner's service writes replies.</summary>
    /// <param name="mark">The watermark, or null for replies without one.</param>
    /// <param name="progress">Receives the part done, 0 … 1, or null.</param>
    /// <param name="cancellationToken">Stops between replies.</param>
    /// <exception cref="ArgumentException">The scheme can only be detected, not embedded.</exception>
    public IReadOnlyList<DemoReply> Serve(KeyedScheme? mark, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        IEnumerable<string> prompts = Enumerable.Range(0, Sizes.ServedReplies).Select(i => ServicePrompts[i % ServicePrompts.Count]);
        ulong stream = mark is null ? UnmarkedStream : MarkedStream;
        return Reply(Owner, mark, [.. prompts], mark is null ? "plain" : "marked", Sizes.ServedTokens, stream, progress, cancellationToken);
    }

    /// <summary>Trains a student on text of its own and on replies of the service.</summary>
    /// <param name="replies">Replies of the service; each is read with its prompt before it.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    public NGramLanguageModel TrainStudent(IReadOnlyList<DemoReply> replies, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(replies);
        return Train([.. studentTexts, .. replies.Select(reply => reply.Prompt + reply.Text)], cancellationToken);
    }

    /// <summary>Collects replies of a student for the verifier. The student does not mark.</summary>
    /// <param name="student">The student.</param>
    /// <param name="name">The student's name, with which the replies' ids begin.</param>
    /// <param name="progress">Receives the part done, 0 … 1, or null.</param>
    /// <param name="cancellationToken">Stops between replies.</param>
    public IReadOnlyList<DemoReply> Collect(NGramLanguageModel student, string name, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Reply(student, null, CollectionPrompts, name, Sizes.CollectedTokens, CollectStream, progress, cancellationToken);

    private DemoReply[] Reply(
        NGramLanguageModel model,
        KeyedScheme? mark,
        IReadOnlyList<string> prompts,
        string name,
        int maximumTokens,
        ulong stream,
        IProgress<double>? progress,
        CancellationToken cancellationToken)
    {
        var replies = new DemoReply[prompts.Count];
        int done = 0;
        int step = Math.Max(1, replies.Length / 100);
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, replies.Length, options, () => new ReplySampler(model, mark, Sizes.Candidates), WriteReply, _ => { });
        return replies;

        ReplySampler WriteReply(int i, ParallelLoopState state, ReplySampler sampler)
        {
            int[] prompt = codec.Encode(prompts[i]);
            int[] reply = sampler.Sample(prompt, maximumTokens, new SeededRandomBits(seed, stream + (ulong)i));
            replies[i] = new DemoReply($"{name}-{i + 1:D5}", prompts[i], codec.Decode(reply));
            int finished = Interlocked.Increment(ref done);
            if (finished % step == 0)
                progress?.Report((double)finished / replies.Length);
            return sampler;
        }
    }

    private NGramLanguageModel Train(string[] texts, CancellationToken cancellationToken)
    {
        var documents = new int[texts.Length][];
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, texts.Length, options, i => documents[i] = codec.Encode(texts[i]));
        return NGramTrainer.Train(documents, codec.EndOfText, cancellationToken);
    }

    /// <summary>The first words of every sentence, each prompt once.</summary>
    private List<string> DistinctPrompts(IEnumerable<string[]> documents)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var prompts = new List<string>();
        foreach (string sentence in documents.SelectMany(document => document))
        {
            string prompt = string.Join(' ', sentence.Split(' ').Take(Sizes.PromptWords));
            if (seen.Add(prompt))
                prompts.Add(prompt);
        }

        return prompts;
    }

    private static string Join(string[] sentences) => string.Join(' ', sentences);

    private static void Shuffle(List<string[]> documents, SeededRandomBits random)
    {
        for (int i = documents.Count - 1; i > 0; i--)
        {
            int other = (int)random.NextBelow((ulong)i + 1);
            (documents[i], documents[other]) = (documents[other], documents[i]);
        }
    }
}
