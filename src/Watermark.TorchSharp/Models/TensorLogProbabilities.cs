using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using Watermark.Models;

namespace Watermark.TorchSharp.Models;

/// <summary>Log-probabilities of a batch in a tensor on the CPU, read without copying.</summary>
internal sealed class TensorLogProbabilities : ILogProbabilities
{
    private readonly int[] lengths;
    private readonly torch.Tensor logs;
    private readonly int longest;
    private readonly int vocabularySize;
    private readonly nint start;

    private TensorLogProbabilities(int[] lengths, torch.Tensor logs)
    {
        this.lengths = lengths;
        this.logs = logs;
        longest = (int)logs.shape[1];
        vocabularySize = (int)logs.shape[2];
        start = StartOf(logs);
    }

    /// <summary>Evaluates a batch; sequences are padded to the longest.</summary>
    public static TensorLogProbabilities Of(ICausalLanguageModel model, IReadOnlyList<ReadOnlyMemory<int>> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int[] lengths = [.. sequences.Select(sequence => sequence.Length)];
        if (lengths.Length == 0 || lengths.Min() == 0)
            throw new ArgumentException("A batch needs sequences, and a sequence tokens.", nameof(sequences));
        int longest = lengths.Max();
        if (longest > model.MaximumPositions)
            throw new ArgumentException($"A sequence of {longest} tokens is longer than the {model.MaximumPositions} this model takes.", nameof(sequences));
        using IDisposable noGradient = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        torch.Tensor logits = model.Logits(torch.tensor(Fill(sequences, longest), lengths.Length, longest, device: model.Device));
        torch.Tensor logs = torch.nn.functional.log_softmax(logits.to(torch.ScalarType.Float32), -1).cpu().contiguous();
        return new TensorLogProbabilities(lengths, logs.DetachFromDisposeScope());
    }

    public unsafe ReadOnlySpan<float> After(int sequence, int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sequence, (uint)lengths.Length, nameof(sequence));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)position, (uint)lengths[sequence], nameof(position));
        ObjectDisposedException.ThrowIf(logs.IsInvalid, this);
        nint first = ((nint)sequence * longest) + position;
        return new ReadOnlySpan<float>((float*)start + (first * vocabularySize), vocabularySize);
    }

    public void Dispose() => logs.Dispose();

    /// <summary>The address of the values, since they may be too many for one span.</summary>
    private static unsafe nint StartOf(torch.Tensor tensor)
    {
        using torch.Tensor flat = tensor.view(-1);
        using torch.Tensor first = flat.narrow(0, 0, 1);
        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }

    private static long[] Fill(IReadOnlyList<ReadOnlyMemory<int>> sequences, int longest)
    {
        var ids = new long[sequences.Count * longest];
        for (int row = 0; row < sequences.Count; row++)
        {
            ReadOnlySpan<int> source = sequences[row].Span;
            for (int i = 0; i < source.Length; i++)
                ids[(row * longest) + i] = source[i];
        }

        return ids;
    }
}
