namespace Watermark.Embedding;

/// <summary>
/// What a mark on logits costs while a model is served: how far the marked distribution of the next token is from the plain
/// one. All means are over the positions added.
/// </summary>
/// <remarks>
/// With p = softmax(plain) and q = softmax(marked) at a position, in nats: <see cref="Divergence"/> is KL(q‖p) = Σ q ln(q/p),
/// <see cref="SurprisalIncrease"/> is Σ q ln(1/p) − Σ p ln(1/p), and <see cref="Entropy"/> is Σ p ln(1/p). Marks that choose the
/// token by the key (Gumbel, tournament) leave the average over keys at p: they cost nothing here, and only the entropy says
/// how well they are found. Sums are double precision and may differ in the last places between machines. Nothing is
/// allocated a token. Not safe for concurrent use: keep one for each thread and add them up.
/// </remarks>
public sealed class MarkCost
{
    private double divergence;
    private double surprisal;
    private double entropy;
    private double raised;

    /// <summary>Positions added.</summary>
    public long Tokens { get; private set; }

    /// <summary>Mean KL(marked‖plain) a token, in nats, 0 or greater; NaN without tokens.</summary>
    public double Divergence => divergence / Tokens;

    /// <summary>Mean fall of the expected log-probability under the plain model, in nats a token; NaN without tokens.</summary>
    public double SurprisalIncrease => surprisal / Tokens;

    /// <summary>
    /// Perplexity of marked text under the plain model over that of plain text: e to the <see cref="SurprisalIncrease"/>; NaN
    /// without tokens.
    /// </summary>
    public double PerplexityRatio => Math.Exp(SurprisalIncrease);

    /// <summary>Mean entropy of the plain distribution, in nats a token; NaN without tokens.</summary>
    public double Entropy => entropy / Tokens;

    /// <summary>
    /// Expected green share: the mean of the marked probability of tokens whose logit the mark raised, 0 to 1; NaN without
    /// tokens.
    /// </summary>
    public double GreenShare => raised / Tokens;

    /// <summary>Adds a position.</summary>
    /// <param name="plain">Logits before the mark, natural-log scale; minus infinity for a token that cannot come.</param>
    /// <param name="marked">Logits of the same tokens after it.</param>
    /// <exception cref="ArgumentException">
    /// The lengths differ, nothing can come, a logit is NaN or plus infinity, or the mark made an impossible token possible.
    /// Nothing was added.
    /// </exception>
    public void Add(ReadOnlySpan<float> plain, ReadOnlySpan<float> marked)
    {
        if (plain.Length != marked.Length)
            throw new ArgumentException($"There are {plain.Length} plain logits and {marked.Length} marked ones.", nameof(marked));
        double plainTop = Largest(plain, nameof(plain));
        double markedTop = Largest(marked, nameof(marked));
        double plainSum = 0, plainMean = 0, markedSum = 0, markedMean = 0, crossMean = 0, green = 0;
        for (int i = 0; i < plain.Length; i++)
        {
            double a = plain[i] - plainTop;
            double b = marked[i] - markedTop;
            double p = Math.Exp(a);
            double q = Math.Exp(b);
            plainSum += p;
            markedSum += q;
            if (p > 0)
                plainMean += p * a;
            if (!(q > 0))
                continue;
            if (double.IsNegativeInfinity(a))
                throw new ArgumentException($"The token at index {i} cannot come before the mark and can after it.", nameof(marked));
            markedMean += q * b;
            crossMean += q * a;
            if (marked[i] > plain[i])
                green += q;
        }

        double logPlain = Math.Log(plainSum);
        double cross = logPlain - (crossMean / markedSum);
        double own = logPlain - (plainMean / plainSum);
        divergence += Math.Max(0, (markedMean / markedSum) - Math.Log(markedSum) + cross);
        surprisal += cross - own;
        entropy += own;
        raised += green / markedSum;
        Tokens++;
    }

    /// <summary>Adds the positions of another, such as that of another thread.</summary>
    /// <param name="other">The other; it does not change.</param>
    public void Add(MarkCost other)
    {
        ArgumentNullException.ThrowIfNull(other);
        divergence += other.divergence;
        surprisal += other.surprisal;
        entropy += other.entropy;
        raised += other.raised;
        Tokens += other.Tokens;
    }

    private static double Largest(ReadOnlySpan<float> logits, string name)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            if (float.IsNaN(logit) || float.IsPositiveInfinity(logit))
                throw new ArgumentException($"A logit is {logit}; finite numbers or minus infinity were expected.", name);
            largest = Math.Max(largest, logit);
        }

        return float.IsNegativeInfinity(largest) ? throw new ArgumentException("At least one finite logit was expected.", name) : largest;
    }
}
