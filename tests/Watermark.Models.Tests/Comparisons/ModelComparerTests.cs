using Watermark.Models.Comparisons;
using Watermark.Models.Reading;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.TestKit;

namespace Watermark.Models.Tests.Comparisons;

public sealed class ModelComparerTests
{
    private const int Vocabulary = 20;

    private static readonly NGramSelection WithPrompts = new() { ExcludePromptContexts = false };

    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    public void Reading_sums_both_models_probabilities_of_the_likeliest_tokens_at_contexts_new_in_their_row(int width, int candidates)
    {
        var suspect = new TableModel(Vocabulary, seed: 6);
        var owner = new TableModel(Vocabulary, seed: 5);
        int[][] texts = Texts();
        var schema = new SampleSchema { ContextWidth = width, SpecialTokens = [4] };
        ModelComparison found = ModelComparer.Read(suspect, owner, texts, TextOrigin.Unmarked, schema, new ReadingOptions { RowLength = 16, Predictions = candidates, BatchRows = 3 });

        var expected = new Sums();
        foreach (int[] row in texts.SelectMany(text => text.Chunk(16)))
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (int t = Math.Max(0, width - 1); t < row.Length; t++)
            {
                int[] context = row[(t - width + 1)..(t + 1)];
                if (!seen.Add(string.Join(' ', context)) || context.Contains(4))
                    continue;
                double[] given = suspect.ProbabilitiesAfter(row.AsSpan(0, t + 1));
                double[] awaited = owner.ProbabilitiesAfter(row.AsSpan(0, t + 1));
                foreach (int token in Enumerable.Range(0, Vocabulary).Where(id => id != 4).OrderByDescending(id => given[id] + awaited[id]).Take(candidates))
                    expected.Add([.. context, token], given[token], awaited[token]);
            }
        }

