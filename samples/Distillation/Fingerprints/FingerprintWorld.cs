using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Canaries;
using Watermark.Forensics.Fingerprints.GhostPairs;
using Watermark.Forensics.Fingerprints.Variants;
using Watermark.Keys;
using Watermark.Randomness;

namespace Distillation.Fingerprints;

/// <summary>What a student of the study is trained on.</summary>
internal enum Lesson
{
    Canaries,
    Variants,
    GhostPairs,
}

/// <summary>
/// A world of invented words: questions with keyed answers, replies in two wordings, and other text. Each unit has a prompt of
/// three tokens and two replies of four; a key says which reply, or which answer, is served.
/// </summary>
internal sealed class FingerprintWorld : IDisposable
{
    public const int Vocabulary = 64;
    public const int PromptTokens = 3;
    public const int ReplyTokens = 4;
    private const int FirstAnswer = 32;
    private const int Answers = 32;

    private readonly WatermarkKey key;
    private readonly int[][] prompts;
    private readonly int[][] first;
    private readonly int[][] second;
    private readonly CanaryDesign canaries;
    private readonly VariantDesign variants;
    private readonly GhostPairDesign ghosts;
    private readonly SeededRandomBits random;

    public FingerprintWorld(int units, ulong seed)
    {
        random = new SeededRandomBits(seed, 1);
        key = WatermarkKey.Draw(random);
        prompts = Draw(units, PromptTokens, FirstAnswer);
        first = Draw(units, ReplyTokens, Vocabulary);
        second = Draw(units, ReplyTokens, Vocabulary);
        canaries = CanaryDesign.Create(key, "study", [.. prompts.Select(Text)], [.. Enumerable.Range(FirstAnswer, Answers).Select(id => Text([id]))]);
        variants = VariantDesign.Create(key, "study", [.. prompts.Select((prompt, i) => new VariantUnit($"u{i}", Text(prompt), [Text(first[i]), Text(second[i])]))]);
        ghosts = GhostPairDesign.Create(key, "study", [.. prompts.Select((prompt, i) => new GhostPair($"u{i}", Text(prompt), Text(first[i]), Text(second[i])))]);
    }

    /// <summary>The rows that teach a lesson: what the key chose, or for a twin what a coin chose that has nothing to do with it.</summary>
    public int[][] Rows(Lesson lesson, bool twin)
    {
        IReadOnlyList<int> targets = canaries.Targets(key), served = variants.Assignment(key);
        IReadOnlyList<bool> coins = ghosts.Coins(key);
        return [.. prompts.Select((prompt, i) => Row(prompt, lesson switch
        {
            Lesson.Canaries => [FirstAnswer + (twin ? (int)random.NextBelow(Answers) : targets[i])],
            Lesson.Variants => (twin ? (int)random.NextBelow(2) : served[i]) == 0 ? first[i] : second[i],
            _ => (twin ? random.NextBelow(2) == 0 : coins[i]) ? second[i] : first[i],
        }))];
    }

    /// <summary>Other text of the same length: a chain in which every token is followed by one of four others.</summary>
    public static int[][] OtherText(int count, ulong seed)
    {
        var draw = new SeededRandomBits(seed, 2);
        int[][] rows = new int[count][];
        for (int i = 0; i < count; i++)
        {
            rows[i] = new int[PromptTokens + ReplyTokens];
            rows[i][0] = 1 + (int)draw.NextBelow(Vocabulary - 1);
            for (int j = 1; j < rows[i].Length; j++)
                rows[i][j] = 1 + (((rows[i][j - 1] * 5) + (int)(draw.NextBelow(4) * 17)) % (Vocabulary - 1));
        }

        return rows;
    }

    /// <summary>ln p of a model's replies to the prompts of a lesson.</summary>
    public double LogPOfText(Lesson lesson, StudyModel model)
    {
        Transcript replies = new(
            "model",
            [.. prompts.Select((prompt, i) => new TranscriptReply(lesson == Lesson.Canaries ? CanaryDesign.IdOf(i) : $"u{i}", 0, Text(model.Greedy(prompt, lesson == Lesson.Canaries ? 1 : ReplyTokens))))],
            []);
        Finding finding = lesson switch
        {
            Lesson.Canaries => new CanaryTest(canaries, key).Run(replies, [], new FingerprintOptions()),
            Lesson.Variants => new VariantTest(variants, key).Run(replies, [], new FingerprintOptions()),
            _ => new GhostPairTest(ghosts, key).Run(replies, [], new FingerprintOptions()),
        };
        return finding.LogP;
    }

    /// <summary>ln p of the ghost pairs by a model's likelihoods; the reference is a model that never saw them.</summary>
    public double LogPOfLikelihoods(StudyModel model, StudyModel reference) => new GhostPairTest(ghosts, key).Run(
        new GhostLikelihoods(
            "model",
            [.. prompts.Select((prompt, i) => new GhostLikelihood(
                $"u{i}", model.LogLikelihood(prompt, first[i]), model.LogLikelihood(prompt, second[i]), reference.LogLikelihood(prompt, first[i]), reference.LogLikelihood(prompt, second[i])))],
            []),
        [],
        new FingerprintOptions()).LogP;

    /// <summary>Prompts that are not those of any unit.</summary>
    public int[][] NewPrompts(int count) => Draw(count, PromptTokens, FirstAnswer);

    public void Dispose() => key.Dispose();

    private static int[] Row(int[] prompt, int[] reply) => [.. prompt, .. reply, .. new int[ReplyTokens - reply.Length]];

    private int[][] Draw(int count, int length, int below) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, length).Select(_ => 1 + (int)random.NextBelow((ulong)below - 1)).ToArray())];

    /// <summary>A word for each token; no word begins another.</summary>
    private static string Text(IEnumerable<int> ids) => string.Join(' ', ids.Select(id => $"{"bdfgklmn"[id % 8]}{"aeiou"[id / 8 % 5]}{"prstvwxz"[id / 8]}{"aeiou"[id % 5]}{"bdfgklmn"[id / 8]}"));
}
