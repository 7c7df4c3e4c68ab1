using System.Numerics.Tensors;
using Watermark.Schemes;

namespace Watermark.Embedding;

/// <summary>
/// One sequence under a mark, for any sampling loop: it keeps the tokens so far, gives their context to the scheme, and
/// follows the host's changes of the sequence (accept, rewind, clone).
/// </summary>
/// <remarks>
/// <para>
/// A loop primes the session with the prompt; then, for each token, it calls <see cref="Apply(Span{float})"/> on the logits,
/// truncates and normalises, calls <see cref="Reshape"/> and <see cref="TryChoose"/> on the final candidates, and accepts
/// the token. A scheme marks in one of these three calls (<see cref="Place"/> says which) and the other two do nothing, so
/// one loop works for every scheme. <see cref="TokenSampler"/> is such a loop.
/// </para>
/// <para>
/// A position is marked once: a second call that would mark it again, because the host forgot to accept or biases twice,
/// throws. <see cref="Rewind"/> of 0 tokens says that the position is sampled again. A host that only calls
/// <see cref="Apply(Span{float})"/> would serve unmarked text under a scheme that marks later; accepting then throws.
/// Replaying tokens with no call but <see cref="Accept"/> is always allowed.
/// </para>
/// <para>
/// A position with fewer than h tokens before it is not marked, unless the scheme names a padding token. Which contexts
/// count as used depends only on the tokens, not on the calls made: the contexts of all accepted positions count, those
/// inside the prompt do not. So rewinding and accepting again gives the state of a fresh sequence.
/// </para>
/// <para>
/// The session does not own the keyed scheme; sessions on many threads may share one. A session itself is not safe for
/// concurrent use. Memory is allocated only when a sequence becomes longer than all earlier ones.
/// </para>
/// </remarks>
public sealed class WatermarkSession
{
    private const int InitialCapacity = 1024;

    private readonly int contextWidth;
    private readonly int padded;
    private readonly UsedContexts used;
    private readonly double largestProbability;
    private readonly int[] exempt;
    private float[] exemptLogits = [];
    private int[] tokens;
    private int length;

    // Of the position that comes next: whether it was marked, and whether the host asked only for a bias that does not exist.
    private bool marked;
    private bool biasAsked;

    /// <summary>Creates a session with the scheme's usual policy (see <see cref="DefaultPolicy"/>).</summary>
    /// <param name="scheme">The keyed scheme; the caller disposes it.</param>
    public WatermarkSession(KeyedScheme scheme)
        : this(scheme, DefaultPolicy(scheme))
    {
    }

