using Distillation.Training;
using TorchSharp;
using TorchSharp.Modules;
using Watermark.Randomness;
using Watermark.TorchSharp.Models;

namespace Distillation.Fingerprints;

/// <summary>A small transformer of the study, and what happens to a model after its training.</summary>
internal sealed class StudyModel : IDisposable
{
    private const int BatchRows = 40;
    private const double Rate = 5e-3;

    private readonly CausalTransformer model;

    public StudyModel(ulong seed)
    {
        model = new CausalTransformer(new TransformerOptions
        {
            VocabularySize = FingerprintWorld.Vocabulary, HiddenSize = 64, IntermediateSize = 128, Layers = 2, Heads = 4, MaximumPositions = 16, TieEmbeddings = true,
        });
        WeightInitialization.Fill(model, seed, 0.1);
    }

    /// <summary>Trains on rows of which a share is the lesson and the rest other text.</summary>
    public void Train(int[][] lesson, int[][] other, double share, int steps, ulong seed, CancellationToken cancellationToken)
    {
        var optimizer = new AdamOptimizer(model.parameters());
        var random = new SeededRandomBits(seed, 3);
        model.train();
        for (int step = 0; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            var ids = new List<long>();
            for (int row = 0; row < BatchRows; row++)
            {
                int[][] source = random.NextDouble() < share ? lesson : other;
                ids.AddRange(source[(int)random.NextBelow((ulong)source.Length)].Select(id => (long)id));
            }

            int length = ids.Count / BatchRows;
            torch.Tensor rows = torch.tensor(ids.ToArray(), BatchRows, length);
            torch.Tensor logits = model.Logits(rows.narrow(1, 0, length - 1)).view(-1, FingerprintWorld.Vocabulary);
            torch.nn.functional.cross_entropy(logits, rows.narrow(1, 1, length - 1).contiguous().view(-1)).backward();
            optimizer.Step(Rate, 1);
        }

        model.eval();
    }

    /// <summary>A model with the same weights.</summary>
    public StudyModel Copy()
    {
        var copy = new StudyModel(0);
        using IDisposable noGradient = torch.no_grad();
        foreach ((Parameter target, Parameter source) in copy.model.parameters().Zip(model.parameters()))
            target.copy_(source);
        return copy;
    }

    /// <summary>Rounds every weight to a grid of its matrix's row, as simple quantisation does.</summary>
    /// <param name="bits">Bits a weight.</param>
    public void Quantise(int bits)
    {
        float levels = (1 << (bits - 1)) - 1;
        using IDisposable noGradient = torch.no_grad();
        foreach (Parameter parameter in model.parameters())
        {
            Span<float> values = parameter.data<float>().ToArray();
            int width = (int)parameter.shape[^1];
            for (int start = 0; start < values.Length; start += width)
            {
                Span<float> row = values.Slice(start, width);
                float scale = System.Numerics.Tensors.TensorPrimitives.MaxMagnitude<float>(row) / levels;
                if (scale == 0)
                    continue;
                scale = Math.Abs(scale);
                foreach (ref float value in row)
                    value = scale * MathF.Round(value / scale);
            }

            using torch.Tensor rounded = torch.tensor(values.ToArray()).view(parameter.shape);
            parameter.copy_(rounded);
        }
    }

    public int[] Greedy(int[] prompt, int tokens)
    {
        var ids = new List<int>(prompt);
        for (int i = 0; i < tokens; i++)
        {
            using var scope = torch.NewDisposeScope();
            torch.Tensor last = model.Logits(torch.tensor(ids.Select(id => (long)id).ToArray(), 1, ids.Count)).narrow(1, ids.Count - 1, 1);
            ids.Add((int)last.view(-1).argmax().item<long>());
        }

        return [.. ids.Skip(prompt.Length)];
    }

    /// <summary>ln likelihood per token of a reply.</summary>
    public double LogLikelihood(int[] prompt, int[] reply)
    {
        using var scope = torch.NewDisposeScope();
        long[] ids = [.. prompt.Concat(reply).Select(id => (long)id)];
        torch.Tensor logs = torch.nn.functional.log_softmax(model.Logits(torch.tensor(ids, 1, ids.Length)), -1);
        return reply.Select((id, i) => (double)logs[0, prompt.Length - 1 + i, id].item<float>()).Average();
    }

    public void Dispose() => model.Dispose();
}
