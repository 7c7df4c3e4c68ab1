using Distillation.Text;
using Distillation.Training;
using Watermark.Randomness;

namespace Distillation.Experiment;

/// <summary>
/// The text, divided once: half of it trains the owner's model, a quarter is the student's own, and the beginnings of the
/// last quarter's sentences are prompts. Service and verifier never share a prompt.
/// </summary>
internal sealed class World
{
    private const int SentencesPerDocument = 8;
    private const int PromptTokens = 6;

    public World(IReadOnlyList<string> sentences, Sizes sizes, ulong seed)
    {
        Sizes = sizes;
        Seed = seed;
        string[][] documents = [.. sentences.Take(sizes.Sentences ?? sentences.Count).Chunk(SentencesPerDocument)];
        Shuffle(documents, new SeededRandomBits(seed));
        int half = documents.Length / 2;
        int quarter = documents.Length / 4;
        string[] texts = [.. documents.Take(half + quarter).Select(document => string.Join(' ', document)), .. documents.Skip(half + quarter).SelectMany(document => document)];
        (Vocabulary, int[][] encoded) = CompactVocabulary.Build(texts, sizes.Vocabulary);
        OwnerText = new TokenStream(encoded.Take(half));
        StudentTexts = [.. encoded.Skip(half).Take(quarter)];
        int[][] prompts = DistinctPrompts(encoded.Skip(half + quarter));
        CollectionPrompts = [.. prompts.Where((_, i) => i % 3 == 0)];
        ServicePrompts = [.. prompts.Where((_, i) => i % 3 != 0)];
    }

    public Sizes Sizes { get; }

    public ulong Seed { get; }

    public CompactVocabulary Vocabulary { get; }

    public TokenStream OwnerText { get; }

    public int[][] StudentTexts { get; }

    public int[][] ServicePrompts { get; }

    public int[][] CollectionPrompts { get; }

    private static int[][] DistinctPrompts(IEnumerable<int[]> sentences)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var prompts = new List<int[]>();
        foreach (int[] sentence in sentences)
        {
            int[] prompt = [.. sentence.Take(PromptTokens)];
            if (prompt.Length == PromptTokens && !prompt.Contains(CompactVocabulary.Unknown) && seen.Add(string.Join(' ', prompt)))
                prompts.Add(prompt);
        }

        return [.. prompts];
    }

    public static void Shuffle<T>(T[] items, SeededRandomBits random)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = (int)random.NextBelow((ulong)i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
