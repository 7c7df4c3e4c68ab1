using Microsoft.Extensions.AI;

namespace Watermark.Extensions.AI;

/// <summary>Detection in a pipeline of chat clients.</summary>
public static class WatermarkChatClientBuilderExtensions
{
    /// <summary>Scores the replies that pass this place of the pipeline; see <see cref="WatermarkDetectionChatClient"/>.</summary>
    /// <param name="builder">The pipeline.</param>
    /// <param name="options">The tokenizer, the detector and who is told.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static ChatClientBuilder UseWatermarkDetection(this ChatClientBuilder builder, WatermarkDetectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.Use(inner => new WatermarkDetectionChatClient(inner, options));
    }
}
