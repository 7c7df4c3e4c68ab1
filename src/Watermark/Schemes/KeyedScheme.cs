using Watermark.NGrams;

namespace Watermark.Schemes;

/// <summary>
/// A scheme joined with its secret: for a context and a token it says how green the token is. Detection asks for one
/// token, generation for the whole vocabulary (see <see cref="ILogitWatermark"/>,
/// <see cref="IProbabilityWatermark"/> and <see cref="ISamplingWatermark"/>); both go through the same bits.
/// </summary>
/// <remarks>
/// Scores are integers in units of the null (<see cref="Statistics.ScoreNull.UnitsPerPoint"/>): bit-exact on every CPU, vector
/// width and thread count. Instances are safe for concurrent use until disposed.
/// </remarks>
public abstract class KeyedScheme : IDisposable
{
    private const int BlockRows = 1024;

    /// <summary>Creates the base part.</summary>
    /// <param name="scheme">The public parameters.</param>
    /// <param name="keyId">The public id of the secret.</param>
    protected KeyedScheme(WatermarkScheme scheme, string keyId)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        Scheme = scheme;
        KeyId = keyId;
    }

    /// <summary>The public parameters.</summary>
    public WatermarkScheme Scheme { get; }

    /// <summary>The public id of the secret, 16 hexadecimal digits.</summary>
    public string KeyId { get; }

    /// <summary>h: tokens of context a row carries.</summary>
    public int ContextWidth => Scheme.ContextWidth;

    /// <summary>Scores rows, each on its own.</summary>
    /// <param name="rows">Rows with <see cref="ContextWidth"/> context columns.</param>
    /// <param name="scores">One score a row, in units; at least as long as there are rows.</param>
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

    /// <summary>Erases the copy of the secret.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Erases what derives from the secret.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
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

    /// <summary>The class and the public id; never the secret.</summary>
    public override string ToString() => $"{Scheme.Name} (key {KeyId})";
}
