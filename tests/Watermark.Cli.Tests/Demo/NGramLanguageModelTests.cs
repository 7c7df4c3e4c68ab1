using FsCheck.Xunit;
using Watermark.Cli.Demo;
using Watermark.Randomness;

namespace Watermark.Cli.Tests.Demo;

public sealed class NGramLanguageModelTests
{
    private const int End = 99;

    [Fact]
    public void Probabilities_are_interpolated_absolute_discounting()
    {
        NGramLanguageModel model = NGramTrainer.Train([[1, 2], [1, 3]], End);

        // Six tokens: 1 2 end 1 3 end. P(2) = 1/6; P(2|1) = (1 − 3/4)/2 + (3/4 · 2/2)/6 = 1/4; P(2|start,1) = 1/8 + 3/4 · 1/4.
        Assert.Equal(0.3125, Probabilities(model, [1])[2], 6);

        // The pair (7, 1) was never seen and passes everything on to (1).
        Assert.Equal(0.25, Probabilities(model, [7, 1])[2], 6);

        // Nothing was seen after 7.
        Assert.Equal(1.0 / 6, Probabilities(model, [7])[2], 6);
        Assert.Equal(1.0 / 3, Probabilities(model, [1, 7])[End], 6);
    }

    [Property(MaxTest = 60)]
    public void Probabilities_of_the_whole_vocabulary_sum_to_one(ulong seed)
    {
        NGramLanguageModel model = NGramTrainer.Train(Chain(seed, 20), End);
        var random = new SeededRandomBits(seed, 1);
        int[] context = [.. Enumerable.Range(0, (int)random.NextBelow(4)).Select(_ => (int)random.NextBelow(14))];

        Dictionary<int, double> all = Probabilities(model, context);

        Assert.Equal(model.VocabularySize, all.Count);
        Assert.Equal(1, all.Values.Sum(), 5);
    }

    [Property(MaxTest = 60)]
    public void Fewer_candidates_are_the_beginning_of_more(ulong seed)
    {
        NGramLanguageModel model = NGramTrainer.Train(Chain(seed, 20), End);
        var few = new CandidateBuffer(5);
        var many = new CandidateBuffer(100);
        model.Predict([3, 4], few);
        model.Predict([3, 4], many);

        Assert.Equal(5, few.Count);
        Assert.Equal(many.Tokens[..5].ToArray(), few.Tokens.ToArray());
        Assert.Equal(many.Logits[..5].ToArray(), few.Logits.ToArray());
        Assert.Equal(many.Count, many.Tokens.ToArray().Distinct().Count());
    }

    [Fact]
    public void The_order_of_the_documents_does_not_matter()
    {
        int[][] documents = Chain(5, 200);
        NGramLanguageModel forward = NGramTrainer.Train(documents, End);
        NGramLanguageModel backward = NGramTrainer.Train([.. documents.Reverse()], End);
        var a = new CandidateBuffer(8);
        var b = new CandidateBuffer(8);
        for (int token = 0; token < 12; token++)
        {
            forward.Predict([token, (token * 5) % 12], a);
            backward.Predict([token, (token * 5) % 12], b);
            Assert.Equal(a.Tokens.ToArray(), b.Tokens.ToArray());
            Assert.Equal(a.Logits.ToArray(), b.Logits.ToArray());
        }
    }

    [Fact]
    public void Held_out_text_is_less_surprising_than_to_single_tokens()
    {
        NGramLanguageModel model = NGramTrainer.Train(Chain(6, 2_000), End);

        // A context of unknown tokens leaves the relative frequencies alone.
        Dictionary<int, double> unigrams = Probabilities(model, [-1, -1]);
        double trigramLog = 0;
        double unigramLog = 0;
        int tokens = 0;
        foreach (int[] document in Chain(7, 100))
        {
            for (int i = 0; i < document.Length; i++, tokens++)
            {
                trigramLog += Math.Log(Probabilities(model, document[..i])[document[i]]);
                unigramLog += Math.Log(unigrams[document[i]]);
            }
        }

        // The chain chooses uniformly among 3 of 12 tokens: perplexity 3 at best, about 12 for single tokens.
        Assert.InRange(Math.Exp(-trigramLog / tokens), 2.8, 3.5);
        Assert.InRange(Math.Exp(-unigramLog / tokens), 10, 14);
    }

    [Fact]
    public void A_text_that_cannot_be_counted_is_refused()
    {
        Assert.Throws<ArgumentException>(() => NGramTrainer.Train([], End));
        Assert.Throws<ArgumentException>(() => NGramTrainer.Train([[]], End));
        Assert.Throws<ArgumentException>(() => NGramTrainer.Train([[1, -1]], End));
        Assert.Throws<ArgumentException>(() => NGramTrainer.Train([[1, 1 << 21]], End));
    }

    /// <summary>Documents of a second-order chain over 12 tokens: after (u, v) come three tokens, each as likely.</summary>
    private static int[][] Chain(ulong seed, int documents)
    {
        var random = new SeededRandomBits(seed, 2);
        var chain = new int[documents][];
        for (int d = 0; d < documents; d++)
        {
            chain[d] = new int[12];
            for (int i = 0; i < 12; i++)
            {
                int u = i > 1 ? chain[d][i - 2] : 0;
                int v = i > 0 ? chain[d][i - 1] : 0;
                chain[d][i] = ((5 * u) + (7 * v) + (int)(4 * random.NextBelow(3)) + 1) % 12;
            }
        }

        return chain;
    }

    private static Dictionary<int, double> Probabilities(NGramLanguageModel model, int[] context)
    {
        var buffer = new CandidateBuffer(1_000);
        model.Predict(context, buffer);
        var probabilities = new Dictionary<int, double>();
        for (int i = 0; i < buffer.Count; i++)
            probabilities.Add(buffer.Tokens[i], Math.Exp(buffer.Logits[i]));
        return probabilities;
    }
}
