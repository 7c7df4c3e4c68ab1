namespace Watermark.Embedding;

/// <summary>The step of a sampling loop in which a scheme marks.</summary>
public enum MarkPlace
{
    /// <summary>It raises logits before temperature and truncation (green lists): <see cref="WatermarkSession.Apply(Span{float})"/>.</summary>
    Logits,

    /// <summary>It changes the final probabilities (tournament sampling): <see cref="WatermarkSession.Reshape"/>.</summary>
    Probabilities,

    /// <summary>It replaces the random draw (Gumbel): <see cref="WatermarkSession.TryChoose"/>.</summary>
    Draw,
}
