using TorchSharp;

namespace Watermark.TorchSharp.Reading;

/// <summary>The tokens of highest rank at every position of a batch, and what one or two models give them.</summary>
internal sealed class Candidates
{
    private readonly int perPosition;

    private Candidates(torch.Tensor tokens, torch.Tensor first, torch.Tensor? second)
    {
        perPosition = (int)tokens.shape[2];
        Tokens = tokens.cpu().data<long>().ToArray();
        First = first.gather(-1, tokens).cpu().data<float>().ToArray();
        Second = second is null ? [] : second.gather(-1, tokens).cpu().data<float>().ToArray();
    }

    public long[] Tokens { get; }

    /// <summary>What the first model gives the tokens.</summary>
    public float[] First { get; }

    /// <summary>What the second model gives them; empty where there is none.</summary>
    public float[] Second { get; }

    /// <param name="ranks">Shape [batch, length, vocabulary].</param>
    /// <param name="count">Candidates a position; all tokens where there are fewer.</param>
    /// <param name="first">Of the same shape.</param>
    /// <param name="second">Of the same shape, or null.</param>
    public static Candidates Of(torch.Tensor ranks, int count, torch.Tensor first, torch.Tensor? second = null) =>
        new(ranks.topk((int)Math.Min(count, ranks.shape[2]), -1).indexes, first, second);

    /// <summary>The indexes of the candidates of a position, counted over all rows of the batch.</summary>
    public IEnumerable<int> At(int position) => Enumerable.Range(position * perPosition, perPosition);
}
