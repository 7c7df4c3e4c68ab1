using BenchmarkDotNet.Attributes;
using Microsoft.ML.Tokenizers;
using Watermark.Text.Tokenizers;

namespace Watermark.Benchmarks.Tokenizers;

/// <summary>
/// English text to the ids of a SentencePiece model, beside another library, one thread. Times are for a character.
/// </summary>
/// <remarks>
/// The model is that of Llama 2 where the environment variable <c>WATERMARK_CONFORMANCE_DATA</c> names a folder with
/// <c>llama2/tokenizer.model</c>, otherwise a small one of the tests. The other library merges equal scores in another order,
/// so its ids may differ in a few documents of a hundred.
/// </remarks>
[MemoryDiagnoser]
public class SentencePieceBenchmarks
{
    private const int Million = 1_000_000;

    private string[] documents = [];
    private string withoutSpaces = string.Empty;
    private TextTokenizer ours = null!;
    private SentencePieceTokenizer microsoft = null!;

    [GlobalSetup]
    public void Load()
    {
        documents = SampleDocuments.Load();
        string joined = string.Concat(documents).Replace(" ", string.Empty, StringComparison.Ordinal);
        withoutSpaces = joined[..Million];
        string data = Environment.GetEnvironmentVariable("WATERMARK_CONFORMANCE_DATA") ?? string.Empty;
        string path = Path.Combine(data, "llama2", "tokenizer.model");
        if (!File.Exists(path))
            path = Path.Combine(AppContext.BaseDirectory, "small.model");
        ours = TextTokenizer.Load(path);
        using FileStream file = File.OpenRead(path);
        microsoft = SentencePieceTokenizer.Create(file, addBeginningOfSentence: false, addEndOfSentence: false);
        int different = documents.Count(document => !ours.Encode(document).SequenceEqual(microsoft.EncodeToIds(document)));
        if (different > documents.Length / 20)
            throw new InvalidOperationException($"The libraries give different ids for {different} of {documents.Length} documents.");
    }

    [Benchmark(Description = "Watermark", OperationsPerInvoke = SampleDocuments.Characters)]
    public int Ours()
    {
        int count = 0;
        foreach (string document in documents)
            count += ours.Encode(document).Length;
        return count;
    }

    [Benchmark(Baseline = true, Description = "Microsoft.ML.Tokenizers", OperationsPerInvoke = SampleDocuments.Characters)]
    public int Microsoft()
    {
        int count = 0;
        foreach (string document in documents)
            count += microsoft.EncodeToIds(document).Count;
        return count;
    }

    [Benchmark(Description = "Watermark, a million characters without a space", OperationsPerInvoke = Million)]
    public int WithoutSpaces() => ours.Encode(withoutSpaces).Length;
}
