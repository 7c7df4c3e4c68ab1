using BenchmarkDotNet.Attributes;
using Microsoft.ML.Tokenizers;
using Watermark.Text.Tokenizers;
using RustTokenizer = Tokenizers.DotNet.Tokenizer;

namespace Watermark.Benchmarks.Tokenizers;

/// <summary>
/// English text to token ids beside two other libraries, one thread. Times are for a character; the ids are compared first.
/// </summary>
[MemoryDiagnoser]
public class EncodingBenchmarks
{
    private string[] documents = [];
    private TextTokenizer ours = null!;
    private TiktokenTokenizer microsoft = null!;
    private RustTokenizer rust = null!;

    [Params("cl100k_base", "o200k_base")]
    public string Encoding { get; set; } = string.Empty;

    [GlobalSetup]
    public void Load()
    {
        documents = SampleDocuments.Load();
        ours = TextTokenizer.Load(Encoding);
        microsoft = TiktokenTokenizer.CreateForEncoding(Encoding);
        string path = Path.Combine(Path.GetTempPath(), $"watermark-benchmark-{Environment.ProcessId}.json");
        try
        {
            RustTokenizerFile.Write(Encoding, Tokens(), path);
            rust = new RustTokenizer(path);
        }
        finally
        {
            File.Delete(path);
        }

        foreach (string document in documents)
        {
            int[] ids = ours.Encode(document);
            if (!ids.SequenceEqual(microsoft.EncodeToIds(document)) || !ids.SequenceEqual(rust.Encode(document).Select(id => (int)id)))
                throw new InvalidOperationException("The libraries give different ids.");
        }
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

    [Benchmark(Description = "Tokenizers.DotNet", OperationsPerInvoke = SampleDocuments.Characters)]
    public int Rust()
    {
        int count = 0;
        foreach (string document in documents)
            count += rust.Encode(document).Length;
        return count;
    }

    /// <summary>The bytes of every token. Both named encodings decode a token to text only where it is whole characters, so the file is read.</summary>
    private byte[][] Tokens()
    {
        string assembly = Encoding == "o200k_base" ? "O200kBase" : "Cl100kBase";
        using Stream resource = System.Reflection.Assembly.Load("Microsoft.ML.Tokenizers.Data." + assembly).GetManifestResourceStream($"{Encoding}.tiktoken.deflate")!;
        using var inflated = new System.IO.Compression.DeflateStream(resource, System.IO.Compression.CompressionMode.Decompress);
        using var reader = new StreamReader(inflated);
        reader.ReadLine();
        var tokens = new List<byte[]>();
        while (reader.ReadLine() is { Length: > 0 } token)
            tokens.Add(Convert.FromBase64String(token));
        return [.. tokens];
    }
}

/// <summary>The same text by several threads that share a tokenizer; and one piece of a million characters.</summary>
public class EncodingScaleBenchmarks
{
    private const int Million = 1_000_000;

    private readonly TextTokenizer tokenizer = TextTokenizer.Load("cl100k_base");
    private readonly string letters = string.Create(Million, 1, (text, seed) =>
    {
        var random = new Random(seed);
        for (int i = 0; i < text.Length; i++)
            text[i] = (char)('a' + random.Next(26));
    });

    private readonly string same = new('a', Million);
    private readonly string chinese = string.Concat(Enumerable.Repeat("我们今天去公园看花然后回家吃饭明天继续工作", Million / 21));
    private readonly string[] documents = SampleDocuments.Load();

    [Benchmark(Baseline = true, Description = "one thread, all documents twice")]
    public int OneThread() => Encode() + Encode();

    [Benchmark(Description = "two threads, all documents each")]
    public int TwoThreads()
    {
        int[] counts = new int[2];
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(i => new Thread(() => counts[i] = Encode()))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return counts.Sum();
    }

    [Benchmark(Description = "a million random letters, one piece")]
    public int Letters() => tokenizer.Encode(letters).Length;

    [Benchmark(Description = "a million times the same letter, one piece")]
    public int Same() => tokenizer.Encode(same).Length;

    [Benchmark(Description = "a million Chinese characters, one piece")]
    public int Chinese() => tokenizer.Encode(chinese).Length;

    private int Encode()
    {
        int count = 0;
        foreach (string document in documents)
            count += tokenizer.Encode(document).Length;
        return count;
    }
}
