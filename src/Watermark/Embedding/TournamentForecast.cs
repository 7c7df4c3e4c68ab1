using Watermark.Randomness;
using Watermark.Statistics;

namespace Watermark.Embedding;

/// <summary>The forecast of a tournament: the layers are played out with coins from a fixed seed, a few times a row.</summary>
/// <remarks>
/// A layer turns p(v) into p(v)·(1 + g(v) − Σ g·p), g being fair coins. The expected score of a layer is the share of ones after
/// it, and the information is the entropy that the layers remove.
/// </remarks>
internal sealed class TournamentForecast : MarkForecast
{
    private const int Plays = 8;
    private const int MostTokens = 4096;

    private readonly SeededRandomBits random = new(20_260_101);
    private readonly double[] probabilities = new double[MostTokens];
    private readonly int layers;

    public TournamentForecast(int layers)
        : base(0.5)
    {
        if (layers is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(layers), layers, "Layers must be from 1 to 64.");
        this.layers = layers;
    }

    private protected override Row Of(TokenGroups groups)
    {
        double ones = 0, left = 0;
        for (int play = 0; play < Plays; play++)
        {
            int count = groups.Expand(probabilities);
            for (int layer = 0; layer < layers; layer++)
                ones += Play(probabilities.AsSpan(0, count));
            foreach (double p in probabilities.AsSpan(0, count))
                left -= p > 0 ? p * Math.Log(p) : 0;
        }

        return new Row(0, 0, ones / (Plays * layers), Math.Max(0, groups.Entropy - (left / Plays)));
    }

    private protected override long? Needed(double meanScore, double logAlpha, double power) =>
        BinomialPower.TokensNeeded(Fraction.Half, Math.Min(1, meanScore), logAlpha, power) is { } coins ? (coins + layers - 1) / layers : null;

    /// <summary>Plays a layer; gives the share of ones after it.</summary>
    private double Play(Span<double> row)
    {
        double share = 0;
        SeededRandomBits coins = random.Clone();
        foreach (double p in row)
            share += coins.NextBelow(2) * p;
        double after = 0;
        for (int i = 0; i < row.Length; i++)
        {
            ulong coin = random.NextBelow(2);
            row[i] *= 1 + coin - share;
            after += coin * row[i];
        }

        return after;
    }
}
