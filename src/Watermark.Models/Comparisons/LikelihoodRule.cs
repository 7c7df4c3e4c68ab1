using Watermark.Statistics;

namespace Watermark.Models.Comparisons;

/// <summary>
/// Weighs a token by how often a suspect gives it. If more often than expected, that is evidence for "green"; if less often,
/// for "not green". The weight is the log likelihood ratio of the two colours. No key is used.
/// </summary>
/// <remarks>
/// <para>
/// A model that was trained on text of which a share s was marked gives a token of unmarked probability p with probability p
/// times b₁ = 1 − s + s·e^δ/(p·e^δ + q) where it is green and p times b₀ = 1 − s + s/(p + q) where it is not, with q = (1 −
/// p)·(1 + γ·(e^δ − 1)): the soft green list of Kirchenbauer et al. (arXiv:2301.10226, section 3), averaged over the other
/// tokens' colours. In addition, models differ from each other: a count c of expectation m is taken as Poisson about m·b·G
/// with G gamma distributed of mean 1 and shape r, which is negative binomial, and so ln P(c | green)/P(c | not) =
/// c·ln(b₁/b₀) − (c + r)·ln((m·b₁ + r)/(m·b₀ + r)).
/// </para>
/// <para>
/// Floating point: may differ in the last places between machines. So a sample stores the weights themselves. If this model
/// of counts is wrong, only power suffers; the p-value is exact for any rule that was fixed in advance.
/// </para>
/// </remarks>
public sealed record LikelihoodRule
{
    /// <summary>δ, the bias of the mark, above 0.</summary>
    public required double Delta { get; init; }

    /// <summary>γ, the fraction of green tokens. <value>Default 1/4.</value></summary>
    public Fraction Gamma { get; init; } = Fraction.Quarter;

    /// <summary>
    /// s, the share of the mark that the suspect is assumed to have learnt, above 0, at most 1. <value>Default 0.3.</value>
    /// </summary>
    public double Share { get; init; } = 0.3;

    /// <summary>
    /// r, how similar unmarked models are: the variance of the ratio of two models' probabilities is 1/r. Above 0.
    /// <value>Default 20.</value>
    /// </summary>
    public double Shape { get; init; } = 20;

    /// <summary>The weight of a token at a context.</summary>
    /// <param name="observed">c: how often the suspect gave the token, 0 or more; not necessarily whole.</param>
    /// <param name="expected">m: how often the owner's unmarked model would give it, 0 or more.</param>
    /// <param name="probability">p: its mean probability there under the owner's unmarked model, 0 … 1.</param>
    /// <returns>In nats; positive for "green", negative for "not green", finite.</returns>
    public double Weight(double observed, double expected, double probability)
    {
        double factor = Math.Exp(Delta);
        double p = Math.Clamp(probability, 0, 1);
        double others = (1 - p) * (1 + (Gamma.ToDouble() * (factor - 1)));
        double green = 1 - Share + (Share * factor / ((p * factor) + others));
        double red = 1 - Share + (Share / (p + others));
        return (observed * Math.Log(green / red)) - ((observed + Shape) * Math.Log(((expected * green) + Shape) / ((expected * red) + Shape)));
    }

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names the property.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Delta, nameof(Delta));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Share, nameof(Share));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Share, 1, nameof(Share));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Shape, nameof(Shape));
        if (!Gamma.IsProperProbability)
            throw new ArgumentOutOfRangeException(nameof(Gamma), Gamma, "Gamma must lie strictly between 0 and 1.");
    }
}
