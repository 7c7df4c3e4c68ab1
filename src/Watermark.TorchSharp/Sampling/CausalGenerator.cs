using System.Runtime.CompilerServices;
using Watermark.Schemes;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Sampling;

/// <summary>Writes replies with a model, marked or not, a batch of prompts at a time.</summary>
/// <remarks>
/// Draws go through <see cref="Embedding.TokenSampler"/>, so every scheme works. The same seed, prompts and logits give the
/// same replies; a reply depends on its own number (<c>firstReply</c> plus its place), not on the thread that draws it.
/// Logits are floating point and may differ in the last place with the batch size or the machine, and then a draw may
/// differ; no test of a mark depends on that. Calls to one model must not overlap.
/// </remarks>
public sealed class CausalGenerator
{
    private readonly ICausalLanguageModel model;
    private readonly KeyedScheme? scheme;
    private readonly GenerationOptions options;

    /// <summary>Creates a generator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="scheme">The mark, or null to write without a mark; the caller disposes it.</param>
    /// <param name="options">How replies are written.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public CausalGenerator(ICausalLanguageModel model, KeyedScheme? scheme, GenerationOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        foreach (int id in options.ExcludedTokens)
        {
            if ((uint)id >= (uint)model.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(options), id, $"An excluded token must be an id below {model.VocabularySize}.");
        }

        this.model = model;
        this.scheme = scheme;
        this.options = options;
    }

    /// <summary>Writes one reply per prompt.</summary>
    /// <param name="prompts">Token ids, each at least one long and shorter than the model's longest sequence.</param>
    /// <param name="firstReply">The number of the first reply; the number of a reply chooses its stream of draws.</param>
    /// <param name="cancellationToken">Stops between tokens.</param>
    /// <returns>The replies without their prompts, a stop token included.</returns>
    public int[][] Generate(IReadOnlyList<int[]> prompts, long firstReply = 0, CancellationToken cancellationToken = default)
    {
        using var run = new GenerationRun(model, scheme, options, prompts, firstReply);
        while (run.HasMore)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Step();
        }

        return run.Replies();
    }

    /// <summary>Gives the tokens of all replies as they are drawn.</summary>
    /// <param name="prompts">Token ids, each at least one long and shorter than the model's longest sequence.</param>
    /// <param name="firstReply">The number of the first reply; the number of a reply chooses its stream of draws.</param>
    /// <param name="cancellationToken">Stops between tokens.</param>
    public IEnumerable<GeneratedToken> Stream(IReadOnlyList<int[]> prompts, long firstReply = 0, CancellationToken cancellationToken = default)
    {
        using var run = new GenerationRun(model, scheme, options, prompts, firstReply);
        while (run.HasMore)
        {
            cancellationToken.ThrowIfCancellationRequested();
            run.Step();
            foreach (GeneratedToken token in run.Drawn)
                yield return token;
        }
    }

    /// <summary>Gives the tokens of all replies as they are drawn; the model runs on the thread pool.</summary>
    /// <param name="prompts">Token ids, each at least one long and shorter than the model's longest sequence.</param>
    /// <param name="firstReply">The number of the first reply; the number of a reply chooses its stream of draws.</param>
    /// <param name="cancellationToken">Stops between tokens.</param>
    public async IAsyncEnumerable<GeneratedToken> StreamAsync(
        IReadOnlyList<int[]> prompts, long firstReply = 0, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var run = new GenerationRun(model, scheme, options, prompts, firstReply);
        while (run.HasMore)
        {
            await Task.Run(run.Step, cancellationToken).ConfigureAwait(false);
            foreach (GeneratedToken token in run.Drawn)
                yield return token;
        }
    }
}
