namespace Watermark.Embedding;

/// <summary>
/// A distribution of the next token as (probability, number of tokens): likely tokens by themselves, unlikely ones in groups
/// whose probabilities differ by at most a twentieth. A group keeps its exact mass.
/// </summary>
internal sealed class TokenGroups
{
    private const double Likely = 1e-3;
    private const double Width = 0.05;
    private const double Tolerance = 1e-3;

    private readonly List<double> probabilities = [];
    private readonly List<double> multiplicities = [];
    private double[]? buffer;

    private TokenGroups()
    {
    }

    /// <summary>The number of groups.</summary>
    public int Count => probabilities.Count;

    /// <summary>Entropy in nats.</summary>
    public double Entropy { get; private set; }

    /// <summary>Room for one number a group.</summary>
    public Span<double> Buffer => buffer ??= new double[Count];

    /// <summary>The probability of one token of a group.</summary>
    public double Probability(int group) => probabilities[group];

    /// <summary>The number of tokens of a group; not whole for what the caller left out.</summary>
    public double Multiplicity(int group) => multiplicities[group];

    /// <summary>Groups probabilities.</summary>
    public static TokenGroups Of(ReadOnlySpan<double> row)
    {
        double sum = 0, least = double.PositiveInfinity;
        foreach (double p in row)
        {
            if (!(p is >= 0 and <= 1 + Tolerance))
                throw new ArgumentException($"A probability is {p}; 0 to 1 was expected.", nameof(row));
            sum += p;
            if (p > 0)
                least = Math.Min(least, p);
        }

        if (!(sum > 0 && sum <= 1 + Tolerance))
            throw new ArgumentException($"The probabilities sum to {sum}; above 0 and at most 1 was expected.", nameof(row));
        double rest = Math.Max(0, 1 - sum);
        double scale = 1 / (sum + rest);
        var groups = new TokenGroups();
        var unlikely = new SortedDictionary<int, (double Mass, double Tokens)>();
        foreach (double p in row)
        {
            if (p > 0)
                groups.Take(p * scale, 1, unlikely);
        }

        // What rounding left is no token.
        if (rest > 1e-9)
            groups.Take(least * scale, rest / least, unlikely);
        foreach ((double mass, double tokens) in unlikely.Values)
            groups.Put(mass / tokens, tokens);
        return groups;
    }

    /// <summary>Writes the tokens one by one: a group of too many as fewer, more likely ones.</summary>
    /// <returns>How many were written.</returns>
    public int Expand(Span<double> tokens)
    {
        double all = 0;
        for (int i = 0; i < Count; i++)
            all += Math.Ceiling(multiplicities[i]);
        double shrink = Math.Min(1, Math.Max(0.0, tokens.Length - Count) / all);
        int written = 0;
        for (int i = 0; i < Count && written < tokens.Length; i++)
        {
            int copies = Math.Clamp((int)Math.Round(multiplicities[i] * shrink), 1, tokens.Length - written);
            tokens.Slice(written, copies).Fill(probabilities[i] * multiplicities[i] / copies);
            written += copies;
        }

        return written;
    }

    private void Take(double probability, double tokens, SortedDictionary<int, (double Mass, double Tokens)> unlikely)
    {
        Entropy -= tokens * probability * Math.Log(probability);
        if (probability >= Likely)
        {
            Put(probability, tokens);
            return;
        }

        int bin = (int)Math.Floor(Math.Log(probability) / Width);
        (double mass, double count) = unlikely.GetValueOrDefault(bin);
        unlikely[bin] = (mass + (probability * tokens), count + tokens);
    }

    private void Put(double probability, double tokens)
    {
        probabilities.Add(probability);
        multiplicities.Add(tokens);
    }
}
