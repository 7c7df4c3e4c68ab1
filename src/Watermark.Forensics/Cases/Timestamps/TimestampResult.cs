namespace Watermark.Forensics.Cases.Timestamps;

/// <summary>What a time stamp (RFC 3161) shows: that some bytes existed at a time, or why it shows nothing.</summary>
public sealed record TimestampResult
{
    /// <summary>What was stamped, one of <see cref="TimestampFiles.Names"/>.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the stamped bytes, 64 lower-case hexadecimal digits; empty where they are not known.</summary>
    public string Sha256 { get; init; } = string.Empty;

    /// <summary>The stamped bytes: all of the file, or those that the log had then.</summary>
    public long Length { get; init; }

    /// <summary>The bytes of the file now.</summary>
    public long FileLength { get; init; }

    /// <summary>The time that the authority states; null where the time stamp is not valid.</summary>
    public DateTimeOffset? GenTime { get; init; }

    /// <summary>How far the authority's clock may be off; zero where it does not say.</summary>
    public TimeSpan Accuracy { get; init; }

    /// <summary>The latest time at which the bytes came to the authority: <see cref="GenTime"/> and <see cref="Accuracy"/> together; null where it is not valid.</summary>
    public DateTimeOffset? Latest => GenTime + Accuracy;

    /// <summary>The subject of the authority's certificate; empty where it is not known.</summary>
    public string Authority { get; init; } = string.Empty;

    /// <summary>The subject of the root that the authority's certificate leads to; empty where the chain is not valid.</summary>
    public string Root { get; init; } = string.Empty;

    /// <summary>SHA-256 of that root's certificate, by which a reader knows it; empty where the chain is not valid.</summary>
    public string RootSha256 { get; init; } = string.Empty;

    /// <summary>SHA-256 of the reply's file; empty where it could not be read.</summary>
    public string TokenSha256 { get; init; } = string.Empty;

    /// <summary>SHA-256 of the file of certificates; empty where it could not be read.</summary>
    public string ChainSha256 { get; init; } = string.Empty;

    /// <summary>Why it shows nothing, one sentence; null where it is valid.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether it is valid.</summary>
    public bool IsValid => Fault is null;
}
