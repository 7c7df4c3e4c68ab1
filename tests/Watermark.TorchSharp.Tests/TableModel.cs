using TorchSharp;
using Watermark.Randomness;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Tests;

/// <summary>A model whose logits depend on the last two tokens through a seeded table: no weights, the same bits in every batch.</summary>
internal sealed class TableModel(int vocabularySize, ulong seed = 1) : ICausalLanguageModel
{
    public int VocabularySize => vocabularySize;

    public int MaximumPositions { get; init; } = 64;

    public torch.Device Device => torch.CPU;

    /// <summary>Added to the logit of a token (second) after a token (first); null for nothing.</summary>
    public Func<int, int, double>? Bias { get; init; }

    /// <summary>Decoders that were started and not disposed.</summary>
    public int OpenDecoders { get; private set; }

    public float[] LogitsAfter(ReadOnlySpan<int> ids)
    {
        ulong stream = ((ulong)(ids.Length > 1 ? ids[^2] + 1 : 0) << 20) | (uint)ids[^1];
        var random = new SeededRandomBits(seed, stream);
        int last = ids[^1];
        return [.. Enumerable.Range(0, vocabularySize).Select(token => (float)((6 * random.NextDouble()) + (Bias?.Invoke(last, token) ?? 0)))];
    }

    /// <summary>Goes on from a first token, drawing every next one from the model.</summary>
    public int[] Write(int first, int length, RandomBits random)
    {
        var ids = new int[length];
        ids[0] = first;
        for (int t = 1; t < length; t++)
        {
            double[] weights = [.. LogitsAfter(ids.AsSpan(0, t)).Select(logit => Math.Exp(logit))];
            double rest = random.NextDouble() * weights.Sum();
            while (ids[t] < vocabularySize - 1 && (rest -= weights[ids[t]]) >= 0)
                ids[t]++;
        }

        return ids;
    }

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

    private sealed class Decoder(TableModel model) : IDecoder
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
