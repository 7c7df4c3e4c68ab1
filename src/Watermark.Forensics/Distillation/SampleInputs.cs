using Watermark.Forensics.Findings;
using Watermark.NGrams;

namespace Watermark.Forensics.Distillation;

/// <summary>The inputs of a finding about a sample.</summary>
internal static class SampleInputs
{
    /// <summary>The files that were read, and the sample itself by the digest of its content.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="role"><c>suspect</c> or <c>control</c>.</param>
    public static InputDigest[] Of(Sample sample, string role) =>
    [
        .. sample.Provenance.Inputs.Select(input => new InputDigest(input.Role == SampleInput.Replies ? role : $"{role}-{input.Role}", input.Name, input.Sha256, input.Documents, input.Unread)),
        new InputDigest(role + "-sample", "sample", sample.Digest, sample.Documents, sample.Provenance.Unread),
    ];
}
