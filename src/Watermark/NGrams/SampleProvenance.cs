namespace Watermark.NGrams;

/// <summary>One input that a sample was made from.</summary>
/// <param name="Name">A name for readers, such as a file's name without its folder.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Documents">Documents (replies) read from it.</param>
/// <param name="Unread">Records of it that could not be read.</param>
public sealed record SampleInput(string Name, string Sha256, long Documents, long Unread);

/// <summary>Where a sample comes from.</summary>
public sealed record SampleProvenance
{
    /// <summary>The provenance of an empty sample.</summary>
    public static SampleProvenance None { get; } = new();

    /// <summary>Documents read.</summary>
    public long Documents { get; init; }

    /// <summary>Token ids read, prompts not counted.</summary>
    public long Tokens { get; init; }

    /// <summary>Documents that came with a prompt.</summary>
    public long DocumentsWithPrompts { get; init; }

    /// <summary>Records that could not be read, of all inputs.</summary>
    public long Unread => Inputs.Sum(input => input.Unread);

    /// <summary>The inputs, in order of digest; empty where a program added the rows itself.</summary>
    public IReadOnlyList<SampleInput> Inputs { get; init; } = [];

    /// <summary>The provenance of two samples together.</summary>
    /// <param name="other">The provenance of the other sample.</param>
    /// <exception cref="ArgumentException">An input is in both.</exception>
    internal SampleProvenance Join(SampleProvenance other)
    {
        if (Inputs.Where(input => input.Documents > 0).Select(input => input.Sha256).Intersect(other.Inputs.Select(input => input.Sha256)).FirstOrDefault() is { } twice)
            throw new ArgumentException($"The input '{Inputs.First(input => input.Sha256 == twice).Name}' (SHA-256 {twice[..Math.Min(12, twice.Length)]}…) is in both: it would count twice.", nameof(other));
        return new SampleProvenance
        {
            Documents = Documents + other.Documents,
            Tokens = Tokens + other.Tokens,
            DocumentsWithPrompts = DocumentsWithPrompts + other.DocumentsWithPrompts,
            Inputs = Sorted([.. Inputs, .. other.Inputs]),
        };
    }

    /// <summary>Inputs in the order in which files hold them.</summary>
    internal static IReadOnlyList<SampleInput> Sorted(IEnumerable<SampleInput> inputs) =>
        [.. inputs.OrderBy(input => input.Sha256, StringComparer.Ordinal).ThenBy(input => input.Name, StringComparer.Ordinal)];

    /// <summary>Value equality, inputs in the same order.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(SampleProvenance? other) =>
        other is not null && Documents == other.Documents && Tokens == other.Tokens && DocumentsWithPrompts == other.DocumentsWithPrompts && Inputs.SequenceEqual(other.Inputs);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Documents, Tokens, DocumentsWithPrompts, Inputs.Count);
}
