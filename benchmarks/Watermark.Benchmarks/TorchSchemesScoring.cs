using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Watermark.Catalog;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Benchmarks;

/// <summary>
/// Scoring distinct n-grams of Zipf text under schemes built on PyTorch's generator, one thread, beside the plain
/// twin that makes the whole permutation (or all uniforms) of every token as the originals do.
/// </summary>
[MinColumn]
public class TorchSchemesScoring
{
    private const int Rows = 512;
    private const int PlainRows = 1;

    private int[] columns = [];
    private KeyedScheme? scheme;
    private int vocabularySize;

    /// <summary>Scheme and vocabulary; <c>flat</c> text has hardly a context twice.</summary>
    [Params(
        "lefthash 32k", "lefthash 32k flat", "selfhash 32k", "selfhash 32k flat", "maryland 32k", "maryland 32k flat",
        "maryland 128k", "maryland 128k flat", "gumbel 32k", "gumbel 32k flat", "gumbel 128k flat")]
    public string Case { get; set; } = string.Empty;

    [GlobalSetup]
    public void Prepare()
    {
        string[] parts = Case.Split(' ');
        vocabularySize = TorchSchemes.VocabularySize(parts[1]);
        scheme = TorchSchemes.Keyed(parts[0], vocabularySize);
        columns = TorchSchemes.DistinctRows(scheme.ContextWidth, Rows, vocabularySize, parts.Length == 3);
    }

    [GlobalCleanup]
    public void Erase() => scheme!.Dispose();

    [Benchmark(Description = "lanes", OperationsPerInvoke = Rows)]
    public Int128 Lanes() => scheme!.SumScores(new NGramRows(columns, Rows, scheme.ContextWidth, Rows));

    [Benchmark(Baseline = true, Description = "plain", OperationsPerInvoke = PlainRows)]
    public int Plain()
    {
        var permutation = new int[vocabularySize];
        var uniforms = new uint[vocabularySize];
        int sum = 0;
        using var generator = new MersenneTwister(0);
        for (int row = 0; row < PlainRows; row++)
        {
            generator.Seed((uint)columns[row] * 2654435761u);
            int token = columns[(scheme!.ContextWidth * Rows) + row];
            if (Case.StartsWith("gumbel", StringComparison.Ordinal))
            {
                TorchRandom.Uniforms(generator, uniforms);
                sum += (int)uniforms[token];
            }
            else
            {
                TorchRandom.Permutation(generator, permutation);
                sum += permutation.AsSpan(0, vocabularySize / 4).Contains(token) ? 1 : 0;
            }
        }

        return sum;
    }
}

/// <summary>What the benchmarks of these schemes share.</summary>
internal static class TorchSchemes
{
    /// <summary>The vocabulary of Llama 2 or Llama 3.</summary>
    public static int VocabularySize(string name) => name == "32k" ? 32_000 : 128_256;

    public static KeyedScheme Keyed(string name, int vocabularySize)
    {
        string parameters = name switch
        {
            "lefthash" or "selfhash" => $$"""{"name":"kgw","seeding":"{{name}}","vocabularySize":{{vocabularySize}}}""",
            "gumbel" => $$"""{"name":"gumbel-torch","vocabularySize":{{vocabularySize}}}""",
            "hf" => $$"""{"name":"hf-kgw","vocabularySize":{{vocabularySize}}}""",
            "hf-selfhash" => $$"""{"name":"hf-kgw","seeding":"selfhash","contextWidth":4,"vocabularySize":{{vocabularySize}}}""",
            _ => $$"""{"name":"{{name}}","vocabularySize":{{vocabularySize}}}""",
        };
        using JsonDocument document = JsonDocument.Parse(parameters);
        WatermarkScheme scheme = SchemeCatalog.Find(document.RootElement.GetProperty("name").GetString()!)!.Read(document.RootElement);
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(1));
        return scheme.WithKey(secret);
    }

    /// <summary>Distinct rows of a text, column after column.</summary>
    public static int[] DistinctRows(int contextWidth, int rows, int vocabularySize, bool flat)
    {
        var random = new SeededRandomBits(2);
        var seen = new HashSet<string>();
        var columns = new int[(contextWidth + 1) * rows];
        var window = new List<int>();
        int count = 0;
        while (count < rows)
        {
            // Token ranks by Zipf's law: e to a uniform exponent.
            window.Add(flat ? (int)random.NextBelow((ulong)vocabularySize) : (int)Math.Exp(random.NextDouble() * Math.Log(vocabularySize)));
            if (window.Count <= contextWidth)
                continue;
            if (seen.Add(string.Join(',', window)))
            {
                for (int j = 0; j <= contextWidth; j++)
                    columns[(j * rows) + count] = window[j];
                count++;
            }

            window.RemoveAt(0);
        }

        return columns;
    }
}
