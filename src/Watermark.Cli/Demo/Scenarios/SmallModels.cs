using Watermark.Randomness;
using Watermark.SampleText;

namespace Watermark.Cli.Demo.Scenarios;

/// <summary>Many small models on English text of this machine, each from a part of its own, and what they reply.</summary>
internal sealed class SmallModels
{
    private const int Candidates = 200;

    private readonly ScenarioStage stage;
    private readonly string[][] parts;

    /// <summary>Divides the text.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="prompts">How many prompts are set aside.</param>
    /// <param name="count">How many parts there are.</param>
    /// <param name="size">The sentences of a part.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public SmallModels(ScenarioStage stage, int prompts, int count, int size, CancellationToken cancellationToken)
    {
        this.stage = stage;
        string[] sentences = [.. stage.Console.WithProgress("Reading English text", (_, token) => EnglishSentences.Load(null, token).Sentences, cancellationToken)];
        Shuffle(sentences, new SeededRandomBits(stage.Seed, ulong.MaxValue / 3));
        Prompts = [.. sentences.Select(sentence => string.Join(' ', sentence.Split(' ').Take(4))).Distinct(StringComparer.Ordinal).Take(prompts)];
        parts = [.. sentences.Skip(prompts).Take(count * size).Chunk(size)];
        if (parts.Length < count || Prompts.Count < prompts)
            throw new InputFormatException($"The demonstration needs more text: {sentences.Length} sentences were found, and {prompts + (count * size)} are needed.");
    }

    /// <summary>What the models are asked; distinct.</summary>
    public IReadOnlyList<string> Prompts { get; }

    /// <summary>The sentences of a part.</summary>
    /// <param name="part">The number of the part.</param>
    public IReadOnlyList<string> Part(int part) => parts[part];

    /// <summary>Trains a model.</summary>
    /// <param name="texts">Its text.</param>
    public NGramLanguageModel Train(IEnumerable<string> texts) => NGramTrainer.Train([.. texts.Select(stage.Codec.Encode)], stage.Codec.EndOfText);

    /// <summary>The most probable continuation of each prompt.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokens">The tokens of a reply.</param>
    public IReadOnlyList<DemoReply> Greedy(NGramLanguageModel model, int tokens)
    {
        var buffer = new CandidateBuffer(Candidates);
        return [.. Prompts.Select((prompt, p) => new DemoReply($"p{p}/0", prompt, Greedy(model, prompt, tokens, buffer)))];
    }

    /// <summary>Continuations of each prompt, drawn at random.</summary>
    /// <param name="model">The model.</param>
    /// <param name="count">How many for each prompt.</param>
    /// <param name="tokens">The tokens of a reply.</param>
    /// <param name="stream">The stream of the seed.</param>
    public IReadOnlyList<DemoReply> Sample(NGramLanguageModel model, int count, int tokens, ulong stream)
    {
        var sampler = new ReplySampler(model, null, Candidates);
        var replies = new List<DemoReply>();
        for (int p = 0; p < Prompts.Count; p++)
        {
            int[] prompt = stage.Codec.Encode(Prompts[p]);
            for (int i = 0; i < count; i++)
                replies.Add(new DemoReply($"p{p}/{i}", Prompts[p], stage.Codec.Decode(sampler.Sample(prompt, tokens, new SeededRandomBits(stage.Seed, (stream << 32) + ((ulong)p << 12) + (ulong)i)))));
        }

        return replies;
    }

    private string Greedy(NGramLanguageModel model, string prompt, int tokens, CandidateBuffer buffer)
    {
        List<int> text = [.. stage.Codec.Encode(prompt)];
        int start = text.Count;
        while (text.Count < start + tokens)
        {
            model.Predict([.. text], buffer);
            int best = 0;
            for (int i = 1; i < buffer.Count; i++)
                best = buffer.Logits[i] > buffer.Logits[best] ? i : best;
            if (buffer.Tokens[best] == model.EndOfText)
                break;
            text.Add(buffer.Tokens[best]);
        }

        return stage.Codec.Decode([.. text.Skip(start)]);
    }

    private static void Shuffle(string[] items, SeededRandomBits random)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = (int)random.NextBelow((ulong)i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }
}
