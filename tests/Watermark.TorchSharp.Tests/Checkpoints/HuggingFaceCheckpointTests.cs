using TorchSharp;
using Watermark.TorchSharp.Checkpoints;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Tests.Checkpoints;

public sealed class HuggingFaceCheckpointTests
{
    private static readonly int[] Ids = [3, 17, 28, 0, 5, 5, 21, 9, 14, 2, 26, 11];

    public static TheoryData<string> Shapes => ["llama", "llama scaled", "llama one head each", "qwen2", "qwen2 tied", "mistral", "mistral long window"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Logits_equal_those_of_plain_loops_over_the_same_weights(string shape)
    {
        TinyCheckpoint checkpoint = Create(shape);
        using var folder = new TemporaryFolder();
        checkpoint.Write(folder.Path);
        using CausalTransformer model = HuggingFaceCheckpoint.Load(folder.Path);

        double[][] expected = new PlainTransformer(checkpoint).Logits(Ids);
        AssertClose(expected, Logits(model), 1e-4);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Decoding_in_pieces_gives_the_logits_of_the_whole_sequence(string shape)
    {
        TinyCheckpoint checkpoint = Create(shape);
        using var folder = new TemporaryFolder();
        checkpoint.Write(folder.Path);
        using CausalTransformer model = HuggingFaceCheckpoint.Load(folder.Path);
        double[][] expected = new PlainTransformer(checkpoint).Logits(Ids);

        using IDecoder decoder = model.StartDecoding();
        int end = 0;
        foreach (int piece in new[] { 1, 3, 1, 1, 4, 2 })
        {
            using var scope = torch.NewDisposeScope();
            long[] ids = [.. Ids.Skip(end).Take(piece).Select(id => (long)id)];
            end += piece;
            AssertClose([expected[end - 1]], [decoder.Advance(torch.tensor(ids, 1, piece)).data<float>().ToArray()], 1e-4);
        }

        Assert.Equal(Ids.Length, end);
    }

    [Theory]
    [InlineData("F32", false)]
    [InlineData("F16", false)]
    [InlineData("BF16", false)]
    [InlineData("F32", true)]
    [InlineData("BF16", true)]
    public void Every_type_and_shards_load_to_the_same_weights(string type, bool sharded)
    {
        TinyCheckpoint checkpoint = Create("llama");
        using var folder = new TemporaryFolder();
        checkpoint.Write(folder.Path, type, sharded);
        using CausalTransformer model = HuggingFaceCheckpoint.Load(folder.Path);

        Assert.Equal(checkpoint.Tensors.Count, model.named_parameters().Count());
        foreach ((string name, torch.Tensor parameter) in model.named_parameters())
        {
            Assert.Equal(checkpoint.Tensors[name].Shape, parameter.shape);
            Assert.Equal(checkpoint.Tensors[name].Values, parameter.data<float>().ToArray());
        }
    }

    [Fact]
    public void A_bfloat16_model_stays_near_the_float32_one()
    {
        TinyCheckpoint checkpoint = Create("llama");
        using var folder = new TemporaryFolder();
        checkpoint.Write(folder.Path, "BF16");
        using CausalTransformer model = HuggingFaceCheckpoint.Load(folder.Path, torch.ScalarType.BFloat16);
        using var scope = torch.NewDisposeScope();
        torch.Tensor logits = model.Logits(Tensor(Ids));
        Assert.Equal(torch.ScalarType.BFloat16, logits.dtype);

        // Eight bits of mantissa through two layers of a width of 16: some percent of the logits' own size.
        double[][] expected = new PlainTransformer(checkpoint).Logits(Ids);
        double size = expected.Max(row => row.Max(Math.Abs));
        AssertClose(expected, Rows(logits.to(torch.ScalarType.Float32), checkpoint.Vocabulary), 0.1 * size);
    }

    [Fact]
    public void A_sequence_longer_than_the_model_takes_is_refused()
    {
        using var folder = new TemporaryFolder();
        Create("llama").Write(folder.Path);
        using CausalTransformer model = HuggingFaceCheckpoint.Load(folder.Path);
        using var scope = torch.NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => model.Logits(torch.zeros(1, 65, dtype: torch.ScalarType.Int64)));
        Assert.Contains("65 tokens", error.Message, StringComparison.Ordinal);
    }

    private static TinyCheckpoint Create(string shape) => (shape switch
    {
        "llama" => new TinyCheckpoint { Family = "llama" },
        "llama scaled" => new TinyCheckpoint { Family = "llama", Theta = 300, HeadSize = 8, Scaling = (8, 1, 4, 40) },
        "llama one head each" => new TinyCheckpoint { Family = "llama", SharedHeads = 4, HeadSize = 6 },
        "qwen2" => new TinyCheckpoint { Family = "qwen2", Theta = 1_000_000 },
        "qwen2 tied" => new TinyCheckpoint { Family = "qwen2", Tied = true, SharedHeads = 1 },
        "mistral" => new TinyCheckpoint { Family = "mistral", Window = 4 },
        "mistral long window" => new TinyCheckpoint { Family = "mistral", Window = 40 },
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, null),
    }).Draw(7);

    private static torch.Tensor Tensor(int[] ids) => torch.tensor([.. ids.Select(id => (long)id)], 1, ids.Length);

    private static float[][] Logits(CausalTransformer model)
    {
        using var scope = torch.NewDisposeScope();
        return Rows(model.Logits(Tensor(Ids)), model.VocabularySize);
    }

    private static float[][] Rows(torch.Tensor logits, int vocabulary) => [.. logits.data<float>().ToArray().Chunk(vocabulary)];

    private static void AssertClose(double[][] expected, float[][] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int t = 0; t < expected.Length; t++)
        {
            Assert.Equal(expected[t].Length, actual[t].Length);
            for (int v = 0; v < expected[t].Length; v++)
                Assert.True(Math.Abs(expected[t][v] - actual[t][v]) <= tolerance, $"Position {t}, token {v}: {actual[t][v]} instead of {expected[t][v]}.");
        }
    }
}
