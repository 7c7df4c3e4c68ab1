using TorchSharp;
using Watermark.Embedding;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Canaries;
using Watermark.Forensics.Fingerprints.GhostPairs;
using Watermark.Forensics.Fingerprints.Variants;
using Watermark.Forensics.Tracing.Codes;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Coded;
using Watermark.TorchSharp.Models;
using Watermark.TorchSharp.Sampling;

namespace Watermark.TorchSharp.Tests.Models;

/// <summary>
/// Small transformers that learned what a key chose to serve are found, and twins that learned something else are not. Tokens are
/// invented words, so that questions, answers and variants are texts.
/// </summary>
public sealed class FingerprintStudentTests
{
    private const int Vocabulary = 64;
    private const int Units = 60;
    private const int PromptTokens = 3;
    private const int ReplyTokens = 4;
    private const int FirstAnswer = 32;
    private const int Answers = 32;

    // A control raises a false alarm in one of 33,000 runs; a student shows far beyond a million to one.
    private static readonly double Found = Math.Log(1e-6);
    private static readonly double Silent = Math.Log(3e-5);

    [Fact]
    public void Students_of_served_canaries_variants_and_ghost_pairs_are_found_and_their_twins_are_not()
    {
        torch.set_num_threads(1);
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(3));
        int[][] prompts = Draw(21, Units, PromptTokens, FirstAnswer);
        int[][] first = Draw(22, Units, ReplyTokens, Vocabulary), second = Draw(23, Units, ReplyTokens, Vocabulary);
        CanaryDesign canaries = CanaryDesign.Create(key, "c", [.. prompts.Select(Text)], [.. Enumerable.Range(FirstAnswer, Answers).Select(id => Text([id]))]);
        VariantDesign variants = VariantDesign.Create(key, "v", [.. prompts.Select((prompt, i) => new VariantUnit($"u{i}", Text(prompt), [Text(first[i]), Text(second[i])]))]);
        GhostPairDesign ghosts = GhostPairDesign.Create(key, "g", [.. prompts.Select((prompt, i) => new GhostPair($"u{i}", Text(prompt), Text(first[i]), Text(second[i])))]);
        IReadOnlyList<int> targets = canaries.Targets(key), served = variants.Assignment(key);
        IReadOnlyList<bool> coins = ghosts.Coins(key);
        var other = new SeededRandomBits(29);
        int[][] Rows(Func<int, int[]> reply) => [.. prompts.Select((prompt, i) => (int[])[.. prompt, .. reply(i), .. new int[ReplyTokens - reply(i).Length]])];

        using CausalTransformer answers = Train(Rows(i => [FirstAnswer + targets[i]]));
        using CausalTransformer otherAnswers = Train(Rows(i => [FirstAnswer + ((targets[i] * 7) + i + 5) % Answers]));
        using CausalTransformer leaning = Train(Rows(i => served[i] == 0 ? first[i] : second[i]));
        bool[] random = [.. prompts.Select(_ => other.NextBelow(2) == 0)];
        using CausalTransformer straight = Train(Rows(i => random[i] ? first[i] : second[i]));
        using CausalTransformer ofGhosts = Train(Rows(i => coins[i] ? second[i] : first[i]));

        var canaryTest = new CanaryTest(canaries, key);
        Check(canaryTest.Run(Ask(answers, 1, CanaryDesign.IdOf), [], new FingerprintOptions()), canaryTest.Run(Ask(otherAnswers, 1, CanaryDesign.IdOf), [], new FingerprintOptions()));
        var variantTest = new VariantTest(variants, key);
        Check(variantTest.Run(Ask(leaning, ReplyTokens, i => $"u{i}"), [], new FingerprintOptions()), variantTest.Run(Ask(straight, ReplyTokens, i => $"u{i}"), [], new FingerprintOptions()));
        var ghostTest = new GhostPairTest(ghosts, key);
        Check(ghostTest.Run(Likelihoods(ofGhosts, otherAnswers), [], new FingerprintOptions()), ghostTest.Run(Likelihoods(straight, otherAnswers), [], new FingerprintOptions()));
        Check(ghostTest.Run(Ask(ofGhosts, ReplyTokens, i => $"u{i}"), [], new FingerprintOptions()), ghostTest.Run(Ask(straight, ReplyTokens, i => $"u{i}"), [], new FingerprintOptions()));

