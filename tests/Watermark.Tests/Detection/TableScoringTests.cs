using Watermark.Detection;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Native;
using Watermark.TestKit;

namespace Watermark.Tests.Detection;

public sealed class TableScoringTests
{
    [Theory]
    [InlineData(DistinctRule.NGrams, DistinctScope.Corpus)]
    [InlineData(DistinctRule.None, DistinctScope.Corpus)]
    [InlineData(DistinctRule.Contexts, DistinctScope.Document)]
    public void Rows_are_scored_one_by_one_and_weighed_by_the_rule(DistinctRule distinct, DistinctScope scope)
    {
        using KeyedScheme scheme = Scheme(new GreenListScheme { ContextWidth = 1 });
        NGramTable table = NGrams.Corpora.Build(
            new NGramTableSchema { ContextWidth = 1, Selection = new NGramSelection { Distinct = distinct, Scope = scope } }, NGrams.Corpora.Draw(2, 80, vocabulary: 30));
        Int128 expected = 0;
        for (int row = 0; row < table.RowCount; row++)
        {
            long weight = table.UsesMultiplicity ? table.Occurrences[row] : 1;
            expected += weight * scheme.Score([table.Rows.Column(0)[row]], table.Rows.Tokens[row]);
        }

        DetectionEvidence evidence = TableScoring.Score(scheme, table);

        Assert.Equal(expected, evidence.Total);
        Assert.Equal(table.ScoredRows, evidence.Scored);
        Assert.Equal(table.Tokens, evidence.Tokens);
    }

    [Fact]
    public void The_number_of_threads_leaves_no_trace()
    {
        using KeyedScheme scheme = Scheme(new GumbelScheme { ContextWidth = 2 });
        var builder = new NGramTableBuilder(new NGramTableSchema { ContextWidth = 2 });
        builder.AddDocument(MarkedText.DrawPlain(200_000, new SeededRandomBits(4)));
        NGramTable table = builder.Build();

        DetectionEvidence one = TableScoring.Score(scheme, table);

        Assert.Equal(one, TableScoring.Score(scheme, table, 2));
        Assert.Equal(one, TableScoring.Score(scheme, table, 7));
        Assert.Equal(RandomKeyPanel.Run(scheme.Scheme, table, 5, 9), RandomKeyPanel.Run(scheme.Scheme, table, 5, 9, 3));
        Assert.NotEqual(RandomKeyPanel.Run(scheme.Scheme, table, 5, 9), RandomKeyPanel.Run(scheme.Scheme, table, 5, 8));
    }

    [Fact]
    public void A_table_of_another_context_width_is_refused()
    {
        using KeyedScheme scheme = Scheme(new GreenListScheme { ContextWidth = 3 });

        Assert.Throws<ArgumentException>(() => TableScoring.Score(scheme, NGramTable.Empty(new NGramTableSchema { ContextWidth = 2 })));
    }

    [Fact]
    public void Cancelling_stops_the_panel_and_progress_reaches_the_end()
    {
        NGramTable table = NGrams.Corpora.Build(new NGramTableSchema { ContextWidth = 2 }, NGrams.Corpora.Draw(2, 20));
        using var cancellation = new CancellationTokenSource();
        double last = 0;
        RandomKeyPanel.Run(new GreenListScheme(), table, 50, 1, 1, new Report(value => last = value));
        cancellation.Cancel();

        Assert.Equal(1, last);
        Assert.ThrowsAny<OperationCanceledException>(() => RandomKeyPanel.Run(new GreenListScheme(), table, 50, 1, 1, null, cancellation.Token));
    }

    private static KeyedScheme Scheme(WatermarkScheme scheme)
    {
        using WatermarkSecret secret = scheme.DrawSecret(new SeededRandomBits(1));
        return scheme.WithKey(secret);
    }

    private sealed class Report(Action<double> act) : IProgress<double>
    {
        void IProgress<double>.Report(double value) => act(value);
    }
}
