using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Fingerprints;

/// <summary>What all fingerprint tests need besides their data.</summary>
public sealed record FingerprintOptions
{
    /// <summary>The thresholds.</summary>
    public DecisionRule Rule { get; init; } = new();

    /// <summary>How many tests could have been reported, including this one.</summary>
    public TestCount Tests { get; init; } = TestCount.One;

    /// <summary>The seed of everything random, such as permutations. <value>Default 0.</value></summary>
    public ulong Seed { get; init; }

    /// <summary>The probability for which power is stated. <value>Default 0.9.</value></summary>
    public double Power { get; init; } = 0.9;

    /// <summary>The version of the program, for the finding.</summary>
    public string ToolVersion { get; init; } = string.Empty;

    /// <summary>The key and its scheme; null for methods without a key.</summary>
    public KeyIdentity? Key { get; init; }

    /// <summary>SHA-256 of the design that was fixed before the data, 64 lower-case hexadecimal digits; null where there was none.</summary>
    public string? DesignSha256 { get; init; }

    /// <summary>ln of the e-value that support needs: the threshold times the number of tests.</summary>
    internal double LogThreshold => Math.Log(Rule.SupportThreshold) + Tests.LogM;

    /// <summary>Options that every finding shows, in a fixed order.</summary>
    internal IEnumerable<NamedValue> Shown => DesignSha256 is { } design ? [new NamedValue(Plan.DesignOption, design)] : [];
}