    /// <summary>Creates a session.</summary>
    /// <param name="scheme">The keyed scheme; the caller disposes it.</param>
    /// <param name="repeatedContexts">What happens where a context was used before in this sequence.</param>
    /// <exception cref="ArgumentException">The scheme can only be detected, not embedded.</exception>
    public WatermarkSession(KeyedScheme scheme, RepeatedContextPolicy repeatedContexts)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        if (scheme is not (ILogitWatermark or IProbabilityWatermark or ISamplingWatermark))
            throw new ArgumentException($"The scheme '{scheme.Scheme.Name}' can be detected but not embedded.", nameof(scheme));
        if (!Enum.IsDefined(repeatedContexts))
            throw new ArgumentOutOfRangeException(nameof(repeatedContexts), repeatedContexts, "Mark or SamplePlainly.");
        Scheme = scheme;
        RepeatedContexts = repeatedContexts;
        contextWidth = scheme.ContextWidth;
        padded = scheme.Scheme.Padding is null ? 0 : contextWidth;
        used = new UsedContexts(contextWidth);
        largestProbability = 1;
        exempt = [];
        tokens = new int[InitialCapacity];
        Reset();
    }

    /// <summary>Creates a session that does not mark everywhere.</summary>
    /// <param name="scheme">The keyed scheme; the caller disposes it.</param>
    /// <param name="options">Where it does not mark.</param>
    /// <exception cref="ArgumentException">The scheme can only be detected, or an option does not go with it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public WatermarkSession(KeyedScheme scheme, SessionOptions options)
        : this(scheme, options?.RepeatedContexts ?? DefaultPolicy(scheme))
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ExemptTokens.Count > 0 && Place != MarkPlace.Logits)
            throw new ArgumentException($"Tokens can be exempt only under a scheme that marks logits; '{scheme.Scheme.Name}' does not.", nameof(options));
        largestProbability = options.LargestProbability;
        exempt = [.. options.ExemptTokens.Distinct().Order()];
    }

    private WatermarkSession(WatermarkSession other)
    {
        (Scheme, RepeatedContexts, contextWidth, padded, length) = (other.Scheme, other.RepeatedContexts, other.contextWidth, other.padded, other.length);
        (marked, biasAsked, largestProbability, exempt) = (other.marked, other.biasAsked, other.largestProbability, other.exempt);
        used = other.used.Clone();
        tokens = [.. other.tokens];
    }

    /// <summary>The keyed scheme.</summary>
    public KeyedScheme Scheme { get; }

    /// <summary>Where in the sampling loop the scheme marks.</summary>
    public MarkPlace Place => Scheme switch
    {
        ILogitWatermark => MarkPlace.Logits,
        IProbabilityWatermark => MarkPlace.Probabilities,
        _ => MarkPlace.Draw,
    };

    /// <summary>What happens where a context was used before.</summary>
    public RepeatedContextPolicy RepeatedContexts { get; }

    /// <summary>Tokens so far, prompt and reply.</summary>
    public int Length => length - padded;

    /// <summary>The tokens so far, prompt and reply; valid until the session changes.</summary>
    public ReadOnlySpan<int> Tokens => tokens.AsSpan(padded, Length);

    /// <summary>
    /// Whether the next token will be marked: its context is complete, and new if the policy requires that.
    /// </summary>
    public bool WillMark =>
        length >= contextWidth
        && (RepeatedContexts == RepeatedContextPolicy.Mark || !used.Contains(tokens.AsSpan(0, length), length));

    /// <summary>
    /// The usual policy: <see cref="RepeatedContextPolicy.Mark"/> for marks on logits, whose draw stays random, and
    /// <see cref="RepeatedContextPolicy.SamplePlainly"/> for the others, which promise an undistorted sequence.
    /// </summary>
    /// <param name="scheme">The keyed scheme.</param>
    public static RepeatedContextPolicy DefaultPolicy(KeyedScheme scheme) =>
        scheme is ILogitWatermark ? RepeatedContextPolicy.Mark : RepeatedContextPolicy.SamplePlainly;

    /// <summary>Adds tokens that were not sampled here: the prompt, or a later turn of the user.</summary>
    /// <param name="ids">Token ids, none negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">An id is negative; nothing was added.</exception>
    public void Prime(ReadOnlySpan<int> ids)
    {
        for (int i = 0; i < ids.Length; i++)
        {
            if (ids[i] < 0)
                throw new ArgumentOutOfRangeException(nameof(ids), ids[i], $"Token ids are 0 or greater; that at index {i} is not.");
        }

        while (tokens.Length - length < ids.Length)
            Array.Resize(ref tokens, 2 * tokens.Length);
        ids.CopyTo(tokens.AsSpan(length));
        length += ids.Length;
        StartPosition();
    }

    /// <summary>Adds the token that was sampled.</summary>
    /// <param name="token">Its id, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    /// <exception cref="InvalidOperationException">
    /// The host called only <see cref="Apply(Span{float})"/> here, but the scheme marks later and would have marked this token.
    /// </exception>
    public void Accept(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        if (biasAsked && !marked)
        {
            throw new InvalidOperationException(
                $"The token at position {Length} was not marked: the scheme '{Scheme.Scheme.Name}' does not change logits. "
                + (Place == MarkPlace.Draw ? "Call TryChoose with the final candidates before Accept." : "Call Reshape with the final candidates before Accept."));
        }

        if (length >= contextWidth)
            used.Add(tokens.AsSpan(0, length), length);
        if (length == tokens.Length)
            Array.Resize(ref tokens, 2 * tokens.Length);
        tokens[length++] = token;
        StartPosition();
    }

    /// <summary>Biases the logits of the whole vocabulary, where the scheme marks logits and the next token is marked.</summary>
    /// <param name="logits">Natural-log scale, one per token id; changed in place.</param>
    /// <returns>Whether they were biased.</returns>
    /// <exception cref="InvalidOperationException">This position was biased before.</exception>
    public bool Apply(Span<float> logits)
    {
        if (LogitsToBias() is not { } watermark || IsSure(logits))
            return false;
        if (exemptLogits.Length < exempt.Length)
            exemptLogits = new float[exempt.Length];
        for (int i = 0; i < exempt.Length && exempt[i] < logits.Length; i++)
            exemptLogits[i] = logits[exempt[i]];
        watermark.BiasLogits(Context, logits);
        for (int i = 0; i < exempt.Length && exempt[i] < logits.Length; i++)
            logits[exempt[i]] = exemptLogits[i];
        return marked = true;
    }

    /// <summary>Biases the logits of candidates, where the scheme marks logits and the next token is marked.</summary>
    /// <param name="candidates">Distinct token ids, any order.</param>
    /// <param name="logits">Their logits, same length; changed in place.</param>
    /// <returns>Whether they were biased.</returns>
    /// <exception cref="InvalidOperationException">This position was biased before.</exception>
    public bool Apply(ReadOnlySpan<int> candidates, Span<float> logits)
    {
        if (LogitsToBias() is not { } watermark || IsSure(logits))
            return false;
        if (exempt.Length == 0)
        {
            watermark.BiasLogits(Context, candidates, logits);
            return marked = true;
        }

        if (exemptLogits.Length < logits.Length)
            exemptLogits = new float[logits.Length];
        logits.CopyTo(exemptLogits);
        watermark.BiasLogits(Context, candidates, logits);
        for (int i = 0; i < candidates.Length; i++)
        {
            if (exempt.AsSpan().BinarySearch(candidates[i]) >= 0)
                logits[i] = exemptLogits[i];
        }

        return marked = true;
    }

    /// <summary>Reshapes the final probabilities, where the scheme marks those and the next token is marked.</summary>
    /// <param name="candidates">Distinct token ids, any order.</param>
    /// <param name="probabilities">After temperature and truncation, summing to one; changed in place.</param>
    /// <returns>Whether they were reshaped.</returns>
    /// <exception cref="InvalidOperationException">This position was reshaped before.</exception>
    public bool Reshape(ReadOnlySpan<int> candidates, Span<float> probabilities)
    {
        if (Scheme is not IProbabilityWatermark watermark || !WillMark)
            return false;
        RequireUnmarked();
        if (IsSureOf(probabilities))
            return false;
        watermark.ReshapeProbabilities(Context, candidates, probabilities);
        return marked = true;
    }

    /// <summary>Chooses the token, where the scheme replaces the draw and the next token is marked.</summary>
    /// <param name="candidates">Distinct token ids, at least one, any order.</param>
    /// <param name="probabilities">After temperature and truncation, same length.</param>
    /// <param name="coin">A uniform draw in [0, 1) from the host's own generator.</param>
    /// <param name="index">The index of the chosen candidate.</param>
    /// <returns>Whether one was chosen; otherwise the host draws.</returns>
    /// <exception cref="InvalidOperationException">A token was chosen for this position before.</exception>
    public bool TryChoose(ReadOnlySpan<int> candidates, ReadOnlySpan<float> probabilities, double coin, out int index)
    {
        index = -1;
        if (Scheme is not ISamplingWatermark watermark || !WillMark)
            return false;
        RequireUnmarked();
        if (IsSureOf(probabilities))
            return false;
        index = watermark.ChooseCandidate(Context, candidates, probabilities, coin);
        return marked = true;
    }

    /// <summary>Takes back the last tokens, as speculative decoding does with rejected drafts.</summary>
    /// <param name="count">How many, 0 to <see cref="Length"/>; with 0 the coming position is sampled again, from fresh logits.</param>
    public void Rewind(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Length);
        RewindTo(Length - count);
    }

    /// <summary>Takes back the tokens past a length.</summary>
    /// <param name="newLength">What <see cref="Length"/> becomes, 0 to <see cref="Length"/>.</param>
    public void RewindTo(int newLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(newLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newLength, Length);
        used.RemoveFrom(tokens.AsSpan(0, length), newLength + padded);
        length = newLength + padded;
        StartPosition();
    }

    /// <summary>A session in the same state that continues independently, for example for beam search.</summary>
    public WatermarkSession Clone() => new(this);

    /// <summary>Starts an empty sequence in the same memory.</summary>
    public void Reset()
    {
        used.Clear();
        length = padded;
        if (Scheme.Scheme.Padding is { } padding)
            tokens.AsSpan(0, padded).Fill(padding);
        StartPosition();
    }

    /// <summary>Whether the probabilities of all tokens decide if a position is marked.</summary>
    internal bool HasGate => largestProbability != 1;

    private ReadOnlySpan<int> Context => tokens.AsSpan(length - contextWidth, contextWidth);

    private void StartPosition() => (marked, biasAsked) = (false, false);

    /// <summary>The scheme, where it biases logits and the coming position is marked; null otherwise.</summary>
    private ILogitWatermark? LogitsToBias()
    {
        if (!WillMark)
            return null;
        if (Scheme is not ILogitWatermark watermark)
        {
            biasAsked = true;
            return null;
        }

        RequireUnmarked();
        return watermark;
    }

    /// <summary>Whether the gate leaves the position out.</summary>
    private bool IsSure(ReadOnlySpan<float> logits)
    {
        if (largestProbability == 1 || logits.IsEmpty)
            return false;
        Span<double> within = stackalloc double[Nucleus.ReachCount];
        float greatest = TensorPrimitives.Max(logits);
        return Gate(float.IsFinite(greatest) && 1 / Nucleus.Sums(logits, greatest, 1, within) > largestProbability);
    }

    private bool IsSureOf(ReadOnlySpan<float> probabilities) =>
        largestProbability != 1 && !probabilities.IsEmpty && Gate(TensorPrimitives.Max(probabilities) > largestProbability);

    /// <summary>A position that the gate leaves out needs no further call before it is accepted.</summary>
    private bool Gate(bool sure)
    {
        biasAsked &= !sure;
        return sure;
    }

    private void RequireUnmarked()
    {
        if (marked)
        {
            throw new InvalidOperationException(
                $"Position {Length} is marked already. Accept the token before the next one is marked, or call Rewind(0) where the position is sampled again from fresh logits.");
        }
    }
}
