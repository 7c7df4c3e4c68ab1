using TorchSharp;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.TorchSharp.Sampling;

namespace Watermark.TorchSharp.Tests.Sampling;

public sealed class TorchLogitsProcessorTests
{
    private static readonly int[][] Prompts = [[5, 9, 1], [4], [], [7, 7, 7, 2, 3]];

    public static TheoryData<int, int> Shapes
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int width in new[] { 0, 1, 2, 4 })
            {
                foreach (int vocabulary in new[] { 1, 7, 8, 9, 255, 1000 })
                    data.Add(width, vocabulary);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Float32_is_biased_bit_for_bit_as_by_the_core_library(int width, int vocabulary)
    {
        using KeyedScheme scheme = Scheme(width);
        float[] logits = Draw(Prompts.Length * vocabulary, 3);
        using torch.Tensor tensor = torch.tensor(logits, Prompts.Length, vocabulary);
        new TorchLogitsProcessor(scheme, Prompts).Apply(tensor);

        AssertSameBits(ByCoreLibrary(scheme, logits, vocabulary), tensor.data<float>().ToArray());
    }

    [Theory]
    [InlineData(torch.ScalarType.Float16)]
    [InlineData(torch.ScalarType.BFloat16)]
    public void Half_precision_is_widened_biased_and_rounded_to_nearest(torch.ScalarType type)
    {
        const int vocabulary = 300;
        using KeyedScheme scheme = Scheme(1);
        using var scope = torch.NewDisposeScope();
        torch.Tensor tensor = torch.tensor(Draw(Prompts.Length * vocabulary, 4), Prompts.Length, vocabulary).to(type);
        float[] expected = ByCoreLibrary(scheme, tensor.to(torch.ScalarType.Float32).data<float>().ToArray(), vocabulary);
        new TorchLogitsProcessor(scheme, Prompts).Apply(tensor);

        float[] rounded = [.. expected.Select(value => type == torch.ScalarType.Float16 ? (float)(Half)value : ToBFloat16(value))];
        AssertSameBits(rounded, tensor.to(torch.ScalarType.Float32).data<float>().ToArray());
    }

    [Theory]
    [InlineData(torch.ScalarType.Float32)]
    [InlineData(torch.ScalarType.Float16)]
    [InlineData(torch.ScalarType.BFloat16)]
    public void The_bias_made_on_the_host_for_other_devices_gives_the_same_bits(torch.ScalarType type)
    {
        // On a graphics card where there is one; elsewhere the same code adds on the CPU.
        const int vocabulary = 300;
        using KeyedScheme scheme = Scheme(2);
        using var scope = torch.NewDisposeScope();
        torch.Tensor host = torch.tensor(Draw(Prompts.Length * vocabulary, 7), Prompts.Length, vocabulary).to(type);
        torch.Tensor other = host.clone().to(torch.cuda.is_available() ? torch.CUDA : torch.CPU);
        new TorchLogitsProcessor(scheme, Prompts).Apply(host);
        new TorchLogitsProcessor(scheme, Prompts).AddHostBias(other);
        AssertSameBits(host.to(torch.ScalarType.Float32).data<float>().ToArray(), other.cpu().to(torch.ScalarType.Float32).data<float>().ToArray());
    }

    [Fact]
    public void A_tensor_that_is_not_contiguous_is_biased_where_it_lies()
    {
        const int vocabulary = 50;
        using KeyedScheme scheme = Scheme(1);
        using var scope = torch.NewDisposeScope();
        float[] logits = Draw(Prompts.Length * vocabulary, 5);
        torch.Tensor tensor = torch.tensor(logits, Prompts.Length, vocabulary).t().contiguous().t();
        Assert.False(tensor.is_contiguous());
        new TorchLogitsProcessor(scheme, Prompts).Apply(tensor);

        AssertSameBits(ByCoreLibrary(scheme, logits, vocabulary), tensor.contiguous().data<float>().ToArray());
    }

    [Fact]
    public void Tokens_move_the_context_and_finished_rows_are_left_alone()
    {
        const int vocabulary = 64;
        using KeyedScheme scheme = Scheme(2);
        var processor = new TorchLogitsProcessor(scheme, Prompts);
        processor.Accept([11, 12, 13, 14]);
        processor.Finish(3);
        processor.Accept([21, 22, 23, 24]);
        float[] logits = Draw(Prompts.Length * vocabulary, 6);
        using torch.Tensor tensor = torch.tensor(logits, Prompts.Length, vocabulary);
        processor.Apply(tensor);

        float[] expected = ByCoreLibrary(scheme, logits, vocabulary, [[11, 21], [12, 22], [13, 23], []]);
        logits.AsSpan(3 * vocabulary).CopyTo(expected.AsSpan(3 * vocabulary));
        AssertSameBits(expected, tensor.data<float>().ToArray());
        Assert.Equal([7, 7, 7, 2, 3, 14], processor.Session(3).Tokens.ToArray());
        Assert.True(processor.IsFinished(3));
    }

    [Fact]
    public void Another_shape_type_or_scheme_is_refused()
    {
        using KeyedScheme scheme = Scheme(1);
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(1));
        using KeyedScheme gumbel = new GumbelScheme().WithKey(key);
        using var scope = torch.NewDisposeScope();
        var processor = new TorchLogitsProcessor(scheme, Prompts);
        Assert.Throws<ArgumentException>(() => processor.Apply(torch.zeros(3, 10)));
        Assert.Throws<ArgumentException>(() => processor.Apply(torch.zeros(4)));
        Assert.Throws<ArgumentException>(() => processor.Apply(torch.zeros(4, 10, dtype: torch.ScalarType.Float64)));
        Assert.Throws<ArgumentException>(() => processor.Accept([1, 2]));
        Assert.Throws<ArgumentException>(() => new TorchLogitsProcessor(gumbel, Prompts));
    }

    private static float[] ByCoreLibrary(KeyedScheme scheme, float[] logits, int vocabulary, int[][]? accepted = null)
    {
        float[] expected = [.. logits];
        for (int row = 0; row < Prompts.Length; row++)
        {
            int[] sequence = [.. Prompts[row], .. accepted?[row] ?? []];
            if (sequence.Length >= scheme.ContextWidth)
                ((ILogitWatermark)scheme).BiasLogits(sequence.AsSpan(sequence.Length - scheme.ContextWidth), expected.AsSpan(row * vocabulary, vocabulary));
        }

        return expected;
    }

    private static KeyedScheme Scheme(int width)
    {
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(42));
        return new GreenListScheme { ContextWidth = width, Delta = 1.7 }.WithKey(key);
    }

    private static float[] Draw(int count, ulong seed)
    {
        var random = new SeededRandomBits(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(20 * random.NextDouble() - 10))];
    }

    private static float ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return BitConverter.UInt32BitsToSingle((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000);
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(Array.ConvertAll(expected, BitConverter.SingleToUInt32Bits), Array.ConvertAll(actual, BitConverter.SingleToUInt32Bits));
}
