namespace Watermark.NGrams;

/// <summary>One input that a sample was made from.</summary>
/// <param name="Name">A name for readers, such as a file's name without its folder.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
/// <param name="Documents">Documents (replies) read from it.</param>
/// <param name="Unread">Records of it that could not be read.</param>
public sealed record SampleInput(string Name, string Sha256, long Documents, long Unread)
{
    /// <summary>The <see cref="Role"/> of files with replies.</summary>
    public const string Replies = "replies";

    /// <summary>The <see cref="Role"/> of files with text that is not scored where replies repeat it.</summary>
    public const string Excluded = "excluded";

    /// <summary>What the input was used for. <value>Default <see cref="Replies"/>.</value></summary>
    public string Role { get; init; } = Replies;
}

/// <summary>Where a sample comes from.</summary>
public sealed record SampleProvenance
{
    // Before None, which is made of it.
    private static SortedDictionary<string, long> NothingNoticed { get; } = new(StringComparer.Ordinal);

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

    /// <summary>What was noticed while the text was read, by the names of <see cref="ReadingCounts"/>; zeros are left out.</summary>
    public IReadOnlyDictionary<string, long> Reading { get; init; } = NothingNoticed;

    /// <summary>One of the counts of <see cref="Reading"/>, 0 where it is not there.</summary>
    /// <param name="name">One of the names of <see cref="ReadingCounts"/>.</param>
    public long Count(string name) => Reading.GetValueOrDefault(name);

    /// <summary>The sums of counts, by name, without zeros.</summary>
    internal static SortedDictionary<string, long> Sum(params IEnumerable<IReadOnlyDictionary<string, long>> counts)
    {
        var sums = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string name, long count) in counts.SelectMany(one => one))
        {
            long sum = unchecked(sums.GetValueOrDefault(name) + count);
            sums[name] = sum < 0 && count >= 0 ? long.MaxValue : sum; // Saturates: a count is information, not evidence.
        }

        foreach (string name in sums.Where(one => one.Value == 0).Select(one => one.Key).ToArray())
            sums.Remove(name);
        return sums;
    }

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
            Reading = Sum(Reading, other.Reading),
        };
    }

    /// <summary>Inputs in the order in which files hold them.</summary>
    internal static IReadOnlyList<SampleInput> Sorted(IEnumerable<SampleInput> inputs) =>
        [.. inputs.OrderBy(input => input.Sha256, StringComparer.Ordinal).ThenBy(input => input.Name, StringComparer.Ordinal)];

    /// <summary>Value equality, inputs in the same order.</summary>
    /// <param name="other">The other.</param>
    public bool Equals(SampleProvenance? other) =>
        other is not null && Documents == other.Documents && Tokens == other.Tokens && DocumentsWithPrompts == other.DocumentsWithPrompts
        && Inputs.SequenceEqual(other.Inputs) && Reading.SequenceEqual(other.Reading);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Documents, Tokens, DocumentsWithPrompts, Inputs.Count);
}
