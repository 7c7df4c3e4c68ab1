using Watermark.Keys;
using Watermark.NGrams;

namespace Watermark.Schemes;

/// <summary>
/// A scheme joined with its secret: for a context and a token it says how green the token is. Detection asks for one
/// token, generation for the whole vocabulary (see <see cref="ILogitWatermark"/>,
/// <see cref="IProbabilityWatermark"/> and <see cref="ISamplingWatermark"/>); both go through the same bits.
/// </summary>
/// <remarks>
/// Scores are integers in units of the null (<see cref="Statistics.ScoreNull.UnitsPerPoint"/>): bit-exact on every CPU,
/// vector width and thread count. Instances are safe for concurrent use, also while they are disposed: a call that began
/// earlier finishes with the secret, and later calls throw <see cref="ObjectDisposedException"/>.
/// </remarks>
public abstract class KeyedScheme : IDisposable
{
    /// <summary>
    /// The seed of a row that says nothing about this key: its seed is the same under every key, or its token is in no list.
    /// A 64-bit seed has this value by chance once in 2^64 and is then treated the same way.
    /// </summary>
    public const ulong NoCoin = ulong.MaxValue;

    private const int BlockRows = 1024;

    private readonly EraseGate gate;
    private readonly byte[] idStem = [];
    private string? keyId;

