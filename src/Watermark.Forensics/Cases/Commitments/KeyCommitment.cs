using System.Security.Cryptography;
using Watermark.Catalog;
using Watermark.NGrams;

namespace Watermark.Forensics.Cases.Commitments;

/// <summary>The outcome of opening a commitment: either the entry that the key opens, or why it opens none.</summary>
/// <param name="Entry">The entry; null where the key opens none.</param>
/// <param name="Fault">Why not, one sentence; null where it does.</param>
public readonly record struct OpeningResult(CommittedKey? Entry, string? Fault);

/// <summary>
/// Commits to a key before the data are seen, and opens the commitment afterwards:
/// <c>C = SHA-256("WM-COMMIT-v1" ‖ 00 ‖ K ‖ r ‖ SHA-256(context))</c>. The random r hides the key; a collision of SHA-256 would
/// be needed to open C with another key, scheme, tokenizer or selection.
/// </summary>
/// <remarks><c>commitments.md</c> beside this class has the formula of every part and a vector.</remarks>
public static class KeyCommitment
{
    /// <summary>Commits to a key with a fresh nonce.</summary>
    /// <param name="key">The key.</param>
    /// <param name="selection">Which n-grams will be scored.</param>
    /// <param name="clock">The clock that dates the entry.</param>
    /// <returns>The opening, to be saved first and kept secret, and the entry of the registry.</returns>
    public static (CommitmentOpening Opening, CommittedKey Entry) Create(KeyFile key, NGramSelection selection, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(clock);
        string context = CommitmentContext.Of(key, selection.Describe());
        byte[] nonce = RandomNumberGenerator.GetBytes(CommitmentOpening.NonceSize);
        string commitment = Commit(key, nonce, context);
        return (new CommitmentOpening(commitment, nonce), new CommittedKey(commitment, context, Now(clock)));
    }

    /// <summary>
    /// The entry for an opening that is there already: the key was committed in another case, or the registry was not
    /// written after the opening was.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="selection">Which n-grams will be scored.</param>
    /// <param name="opening">The opening.</param>
    /// <param name="clock">The clock that dates the entry.</param>
    /// <returns>The entry; null where the opening is that of another key, scheme, tokenizer or selection.</returns>
    public static CommittedKey? Repeat(KeyFile key, NGramSelection selection, CommitmentOpening opening, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(opening);
        ArgumentNullException.ThrowIfNull(clock);
        string context = CommitmentContext.Of(key, selection.Describe());
        return Commit(key, opening.Nonce, context) == opening.Commitment ? new CommittedKey(opening.Commitment, context, Now(clock)) : null;
    }

    /// <summary>
    /// Whether a key opens a commitment of a registry. The entry's own selection is taken; the caller compares it with that
    /// of the finding.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="opening">Its opening.</param>
    /// <param name="registry">The registry.</param>
    public static OpeningResult Opens(KeyFile key, CommitmentOpening opening, CommitmentRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(opening);
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Find(opening.Commitment) is not { } entry)
            return new OpeningResult(null, $"Key {key.Id} was not committed in this case: {CaseFiles.Commitments} does not list the commitment {opening.Commitment} of its opening.");
        string context = CommitmentContext.Of(key, entry.Selection);
        if (CommitmentContext.Difference(context, entry.Context) is { } member)
            return new OpeningResult(null, $"Key {key.Id} does not open the commitment {entry.Commitment}, which was made with another '{member}'.");
        return Commit(key, opening.Nonce, context) == entry.Commitment
            ? new OpeningResult(entry, null)
            : new OpeningResult(null, $"Key {key.Id} does not open the commitment {entry.Commitment}: it is another key, or key or opening were changed.");
    }

    private static string Commit(KeyFile key, ReadOnlySpan<byte> nonce, string context) =>
        Convert.ToHexStringLower(key.Secret.Commit(nonce, CommitmentContext.Hash(context)));

    private static DateTimeOffset Now(TimeProvider clock)
    {
        DateTimeOffset now = clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
    }
}
