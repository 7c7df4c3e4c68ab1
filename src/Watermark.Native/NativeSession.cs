using Watermark.Embedding;

namespace Watermark.Native;

/// <summary>A session with the length of its prompt. Its callers lock it.</summary>
internal sealed class NativeSession(WatermarkSession session, int promptLength)
{
    /// <summary>The session.</summary>
    public WatermarkSession Session { get; } = session;

    /// <summary>A copy that goes on by itself.</summary>
    public NativeSession Clone() => new(Session.Clone(), promptLength);

    /// <summary>
    /// Makes the session's tokens equal to a sequence that begins with its prompt: rewinds to the common beginning and
    /// accepts the rest. The next position may be marked, again where it was marked before.
    /// </summary>
    /// <exception cref="ArgumentException">The sequence does not begin with the prompt, or holds a negative id; nothing changed then.</exception>
    public void Follow(ReadOnlySpan<int> ids)
    {
        int common = Session.Tokens.CommonPrefixLength(ids);
        if (common < promptLength)
            throw new ArgumentException($"The sequence differs from the session's prompt of {promptLength} tokens at position {common}. Another prompt needs another session.", nameof(ids));
        foreach (int id in ids[common..])
            ArgumentOutOfRangeException.ThrowIfNegative(id, nameof(ids));
        Session.RewindTo(common);
        foreach (int id in ids[common..])
            Session.Accept(id);
    }

    /// <summary>Takes tokens back, none of them of the prompt.</summary>
    /// <exception cref="ArgumentOutOfRangeException">That many tokens do not follow the prompt.</exception>
    public void Rewind(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Session.Length - promptLength);
        Session.Rewind(count);
    }

    /// <summary>Adds tokens that the model did not write, such as a user's turn; they belong to the prompt from now on.</summary>
    public void Prime(ReadOnlySpan<int> ids)
    {
        Session.Prime(ids);
        promptLength = Session.Length;
    }
}
