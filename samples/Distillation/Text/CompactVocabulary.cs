using Microsoft.ML.Tokenizers;

namespace Distillation.Text;

/// <summary>
/// The tokens of cl100k_base that the text uses most, numbered from 2; 0 stands for every other token and 1 for the end
/// of a text. A small model cannot carry the tokenizer's 100,000 ids.
/// </summary>
internal sealed class CompactVocabulary
{
    public const int Unknown = 0;
    public const int EndOfText = 1;

    private readonly Tokenizer tokenizer;
    private readonly Dictionary<int, int> compact = [];
    private readonly List<int> original = [-1, -1];

    private CompactVocabulary(Tokenizer tokenizer) => this.tokenizer = tokenizer;

    /// <summary>Ids of the compact vocabulary, the two special ones included.</summary>
    public int Size => original.Count;

    /// <summary>Encodes texts and keeps the most frequent tokens; ties go to the smaller id.</summary>
    public static (CompactVocabulary Vocabulary, int[][] Texts) Build(IReadOnlyList<string> texts, int size)
    {
        var vocabulary = new CompactVocabulary(TiktokenTokenizer.CreateForEncoding("cl100k_base"));
        var encoded = new int[texts.Count][];
        var counts = new Dictionary<int, int>();
        for (int i = 0; i < encoded.Length; i++)
        {
            encoded[i] = [.. vocabulary.tokenizer.EncodeToIds(texts[i])];
            foreach (int id in encoded[i])
                counts[id] = counts.GetValueOrDefault(id) + 1;
        }

        foreach ((int id, _) in counts.OrderByDescending(item => item.Value).ThenBy(item => item.Key).Take(size - 2))
        {
            vocabulary.compact.Add(id, vocabulary.original.Count);
            vocabulary.original.Add(id);
        }

        foreach (int[] text in encoded)
        {
            foreach (ref int id in text.AsSpan())
                id = vocabulary.compact.GetValueOrDefault(id, Unknown);
        }

        return (vocabulary, encoded);
    }

    public string Decode(ReadOnlySpan<int> ids)
    {
        var known = new List<int>(ids.Length);
        foreach (int id in ids)
        {
            if (id > EndOfText)
                known.Add(original[id]);
        }

        return tokenizer.Decode(known) ?? "";
    }
}
