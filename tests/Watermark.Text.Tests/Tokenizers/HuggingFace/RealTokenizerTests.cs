using System.Text.Json;
using Watermark.TestKit;
using Watermark.Text.Tokenizers;

namespace Watermark.Text.Tests.Tokenizers.HuggingFace;

/// <summary>The files of open models; see TestData/RealTokenizers/README.md.</summary>
public sealed class RealTokenizerTests
{
    [RealTokenizerFact("qwen3")]
    public void Qwen_3_has_the_ids_of_the_reference_encoder() => Check("qwen3", texts: 534, vocabulary: 151_669, special: 14);

    [RealTokenizerFact("gemma3")]
    public void Gemma_3_has_the_ids_of_the_reference_encoder() => Check("gemma3", texts: 514, vocabulary: 262_144, special: 9);

    [RealTokenizerFact("llama3_1")]
    public void Llama_3_1_has_the_ids_of_the_reference_encoder() => Check("llama3_1", texts: 546, vocabulary: 128_000, special: 256);

    private static void Check(string name, int texts, int vocabulary, int special)
    {
        TextTokenizer tokenizer = TextTokenizer.Load(RealTokenizer.PathOf(name));
        Assert.Equal(vocabulary, tokenizer.VocabularySize);
        Assert.Equal(special, tokenizer.SpecialTokens.Count);
        int count = 0;
        foreach ((string text, int[] ids) in Expected.Read("RealTokenizers", name))
        {
            int[] encoded = tokenizer.Encode(text);
            Assert.True(ids.SequenceEqual(encoded), $"{JsonSerializer.Serialize(text)} gives {string.Join(' ', encoded)}, right: {string.Join(' ', ids)}");
            count++;
        }

        Assert.Equal(texts, count);
    }
}
