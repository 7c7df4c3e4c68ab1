using TorchSharp;
using Watermark.Randomness;
using Distillation.Text;

namespace Distillation.Training;

/// <summary>Texts one after another, each followed by the end of text, and windows drawn from them.</summary>
internal sealed class TokenStream
{
    private readonly int[] ids;

    public TokenStream(IEnumerable<int[]> texts) => ids = [.. texts.SelectMany(text => text.Append(CompactVocabulary.EndOfText))];

    public int Length => ids.Length;

    public ReadOnlySpan<int> Ids => ids;

    /// <summary>Windows at random places: inputs, and the tokens after them.</summary>
    public (torch.Tensor Inputs, torch.Tensor Targets) Draw(int rows, int length, RandomBits random)
    {
        var inputs = new long[rows * length];
        var targets = new long[inputs.Length];
        for (int row = 0; row < rows; row++)
        {
            int start = (int)random.NextBelow((ulong)(ids.Length - length));
            for (int i = 0; i < length; i++)
            {
                inputs[row * length + i] = ids[start + i];
                targets[row * length + i] = ids[start + i + 1];
            }
        }

        return (torch.tensor(inputs, rows, length), torch.tensor(targets));
    }
}
