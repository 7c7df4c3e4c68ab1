namespace Watermark.Models.Reading;

/// <summary>How a suspect is read. Fix it before looking at the suspect: the choices belong to the plan.</summary>
public sealed record ReadingOptions
{
    /// <summary>Tokens the suspect is shown at once. <value>Default 256, 2 or more.</value></summary>
    public int RowLength { get; init; } = 256;

    /// <summary>
    /// How many of the suspect's most likely tokens are taken at a position. Each further token is weaker evidence.
    /// <value>Default 1, 1 or more.</value>
    /// </summary>
    public int Predictions { get; init; } = 1;

    /// <summary>
    /// Rows computed together, which determines the memory needed for each model (<see cref="ILanguageModel.Evaluate"/>).
    /// Results may differ in the last place of a logit. <value>Default 8, 1 or more.</value>
    /// </summary>
    public int BatchRows { get; init; } = 8;

    /// <summary>Throws where a value is out of range.</summary>
    /// <param name="longest">The longest row that every model allows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names the option.</exception>
    public void Validate(int longest = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RowLength, longest, nameof(RowLength));
        ArgumentOutOfRangeException.ThrowIfLessThan(RowLength, 2, nameof(RowLength));
        ArgumentOutOfRangeException.ThrowIfLessThan(Predictions, 1, nameof(Predictions));
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchRows, 1, nameof(BatchRows));
    }
}
