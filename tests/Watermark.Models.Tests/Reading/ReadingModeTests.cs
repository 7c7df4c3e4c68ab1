using Watermark.Models.Reading;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.TestKit;

namespace Watermark.Models.Tests.Reading;

public sealed class ReadingModeTests
{
    private const int Vocabulary = 30;

    [Theory]
    [InlineData(0, 1, 16)]
    [InlineData(1, 1, 16)]
    [InlineData(1, 3, 7)]
    [InlineData(2, 1, 16)]
    [InlineData(2, 2, 64)]
    [InlineData(4, 1, 5)]
    public void The_table_holds_the_predictions_at_contexts_that_are_new_in_their_row(int width, int predictions, int rowLength)
    {
        var model = new TableModel(Vocabulary);
        int[][] texts = Texts();
        var schema = new SampleSchema { ContextWidth = width, SpecialTokens = [0, 17] };
        Sample sample = ReadingMode.Read(model, texts, TextOrigin.Marked, schema, new ReadingOptions { RowLength = rowLength, Predictions = predictions, BatchRows = 3 });

        HashSet<string> expected = ByHand(model, texts, width, predictions, rowLength);
        Assert.Equal(expected.Order(StringComparer.Ordinal), Rows(sample).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_batch_size_does_not_matter_and_progress_reaches_one()
    {
        var model = new TableModel(Vocabulary);
        var schema = new SampleSchema { ContextWidth = 2 };
        var parts = new List<double>();
        Sample one = ReadingMode.Read(model, Texts(), TextOrigin.Marked, schema, new ReadingOptions { RowLength = 16, BatchRows = 1 });
        Sample many = ReadingMode.Read(model, Texts(), TextOrigin.Marked, schema, new ReadingOptions { RowLength = 16, BatchRows = 50 }, new Recorder(parts));
        Assert.Equal(Rows(one), Rows(many));
        Assert.Equal((SampleKind.Reading, TextOrigin.Marked), (one.Schema.Kind, one.Schema.Origin));
        Assert.Equal(0, model.OpenEvaluations);

        // Two rows of one token hold no context of two: the text of 1, and the last row of the text of 17.
        Assert.Equal(Texts().Sum(text => text.Length) - 2, many.Tokens);
        Assert.Equal(1, parts[^1]);
    }

    [Fact]
    public void A_row_that_repeats_itself_gives_each_context_once()
    {
        int[] text = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 4];
        Sample sample = ReadingMode.Read(new TableModel(Vocabulary), [text], TextOrigin.Marked, new SampleSchema { ContextWidth = 2 }, new ReadingOptions { RowLength = 64 });
        Assert.Equal(4, sample.RowCount);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        var model = new TableModel(Vocabulary) { MaximumPositions = 32 };
        var schema = new SampleSchema { ContextWidth = 1 };
        foreach (NGramSelection selection in new NGramSelection[] { new() { FirstPosition = 1 }, new() { Padding = 0 }, new() { ExcludePromptContexts = false }, new() { Scope = DistinctScope.Document } })
            Assert.Throws<ArgumentException>(() => ReadingMode.Read(model, [], TextOrigin.Marked, schema with { Selection = selection }, new ReadingOptions { RowLength = 16 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReadingMode.Read(model, [], TextOrigin.Marked, schema, new ReadingOptions { RowLength = 33 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReadingMode.Read(model, [], TextOrigin.Marked, schema, new ReadingOptions { RowLength = 16, Predictions = 0 }));
        Assert.Equal(0, ReadingMode.Read(model, [], TextOrigin.Marked, schema, new ReadingOptions { RowLength = 16 }).RowCount);
    }

    private static int[][] Texts()
    {
        var random = new SeededRandomBits(11);
        return [.. new[] { 40, 3, 1, 0, 64, 17 }.Select(length => Enumerable.Range(0, length).Select(_ => (int)random.NextBelow(Vocabulary)).ToArray())];
    }

    private static HashSet<string> ByHand(TableModel model, int[][] texts, int width, int predictions, int rowLength)
    {
        int[] special = [0, 17];
        var rows = new HashSet<string>(StringComparer.Ordinal);
        foreach (int[] row in texts.SelectMany(text => text.Chunk(rowLength)))
        {
            for (int t = width - 1; t < row.Length; t++)
            {
                if (t < 0)
                    continue;
                int[] context = row[(t - width + 1)..(t + 1)];
                bool earlier = Enumerable.Range(Math.Max(0, width - 1), Math.Max(0, t - Math.Max(0, width - 1))).Any(s => row[(s - width + 1)..(s + 1)].SequenceEqual(context));
                if (earlier || context.Any(special.Contains))
                    continue;
                float[] logits = model.LogitsAfter(row.AsSpan(0, t + 1));
                foreach (int token in Enumerable.Range(0, Vocabulary).Except(special).OrderByDescending(id => logits[id]).Take(predictions))
                    rows.Add(string.Join(' ', [.. context, token]));
            }
        }

        return rows;
    }

    private static List<string> Rows(Sample sample)
    {
        var rows = new List<string>();
        for (int i = 0; i < sample.RowCount; i++)
        {
            var values = new int[sample.Schema.ContextWidth + 1];
            for (int column = 0; column < values.Length; column++)
                values[column] = sample.Rows.Column(column)[i];
            rows.Add(string.Join(' ', values));
        }

        return rows;
    }

    private sealed class Recorder(List<double> parts) : IProgress<double>
    {
        public void Report(double value) => parts.Add(value);
    }
}
