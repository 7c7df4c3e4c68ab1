using Microsoft.Extensions.AI;
using Watermark.Scoring;

namespace Watermark.Extensions.AI;

/// <summary>How a chat client scores the replies that pass through it.</summary>
public sealed record WatermarkDetectionOptions
{
    /// <summary>Gives the token ids of a text, with the tokenizer of the model that may have marked it. Called concurrently.</summary>
    public required Func<string, int[]> Encode { get; init; }

    /// <summary>Gives the detector for a request, such as that of the account and epoch. Called concurrently, once a reply.</summary>
    public required Func<ChatOptions?, WatermarkDetector> DetectorFor { get; init; }

    /// <summary>Told of every scored reply, on the caller's thread. What it throws is counted and kept from the caller.</summary>
    public Action<DetectionResult>? OnDetected { get; init; }

    /// <summary>
    /// The part of a reply that is scored, in UTF-16 characters from its start: at least 1, by default 1,000,000. It limits
    /// the memory of a streamed reply; the text itself passes whole.
    /// </summary>
    public int MaximumCharacters { get; init; } = 1_000_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ArgumentNullException">A delegate is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="MaximumCharacters"/> is below 1.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Encode);
        ArgumentNullException.ThrowIfNull(DetectorFor);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumCharacters, 1);
    }
}
