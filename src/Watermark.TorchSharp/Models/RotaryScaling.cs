namespace Watermark.TorchSharp.Models;

/// <summary>
/// How rotary frequencies are scaled, so that a model can read longer sequences than in its first training.
/// </summary>
public abstract record RotaryScaling
{
    /// <summary>The scaled frequency.</summary>
    /// <param name="frequency">Radians per position.</param>
    public abstract double Scale(double frequency);

    /// <summary>Throws where a value is out of range.</summary>\n /// <exception cref="ArgumentException">A value is out of
    /// range.</exception>
    public abstract void Validate();
}

/// <summary>Every frequency is divided by one factor ("linear").</summary>
/// <param name="Factor">At least 1.</param>
public sealed record LinearRotaryScaling(double Factor) : RotaryScaling
{
    /// <inheritdoc/>
    public override double Scale(double frequency) => frequency / Factor;

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Factor >= 1 && double.IsFinite(Factor)))
            throw new ArgumentOutOfRangeException(nameof(Factor), Factor, "The factor is a finite number of at least 1.");
    }
}

/// <summary>
/// The rule of Llama 3.1: slow rotations are divided by a factor, fast ones are unchanged, and those between are
/// interpolated.
/// </summary>
/// <param name="Factor">At least 1.</param>
/// <param name="LowFrequencyFactor">Rotations with fewer turns than this within the original context are slow.</param>
/// <param name="HighFrequencyFactor">Rotations with more turns than this within it are fast; above <paramref name="LowFrequencyFactor"/>.</param>
/// <param name="OriginalPositions">The context of the first training, in tokens.</param>
/// <remarks>Source: the <c>rope_type: llama3</c> entry of the Llama 3.1 model cards' <c>config.json</c>.</remarks>
public sealed record Llama3RotaryScaling(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, int OriginalPositions) : RotaryScaling
{
    /// <inheritdoc/>
    public override double Scale(double frequency)
    {
        double turns = OriginalPositions * frequency / (2 * Math.PI);
        if (turns < LowFrequencyFactor)
            return frequency / Factor;
        if (turns > HighFrequencyFactor)
            return frequency;
        double kept = (turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
        return (1 - kept) * frequency / Factor + kept * frequency;
    }

    /// <inheritdoc/>
    public override void Validate()
    {
        if (!(Factor >= 1 && double.IsFinite(Factor)))
            throw new ArgumentOutOfRangeException(nameof(Factor), Factor, "The factor is a finite number of at least 1.");
        if (!(LowFrequencyFactor > 0 && HighFrequencyFactor > LowFrequencyFactor && double.IsFinite(HighFrequencyFactor)))
            throw new ArgumentException($"The high frequency factor {HighFrequencyFactor} must lie above the low one {LowFrequencyFactor}, which is positive.", nameof(HighFrequencyFactor));
        ArgumentOutOfRangeException.ThrowIfLessThan(OriginalPositions, 1);
    }
}
