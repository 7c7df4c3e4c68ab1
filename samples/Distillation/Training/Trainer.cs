using TorchSharp;
using TorchSharp.Modules;
using Watermark.Randomness;
using Watermark.TorchSharp.Models;

namespace Distillation.Training;

/// <summary>Next-token training: AdamW, a short warm-up, then a cosine down to a tenth of the rate.</summary>
internal sealed record TrainingOptions
{
    public int Steps { get; init; } = 500;

    public int Rows { get; init; } = 32;

    /// <summary>Rows a batch; gradients of several are summed, so that the logits fit the cache.</summary>
    public int BatchRows { get; init; } = 8;

    public int Length { get; init; } = 64;

    public double Rate { get; init; } = 3e-3;

    public ulong Seed { get; init; }
}

/// <summary>Trains a model on a stream of tokens.</summary>
internal static class Trainer
{
    private const double WarmUpShare = 0.05;

    /// <returns>The mean loss of the last tenth of the steps, in nats a token.</returns>
    public static double Train<TModel>(TModel model, TokenStream text, TrainingOptions options, IProgress<(double Done, double Loss)>? progress = null, CancellationToken cancellationToken = default)
        where TModel : torch.nn.Module, ICausalLanguageModel
    {
        var optimizer = new AdamOptimizer(model.parameters());
        var random = new SeededRandomBits(options.Seed, 1);
        int batches = options.Rows / options.BatchRows;
        double lastLosses = 0;
        int last = Math.Max(1, options.Steps / 10);
        model.train();
        for (int step = 0; step < options.Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            double loss = 0;
            for (int batch = 0; batch < batches; batch++)
                loss += Accumulate(model, text, options, random) / batches;
            optimizer.Step(Rate(options, step), batches);
            if (step >= options.Steps - last)
                lastLosses += loss / last;
            progress?.Report(((step + 1.0) / options.Steps, loss));
        }

        model.eval();
        return lastLosses;
    }

    private static double Accumulate(ICausalLanguageModel model, TokenStream text, TrainingOptions options, RandomBits random)
    {
        using var scope = torch.NewDisposeScope();
        (torch.Tensor inputs, torch.Tensor targets) = text.Draw(options.BatchRows, options.Length, random);
        torch.Tensor logits = model.Logits(inputs).view(-1, model.VocabularySize);
        torch.Tensor loss = torch.nn.functional.cross_entropy(logits, targets);
        loss.backward();
        return loss.ToDouble();
    }

    private static double Rate(TrainingOptions options, int step)
    {
        double warmUp = Math.Max(1, options.Steps * WarmUpShare);
        if (step < warmUp)
            return options.Rate * (step + 1) / warmUp;
        double part = (step - warmUp) / Math.Max(1, options.Steps - warmUp);
        return options.Rate * (0.55 + 0.45 * Math.Cos(Math.PI * part));
    }
}
