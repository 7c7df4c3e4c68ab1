using TorchSharp;
using Watermark.Embedding;
using Watermark.Schemes;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Sampling;

/// <summary>
/// Marks the logits of a batch inside a sampling loop of your own, one sequence a row: call <see cref="Apply"/> on the
/// logits, sample as you like, and pass the tokens to <see cref="Accept(ReadOnlySpan{int})"/>.
/// </summary>
/// <remarks>
/// <para>
/// For marks on logits (green lists). Float32 logits on the CPU are changed in place. Half-precision logits are widened,
/// biased and rounded to nearest. For another device the bias of all rows is computed on the host, uploaded once per step
/// and added on the device in float32; a mark whose bias depends on the logits themselves is applied on the host. All three
/// ways give the same bits, those of <see cref="WatermarkSession.Apply(Span{float})"/>.
/// </para>
/// <para>Not safe for concurrent use.</para>
/// </remarks>
public sealed class TorchLogitsProcessor
{
    private readonly WatermarkSession[] sessions;
    private readonly bool[] finished;
    private readonly bool biasIgnoresLogits;
    private float[] bias = [];

    /// <summary>Creates a processor whose rows begin with prompts.</summary>
    /// <param name="scheme">The keyed scheme; the caller disposes it.</param>
    /// <param name="prompts">Token ids of each row's prompt; may be empty arrays.</param>
    /// <exception cref="ArgumentException">The scheme marks the draw instead of logits.</exception>
    public TorchLogitsProcessor(KeyedScheme scheme, IReadOnlyList<int[]> prompts)
    {
        ArgumentNullException.ThrowIfNull(scheme);
        ArgumentNullException.ThrowIfNull(prompts);
        if (scheme is not ILogitWatermark watermark)
            throw new ArgumentException($"The scheme '{scheme.Scheme.Name}' does not mark logits; sample with {nameof(CausalGenerator)} or a {nameof(TokenSampler)}.", nameof(scheme));
        biasIgnoresLogits = watermark.LargestBias is not null;
        sessions = new WatermarkSession[prompts.Count];
        finished = new bool[sessions.Length];
        for (int row = 0; row < sessions.Length; row++)
        {
            sessions[row] = new WatermarkSession(scheme);
            sessions[row].Prime(prompts[row]);
        }
    }

    /// <summary>Sequences in the batch.</summary>
    public int Rows => sessions.Length;

    /// <summary>A row's sequence, to rewind it or to read its tokens.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    public WatermarkSession Session(int row) => sessions[row];

    /// <summary>Whether a row is finished.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    public bool IsFinished(int row) => finished[row];

    /// <summary>Ends a row: from now on its logits are not changed and its tokens are ignored.</summary>
    /// <param name="row">0 to <see cref="Rows"/> − 1.</param>
    public void Finish(int row) => finished[row] = true;

    /// <summary>Biases the logits of the next token in place.</summary>
    /// <param name="logits">
    /// Shape [<see cref="Rows"/>, vocabulary]; natural-log scale, before temperature; float32, float16 or bfloat16 on
    /// any device.
    /// </param>
    /// <exception cref="ArgumentException">The shape or type is another one.</exception>
    public void Apply(torch.Tensor logits)
    {
        LogitMemory.Check(logits, Rows);
        using var scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        if (LogitMemory.IsPlain(logits))
            ApplyInPlace(logits);
        else if (logits.device.type == DeviceType.CPU || !biasIgnoresLogits)
            ApplyToCopies(logits);
        else
            AddHostBias(logits);
    }

    /// <summary>Accepts the tokens that were sampled.</summary>
    /// <param name="tokens">One per row; those of finished rows are ignored.</param>
    public void Accept(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length != Rows)
            throw new ArgumentException($"{tokens.Length} tokens were given for {Rows} rows.", nameof(tokens));
        for (int row = 0; row < tokens.Length; row++)
        {
            if (!finished[row])
                sessions[row].Accept(tokens[row]);
        }
    }

    /// <summary>Adds the bias of all rows through one tensor made on the host.</summary>
    internal void AddHostBias(torch.Tensor logits)
    {
        int vocabulary = (int)logits.shape[1];
        if (bias.Length != Rows * vocabulary)
            bias = new float[Rows * vocabulary];
        Array.Clear(bias);
        bool any = false;
        for (int row = 0; row < Rows; row++)
            any |= !finished[row] && sessions[row].Apply(bias.AsSpan(row * vocabulary, vocabulary));
        if (!any)
            return;
        torch.Tensor added = torch.tensor(bias, Rows, vocabulary, device: logits.device);
        if (logits.dtype == torch.ScalarType.Float32)
            logits.add_(added, Scalars.One);
        else
            logits.copy_(logits.to(torch.ScalarType.Float32).add_(added, Scalars.One));
    }

    private void ApplyInPlace(torch.Tensor logits)
    {
        Span<float> values = LogitMemory.Span(logits);
        int vocabulary = (int)logits.shape[1];
        for (int row = 0; row < Rows; row++)
        {
            if (!finished[row])
                sessions[row].Apply(values.Slice(row * vocabulary, vocabulary));
        }
    }

    private void ApplyToCopies(torch.Tensor logits)
    {
        for (int row = 0; row < Rows; row++)
        {
            if (finished[row] || !sessions[row].WillMark)
                continue;
            torch.Tensor target = logits.select(0, row);
            torch.Tensor copy = target.to(torch.ScalarType.Float32).cpu().contiguous();
            sessions[row].Apply(LogitMemory.Span(copy));
            target.copy_(copy);
        }
    }
}
