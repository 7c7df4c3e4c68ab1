namespace Watermark.Forensics.Cases.Collection;

/// <summary>How a collection is made.</summary>
public sealed record CollectorOptions
{
    /// <summary>Replies to each prompt of each subject. <value>Default 1, 1 … 1,000.</value></summary>
    public int RepliesPerPrompt { get; init; } = 1;

    /// <summary>Replies of each subject after which it is asked no more; null for all prompts.</summary>
    public long? RepliesPerSubject { get; init; }

    /// <summary>Seed of the order in which the subjects are asked a prompt. <value>Default 0.</value></summary>
    public ulong Seed { get; init; }

    /// <summary>Requests at the same time. <value>Default 4, 1 … 256.</value></summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>
    /// Prompts of one subject that fail one after the other before the collection is given up. <value>Default 20, 1 or more.</value>
    /// </summary>
    public int GiveUpAfter { get; init; } = 20;

    /// <summary>Throws where a value is out of range.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the option.</exception>
    public void Validate()
    {
        InRange(nameof(RepliesPerPrompt), RepliesPerPrompt, 1000);
        InRange(nameof(RepliesPerSubject), RepliesPerSubject ?? 1, long.MaxValue);
        InRange(nameof(Parallelism), Parallelism, 256);
        InRange(nameof(GiveUpAfter), GiveUpAfter, int.MaxValue);
    }

    private static void InRange(string name, long value, long maximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, maximum, name);
    }
}

/// <summary>How far a collection is.</summary>
/// <param name="Done">Replies in the log that this collection wants.</param>
/// <param name="Failed">Prompts that were given up in this run.</param>
/// <param name="Total">Replies that are wanted.</param>
/// <param name="Replies">Replies of each subject in the log.</param>
public sealed record CollectionState(long Done, long Failed, long Total, IReadOnlyDictionary<string, long> Replies);

/// <summary>Whether a collection stops.</summary>
/// <param name="Reason">Why it stops; null where it goes on.</param>
public readonly record struct StopDecision(string? Reason)
{
    /// <summary>The collection goes on.</summary>
    public static StopDecision GoOn => default;
}

/// <summary>What a run of a collection did.</summary>
/// <param name="Collected">Replies that this run added.</param>
/// <param name="Failed">Prompts that got no reply in this run; another run asks them again.</param>
/// <param name="Remaining">Replies that are wanted and missing.</param>
/// <param name="Reason">Why the run ended, as in the log's <c>end</c> record.</param>
/// <param name="IsStopped">Whether the stopping rule ended it, so that missing replies are not wanted any more.</param>
public sealed record CollectionOutcome(long Collected, long Failed, long Remaining, string Reason, bool IsStopped);
