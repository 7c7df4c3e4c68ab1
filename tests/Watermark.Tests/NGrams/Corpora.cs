using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Tests.NGrams;

/// <summary>Made-up documents with much repetition, and tables of them.</summary>
internal static class Corpora
{
    public sealed record Document(int[] Tokens, int[][] Prompts);

    /// <summary>Documents over a small vocabulary, so that n-grams repeat within and between them; every third has prompts.</summary>
    public static Document[] Draw(ulong seed, int count, int vocabulary = 12, int longest = 40)
    {
        var random = new SeededRandomBits(seed, 77);
        return [.. Enumerable.Range(0, count).Select(i => new Document(
            Tokens(random, longest, vocabulary),
            i % 3 == 0 ? [Tokens(random, 6, vocabulary), Tokens(random, 6, vocabulary)] : []))];
    }

    public static Sample Build(SampleSchema schema, IEnumerable<Document> documents, int threads = 1)
    {
        var builder = new SampleBuilder(schema);
        Parallel.ForEach(documents, new ParallelOptions { MaxDegreeOfParallelism = threads }, document => builder.AddDocument(document.Tokens, document.Prompts));
        return builder.Build();
    }

    public static byte[] Bytes(Sample table)
    {
        using var stream = new MemoryStream();
        table.Write(stream);
        return stream.ToArray();
    }

    private static int[] Tokens(SeededRandomBits random, int longest, int vocabulary) =>
        [.. Enumerable.Range(0, (int)random.NextBelow((ulong)longest + 1)).Select(_ => (int)random.NextBelow((ulong)vocabulary))];
}
