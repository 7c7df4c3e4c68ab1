using System.Numerics.Tensors;
using Watermark.Randomness;
using Watermark.Schemes;

namespace Watermark.Embedding;

/// <summary>
/// Draws tokens from logits, with or without a mark. The steps: bias, temperature, top-k, top-p, softmax, reshaping or the
/// keyed draw, accept.
/// </summary>
/// <remarks>
/// <para>
/// A green list's delta is added to the raw logits, before everything else (Kirchenbauer et al., arXiv:2301.10226, algorithm
/// 2). So a green token can enter the top k, and at temperature T the odds of green rise by e^(delta/T). Hugging Face
/// transformers adds it after temperature and truncation; to get the same odds here at temperature T, use delta·T.
/// </para>
/// <para>
/// With top-k, only the tokens that can reach the top k are biased: at least k tokens end at or above the k-th largest raw
/// logit, so a token that stays below it with the full bias cannot be among them. Ties, rounding and so the draw are the
/// same as after biasing the whole vocabulary. Where a mark has no <see cref="ILogitWatermark.LargestBias"/>, or that set is
/// a large part of the vocabulary, the whole vocabulary is biased.
/// </para>
/// <para>
/// The same seed, options, mark and logits give the same tokens on every machine: e^x, sums and draws are IEEE 754
/// operations in a fixed order. With top-k a uniform is looked up in the candidates by descending logit, without it by id; the
/// nucleus of a whole vocabulary is found without sorting it. A draw uses one uniform, whether the token is marked or not. Marks receive probabilities in
/// single precision. Not safe for concurrent use; nothing is allocated once the buffers fit the vocabulary.
/// </para>
/// </remarks>
public sealed class TokenSampler
{
    private readonly SamplerOptions options;
    private readonly SeededRandomBits random;
    private readonly CandidateSet candidates = new();
    private readonly Nucleus nucleus = new();
    private float[] biased = [];
    private float[] probabilities = [];

