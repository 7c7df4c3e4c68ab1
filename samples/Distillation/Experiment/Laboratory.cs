using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Distillation.Models;
using Distillation.Text;
using Distillation.Training;
using TorchSharp;
using Watermark.Embedding;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.TorchSharp.Models;
using Watermark.TorchSharp.Sampling;

namespace Distillation.Experiment;

/// <summary>Trains the models and has them write.</summary>
internal sealed class Laboratory(World world, Progress progress, string? cacheFolder, CancellationToken cancellationToken)
{
    private const ulong NoiseStream = 1UL << 40;

    public World World => world;

    private Sizes Sizes => world.Sizes;

    public CausalTransformer TrainTeacher()
    {
        CausalTransformer teacher = CreateTransformer(Sizes.Layers, Sizes.Width);
        WeightInitialization.Fill(teacher, world.Seed);
        Train("Teacher", teacher, world.OwnerText, Sizes.TeacherSteps, world.Seed);
        return teacher;
    }

    /// <summary>The owner's service answers prompts, marked or not, until the replies have so many tokens.</summary>
    public IReadOnlyList<Reply> Serve(ICausalLanguageModel teacher, KeyedScheme? mark, ulong seed) =>
        Write(mark is null ? "Replies without a mark" : $"Replies marked with h = {mark.ContextWidth}", teacher, mark, world.ServicePrompts, Sizes.ServedTokens, 1, seed);

    /// <summary>The verifier asks a suspect, which does not mark, prompts the service never saw.</summary>
    public IReadOnlyList<Reply> Collect(string name, ICausalLanguageModel suspect, double temperature, ulong seed) =>
        Write($"{name}: writing", suspect, null, world.CollectionPrompts, Sizes.CollectedTokens, temperature, seed);

    /// <summary>Trains a student on replies of the service; the caller disposes it.</summary>
    public ICausalLanguageModel TrainStudent(string name, StudentPlan plan, IReadOnlyList<Reply> marked, IReadOnlyList<Reply> plain)
    {
        var student = CreateStudent(plan);
        var text = new TokenStream(Mix(plan, marked, plain));
        switch (student)
        {
            case CausalTransformer transformer:
                TrainStudent(name, plan, transformer, text);
                break;
            case GruLanguageModel recurrent:
                TrainStudent(name, plan, recurrent, text);
                break;
        }

        return student;
    }

    private void TrainStudent<TModel>(string name, StudentPlan plan, TModel student, TokenStream text)
        where TModel : torch.nn.Module, ICausalLanguageModel
    {
        WeightInitialization.Fill(student, world.Seed + (1000 * plan.Seed), student is GruLanguageModel ? 0.06 : 0.02);
        Train(name, student, text, Sizes.StudentSteps, world.Seed + plan.Seed);
        if (plan.CleanSteps > 0)
            Train(name + ", clean text", student, new TokenStream(world.StudentTexts), plan.CleanSteps, world.Seed + plan.Seed + 1, rateFactor: 0.3);
    }

    private ICausalLanguageModel CreateStudent(StudentPlan plan) => plan.Architecture switch
    {
        Architecture.Same => CreateTransformer(Sizes.Layers, Sizes.Width),
        Architecture.Deeper => CreateTransformer(2 * Sizes.Layers, 3 * Sizes.Width / 4),
        _ => new GruLanguageModel(world.Vocabulary.Size, Sizes.Width, 2 * Sizes.Width, 2 * Sizes.Length),
    };

    private CausalTransformer CreateTransformer(int layers, int width) => new(new TransformerOptions
    {
        VocabularySize = world.Vocabulary.Size,
        HiddenSize = width,
        IntermediateSize = 2 * width,
        Layers = layers,
        Heads = 4,
        MaximumPositions = 2 * Sizes.Length,
        TieEmbeddings = true,
    });

    /// <summary>The share of whole replies that is marked, by tokens; noise falls on all of them alike.</summary>
    private IEnumerable<int[]> Mix(StudentPlan plan, IReadOnlyList<Reply> marked, IReadOnlyList<Reply> plain)
    {
        var random = new SeededRandomBits(world.Seed + plan.Seed, NoiseStream);
        ReadOnlyMemory<int> others = plain.Concat(marked).SelectMany(reply => reply.Text).ToArray();
        double markedTokens = plan.Share * Sizes.ServedTokens;
        return Reply.Take(marked, markedTokens).Concat(Reply.Take(plain, Sizes.ServedTokens - markedTokens)).Select(reply =>
        {
            int[] ids = reply.Whole;
            for (int i = 0; i < ids.Length && plan.Noise > 0; i++)
            {
                if (random.NextDouble() < plan.Noise)
                    ids[i] = others.Span[(int)random.NextBelow((ulong)others.Length)];
            }

            return ids;
        }).ToArray();
    }

    private IReadOnlyList<Reply> Write(string name, ICausalLanguageModel model, KeyedScheme? mark, int[][] prompts, int tokens, double temperature, ulong seed)
    {
        var options = new GenerationOptions
        {
            Sampler = new SamplerOptions { Temperature = temperature, TopK = Sizes.TopK, Seed = seed },
            MaximumTokens = Sizes.Length - prompts[0].Length,
            StopTokens = [CompactVocabulary.EndOfText],
            ExcludedTokens = [CompactVocabulary.Unknown],
        };
        var generator = new CausalGenerator(model, mark, options);
        var replies = new List<Reply>();
        long written = 0;
        Progress.Job job = progress.Begin(name);
        while (written < tokens)
        {
            int[][] batch = [.. Enumerable.Range(replies.Count, Sizes.GenerationRows).Select(i => prompts[i % prompts.Length])];
            foreach ((int[] prompt, int[] text) in batch.Zip(generator.Generate(batch, replies.Count, cancellationToken)))
            {
                if (written < tokens)
                {
                    replies.Add(new Reply(prompt, text));
                    written += text.Length;
                }
            }

            job.Report(Math.Min(1, (double)written / tokens));
        }

        job.End($"{replies.Count:N0} replies, {written:N0} tokens");
        return replies;
    }

    private void Train<TModel>(string name, TModel model, TokenStream text, int steps, ulong seed, double rateFactor = 1)
        where TModel : torch.nn.Module, ICausalLanguageModel
    {
        string? file = cacheFolder is null ? null : Path.Combine(cacheFolder, CacheName(model, text, steps, seed, rateFactor));
        if (File.Exists(file))
        {
            model.load(file);
            model.eval();
            return;
        }

        Progress.Job job = progress.Begin($"{name}: training {steps:N0} steps on {text.Length:N0} tokens");
        var options = new TrainingOptions { Steps = steps, Rows = Sizes.Rows, Length = Sizes.Length, Seed = seed };
        options = options with { Rate = rateFactor * options.Rate };
        double loss = Trainer.Train(model, text, options, job, cancellationToken);
        job.End($"loss {loss:F2} nats a token");
        if (file is null)
            return;
        Directory.CreateDirectory(cacheFolder!);
        model.save(file);
    }

    /// <summary>A name that holds all that the weights depend on: those before training, the text, and how it is learnt.</summary>
    private string CacheName(torch.nn.Module model, TokenStream text, int steps, ulong seed, double rateFactor)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(text.Ids));
        hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{Sizes.Rows} {Sizes.Length} {steps} {seed} {rateFactor}")));
        foreach ((string name, torch.Tensor parameter) in model.named_parameters())
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(parameter.detach().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..24] + ".weights";
    }
}
