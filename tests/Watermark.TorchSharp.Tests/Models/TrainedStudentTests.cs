using TorchSharp;
using Watermark.Embedding;
using Watermark.Keys;
using Watermark.Models.Comparisons;
using Watermark.Models.Reading;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.Scoring;
using Watermark.TorchSharp.Models;
using Watermark.TorchSharp.Sampling;

namespace Watermark.TorchSharp.Tests.Models;

/// <summary>The whole way in small: a service marks its replies, a transformer learns from them, and every test sees it; a control is not seen.</summary>
public sealed class TrainedStudentTests
{
    private const int Vocabulary = 60;
    private const int Length = 40;
    private const double Delta = 3;

    private static readonly SampleSchema Schema = new() { ContextWidth = 1 };

    [Fact]
    public void A_student_of_marked_replies_is_seen_by_reading_comparing_and_counting_and_a_control_is_not()
    {
        torch.set_num_threads(1); // matrices are small: threads would wait for each other
        using WatermarkKey key = WatermarkKey.Draw(new SeededRandomBits(3));
        using KeyedScheme mark = new GreenListScheme { ContextWidth = 1, Delta = Delta }.WithKey(key);
        var owner = new TorchTableModel(Vocabulary, seed: 5);
        int[][] marked = Write(owner, mark, 200);
        int[][] unmarked = Write(owner, null, 200);
        using CausalTransformer student = Train(marked);
        using CausalTransformer control = Train(unmarked);
        foreach ((CausalTransformer suspect, bool guilty) in new[] { (student, true), (control, false) })
        {
            foreach (Sample sample in Evidence(suspect, owner, marked, unmarked))
            {
                SampleScore score = Scorer.Score(sample, mark);
                TotalTest test = score.TheoryNull(mark.Scheme).Test(score.Total);

                // A student: 1e-190 and less where it was written, but training rounds otherwise elsewhere. A control: one
                // false alarm in 33,000 processors.
                string what = FormattableString.Invariant($"{sample.Schema.Kind}, student {guilty}: ln p = {test.LogP:F1}, z = {test.Z:F1} on {score.Rows}");
                Assert.True(guilty ? test.LogP < Math.Log(1e-4) : test.LogP > Math.Log(1e-5), what);
            }
        }
    }

    /// <summary>Predictions on marked text, probabilities on unmarked text, and the suspect's own replies.</summary>
    private static IEnumerable<Sample> Evidence(CausalTransformer suspect, TorchTableModel owner, int[][] marked, int[][] unmarked)
    {
        var options = new ReadingOptions { RowLength = Length, BatchRows = 32 };
        yield return ReadingMode.Read(suspect, marked, TextOrigin.Marked, Schema, options);
        var log = new SampleBuilder(Schema with { Origin = TextOrigin.Unmarked });
        foreach (int[] text in unmarked)
            log.AddDocument(text);
        var rule = new LikelihoodRule { Delta = Delta };
        ModelComparison read = ModelComparer.Read(suspect, owner, unmarked[..100], TextOrigin.Unmarked, Schema, options with { Predictions = 16 });
        yield return read.ToSample(rule, new ContextFrequencies(log.Build()));
        (int[], int[])[] replies = [.. Write(suspect, null, 100).Select(text => (text[..1], text[1..]))];
        yield return ModelComparer.Count(owner, replies, TextOrigin.Unmarked, Schema, 16, 32).ToSample(rule, null);
    }

    private static int[][] Write(ICausalLanguageModel model, KeyedScheme? mark, int count)
    {
        int[][] prompts = [.. Enumerable.Range(0, count).Select(i => new[] { i % Vocabulary })];
        var options = new GenerationOptions { Sampler = new SamplerOptions { Seed = 7 }, MaximumTokens = Length - 1 };
        return [.. prompts.Zip(new CausalGenerator(model, mark, options).Generate(prompts), (prompt, text) => (int[])[.. prompt, .. text])];
    }

    private static CausalTransformer Train(int[][] texts)
    {
        const int Rows = 40;
        var model = new CausalTransformer(new TransformerOptions { VocabularySize = Vocabulary, HiddenSize = 32, IntermediateSize = 64, Layers = 1, Heads = 2, MaximumPositions = Length, TieEmbeddings = true });
        WeightInitialization.Fill(model, 9, 0.1);
        using var optimizer = torch.optim.Adam(model.parameters(), 0.01);
        for (int step = 0; step < 100; step++)
        {
            using var scope = torch.NewDisposeScope();
            long[] ids = [.. Enumerable.Range(step * Rows, Rows).SelectMany(i => texts[i % texts.Length]).Select(id => (long)id)];
            torch.Tensor rows = torch.tensor(ids, Rows, Length);
            torch.Tensor logits = model.Logits(rows.narrow(1, 0, Length - 1)).view(-1, Vocabulary);
            optimizer.zero_grad();
            torch.nn.functional.cross_entropy(logits, rows.narrow(1, 1, Length - 1).contiguous().view(-1)).backward();
            optimizer.step();
        }

        return model;
    }
}
