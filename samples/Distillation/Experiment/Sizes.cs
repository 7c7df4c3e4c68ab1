namespace Distillation.Experiment;

/// <summary>How large everything is.</summary>
internal sealed record Sizes
{
    public int Vocabulary { get; init; } = 8000;

    /// <summary>Tokens of a training window, of a prompt with its reply, and of a row in reading mode.</summary>
    public int Length { get; init; } = 64;

    public int TeacherSteps { get; init; } = 450;

    public int StudentSteps { get; init; } = 320;

    /// <summary>Tokens of replies a student is trained on.</summary>
    public int ServedTokens { get; init; } = 131_072;

    /// <summary>Tokens of replies collected from a suspect.</summary>
    public int CollectedTokens { get; init; } = 100_000;

    /// <summary>Tokens of the owner's unmarked replies on which a suspect is compared with the owner's model.</summary>
    public int ComparedTokens { get; init; } = 50_000;

    /// <summary>Replies computed together.</summary>
    public int GenerationRows { get; init; } = 128;

    /// <summary>Tokens a draw chooses from, for the service and for suspects; 0 for all.</summary>
    public int TopK { get; init; } = 100;

    public int Width { get; init; } = 128;

    public int Layers { get; init; } = 2;

    /// <summary>Rows of a training step.</summary>
    public int Rows { get; init; } = 32;

    /// <summary>Fewer sentences of text; null for all.</summary>
    public int? Sentences { get; init; }
}
