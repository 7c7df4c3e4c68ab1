using TorchSharp;
using Watermark.TestKit;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Tests;

/// <summary>A <see cref="TableModel"/> that answers in tensors.</summary>
internal sealed class TorchTableModel(int vocabularySize, ulong seed = 1) : ICausalLanguageModel
{
    private readonly TableModel table = new(vocabularySize, seed);

    public int VocabularySize => vocabularySize;

    public int MaximumPositions { get; init; } = 64;

    public torch.Device Device => torch.CPU;

    /// <summary>Decoders that were started and not disposed.</summary>
    public int OpenDecoders { get; private set; }

    /// <summary>The logits of the next token, the caller's own.</summary>
    public float[] LogitsAfter(ReadOnlySpan<int> ids) => [.. table.LogitsAfter(ids)];

    public torch.Tensor Logits(torch.Tensor ids)
    {
        (int batch, int length) = ((int)ids.shape[0], (int)ids.shape[1]);
        int[] flat = [.. ids.data<long>().ToArray().Select(id => (int)id)];
        var values = new List<float>();
        for (int row = 0; row < batch; row++)
        {
            for (int t = 0; t < length; t++)
                values.AddRange(LogitsAfter(flat.AsSpan(row * length, t + 1)));
        }

        return torch.tensor(values.ToArray(), batch, length, vocabularySize);
    }

    public IDecoder StartDecoding()
    {
        OpenDecoders++;
        return new Decoder(this);
    }

    private sealed class Decoder(TorchTableModel model) : IDecoder
    {
        private readonly List<List<int>> rows = [];

        public torch.Tensor Advance(torch.Tensor ids)
        {
            int batch = (int)ids.shape[0];
            while (rows.Count < batch)
                rows.Add([]);
            long[] flat = ids.data<long>().ToArray();
            for (int i = 0; i < flat.Length; i++)
                rows[i / (flat.Length / batch)].Add((int)flat[i]);
            return torch.tensor([.. rows.SelectMany(row => model.LogitsAfter(row.ToArray()))], batch, model.VocabularySize);
        }

        public void Dispose() => model.OpenDecoders--;
    }
}