    /// <summary>Creates the base part.</summary>
    /// <param name="scheme">The public parameters.</param>
    /// <param name="secret">The secret, from which the id is made; it is not kept.</param>
    protected KeyedScheme(WatermarkScheme scheme, WatermarkSecret secret)
        : this(scheme)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (secret.IdVersion == 1)
            keyId = secret.IdFor(scheme.ToJson());
        else
            idStem = secret.IdStem();
    }

    /// <summary>Creates the base part of a scheme whose key id is already known.</summary>
    /// <param name="scheme">The public parameters.</param>
    /// <param name="keyId">The public id of the key.</param>
    protected KeyedScheme(WatermarkScheme scheme, string keyId)
        : this(scheme)
    {
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        this.keyId = keyId;
    }

    private KeyedScheme(WatermarkScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        gate = new EraseGate(() => Dispose(true));
        Scheme = scheme;
    }

    /// <summary>The public parameters.</summary>
    public WatermarkScheme Scheme { get; }

    /// <summary>
    /// The public id of scheme and secret: 32 hexadecimal digits, or 16 where the secret came from a key file of version 1.
    /// It is made at the first use, so that thousands of random keys need not make one, and remains after the secret is
    /// erased.
    /// </summary>
    public string KeyId => keyId ??= KeyIds.Of(idStem, Scheme.ToJson());

    /// <summary>h: tokens of context a row carries.</summary>
    public int ContextWidth => Scheme.ContextWidth;

    /// <summary>Scores rows, each on its own.</summary>
    /// <param name="rows">Rows with <see cref="ContextWidth"/> context columns.</param>
    /// <param name="scores">One score per row, in units; at least as long as there are rows.</param>
    public abstract void ScoreRows(NGramRows rows, Span<long> scores);

    /// <summary>The sum of the rows' scores, in units.</summary>
    /// <param name="rows">Rows with <see cref="ContextWidth"/> context columns.</param>
    public virtual Int128 SumScores(NGramRows rows)
    {
        Span<long> scores = stackalloc long[BlockRows];
        Int128 sum = 0;
        for (int start = 0; start < rows.Count; start += BlockRows)
        {
            NGramRows block = rows.Slice(start, Math.Min(BlockRows, rows.Count - start));
            ScoreRows(block, scores);
            foreach (long score in scores[..block.Count])
                sum += score;
        }

        return sum;
    }

    /// <summary>
    /// The seed of each row, where <see cref="WatermarkScheme.Coins"/> is not <see cref="CoinRule.Row"/>: rows with the same
    /// seed and the same token are one coin. Where the generator keeps 32 bits of a seed, these 32 bits are given.
    /// Bit-exact.
    /// </summary>
    /// <remarks>
    /// <see cref="NoCoin"/> stands for a row that says nothing about this key. <see cref="int.MinValue"/> in the token
    /// column stands for no token, as after the last context of a prompt: under <see cref="CoinRule.SeedOfContext"/> such a
    /// row has its context's seed, under <see cref="CoinRule.SeedOfRow"/> it has no coin.
    /// </remarks>
    /// <param name="rows">Rows with <see cref="ContextWidth"/> context columns.</param>
    /// <param name="seeds">One seed per row; at least as long as there are rows.</param>
    /// <exception cref="InvalidOperationException"><see cref="WatermarkScheme.Coins"/> is <see cref="CoinRule.Row"/>.</exception>
    public virtual void Seeds(NGramRows rows, Span<ulong> seeds) => throw WithoutSeeds();

    /// <summary>Scores coins: the same bits as <see cref="ScoreRows"/> of a row with that seed and token.</summary>
    /// <param name="seeds">Seeds from <see cref="Seeds"/>; <see cref="NoCoin"/> scores 0.</param>
    /// <param name="tokens">The token of each coin, as many as seeds.</param>
    /// <param name="scores">One score per coin, in units; at least as long.</param>
    /// <exception cref="InvalidOperationException"><see cref="WatermarkScheme.Coins"/> is <see cref="CoinRule.Row"/>.</exception>
    public virtual void ScoreCoins(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> tokens, Span<long> scores) => throw WithoutSeeds();

    /// <summary>Scores one token in its context.</summary>
    /// <param name="context">The h tokens before it, oldest first.</param>
    /// <param name="token">The token.</param>
    /// <returns>The score in units.</returns>
    public long Score(ReadOnlySpan<int> context, int token)
    {
        CheckContextLength(context);
        Span<int> row = stackalloc int[context.Length + 1];
        context.CopyTo(row);
        row[^1] = token;
        Span<long> score = stackalloc long[1];
        ScoreRows(new NGramRows(row, 1, context.Length, 1), score);
        return score[0];
    }

    /// <summary>
    /// Refuses every later use and erases the copy of the secret: at once, or when the uses on other threads have ended.
    /// </summary>
    public void Dispose()
    {
        gate.Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Keeps the secret from being erased until the result is disposed; every operation that reads the secret calls this
    /// first.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The scheme was disposed.</exception>
    protected SecretUse Use() => gate.Enter(this);

    /// <summary>Erases everything derived from the secret; called once, when nobody uses it.</summary>
    /// <param name="disposing">Always true.</param>
    protected abstract void Dispose(bool disposing);

    /// <summary>Throws where the rows do not carry this scheme's context or the buffer is short.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="scores">Length of the score buffer.</param>
    protected void CheckRows(NGramRows rows, int scores = int.MaxValue)
    {
        if (rows.ContextWidth != ContextWidth && rows.Count > 0)
            throw new ArgumentException($"The rows carry {rows.ContextWidth} context tokens; this scheme reads {ContextWidth}.", nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(scores, rows.Count);
    }

    /// <summary>Throws where a context is not as long as this scheme reads.</summary>
    /// <param name="context">The context.</param>
    private protected void CheckContextLength(ReadOnlySpan<int> context)
    {
        if (context.Length != ContextWidth)
            throw new ArgumentException($"The context has {context.Length} tokens; this scheme reads {ContextWidth}.", nameof(context));
    }

    /// <summary>Throws where the lengths of the coin buffers do not match.</summary>
    private protected static void CheckCoins(ReadOnlySpan<ulong> seeds, ReadOnlySpan<int> tokens, Span<long> scores)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tokens.Length, seeds.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, seeds.Length);
    }

    /// <summary>The class and the public id; never the secret.</summary>
    public override string ToString() => $"{Scheme.Name} (key {KeyId})";

    private InvalidOperationException WithoutSeeds() => new($"The scheme '{Scheme.Name}' has no seeds: each row is a coin of its own.");
}
