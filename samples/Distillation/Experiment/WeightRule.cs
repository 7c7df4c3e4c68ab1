namespace Distillation.Experiment;

/// <summary>
/// How much a row can tell, from what the owner knows without the key. A token that the unmarked model was sure of would
/// have been written with either colour; and a student learnt most of the mark at contexts that it saw often.
/// </summary>
/// <param name="Delta">The bias the owner's service uses.</param>
/// <param name="RepetitionPower">
/// Power of the number of times the suspect wrote the row. What a model samples repeatedly it has learnt; but its most
/// likely tokens on a given text repeat with the text, which is no information.
/// </param>
/// <param name="HalfFrequency">Occurrences of a context in the owner's text at which half of the mark is learnt, above 0.</param>
internal sealed record WeightRule(double Delta, double RepetitionPower, double HalfFrequency = 100)
{
    private const double Gamma = 0.25;

    /// <summary>
    /// The log likelihood ratio of "green" against "not green" for a token of probability p under a full mark,
    /// delta − ln(Z₁/Z₀) with Z_g = p·e^(g·delta) + (1 − p)·(1 + gamma·(e^delta − 1)), times the share of the mark learnt.
    /// </summary>
    public double Weight(double probability, long frequency, uint occurrences)
    {
        double others = (1 - probability) * (1 + Gamma * (Math.Exp(Delta) - 1));
        double ratio = Delta - Math.Log((probability * Math.Exp(Delta) + others) / (probability + others));
        return Math.Max(0, ratio) * frequency / (frequency + HalfFrequency) * Math.Pow(occurrences, RepetitionPower);
    }
}
