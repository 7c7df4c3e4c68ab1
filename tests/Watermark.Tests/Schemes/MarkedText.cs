using Watermark.Embedding;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Statistics;

namespace Watermark.Tests.Schemes;

/// <summary>Replies of a toy model under a mark, and the test of a reply.</summary>
internal static class MarkedText
{
    private const int Vocabulary = 2000;

    /// <summary>Samples a reply after a prompt of eight tokens.</summary>
    public static int[] Sample(KeyedScheme? scheme, ulong seed, int tokens)
    {
        var sampler = new TokenSampler(new SamplerOptions { Temperature = 1, TopK = 50, Seed = seed });
        var model = new SeededRandomBits(seed, stream: 1);
        WatermarkSession? session = scheme is null ? null : new WatermarkSession(scheme);
        session?.Prime([5, 9, 7, 3, 11, 13, 2, 8]);
        var logits = new float[Vocabulary];
        var reply = new int[tokens];
        for (int i = 0; i < tokens; i++)
        {
            for (int v = 0; v < logits.Length; v++)
                logits[v] = (float)(5 * model.NextDouble());
            reply[i] = sampler.Sample(session, logits);
        }

        return reply;
    }

    /// <summary>Tests a reply's windows, each context once.</summary>
    public static ScoreTest Test(KeyedScheme scheme, int[] reply)
    {
        long[] scores = SchemeJson.Scores(scheme, reply);
        bool[] first = SchemeJson.FirstContexts(reply, scheme.ContextWidth);
        Int128 total = 0;
        long rows = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (first[i])
            {
                total += scores[i];
                rows++;
            }
        }

        return scheme.Scheme.Null.Test(rows, total);
    }

    /// <summary>
    /// Distinct n-grams of a text with repeating phrases and Zipf-distributed tokens, as columns: the rows that a corpus
    /// without the mark would give.
    /// </summary>
    public static int[] DistinctRows(int tokens, int contextWidth, ulong seed, out int count)
    {
        var random = new SeededRandomBits(seed);
        var text = new List<int>(tokens);
        while (text.Count < tokens)
        {
            if (text.Count > 50 && random.NextDouble() < 0.2)
            {
                int length = 2 + (int)random.NextBelow(8);
                text.AddRange(text.GetRange((int)random.NextBelow((ulong)(text.Count - length)), length));
            }
            else
            {
                text.Add((int)Math.Exp(random.NextDouble() * Math.Log(50_000)) - 1);
            }
        }

        var seen = new HashSet<string>();
        int[] kept = [.. Enumerable.Range(0, tokens - contextWidth).Where(i => seen.Add(string.Join(',', text.GetRange(i, contextWidth + 1))))];
        count = kept.Length;
        return [.. Enumerable.Range(0, contextWidth + 1).SelectMany(column => kept.Select(i => text[i + column]))];
    }
}
