namespace Watermark.TorchSharp.Models;

/// <summary>How rotary frequencies are stretched so that a model reads further than it was first trained to.</summary>
public abstract record RotaryScaling
{
    /// <summary>The scaled frequency.</summary>
    /// <param name="frequency">Radians a position.</param>
    public abstract double Scale(double frequency);

    /// <summary>Throws where the values are out of range.</summary>
    /// <exception cref="ArgumentException">They are.</exception>
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
/// The rule of Llama 3.1: slow turns are divided by a factor, fast ones stay, and those between are interpolated.
/// </summary>
/// <param name="Factor">At least 1.</param>
/// <param name="LowFrequencyFactor">Turns that fit the original context fewer times than this are slow.</param>
/// <param name="HighFrequencyFactor">Turns that fit it more often than this are fast; above <paramref name="LowFrequencyFactor"/>.</param>
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
