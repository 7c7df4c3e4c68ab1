using TorchSharp;
using Watermark.Models;
using Watermark.TestKit;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Tests.Models;

public sealed class TensorLogProbabilitiesTests
{
    private static readonly ReadOnlyMemory<int>[] Batch = [new[] { 1, 2, 3, 4, 5 }, new[] { 6 }, new[] { 7, 1, 2 }];

    [Fact]
    public void Sequences_of_different_lengths_give_every_position_its_own_distribution()
    {
        var table = new TableModel(40, seed: 3);
        ILanguageModel model = new TorchTableModel(40, seed: 3);
        using ILogProbabilities tensors = model.Evaluate(Batch);
        using ILogProbabilities expected = table.Evaluate(Batch);
        for (int sequence = 0; sequence < Batch.Length; sequence++)
        {
            for (int position = 0; position < Batch[sequence].Length; position++)
            {
                float[] reference = expected.After(sequence, position).ToArray();
                float[] found = tensors.After(sequence, position).ToArray();
                Assert.Equal(reference.Length, found.Length);
                for (int token = 0; token < found.Length; token++)
                    Assert.Equal(reference[token], found[token], 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32, 1e-4)]
    [InlineData(torch.ScalarType.BFloat16, 0.05)]
    public void A_transformer_gives_a_short_sequence_the_same_alone_and_beside_longer_ones(torch.ScalarType type, double tolerance)
    {
        using var transformer = new CausalTransformer(new TransformerOptions { VocabularySize = 40, HiddenSize = 16, IntermediateSize = 32, Layers = 2, Heads = 2, MaximumPositions = 8 }, type);
        WeightInitialization.Fill(transformer, 1, 0.3);
        ILanguageModel model = transformer;
        using ILogProbabilities together = model.Evaluate(Batch);
        for (int sequence = 0; sequence < Batch.Length; sequence++)
        {
            using ILogProbabilities alone = model.Evaluate([Batch[sequence]]);
            for (int position = 0; position < Batch[sequence].Length; position++)
            {
                float[] found = together.After(sequence, position).ToArray();
                Assert.Equal(1, found.Sum(value => Math.Exp(value)), 1e-4);
                foreach ((float one, float other) in found.Zip(alone.After(0, position).ToArray()))
                    Assert.Equal(one, other, tolerance);
            }
        }
    }

    [Fact]
    public void Places_that_do_not_exist_are_refused()
    {
        ILanguageModel model = new TorchTableModel(40) { MaximumPositions = 5 };
        ILogProbabilities found = model.Evaluate(Batch);
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = found.After(1, 1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = found.After(3, 0); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = found.After(0, -1); });
        found.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { _ = found.After(0, 0); });
        Assert.Throws<ArgumentException>(() => model.Evaluate([]));
        Assert.Throws<ArgumentException>(() => model.Evaluate([ReadOnlyMemory<int>.Empty]));
        Assert.Throws<ArgumentException>(() => model.Evaluate([new int[6]]));
    }
}
