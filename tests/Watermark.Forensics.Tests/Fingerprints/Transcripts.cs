using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;

namespace Watermark.Forensics.Tests.Fingerprints;

/// <summary>Prompts and replies for tests of named models.</summary>
internal static class Transcripts
{
    public static CollectionPrompt[] Prompts(int count) => [.. Enumerable.Range(0, count).Select(i => new CollectionPrompt($"p{i}", $"Prompt {i}?"))];

    /// <summary>Replies by prompt; the name decides the digest of the file.</summary>
    public static Transcript Of(string title, IEnumerable<string[]> replies) => new(
        title,
        [.. replies.SelectMany((texts, p) => texts.Select((text, sample) => new TranscriptReply($"p{p}", sample, text)))],
        [new InputDigest("control", title + ".jsonl", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(title))), 1, 0)]);
}