    /// <summary>Creates a sampler.</summary>
    /// <param name="options">How it draws.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public TokenSampler(SamplerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        random = new SeededRandomBits(options.Seed ?? RandomBits.System.NextUInt64());
    }

    /// <summary>Creates a sampler that draws from the caller's source of bits.</summary>
    /// <param name="options">How it draws; its seed is not used.</param>
    /// <param name="random">The source of the draws, one uniform per token.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public TokenSampler(SamplerOptions options, SeededRandomBits random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        options.Validate();
        this.options = options;
        this.random = random;
    }

    /// <summary>Draws the next token and has the session accept it.</summary>
    /// <param name="session">The sequence under its mark, or null to draw without a mark.</param>
    /// <param name="logits">
    /// Natural-log scale, one per token id, not changed. Negative infinity excludes a token.
    /// </param>
    /// <returns>The token id.</returns>
    /// <exception cref="ArgumentException">There is no logit, one is NaN or positive infinity, or all are excluded.</exception>
    public int Sample(WatermarkSession? session, ReadOnlySpan<float> logits)
    {
        candidates.EnsureCapacity(logits.Length);
        double sum = ChooseAndWeigh(session, logits);
        int token = candidates.Ids[Draw(session, sum)];
        session?.Accept(token);
        return token;
    }

    /// <summary>
    /// Draws the next token from candidates, for hosts that have already truncated, and has the session accept it. If
    /// neither top-k nor top-p is on, the candidates' order decides which of them belongs to a uniform; else they are looked up by
    /// descending logit.
    /// </summary>
    /// <param name="session">The sequence under its mark, or null to draw without a mark.</param>
    /// <param name="ids">Distinct token ids, at least one, any order.</param>
    /// <param name="logits">Their logits, natural-log scale, same length, not changed. Negative infinity excludes a token.</param>
    /// <returns>The token id.</returns>
    /// <exception cref="ArgumentException">There is no logit, one is NaN or positive infinity, all are excluded, or the lengths differ.</exception>
    public int Sample(WatermarkSession? session, ReadOnlySpan<int> ids, ReadOnlySpan<float> logits)
    {
        if (ids.Length != logits.Length)
            throw new ArgumentException($"There are {logits.Length} logits for {ids.Length} candidates.", nameof(logits));
        Check(logits);
        candidates.EnsureCapacity(logits.Length);
        candidates.Take(ids, logits);
        session?.Apply(candidates.Ids, candidates.Logits);
        int most = options.Temperature == 0 ? 1 : options.TopK;
        bool descending = most > 0 || options.TopP < 1;
        if (descending)
            candidates.KeepTop(most > 0 ? most : logits.Length);
        double sum = candidates.SetWeights(TensorPrimitives.Max<float>(candidates.Logits), options.Temperature == 0 ? 1 : options.Temperature);
        if (options.TopP < 1 && candidates.KeepMass(options.TopP * sum, out double kept))
            sum = kept;
        int token = candidates.Ids[Draw(session, sum)];
        session?.Accept(token);
        return token;
    }

    private static void Check(ReadOnlySpan<float> logits)
    {
        if (logits.IsEmpty)
            throw new ArgumentException("There are no logits.", nameof(logits));
        float greatest = TensorPrimitives.Max(logits);
        if (float.IsFinite(greatest))
            return;
        if (greatest == float.NegativeInfinity)
            throw new ArgumentException("Every logit is negative infinity: no token is left to draw.", nameof(logits));
        int position = 0;
        while (logits[position] < float.PositiveInfinity)
            position++;
        throw new ArgumentException($"The logit of token {position} is {(float.IsNaN(greatest) ? "not a number" : "positive infinity")}.", nameof(logits));
    }

    /// <summary>Biases, truncates and weighs.</summary>
    /// <returns>The sum of the candidates' weights.</returns>
    private double ChooseAndWeigh(WatermarkSession? session, ReadOnlySpan<float> logits)
    {
        bool marksLogits = session is { WillMark: true, Scheme: ILogitWatermark };
        if (options.Temperature == 0 || options.TopK > 0)
        {
            Check(logits);
            TakeTop(session, logits, options.Temperature == 0 ? 1 : options.TopK, marksLogits);
            if (options.Temperature == 0)
                return candidates.SetWeights(candidates.Logits[0], 1);
            double sum = candidates.SetWeights(candidates.Logits[0], options.Temperature);
            return options.TopP < 1 && candidates.KeepMass(options.TopP * sum, out double kept) ? kept : sum;
        }

        ReadOnlySpan<float> marked = marksLogits ? Biased(session!, logits) : logits;
        float greatest = marked.IsEmpty ? float.NaN : TensorPrimitives.Max(marked);
        if (!float.IsFinite(greatest))
        {
            // The host may try again with logits that are right.
            session?.Rewind(0);
            Check(logits);
        }

        if (options.TopP < 1)
            return nucleus.Take(candidates, marked, greatest, options.Temperature, options.TopP);
        candidates.TakeAll(marked);
        return candidates.SetWeights(greatest, options.Temperature);
    }

    /// <summary>Biases and applies top-k. Candidates are then descending.</summary>
    private void TakeTop(WatermarkSession? session, ReadOnlySpan<float> logits, int most, bool marksLogits)
    {
        if (!marksLogits)
            candidates.TakeTop(logits, most);
        else if (most >= logits.Length || !TakeReachable(session!, logits, most))
            candidates.TakeTop(Biased(session!, logits), most);
    }

    private bool TakeReachable(WatermarkSession session, ReadOnlySpan<float> logits, int most)
    {
        if (session.HasGate || ((ILogitWatermark)session.Scheme).LargestBias is not { } bias)
            return false;
        candidates.TakeReaching(logits, candidates.LeastOfTop(logits, most), bias);
        if (candidates.Count > logits.Length / 8)
            return false;
        session.Apply(candidates.Ids, candidates.Logits);
        candidates.KeepTop(most);
        return true;
    }

    private Span<float> Biased(WatermarkSession session, ReadOnlySpan<float> logits)
    {
        if (biased.Length < logits.Length)
            biased = new float[logits.Length];
        Span<float> copy = biased.AsSpan(0, logits.Length);
        logits.CopyTo(copy);
        session.Apply(copy);
        return copy;
    }

    private int Draw(WatermarkSession? session, double sum)
    {
        double coin = random.NextDouble();
        ReadOnlySpan<double> weights = candidates.Weights;
        if (session is not { WillMark: true, Scheme: ISamplingWatermark or IProbabilityWatermark })
            return Walk(weights, coin * sum);
        if (probabilities.Length < weights.Length)
            probabilities = new float[weights.Length];
        Span<float> final = probabilities.AsSpan(0, weights.Length);
        for (int i = 0; i < weights.Length; i++)
            final[i] = (float)(weights[i] / sum);
        session.Reshape(candidates.Ids, final);
        if (session.TryChoose(candidates.Ids, final, coin, out int chosen))
            return chosen;
        double total = 0;
        foreach (float probability in final)
            total += probability;
        return Walk<float>(final, coin * total);
    }

    /// <summary>The first index whose running sum exceeds the target; never an index of weight zero.</summary>
    private static int Walk<T>(ReadOnlySpan<T> weights, double target)
        where T : System.Numerics.INumberBase<T>
    {
        double sum = 0;
        int last = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double weight = double.CreateTruncating(weights[i]);
            if (weight > 0)
            {
                sum += weight;
                last = i;
                if (sum > target)
                    break;
            }
        }

        return last;
    }
}
