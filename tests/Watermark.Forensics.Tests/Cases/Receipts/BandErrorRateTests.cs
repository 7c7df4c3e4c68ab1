using System.Numerics;
using Watermark.Forensics.Cases.Receipts;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TestKit;

namespace Watermark.Forensics.Tests.Cases.Receipts;

/// <summary>The error rates that receipt.md states for the bands, by length.</summary>
public sealed class BandErrorRateTests
{
    private const int Texts = 4_000;

    /// <summary>Of unmarked texts at most one in 100 is not "no mark found"; a seeded run, four standard deviations allowed.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(1000)]
    public void Unmarked_text_is_rarely_undecided_and_never_marked(int tokens)
    {
        foreach (WatermarkScheme scheme in new WatermarkScheme[] { new GreenListScheme(), new GumbelScheme() })
        {
            using WatermarkKey key = WatermarkKey.FromBytes([.. Enumerable.Range(0, 32).Select(i => (byte)(i + tokens))]);
            using KeyedScheme keyed = scheme.WithKey(key);
            var detector = new WatermarkDetector(keyed);
            var random = new SeededRandomBits(5, (ulong)tokens);
            int[] counts = new int[4];
            for (int i = 0; i < Texts; i++)
                counts[(int)ReceiptBands.Of(detector.Detect(MarkedText.DrawPlain(tokens, random)))]++;

            Assert.Equal(0, counts[(int)ReceiptBand.TooShort]);
            Assert.Equal(0, counts[(int)ReceiptBand.MarkFound]);
            Assert.InRange(counts[(int)ReceiptBand.Undecided], 1, (0.01 * Texts) + (4 * Math.Sqrt(0.01 * Texts)));
        }
    }

    /// <summary>The exact rates for gamma 1/4: full sums of whole numbers over the binomial distribution. The page has those of Python.</summary>
    [Theory]
    [InlineData(198, 6.667591697e-7, 0.0081353926)]
    [InlineData(398, 8.259896213e-7, 0.0084551180)]
    [InlineData(998, 8.961063107e-7, 0.0085378418)]
    public void The_exact_rates_are_those_of_the_page(int scored, double ofFound, double ofBoth)
    {
        // C(n, k) 3^(n-k) of 4^n.
        var weights = new BigInteger[scored + 1];
        weights[0] = BigInteger.Pow(3, scored);
        for (int k = 1; k <= scored; k++)
            weights[k] = weights[k - 1] * (scored - k + 1) / (3 * k);
        BigInteger found = 0, notClean = 0, all = BigInteger.Pow(4, scored);
        for (int k = 0; k <= scored; k++)
        {
            ReceiptBand band = ReceiptBands.Of(DetectionResult.From(scored + 2, new KeyTotal(scored, k), new GreenListScheme().Null));
            found += band == ReceiptBand.MarkFound ? weights[k] : 0;
            notClean += band is ReceiptBand.MarkFound or ReceiptBand.Undecided ? weights[k] : 0;
        }

        Assert.Equal(all, weights.Aggregate(BigInteger.Zero, (sum, weight) => sum + weight));
        Assert.True(found * 1_000_000 <= all && notClean * 100 <= all);
        Assert.Equal(ofFound, Math.Exp(BigInteger.Log(found) - BigInteger.Log(all)), 1e-8 * ofFound);
        Assert.Equal(ofBoth, Math.Exp(BigInteger.Log(notClean) - BigInteger.Log(all)), 1e-8);
    }

    [Theory]
    [InlineData(200, 0.5)]
    [InlineData(400, 0.45)]
    [InlineData(1000, 0.4)]
    public void Strongly_marked_text_is_found(int tokens, double greenFraction)
    {
        using WatermarkKey key = WatermarkKey.FromBytes(new byte[32]);
        using KeyedScheme keyed = new GreenListScheme().WithKey(key);
        var detector = new WatermarkDetector(keyed);
        var random = new SeededRandomBits(6, (ulong)tokens);

        int found = Enumerable.Range(0, 200).Count(_ => ReceiptBands.Of(detector.Detect(MarkedText.Draw(keyed, tokens, greenFraction, random))) == ReceiptBand.MarkFound);

        Assert.InRange(found, 190, 200);
    }

    [Fact]
    public void Text_that_repeats_itself_is_too_short()
    {
        using WatermarkKey key = WatermarkKey.FromBytes(new byte[32]);
        using KeyedScheme keyed = new GreenListScheme().WithKey(key);
        int[] phrase = MarkedText.Draw(keyed, 50, 1, new SeededRandomBits(7, 1));

        Assert.Equal(ReceiptBand.TooShort, ReceiptBands.Of(new WatermarkDetector(keyed).Detect([.. Enumerable.Repeat(phrase, 40).SelectMany(ids => ids)])));
    }
}
