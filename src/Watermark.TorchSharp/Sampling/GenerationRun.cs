using TorchSharp;
using Watermark.Embedding;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.TorchSharp.Models;

namespace Watermark.TorchSharp.Sampling;

/// <summary>
/// The state of one batch. All rows advance together. A row whose prompt is longer than the shortest gets its own prompt's
/// tokens until they are used up, so the model never sees padding.
/// </summary>
internal sealed class GenerationRun : IDisposable
{
    private readonly ICausalLanguageModel model;
    private readonly GenerationOptions options;
    private readonly HashSet<int> stopTokens;
    private readonly IDecoder decoder;
    private readonly Row[] rows;
    private readonly List<GeneratedToken> drawn = [];
    private int position;

    public GenerationRun(ICausalLanguageModel model, KeyedScheme? scheme, GenerationOptions options, IReadOnlyList<int[]> prompts, long firstReply)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        this.model = model;
        this.options = options;
        stopTokens = [.. options.StopTokens];
        ulong seed = options.Sampler.Seed ?? RandomBits.System.NextUInt64();
        rows = new Row[prompts.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            int[] prompt = prompts[i];
            if (prompt.Length == 0 || prompt.Length >= model.MaximumPositions)
                throw new ArgumentException($"Prompt {i} has {prompt.Length} tokens; at least 1 and fewer than {model.MaximumPositions} are needed.", nameof(prompts));
            rows[i] = new Row(prompt, scheme, options.Sampler with { Seed = new SeededRandomBits(seed, (ulong)(firstReply + i)).NextUInt64() });
        }

        decoder = model.StartDecoding();
    }

    public bool HasMore => rows.Any(row => !row.Finished);

    /// <summary>The tokens of the last step, in order of rows.</summary>
    public IReadOnlyList<GeneratedToken> Drawn => drawn;

    public int[][] Replies() => [.. rows.Select(row => row.Reply.ToArray())];

    /// <summary>Runs the model over the new tokens and draws a token for every row that is past its prompt.</summary>
    public void Step()
    {
        using var scope = torch.NewDisposeScope();
        drawn.Clear();
        torch.Tensor logits = decoder.Advance(NextInput());
        torch.Tensor plain = logits.to(torch.ScalarType.Float32).cpu().contiguous();
        int vocabulary = (int)plain.shape[1];
        Parallel.For(0, rows.Length, new ParallelOptions { MaxDegreeOfParallelism = options.DegreeOfParallelism }, i =>
        {
            if (!rows[i].Finished && rows[i].Prompt.Length <= position)
                Draw(rows[i], LogitMemory.Span(plain).Slice(i * vocabulary, vocabulary));
        });
        for (int i = 0; i < rows.Length; i++)
        {
            if (!rows[i].TakeNews())
                continue;
            int last = rows[i].Reply.Count - 1;
            drawn.Add(new GeneratedToken(i, last, rows[i].Reply[last], rows[i].Finished));
        }
    }

    public void Dispose() => decoder.Dispose();

    private void Draw(Row row, Span<float> logits)
    {
        foreach (int id in options.ExcludedTokens)
            logits[id] = float.NegativeInfinity;
        row.Add(row.Sampler.Sample(row.Session, logits));
        row.Finished = stopTokens.Contains(row.Reply[^1])
            || row.Reply.Count >= options.MaximumTokens
            || row.Prompt.Length + row.Reply.Count >= model.MaximumPositions;
    }

    private torch.Tensor NextInput()
    {
        int count = position == 0 ? rows.Min(row => row.Prompt.Length) : 1;
        var ids = new long[rows.Length * count];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < count; j++)
                ids[i * count + j] = rows[i].TokenAt(position + j);
        }

        position += count;
        return torch.tensor(ids, rows.Length, count, device: model.Device);
    }

    private sealed class Row
    {
        private int seen;

        public Row(int[] prompt, KeyedScheme? scheme, SamplerOptions options)
        {
            Prompt = prompt;
            Sampler = new TokenSampler(options);
            Session = scheme is null ? null : new WatermarkSession(scheme);
            Session?.Prime(prompt);
        }

        public int[] Prompt { get; }

        public TokenSampler Sampler { get; }

        public WatermarkSession? Session { get; }

        public List<int> Reply { get; } = [];

        public bool Finished { get; set; }

        public void Add(int token) => Reply.Add(token);

        /// <summary>
        /// The token at a place of the sequence; a finished row repeats its last token, which is never used.
        /// </summary>
        public int TokenAt(int place) => place < Prompt.Length ? Prompt[place] : Reply[Math.Min(place - Prompt.Length, Reply.Count - 1)];

        /// <summary>Whether a token was drawn since the last call.</summary>
        public bool TakeNews()
        {
            bool news = Reply.Count > seen;
            seen = Reply.Count;
            return news;
        }
    }
}