        expected.AssertEqual(found);
        Assert.Equal(texts.Sum(text => text.Length) - (width == 2 ? 1 : 0), found.Tokens); // the row of one token holds no context of two
    }

    [Theory]
    [InlineData(0, 20, false)]
    [InlineData(1, 20, true)]
    [InlineData(1, 3, false)]
    [InlineData(2, 5, true)]
    public void Counting_sums_what_was_written_and_what_the_owner_expected(int width, int candidates, bool excludePrompts)
    {
        var owner = new TableModel(Vocabulary, seed: 5) { MaximumPositions = 30 };
        (int[] Prompt, int[] Reply)[] replies =
        [
            ([1, 2], [3, 4, 5, 3, 6, 5, 3, 1, 7, 2, 2]),
            ([], [3, 6, 9, 9, 9]),
            ([6, 7, 8], [3, 7]),
            ([5], []),
            ([1], Texts()[0]),
        ];
        var schema = new SampleSchema { ContextWidth = width, SpecialTokens = [4], Selection = WithPrompts with { ExcludePromptContexts = excludePrompts } };
        ModelComparison found = ModelComparer.Count(owner, replies, TextOrigin.Unmarked, schema, candidates, batchRows: 2);

        var expected = new Sums();
        foreach ((int[] prompt, int[] reply) in replies)
        {
            int[] whole = [.. prompt.Concat(reply).Take(30)];
            for (int at = prompt.Length + width; at < whole.Length; at++)
            {
                int[] context = whole[(at - width)..at];
                bool prompted = excludePrompts && Enumerable.Range(0, prompt.Length).Any(i => i + width <= prompt.Length && prompt.AsSpan(i, width).SequenceEqual(context));
                if (at == 0 || whole[(at - width)..(at + 1)].Contains(4) || prompted)
                    continue;
                double[] awaited = owner.ProbabilitiesAfter(whole.AsSpan(0, at));
                expected.Add([.. context, whole[at]], 1, awaited[whole[at]]);
                foreach (int token in Enumerable.Range(0, Vocabulary).Where(id => id != 4).OrderByDescending(id => awaited[id]).Take(candidates).Where(id => id != whole[at]))
                    expected.Add([.. context, token], 0, awaited[token]);
            }
        }

        expected.AssertEqual(found);
        Assert.Equal(replies.Sum(reply => Math.Min(reply.Reply.Length, 30 - reply.Prompt.Length)), found.Tokens);
    }

    [Fact]
    public void Parts_add_up_to_the_whole_and_weigh_alike()
    {
        var suspect = new TableModel(Vocabulary, seed: 6);
        var owner = new TableModel(Vocabulary, seed: 5);
        var schema = new SampleSchema { ContextWidth = 1 };
        var options = new ReadingOptions { RowLength = 16, Predictions = 6 };
        ModelComparison whole = ModelComparer.Read(suspect, owner, Texts(), TextOrigin.Unmarked, schema, options);
        IReadOnlyList<ModelComparison> parts = ModelComparer.ReadParts(suspect, owner, Texts(), TextOrigin.Unmarked, 3, schema, options);
        var sum = new ModelComparison(schema, TextOrigin.Unmarked);
        foreach (ModelComparison part in parts)
            sum.Add(part);
        Assert.Equal(3, parts.Count);
        Assert.Equal(whole.Tokens, sum.Tokens);
        var rule = new LikelihoodRule { Delta = 3 };
        Sample ofWhole = whole.ToSample(rule, null);
        Sample ofSum = sum.ToSample(rule, null);
        Assert.Equal(whole.RowCount, ofSum.RowCount);
        Assert.Equal(ofWhole.Rows.Tokens.ToArray(), ofSum.Rows.Tokens.ToArray());
        Assert.Equal(ofWhole.Weights.ToArray(), ofSum.Weights.ToArray());
        Assert.Throws<ArgumentException>(() => sum.Add(new ModelComparison(schema, TextOrigin.Marked)));
        Assert.Throws<ArgumentException>(() => sum.Add(new ModelComparison(schema with { ContextWidth = 2 }, TextOrigin.Unmarked)));
    }

    [Fact]
    public void Probabilities_count_as_often_as_the_suspect_may_have_learnt_the_context()
    {
        var suspect = new TableModel(Vocabulary, seed: 6);
        var owner = new TableModel(Vocabulary, seed: 5);
        var schema = new SampleSchema { ContextWidth = 1 };
        int[] text = [1, 2, 3];
        ModelComparison comparison = ModelComparer.Read(suspect, owner, [text], TextOrigin.Unmarked, schema, new ReadingOptions { RowLength = 16, Predictions = Vocabulary });
        var log = new SampleBuilder(schema);
        log.AddDocument([1, 7, 1, 8, 1, 9, 2, 7]); // context 1 three times, 2 once, 3 never
        var rule = new LikelihoodRule { Delta = 3 };
        Sample sample = comparison.ToSample(rule, new ContextFrequencies(log.Build()));

        var numbers = new double[sample.RowCount];
        for (int row = 0; row < numbers.Length; row++)
        {
            int times = sample.Rows.Column(0)[row] switch { 1 => 3, 2 => 1, _ => 0 };
            int position = Array.IndexOf(text, sample.Rows.Column(0)[row]);
            int token = sample.Rows.Tokens[row];
            double given = suspect.ProbabilitiesAfter(text.AsSpan(0, position + 1))[token];
            double awaited = owner.ProbabilitiesAfter(text.AsSpan(0, position + 1))[token];
            numbers[row] = rule.Weight(times * given, times * awaited, awaited);
        }

        double greatest = numbers.Max(Math.Abs); // too few numbers for a cut
        for (int row = 0; row < numbers.Length; row++)
            Assert.InRange(sample.Weights[row] - (100 * numbers[row] / greatest), -0.51, 0.51);
    }

    private static int[][] Texts()
    {
        var random = new SeededRandomBits(11);
        return [.. new[] { 40, 3, 1, 0, 16 }.Select(length => Enumerable.Range(0, length).Select(_ => (int)random.NextBelow(Vocabulary)).ToArray())];
    }

    /// <summary>Sums by hand.</summary>
    private sealed class Sums
    {
        private readonly Dictionary<string, (int[] Row, double Suspect, double Owner, long Count)> rows = new(StringComparer.Ordinal);

        public void Add(int[] row, double suspect, double owner)
        {
            (int[] Row, double Suspect, double Owner, long Count) sum = rows.GetValueOrDefault(string.Join(' ', row));
            rows[string.Join(' ', row)] = (row, sum.Suspect + suspect, sum.Owner + owner, sum.Count + 1);
        }

        public void AssertEqual(ModelComparison found)
        {
            Assert.Equal(rows.Count, found.RowCount);
            foreach ((int[] row, double suspect, double owner, long count) in rows.Values)
            {
                (double Suspect, double Owner, long Positions) sums = found.Find(row)!.Value;
                Assert.Equal(suspect, sums.Suspect, 1e-5);
                Assert.Equal(owner, sums.Owner, 1e-5);
                Assert.Equal(count, sums.Positions);
            }
        }
    }
}
