using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntimeGenAI;
using Watermark.Embedding;
using Tensor = Microsoft.ML.OnnxRuntimeGenAI.Tensor;

namespace Watermark.OnnxRuntimeGenAI;

/// <summary>How <see cref="WatermarkedGenerator"/> draws.</summary>
public sealed record WatermarkedGeneratorOptions
{
    /// <summary>
    /// How tokens are drawn here; null leaves the draw, with its penalties, top-k and all else, to the engine, which only
    /// schemes on logits allow. <value>Default null.</value>
    /// </summary>
    public SamplerOptions? Sampler { get; init; }

    /// <summary>
    /// The tokens that end a text, as <c>Tokenizer.GetEosTokenIds()</c> gives them: a sequence of a batch that ended takes no
    /// more tokens. The engine itself knows when all have ended. <value>Default none.</value>
    /// </summary>
    public IReadOnlyList<int> EndTokens { get; init; } = [];

    /// <summary>
    /// Whether only the engine's C# API is used: one sequence, drawn here. It is used in any case where the C API cannot be
    /// reached. <value>Default false.</value>
    /// </summary>
    public bool ManagedOnly { get; init; }

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(EndTokens);
        Sampler?.Validate();
    }
}

/// <summary>
/// A generator of ONNX Runtime GenAI whose tokens are marked, each sequence of a batch under a key of its own.
/// </summary>
/// <remarks>
/// <para>
/// It biases the engine's logits and lets the engine draw, or it draws itself and lets the engine take that token: then the
/// sampler's options hold and the search options of the engine (penalties, top-k, guidance) do not. Schemes that reshape
/// probabilities or draw need the latter.
/// </para>
/// <para>
/// Tokens are appended, generated and taken back through this object only, so that the sessions know them. Beams are not
/// supported. Not safe for concurrent use. In managed code nothing is allocated per token, unless
/// <see cref="WatermarkedGeneratorOptions.ManagedOnly"/> is on; the engine copies its logits for each.
/// </para>
/// </remarks>
public sealed class WatermarkedGenerator
{
    private static readonly NativeLogits.Change<WatermarkedGenerator> Mark = static (logits, self) => self.MarkAll(logits);

    private readonly Generator generator;
    private readonly WatermarkSession[] sessions;
    private readonly int[] endTokens;
    private readonly bool[] ended;
    private readonly int[] drawn;
    private readonly TokenSampler? sampler;
    private float[] single = [];

    /// <summary>Marks a generator.</summary>
    /// <param name="generator">A generator to which nothing was appended; the caller disposes it.</param>
    /// <param name="sessions">One for each of its sequences (<c>batch_size</c>), empty; the prompt comes with <see cref="Append(ReadOnlySpan{int})"/>.</param>
    /// <param name="options">How it draws; null for the engine's own way.</param>
    /// <exception cref="ArgumentException">
    /// There is no session, one holds tokens, or a scheme does not mark logits and <see cref="WatermarkedGeneratorOptions.Sampler"/> is null.
    /// </exception>
    /// <exception cref="NotSupportedException">Only the C# API can be used, and there are several sequences or no sampler.</exception>
    public WatermarkedGenerator(Generator generator, IReadOnlyList<WatermarkSession> sessions, WatermarkedGeneratorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(sessions);
        options ??= new WatermarkedGeneratorOptions();
        options.Validate();
        if (sessions.Count == 0)
            throw new ArgumentException("There are 0 sessions; one for each sequence is needed.", nameof(sessions));
        foreach (WatermarkSession session in sessions)
        {
            ArgumentNullException.ThrowIfNull(session, nameof(sessions));
            if (session.Length != 0)
                throw new ArgumentException($"A session holds {session.Length} tokens; append the prompt here instead, to 0 tokens.", nameof(sessions));
            if (options.Sampler is null && session.Place != MarkPlace.Logits)
                throw new ArgumentException($"The scheme '{session.Scheme.Scheme.Name}' does not mark logits: give a sampler in the options.", nameof(options));
        }

        UsesEngineLogits = !options.ManagedOnly && NativeLogits.Supported;
        if (!UsesEngineLogits && (sessions.Count > 1 || options.Sampler is null))
            throw new NotSupportedException($"With the engine's C# API alone there must be 1 sequence, not {sessions.Count}, and a sampler.");
        this.generator = generator;
        this.sessions = [.. sessions];
        endTokens = [.. options.EndTokens];
        ended = new bool[sessions.Count];
        drawn = new int[sessions.Count];
        sampler = options.Sampler is null ? null : new TokenSampler(options.Sampler);
    }

    /// <summary>The sequences under their marks, in the order of the batch.</summary>
    public IReadOnlyList<WatermarkSession> Sessions => sessions;

    /// <summary>Whether the engine's own logits are changed, through its C API.</summary>
    public bool UsesEngineLogits { get; }

    /// <summary>Whether every sequence has ended or is as long as the engine allows.</summary>
    public bool IsDone => Array.TrueForAll(ended, value => value) || (UsesEngineLogits && generator.IsDone());

    /// <summary>Appends tokens that were not sampled to the only sequence: the prompt, or a later turn.</summary>
    /// <param name="ids">Token ids, at least one, none negative.</param>
    /// <exception cref="InvalidOperationException">There are several sequences.</exception>
    /// <exception cref="OnnxRuntimeGenAIException">The engine refuses, for example for want of room.</exception>
    public void Append(ReadOnlySpan<int> ids)
    {
        if (sessions.Length != 1)
            throw new InvalidOperationException($"There are {sessions.Length} sequences; append a Sequences object with a prompt for each.");
        RequireIds(ids);
        generator.AppendTokens(ids);
        sessions[0].Prime(ids);
        ended[0] = false;
    }

