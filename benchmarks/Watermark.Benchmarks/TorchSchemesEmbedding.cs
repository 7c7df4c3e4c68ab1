using BenchmarkDotNet.Attributes;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Benchmarks;

/// <summary>
/// Marking one row of logits (<c>gumbel</c>: one draw among 50 candidates) under schemes built on PyTorch's generator,
/// one thread, beside the plain twin that makes the whole permutation.
/// </summary>
[MinColumn]
[MemoryDiagnoser]
public class TorchSchemesEmbedding
{
    private readonly int[] candidates = [.. Enumerable.Range(0, 50).Select(i => i * 600)];
    private readonly float[] probabilities = [.. Enumerable.Repeat(0.02f, 50)];
    private KeyedScheme? scheme;
    private float[] logits = [];
    private int[] context = [];
    private int vocabularySize;
    private int step;

    /// <summary>Scheme and vocabulary.</summary>
    [Params("hf 32k", "hf 128k", "hf-selfhash 32k", "hf-selfhash 128k", "maryland 32k", "gumbel 32k")]
    public string Case { get; set; } = string.Empty;

    [GlobalSetup]
    public void Prepare()
    {
        string[] parts = Case.Split(' ');
        vocabularySize = TorchSchemes.VocabularySize(parts[1]);
        scheme = TorchSchemes.Keyed(parts[0], vocabularySize);
        var random = new SeededRandomBits(3);
        logits = [.. Enumerable.Range(0, vocabularySize).Select(_ => (float)random.NextDouble())];
        context = new int[scheme.ContextWidth];
    }

    [GlobalCleanup]
    public void Erase() => scheme!.Dispose();

    [Benchmark(Description = "row")]
    public float Row()
    {
        context[^1] = step = (step + 1) % vocabularySize;
        if (scheme is ISamplingWatermark sampling)
            return sampling.ChooseCandidate(context, candidates, probabilities, 0);
        ((ILogitWatermark)scheme!).BiasLogits(context, logits);
        return logits[0];
    }

    [Benchmark(Baseline = true, Description = "plain")]
    public float Plain()
    {
        step = (step + 1) % vocabularySize;
        using var generator = new MersenneTwister((uint)step);
        var permutation = new int[vocabularySize];
        TorchRandom.Permutation(generator, permutation);
        foreach (int token in permutation.AsSpan(0, vocabularySize / 4))
            logits[token] += 2;
        return logits[0];
    }
}
