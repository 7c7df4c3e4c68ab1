namespace Watermark.Forensics.Findings;

/// <summary>
/// How many tests could have been reported: every key, epoch, account and suspect that is tested, and every other way in
/// which the same text could have been tested. The probability of the best result among M tests is up to M times its
/// p-value.
/// </summary>
public sealed record TestCount
{
    /// <summary>A single test.</summary>
    public static TestCount One { get; } = new();

    /// <summary>Keys. <value>Default 1.</value></summary>
    public long Keys { get; init; } = 1;

    /// <summary>Epochs of each key. <value>Default 1.</value></summary>
    public long Epochs { get; init; } = 1;

    /// <summary>Accounts of each key. <value>Default 1.</value></summary>
    public long Accounts { get; init; } = 1;

    /// <summary>Suspects. <value>Default 1.</value></summary>
    public long Suspects { get; init; } = 1;

    /// <summary>Other choices: formats, normal forms, statistics, selections tried on the same text. <value>Default 1.</value></summary>
    public long Variants { get; init; } = 1;

    /// <summary>
    /// M itself, where it is not the product (for example, if each key has its own suspects); null for the product.
    /// </summary>
    public long? Stated { get; init; }

    /// <summary>The number of tests: <see cref="Stated"/>, or the product of the others, at most 2^63 − 1.</summary>
    public long M
    {
        get
        {
            if (Stated is { } stated)
                return stated;
            Int128 product = 1;
            foreach ((_, long value) in Factors)
                product = Int128.Min(product * value, long.MaxValue);
            return (long)product;
        }
    }

    /// <summary>ln M.</summary>
    public double LogM => Math.Log(M);

    /// <summary>The factors with the names that files give them.</summary>
    internal (string Name, long Value)[] Factors =>
        [("keys", Keys), ("epochs", Epochs), ("accounts", Accounts), ("suspects", Suspects), ("variants", Variants)];

    /// <summary>The larger of two counts, factor by factor: tests planned and tests made.</summary>
    /// <param name="first">One of the counts.</param>
    /// <param name="second">The other count.</param>
    /// <returns>A count whose M is at least that of both.</returns>
    public static TestCount Larger(TestCount first, TestCount second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return new TestCount
        {
            Keys = Math.Max(first.Keys, second.Keys),
            Epochs = Math.Max(first.Epochs, second.Epochs),
            Accounts = Math.Max(first.Accounts, second.Accounts),
            Suspects = Math.Max(first.Suspects, second.Suspects),
            Variants = Math.Max(first.Variants, second.Variants),
            Stated = first.Stated is null && second.Stated is null ? null : Math.Max(first.M, second.M),
        };
    }

    /// <summary>A sentence on what is wrong with the values, which names the field and what was expected, or null.</summary>
    public string? Fault()
    {
        foreach ((string name, long value) in Factors)
        {
            if (value < 1)
                return Words.Fault("multiplicity." + name, value, "a whole number from 1");
        }

        return Stated is < 1 ? Words.Fault("multiplicity.stated", Stated.Value, "a whole number from 1") : null;
    }
}
