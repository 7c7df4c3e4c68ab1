using Watermark.Statistics;

namespace Watermark.Embedding;

/// <summary>
/// What a mark would cost and how soon it would be found, averaged over all keys, from a model's own distributions of the next
/// token. No key is needed.
/// </summary>
/// <remarks>
/// Add one row for each position of typical text. All means are over these rows, in nats or points a token. Double precision:
/// numbers may differ in the last places between machines. Not safe for concurrent use.
/// </remarks>
public abstract class MarkForecast
{
    private double entropy;
    private double divergence;
    private double surprisal;
    private double score;
    private double information;

    private protected MarkForecast(double nullScore) => NullScore = nullScore;

    /// <summary>Rows added.</summary>
    public long Tokens { get; private set; }

    /// <summary>Mean entropy of the model's distributions, nats a token.</summary>
    public double Entropy => entropy / Tokens;

    /// <summary>Mean KL(marked‖plain) over keys, nats a token; 0 for marks that leave the average over keys unchanged.</summary>
    public double Divergence => divergence / Tokens;

    /// <summary>Perplexity of marked text under the plain model over that of plain text; 1 for marks without cost.</summary>
    public double PerplexityRatio => Math.Exp(surprisal / Tokens);

    /// <summary>Mean score of a marked token, in points; <see cref="NullScore"/> for unrelated text.</summary>
    public double Score => score / Tokens;

    /// <summary>Mean score of unrelated text: gamma, 1 for Gumbel, 1/2 for a tournament layer.</summary>
    public double NullScore { get; }

    /// <summary>
    /// What a marked token says about the key, nats a token: the mean of KL(marked‖average over keys). No test can gain more
    /// log likelihood ratio a token on average.
    /// </summary>
    public double Information => information / Tokens;

    /// <summary>A green list: delta is added to the logits of a share gamma of the tokens.</summary>
    /// <param name="gamma">The green share, strictly between 0 and 1.</param>
    /// <param name="delta">The bias, 0 to 50, natural-log scale.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static MarkForecast GreenList(Fraction gamma, double delta) => new GreenListForecast(gamma, delta);

    /// <summary>The Gumbel mark: one keyed race a token.</summary>
    public static MarkForecast Gumbel() => new GumbelForecast();

    /// <summary>A tournament of two leaves a layer, as SynthID has; scores count all layers alike.</summary>
    /// <param name="layers">Layers, 1 to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">Outside the range.</exception>
    public static MarkForecast Tournament(int layers) => new TournamentForecast(layers);

    /// <summary>Adds the distribution of the next token at one position.</summary>
    /// <param name="probabilities">
    /// Probabilities of different tokens, any order, each from 0 to 1, summing to at most 1. What is missing to 1 is taken as
    /// tokens that are each as likely as the least likely one given: this understates the entropy.
    /// </param>
    /// <exception cref="ArgumentException">A value is out of range, all are 0, or the sum is above 1 by more than 0.001.</exception>
    public void Add(ReadOnlySpan<double> probabilities)
    {
        TokenGroups groups = TokenGroups.Of(probabilities);
        entropy += groups.Entropy;
        Row row = Of(groups);
        divergence += row.Divergence;
        surprisal += row.Surprisal;
        score += row.Score;
        information += row.Information;
        Tokens++;
    }

