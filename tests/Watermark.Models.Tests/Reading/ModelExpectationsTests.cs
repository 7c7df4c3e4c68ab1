using Watermark.Models.Reading;
using Watermark.NGrams;
using Watermark.TestKit;

namespace Watermark.Models.Tests.Reading;

public sealed class ModelExpectationsTests
{
    private static readonly (int[] Prompt, int[] Reply)[] Texts =
    [
        ([1, 2], [3, 4, 5, 3, 4, 5, 3, 4]),
        ([], [3, 4, 9, 9, 9]),
        ([6, 7, 8], [3, 4]),
        ([5], [7]),
        ([2, 3], []),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Rows_of_replies_get_the_mean_probability_and_entropy_of_their_occurrences(int width)
    {
        var model = new TableModel(20);
        RowExpectations found = ModelExpectations.Read(model, Texts, width, batchRows: 2);
        Dictionary<string, List<(double Probability, double Entropy)>> expected = ByHand(model, width);
        Assert.Equal(expected.Count, found.Count);

        var builder = new SampleBuilder(new SampleSchema { ContextWidth = width, Selection = new NGramSelection { ExcludePromptContexts = false } });
        foreach ((_, int[] reply) in Texts)
            builder.AddDocument(reply, hasPrompt: true);
        Sample sample = builder.Build();
        (double Probability, double Entropy)?[] means = found.Of(sample);
        int seen = 0;
        for (int row = 0; row < sample.RowCount; row++)
        {
            string key = string.Join(' ', Enumerable.Range(0, width + 1).Select(column => sample.Rows.Column(column)[row]));
            if (!expected.TryGetValue(key, out List<(double Probability, double Entropy)>? occurrences))
            {
                Assert.Null(means[row]);
                continue;
            }

            seen++;
            Assert.Equal(occurrences.Average(item => item.Probability), means[row]!.Value.Probability, 1e-5);
            Assert.Equal(occurrences.Average(item => item.Entropy), means[row]!.Value.Entropy, 1e-4);
        }

        Assert.Equal(expected.Count, seen);
    }

    [Fact]
    public void In_reading_mode_the_owner_is_asked_about_the_suspects_predictions()
    {
        var owner = new TableModel(20, seed: 5);
        var suspect = new TableModel(20, seed: 6);
        int[] text = [1, 2, 3, 1, 4, 2];
        var expectations = new RowExpectations(1);
        var options = new ReadingOptions { RowLength = 16, Predictions = 2 };
        Sample sample = ReadingMode.Read(suspect, owner, [text], TextOrigin.Marked, new SampleSchema { ContextWidth = 1 }, options, expectations);
        (double Probability, double Entropy)?[] means = expectations.Of(sample);

        // Contexts 1, 2, 3 and 4 are new once each; two predictions at each of them.
        Assert.Equal(8, sample.RowCount);
        for (int row = 0; row < sample.RowCount; row++)
        {
            int position = Array.IndexOf(text, sample.Rows.Column(0)[row]);
            double[] probabilities = owner.ProbabilitiesAfter(text.AsSpan(0, position + 1));
            Assert.Equal(probabilities[sample.Rows.Tokens[row]], means[row]!.Value.Probability, 1e-5);
            Assert.Equal(-probabilities.Sum(p => p * Math.Log(p)), means[row]!.Value.Entropy, 1e-4);
        }
    }

    [Fact]
    public void Rows_of_another_width_are_refused()
    {
        var expectations = new RowExpectations(2);
        Assert.Throws<ArgumentException>(() => expectations.Add([1, 2], 0.5, 1));
        Assert.Throws<ArgumentException>(() => expectations.Of(Sample.Empty(new SampleSchema { ContextWidth = 1 })));
    }

    private static Dictionary<string, List<(double Probability, double Entropy)>> ByHand(TableModel model, int width)
    {
        var rows = new Dictionary<string, List<(double, double)>>(StringComparer.Ordinal);
        foreach ((int[] prompt, int[] reply) in Texts)
        {
            int[] whole = [.. prompt, .. reply];
            for (int t = width; t < reply.Length; t++)
            {
                int position = prompt.Length + t;
                if (position == 0)
                    continue;
                double[] probabilities = model.ProbabilitiesAfter(whole.AsSpan(0, position));
                string key = string.Join(' ', whole[(position - width)..(position + 1)]);
                if (!rows.TryGetValue(key, out List<(double, double)>? occurrences))
                    rows.Add(key, occurrences = []);
                occurrences.Add((probabilities[whole[position]], -probabilities.Sum(p => p * Math.Log(p))));
            }
        }

        return rows;
    }
}
