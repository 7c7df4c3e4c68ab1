namespace Distillation.Experiment;

/// <summary>What is tried.</summary>
internal sealed record StudyOptions
{
    /// <summary>The name of the files.</summary>
    public required string Name { get; init; }

    public required IReadOnlyList<Case> Cases { get; init; }

    public Sizes Sizes { get; init; } = new();

    /// <summary>Whether the suspect's own replies are tested.</summary>
    public bool Text { get; init; } = true;

    /// <summary>Whether the suspect's predictions on the owner's text are tested.</summary>
    public bool Reading { get; init; } = true;

    public IReadOnlyList<Weighting> Weightings { get; init; } = Enum.GetValues<Weighting>();

    public ulong Seed { get; init; } = 2;

    /// <summary>Threads: of the teacher's training, then students side by side.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Keys that marked nothing, tried on the first case.</summary>
    public int WrongKeys { get; init; } = 20;

    /// <summary>Whether it is asked how many tokens are enough; takes about as long as the verdicts.</summary>
    public bool FirstPassages { get; init; } = true;

    /// <summary>A folder of text files, or null for the SDK's reference documentation.</summary>
    public string? TextFolder { get; init; }

    public required string Output { get; init; }

    /// <summary>Where trained weights are kept for the next run, or null.</summary>
    public string? Cache { get; init; }
}
