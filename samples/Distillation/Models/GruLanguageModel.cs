using TorchSharp;
using TorchSharp.Modules;
using Watermark.TorchSharp.Models;

namespace Distillation.Models;

/// <summary>A recurrent model (gated recurrent units, tied embeddings): a student that shares nothing with the teacher's design.</summary>
internal sealed class GruLanguageModel : torch.nn.Module, ICausalLanguageModel
{
    private readonly Embedding embedding;
    private readonly GRU recurrent;
    private readonly Linear narrow;

    public GruLanguageModel(int vocabularySize, int width, int hidden, int maximumPositions)
        : base(nameof(GruLanguageModel))
    {
        VocabularySize = vocabularySize;
        MaximumPositions = maximumPositions;
        embedding = torch.nn.Embedding(vocabularySize, width);
        recurrent = torch.nn.GRU(width, hidden, 1, batchFirst: true);
        narrow = torch.nn.Linear(hidden, width, hasBias: true);
        register_module(nameof(embedding), embedding);
        register_module(nameof(recurrent), recurrent);
        register_module(nameof(narrow), narrow);
    }

    public int VocabularySize { get; }

    public int MaximumPositions { get; }

    public torch.Device Device => embedding.weight!.device;

    public torch.Tensor Logits(torch.Tensor ids)
    {
        using var scope = torch.NewDisposeScope();
        return Project(recurrent.call(embedding.call(ids)).Item1).MoveToOuterDisposeScope();
    }

    public IDecoder StartDecoding() => new Decoder(this);

    private torch.Tensor Project(torch.Tensor states) => torch.nn.functional.linear(narrow.call(states), embedding.weight!);

    private sealed class Decoder(GruLanguageModel model) : IDecoder
    {
        private torch.Tensor? state;

        public torch.Tensor Advance(torch.Tensor ids)
        {
            using IDisposable noGradient = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            (torch.Tensor states, torch.Tensor last) = model.recurrent.call(model.embedding.call(ids), state);
            state?.Dispose();
            state = last.DetachFromDisposeScope();
            return model.Project(states.narrow(1, ids.shape[1] - 1, 1).squeeze(1)).MoveToOuterDisposeScope();
        }

        public void Dispose() => state?.Dispose();
    }
}
