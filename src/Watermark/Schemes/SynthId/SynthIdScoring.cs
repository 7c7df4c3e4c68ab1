namespace Watermark.Schemes.SynthId;

/// <summary>How the layers of a tournament add up to a token's score.</summary>
public enum SynthIdScoring
{
    /// <summary>Every layer counts the same: the score is the number of ones.</summary>
    Mean,

    /// <summary>
    /// Layer weights fall linearly from 10 to 1, as in the released detector: the first layers carry more of the mark,
    /// because later ones meet candidates that already agree.
    /// </summary>
    WeightedMean,
}

/// <summary>The integer weights of <see cref="SynthIdScoring"/>.</summary>
internal static class SynthIdWeights
{
    /// <summary>
    /// Integers proportional to the layers' weights, without a common factor. Linear from 10 to 1 over m layers is
    /// 10 − 9·ℓ/(m−1), proportional to 10(m−1) − 9ℓ, so a weighted total is an integer and its null exact.
    /// </summary>
    /// <param name="scoring">The rule.</param>
    /// <param name="depth">m, the number of layers, at least 1.</param>
    public static int[] For(SynthIdScoring scoring, int depth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        var weights = new int[depth];
        if (scoring == SynthIdScoring.Mean || depth == 1)
        {
            Array.Fill(weights, 1);
            return weights;
        }

        // 10(m−1) and 9 share no factor but 3 and 9, and a common factor must divide both.
        int common = (depth - 1) % 9 == 0 ? 9 : (depth - 1) % 3 == 0 ? 3 : 1;
        for (int layer = 0; layer < depth; layer++)
            weights[layer] = ((10 * (depth - 1)) - (9 * layer)) / common;
        return weights;
    }
}