    /// <summary>Scored tokens until text shows the mark, where a share of its tokens follows it.</summary>
    /// <param name="share">
    /// The share of tokens that follow the mark, above 0, at most 1: 1 for the marked text itself, less for a student or an
    /// edited text. The others score as unrelated text.
    /// </param>
    /// <param name="logAlpha">ln of the p-value to reach, below 0.</param>
    /// <param name="power">The probability of reaching it, strictly between 0 and 1.</param>
    /// <returns>Distinct scored tokens by the plain count of points; null where no number is enough or nothing was added.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public long? TokensNeeded(double share, double logAlpha, double power)
    {
        if (!(share is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "The share must lie above 0 and be at most 1.");
        return Tokens == 0 ? null : Needed(NullScore + (share * (Score - NullScore)), logAlpha, power);
    }

    /// <summary>What the mark does to one row.</summary>
    /// <param name="groups">The row.</param>
    private protected abstract Row Of(TokenGroups groups);

    /// <summary>Tokens needed at a mean score.</summary>
    private protected abstract long? Needed(double meanScore, double logAlpha, double power);

    /// <summary>What the mark does to one row, in nats and points.</summary>
    private protected readonly record struct Row(double Divergence, double Surprisal, double Score, double Information);

    private sealed class GreenListForecast : MarkForecast
    {
        // Nodes of a double exponential rule for integrals of e^−t·F(t) over t > 0: t = exp(x − e^−x), x in equal steps.
        private const double First = -3.6;
        private const double Step = 0.1;
        private const int Nodes = 74;

        private readonly Fraction gamma;
        private readonly double delta;

        public GreenListForecast(Fraction gamma, double delta)
            : base(gamma.ToDouble())
        {
            if (!gamma.IsProperProbability)
                throw new ArgumentOutOfRangeException(nameof(gamma), gamma.ToString(), "Gamma must lie strictly between 0 and 1.");
            if (!(delta is >= 0 and <= 50))
                throw new ArgumentOutOfRangeException(nameof(delta), delta, "Delta must lie from 0 to 50.");
            (this.gamma, this.delta) = (gamma, delta);
        }

        /// <remarks>
        /// With a = e^δ − 1, S the green probability under a key and Z = 1 + aS: the marked green probability is e^δ·S/Z and
        /// KL = δ·e^δ·S/Z − ln Z. The averages over keys are integrals over M(t) = E[e^(−taS)], which is a product over tokens:
        /// E[1/Z] = ∫ e^−t M(t) dt, E[ln Z] = ∫ e^−t (1 − M(t))/t dt, and likewise the average probability of each token.
        /// </remarks>
        private protected override Row Of(TokenGroups groups)
        {
            double g = gamma.ToDouble();
            double boost = Math.Exp(delta);
            double a = boost - 1;
            if (a == 0)
                return new Row(0, 0, g, 0);
            Span<double> mean = groups.Buffer;
            mean.Clear();
            double inverse = 0, logarithm = 0;
            for (int node = 0; node < Nodes; node++)
            {
                double x = First + (node * Step);
                double t = Math.Exp(x - Math.Exp(-x));
                double weight = Step * (1 + Math.Exp(-x)) * Math.Exp(-t);
                double log = 0;
                for (int i = 0; i < groups.Count; i++)
                    log += groups.Multiplicity(i) * Math.Log(1 - g + (g * Math.Exp(-a * t * groups.Probability(i))));
                double product = Math.Exp(log);
                logarithm += weight * (1 - product);
                double mass = weight * t * product;
                inverse += mass;
                for (int i = 0; i < groups.Count; i++)
                {
                    double green = g * Math.Exp(-a * t * groups.Probability(i));
                    mean[i] += mass * ((1 - g) + (boost * green)) / (1 - g + green);
                }
            }

            double share = boost / a * (1 - inverse);
            double divergence = Math.Max(0, (delta * share) - logarithm);
            double surprisal = 0, between = 0;
            for (int i = 0; i < groups.Count; i++)
            {
                double mass = groups.Probability(i) * groups.Multiplicity(i);
                surprisal -= mass * (mean[i] - 1) * Math.Log(groups.Probability(i));
                between += mean[i] > 0 ? mass * mean[i] * Math.Log(mean[i]) : 0;
            }

            return new Row(divergence, surprisal, share, Math.Max(0, divergence - Math.Max(0, between)));
        }

        private protected override long? Needed(double meanScore, double logAlpha, double power) =>
            BinomialPower.TokensNeeded(gamma, Math.Min(1, meanScore), logAlpha, power);
    }

    private sealed class GumbelForecast() : MarkForecast(1)
    {
        /// <remarks>
        /// A chosen token of probability p has U as the largest of 1/p uniform numbers, so its score −ln(1 − U) has the mean
        /// H(1/p), H the harmonic number. Given the key nothing is left to chance, so the information is the entropy.
        /// </remarks>
        private protected override Row Of(TokenGroups groups)
        {
            double mean = 0;
            for (int i = 0; i < groups.Count; i++)
                mean += groups.Probability(i) * groups.Multiplicity(i) * Harmonic(1 / groups.Probability(i));
            return new Row(0, 0, mean, groups.Entropy);
        }

        private protected override long? Needed(double meanScore, double logAlpha, double power) =>
            GammaPower.TokensNeeded(meanScore, logAlpha, power);

        private static double Harmonic(double n)
        {
            const double EulerGamma = 0.57721566490153286;
            double sum = 0;
            while (n < 10)
            {
                n += 1;
                sum -= 1 / n;
            }

            double square = 1 / (n * n);
            return sum + Math.Log(n) + EulerGamma + (1 / (2 * n)) - (square / 12) + (square * square / 120) - (square * square * square / 252);
        }
    }
}
