using TorchSharp;
using Watermark.Models;

namespace Watermark.TorchSharp.Models;

/// <summary>A language model on tensors: after each token of a sequence it gives the logits of the next token.</summary>
public interface ICausalLanguageModel : ILanguageModel
{
    /// <summary>The device of the weights; token ids must be on it too.</summary>
    torch.Device Device { get; }

    /// <summary>The logits after every token, for reading mode and training.</summary>
    /// <param name="ids">Token ids, int64, shape [batch, length].</param>
    /// <returns>Natural-log scale, shape [batch, length, vocabulary], in the weights' type. The caller disposes it.</returns>
    torch.Tensor Logits(torch.Tensor ids);

    /// <summary>Starts a batch of sequences that grow token by token.</summary>
    /// <returns>A decoder at position 0; dispose it to free its memory.</returns>
    IDecoder StartDecoding();

    /// <inheritdoc/>
    /// <remarks>
    /// Shorter sequences are padded after their end, where no earlier token sees the padding. Logits and log-probabilities
    /// are both held on the model's device during the computation; the result is on the CPU in single precision.
    /// </remarks>
    ILogProbabilities ILanguageModel.Evaluate(IReadOnlyList<ReadOnlyMemory<int>> sequences) => TensorLogProbabilities.Of(this, sequences);
}

/// <summary>A batch of growing sequences. Not safe for concurrent use.</summary>
public interface IDecoder : IDisposable
{
    /// <summary>Appends tokens to every sequence.</summary>
    /// <param name="ids">Token ids, int64, shape [batch, new tokens]; the batch size is that of the first call.</param>
    /// <returns>The logits after the last token, shape [batch, vocabulary]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The sequences would become longer than the model allows.</exception>
    torch.Tensor Advance(torch.Tensor ids);
}