    /// <summary>Appends a prompt to each sequence; the engine pads the shorter ones on the left.</summary>
    /// <param name="prompts">As many as there are sequences.</param>
    /// <exception cref="ArgumentException">There are more or fewer, or one is empty.</exception>
    /// <exception cref="OnnxRuntimeGenAIException">The engine refuses.</exception>
    public void Append(Sequences prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.NumSequences != (ulong)sessions.Length)
            throw new ArgumentException($"There are {prompts.NumSequences} prompts for {sessions.Length} sequences.", nameof(prompts));
        for (int i = 0; i < sessions.Length; i++)
            RequireIds(prompts[(ulong)i]);
        generator.AppendTokenSequences(prompts);
        for (int i = 0; i < sessions.Length; i++)
        {
            sessions[i].Prime(prompts[(ulong)i]);
            ended[i] = false;
        }
    }

    /// <summary>Generates the next token of each sequence.</summary>
    /// <param name="tokens">Receives a token for each sequence, -1 for one that had ended before. An end token is given once.</param>
    /// <exception cref="ArgumentException"><paramref name="tokens"/> is shorter than the batch.</exception>
    /// <exception cref="InvalidOperationException">All sequences have ended, or the engine refuses.</exception>
    public void GenerateNextTokens(Span<int> tokens)
    {
        if (tokens.Length < sessions.Length)
            throw new ArgumentException($"There is room for {tokens.Length} tokens; {sessions.Length} sequences need {sessions.Length}.", nameof(tokens));
        if (IsDone)
            throw new InvalidOperationException("Every sequence has ended.");
        if (!UsesEngineLogits)
        {
            Take(0, tokens, DrawManaged());
            return;
        }

        NativeLogits.Update(generator, sessions.Length, this, Mark);
        generator.GenerateNextToken();
        ReadOnlySpan<int> next = generator.GetNextTokens();
        for (int i = 0; i < sessions.Length; i++)
            Take(i, tokens, next[i]);
    }

    /// <summary>Generates the next token of the only sequence.</summary>
    /// <returns>The token.</returns>
    /// <exception cref="InvalidOperationException">It has ended, there are several sequences, or the engine refuses.</exception>
    public int GenerateNextToken()
    {
        if (sessions.Length != 1)
            throw new InvalidOperationException($"There are {sessions.Length} sequences; GenerateNextTokens gives a token for each.");
        int token = 0;
        GenerateNextTokens(new Span<int>(ref token));
        return token;
    }

    /// <summary>Takes back the tokens past a length, in the engine and in the sessions.</summary>
    /// <param name="length">Tokens that stay. The engine allows only 0 for several sequences; after 0 a prompt must be appended.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative, longer than a sequence, or not 0 for several sequences.</exception>
    public void RewindTo(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, sessions.Length == 1 ? sessions[0].Length : 0);
        if (length == 0)
        {
            generator.RewindTo(0);
        }
        else
        {
            // The engine computes logits for tokens that are appended, so the last one that stays is appended again.
            generator.RewindTo((ulong)length - 1);
            generator.AppendTokens(sessions[0].Tokens.Slice(length - 1, 1));
        }

        foreach (WatermarkSession session in sessions)
            session.RewindTo(length);
        Array.Clear(ended);
    }

    /// <summary>Biases the logits of each sequence, or draws and leaves only that token.</summary>
    private void MarkAll(Span<float> logits)
    {
        int size = logits.Length / sessions.Length;
        for (int i = 0; i < sessions.Length; i++)
        {
            if (ended[i])
                continue;
            Span<float> row = logits.Slice(i * size, size);
            if (sampler is null)
            {
                sessions[i].Apply(row);
                continue;
            }

            drawn[i] = sampler.Sample(sessions[i], row);
            row.Fill(float.NegativeInfinity);
            row[drawn[i]] = 1;
        }
    }

    /// <summary>Notes the token that the engine took.</summary>
    private void Take(int sequence, Span<int> tokens, int token)
    {
        if (ended[sequence])
        {
            tokens[sequence] = -1;
            return;
        }

        tokens[sequence] = token;
        if (sampler is null)
        {
            sessions[sequence].Accept(token);
        }
        else if (token != drawn[sequence])
        {
            // The engine may forbid a token, such as an end before min_length; the sequence then holds its own choice.
            sessions[sequence].Rewind(1);
            sessions[sequence].Accept(token);
        }

        ended[sequence] = Array.IndexOf(endTokens, token) >= 0;
    }

    private int DrawManaged()
    {
        using (Tensor output = generator.GetOutput("logits"))
        {
            int size = checked((int)output.Shape()[^1]);
            if (output.Type() == ElementType.float16)
            {
                if (single.Length < size)
                    single = new float[size];
                TensorPrimitives.ConvertToSingle(output.GetData<Half>()[^size..], single.AsSpan(0, size));
                drawn[0] = sampler!.Sample(sessions[0], single.AsSpan(0, size));
            }
            else if (output.Type() == ElementType.float32)
            {
                drawn[0] = sampler!.Sample(sessions[0], output.GetData<float>()[^size..]);
            }
            else
            {
                throw new NotSupportedException($"Logits of type {output.Type()} cannot be read; float32 and float16 can.");
            }
        }

        generator.AppendTokens(drawn);
        return drawn[0];
    }

    private static void RequireIds(ReadOnlySpan<int> ids)
    {
        if (ids.IsEmpty)
            throw new ArgumentException("There are 0 token ids; at least one is needed.", nameof(ids));
        foreach (int id in ids)
        {
            if (id < 0)
                throw new ArgumentOutOfRangeException(nameof(ids), id, "Token ids are 0 or greater.");
        }
    }
}
