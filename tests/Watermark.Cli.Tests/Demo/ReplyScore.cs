using Watermark.Cli.Demo;

namespace Watermark.Cli.Tests.Demo;

/// <summary>
/// The plain test of replies: n-grams distinct over all replies, contexts of a reply's own prompt left out, one score
/// each.
/// </summary>
internal readonly record struct ReplyScore(long Rows, long Green)
{
    /// <summary>The standardised excess over Binomial(n, 1/4).</summary>
    public double Z => (Green - (0.25 * Rows)) / Math.Sqrt(Rows * 0.25 * 0.75);

    /// <summary>Chernoff's bound −n·KL(k/n ‖ 1/4): the exact ln p is below it.</summary>
    public double LogPBound
    {
        get
        {
            double rate = (double)Green / Rows;
            return rate <= 0.25 ? 0 : -Rows * ((rate * Math.Log(rate / 0.25)) + ((1 - rate) * Math.Log((1 - rate) / 0.75)));
        }
    }

    public static ReplyScore Of(IEnumerable<DemoReply> replies, HashGreenList key, TextCodec codec)
    {
        int width = key.ContextWidth;
        var seen = new HashSet<(int, int, int)>();
        long green = 0;
        foreach (DemoReply reply in replies)
        {
            HashSet<(int, int)> prompted = [.. codec.Encode(reply.Prompt).Pairs()];
            int[] ids = codec.Encode(reply.Text);
            for (int i = width; i < ids.Length; i++)
            {
                if (!prompted.Contains((ids[i - 2], ids[i - 1])) && seen.Add((ids[i - 2], ids[i - 1], ids[i])))
                    green += key.Score(ids.AsSpan(i - width, width), ids[i]);
            }
        }

        return new ReplyScore(seen.Count, green);
    }
}

internal static class TokenPairs
{
    public static IEnumerable<(int First, int Second)> Pairs(this int[] ids) => ids.Zip(ids.Skip(1));
}
