using TorchSharp;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Reading;

/// <summary>Asks a model, the owner's without its mark, what it expected at the positions of texts.</summary>
public static class ModelExpectations
{
    /// <summary>Reads replies with their prompts before them and records every row that lies in the reply.</summary>
    /// <param name="owner">The model; its token ids are those of the texts.</param>
    /// <param name="texts">Prompt and reply, token ids. What exceeds the longest sequence of the model is not read.</param>
    /// <param name="contextWidth">h.</param>
    /// <param name="batchRows">Texts of one length computed together, 1 or more.</param>
    /// <param name="progress">Told the part of the texts done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public static RowExpectations Read(
        ICausalLanguageModel owner,
        IReadOnlyList<(int[] Prompt, int[] Reply)> texts,
        int contextWidth,
        int batchRows = 8,
        IProgress<double>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchRows, 1);
        var expectations = new RowExpectations(contextWidth);
        var sequences = texts.Select(text => (Ids: TextRows.Whole(text, owner.MaximumPositions), Start: text.Prompt.Length)).ToArray();
        using IDisposable noGradient = torch.no_grad();
        int done = 0;
        foreach (var batch in TextRows.Batch(sequences.Where(item => item.Ids.Length > 0), item => item.Ids.Length, batchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = torch.NewDisposeScope();
            torch.Tensor ids = TextRows.ToTensor([.. batch.Select(item => (ReadOnlyMemory<int>)item.Ids)], owner.Device);
            int length = batch[0].Ids.Length;
            (float[] probabilities, float[] entropies) = Expect(owner.Logits(ids), TextRows.NextTokens(ids));
            for (int row = 0; row < batch.Length; row++)
            {
                for (int position = Math.Max(batch[row].Start + contextWidth, 1); position < length; position++)
                {
                    int at = row * length + position - 1;
                    expectations.Add(batch[row].Ids.AsSpan(position - contextWidth, contextWidth + 1), probabilities[at], entropies[at]);
                }
            }

            done += batch.Length;
            progress?.Report((double)done / texts.Count);
        }

        return expectations;
    }

    /// <summary>The probability of given tokens [batch, length] under logits [batch, length, vocabulary], and the entropies.</summary>
    internal static (float[] Probabilities, float[] Entropies) Expect(torch.Tensor logits, torch.Tensor tokens)
    {
        torch.Tensor logs = torch.nn.functional.log_softmax(logits.to(torch.ScalarType.Float32), -1);
        torch.Tensor probabilities = logs.gather(-1, tokens.unsqueeze(-1)).squeeze(-1).exp();
        torch.Tensor entropies = logs.exp().mul(logs).nan_to_num(0).sum(-1).neg();
        return (probabilities.cpu().data<float>().ToArray(), entropies.cpu().data<float>().ToArray());
    }
}
