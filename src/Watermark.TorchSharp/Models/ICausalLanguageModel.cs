using TorchSharp;

namespace Watermark.TorchSharp.Models;

/// <summary>A model that gives, after each token of a sequence, the logits of the next one.</summary>
public interface ICausalLanguageModel
{
    /// <summary>The number of token ids; logits have this many entries.</summary>
    int VocabularySize { get; }

    /// <summary>The longest sequence the model takes, in tokens.</summary>
    int MaximumPositions { get; }

    /// <summary>The device of the weights; token ids must be there too.</summary>
    torch.Device Device { get; }

    /// <summary>The logits after every token, as reading and training need them.</summary>
    /// <param name="ids">Token ids, int64, shape [batch, length].</param>
    /// <returns>Natural-log scale, shape [batch, length, vocabulary], in the weights' type. The caller disposes it.</returns>
    torch.Tensor Logits(torch.Tensor ids);

    /// <summary>Begins a batch of sequences that grow token by token.</summary>
    /// <returns>A decoder at position 0; dispose it to free what it remembers.</returns>
    IDecoder StartDecoding();
}

/// <summary>A batch of growing sequences. Not safe for concurrent use.</summary>
public interface IDecoder : IDisposable
{
    /// <summary>Appends tokens to every sequence.</summary>
    /// <param name="ids">Token ids, int64, shape [batch, new tokens]; the batch size is that of the first call.</param>
    /// <returns>The logits after the last token, shape [batch, vocabulary]. The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The sequences would become longer than the model takes.</exception>
    torch.Tensor Advance(torch.Tensor ids);
}