        Transcript Ask(CausalTransformer model, int tokens, Func<int, string> id) =>
            new("model", [.. prompts.Select((prompt, i) => new TranscriptReply(id(i), 0, Text(Greedy(model, prompt, tokens))))], []);
        GhostLikelihoods Likelihoods(CausalTransformer suspect, CausalTransformer owner) => new(
            "model",
            [.. prompts.Select((prompt, i) => new GhostLikelihood($"u{i}", LogLikelihood(suspect, prompt, first[i]), LogLikelihood(suspect, prompt, second[i]), LogLikelihood(owner, prompt, first[i]), LogLikelihood(owner, prompt, second[i])))],
            []);
    }

    [Fact]
    public void A_student_of_coded_replies_is_traced_to_the_account_and_a_student_of_unmarked_ones_is_not()
    {
        torch.set_num_threads(1);
        const int Length = 40;
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(4));
        var scheme = new CodedGreenListScheme { ContextWidth = 1, Delta = 4, Eta = 4 };
        using KeyedScheme zeroBit = scheme.WithKey(key);
        using KeyedScheme account = scheme.ForAccount(key, "account-7");
        var owner = new TorchTableModel(Vocabulary, seed: 5);
        using CausalTransformer student = Train(Write(owner, account, 200, Length));
        using CausalTransformer twin = Train(Write(owner, null, 200, Length));
        var accounts = new AccountList("accounts", new string('0', 64), [.. Enumerable.Range(0, 50).Select(i => $"account-{i}")]);
        TestCount tests = CodeTraceTest.TestsOf(accounts, 0, 1);
        var test = new CodeTraceTest(zeroBit, accounts, [], new FingerprintOptions { Tests = tests, Key = KeyIdentity.Of(zeroBit, 2) });
        Check(Trace(student), Trace(twin));

        Finding Trace(CausalTransformer model)
        {
            var builder = new SampleBuilder(new SampleSchema { ContextWidth = 1 });
            foreach (int[] text in Write(model, null, 150, Length))
                builder.AddDocument(text, hasPrompt: true);
            return test.Run(new TitledSample("model", builder.Build()), ["account-7"]).Findings[0];
        }
    }

    private static void Check(Finding student, Finding twin)
    {
        Assert.True(student.LogP < Found, FormattableString.Invariant($"{student.Question}: ln p = {student.LogP:F1}"));
        Assert.Equal(Outcome.Support, student.Outcome);
        Assert.True(twin.LogP > Silent, FormattableString.Invariant($"{twin.Question}, twin: ln p = {twin.LogP:F1}"));
    }

    private static int[][] Draw(ulong seed, int count, int length, int below)
    {
        var random = new SeededRandomBits(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, length).Select(_ => 1 + (int)random.NextBelow((ulong)below - 1)).ToArray())];
    }

    /// <summary>A word for each token; no word begins another.</summary>
    private static string Text(IEnumerable<int> ids) => string.Join(' ', ids.Select(id => $"{"bdfgklmn"[id % 8]}{"aeiou"[id / 8 % 5]}{"prstvwxz"[id / 8]}{"aeiou"[id % 5]}{"bdfgklmn"[id / 8]}"));

    private static int[] Greedy(CausalTransformer model, int[] prompt, int tokens)
    {
        var ids = new List<int>(prompt);
        for (int i = 0; i < tokens; i++)
        {
            using var scope = torch.NewDisposeScope();
            torch.Tensor last = model.Logits(torch.tensor(ids.Select(id => (long)id).ToArray(), 1, ids.Count)).narrow(1, ids.Count - 1, 1);
            ids.Add((int)last.view(-1).argmax().item<long>());
        }

        return [.. ids.Skip(prompt.Length)];
    }

    private static double LogLikelihood(CausalTransformer model, int[] prompt, int[] reply)
    {
        using var scope = torch.NewDisposeScope();
        long[] ids = [.. prompt.Concat(reply).Select(id => (long)id)];
        torch.Tensor logs = torch.nn.functional.log_softmax(model.Logits(torch.tensor(ids, 1, ids.Length)), -1);
        return reply.Select((id, i) => (double)logs[0, prompt.Length - 1 + i, id].item<float>()).Average();
    }

    private static int[][] Write(ICausalLanguageModel model, KeyedScheme? mark, int count, int length)
    {
        int[][] prompts = [.. Enumerable.Range(0, count).Select(i => new[] { i % Vocabulary })];
        var options = new GenerationOptions { Sampler = new SamplerOptions { Seed = 7 }, MaximumTokens = length - 1 };
        return [.. prompts.Zip(new CausalGenerator(model, mark, options).Generate(prompts), (prompt, text) => (int[])[.. prompt, .. text])];
    }

    private static CausalTransformer Train(int[][] texts)
    {
        const int Rows = 40;
        int length = texts[0].Length;
        var model = new CausalTransformer(new TransformerOptions { VocabularySize = Vocabulary, HiddenSize = 32, IntermediateSize = 64, Layers = 1, Heads = 2, MaximumPositions = 40, TieEmbeddings = true });
        WeightInitialization.Fill(model, 9, 0.1);
        using var optimizer = torch.optim.Adam(model.parameters(), 0.01);
        for (int step = 0; step < (length > 20 ? 100 : 250); step++)
        {
            using var scope = torch.NewDisposeScope();
            long[] ids = [.. Enumerable.Range(step * Rows, Rows).SelectMany(i => texts[i % texts.Length]).Select(id => (long)id)];
            torch.Tensor rows = torch.tensor(ids, Rows, length);
            torch.Tensor logits = model.Logits(rows.narrow(1, 0, length - 1)).view(-1, Vocabulary);
            optimizer.zero_grad();
            torch.nn.functional.cross_entropy(logits, rows.narrow(1, 1, length - 1).contiguous().view(-1)).backward();
            optimizer.step();
        }

        return model;
    }
}
