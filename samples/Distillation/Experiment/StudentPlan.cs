namespace Distillation.Experiment;

/// <summary>The design of a student.</summary>
internal enum Architecture
{
    /// <summary>The teacher's own design, with other initial weights.</summary>
    Same,

    /// <summary>A deeper and narrower transformer.</summary>
    Deeper,

    /// <summary>A recurrent model.</summary>
    Gru,
}

/// <summary>What a student is trained on, and how.</summary>
internal sealed record StudentPlan
{
    public Architecture Architecture { get; init; }

    /// <summary>Share of marked tokens in the replies it is trained on; the rest is unmarked replies. 0 is a control.</summary>
    public double Share { get; init; } = 1;

    /// <summary>Share of the tokens of its training replies that are replaced by others at random: a crude paraphrase.</summary>
    public double Noise { get; init; }

    /// <summary>Steps of further training on clean text afterwards.</summary>
    public int CleanSteps { get; init; }

    public ulong Seed { get; init; } = 1;
}
