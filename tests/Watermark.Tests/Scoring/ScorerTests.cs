using Watermark.Scoring;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Schemes.Kgw;
using Watermark.Schemes.Native;
using Watermark.TestKit;

namespace Watermark.Tests.Scoring;

public sealed class ScorerTests
{
    [Theory]
    [InlineData(DistinctRule.NGrams, DistinctScope.Corpus)]
    [InlineData(DistinctRule.None, DistinctScope.Corpus)]
    [InlineData(DistinctRule.Contexts, DistinctScope.Document)]
    public void Rows_are_scored_one_by_one_and_weighed_by_the_rule(DistinctRule distinct, DistinctScope scope)
    {
        using KeyedScheme scheme = Scheme(new GreenListScheme { ContextWidth = 1 });
        Sample table = NGrams.Corpora.Build(
            new SampleSchema { ContextWidth = 1, Selection = new NGramSelection { Distinct = distinct, Scope = scope } }, NGrams.Corpora.Draw(2, 80, vocabulary: 30));
        Int128 expected = 0;
        for (int row = 0; row < table.RowCount; row++)
        {
            long weight = table.Schema.CountsOccurrences ? table.Occurrences[row] : 1;
            expected += weight * scheme.Score([table.Rows.Column(0)[row]], table.Rows.Tokens[row]);
        }

        SampleScore evidence = Scorer.Score(table, scheme);

        Assert.Equal(expected, evidence.Total);
        Assert.Equal(table.ScoredRows, evidence.Rows);
    }

    [Fact]
    public void The_number_of_threads_leaves_no_trace()
    {
        using KeyedScheme scheme = Scheme(new GumbelScheme { ContextWidth = 2 });
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
        builder.AddDocument(MarkedText.DrawPlain(200_000, new SeededRandomBits(4)));
        Sample table = builder.Build();

        SampleScore one = Scorer.Score(table, scheme);

        Assert.Equal(one, Scorer.Score(table, scheme, 2));
        Assert.Equal(one, Scorer.Score(table, scheme, 7));
        Assert.Equal(Scorer.ScoreRandomKeys(table, scheme.Scheme, 70, 9), Scorer.ScoreRandomKeys(table, scheme.Scheme, 70, 9, 3));
        Assert.NotEqual(Scorer.ScoreRandomKeys(table, scheme.Scheme, 5, 9), Scorer.ScoreRandomKeys(table, scheme.Scheme, 5, 8));
    }

    [Fact]
    public void A_table_of_another_context_width_is_refused()
    {
        using KeyedScheme scheme = Scheme(new GreenListScheme { ContextWidth = 3 });

        Assert.Throws<ArgumentException>(() => Scorer.Score(Sample.Empty(new SampleSchema { ContextWidth = 2 }), scheme));
    }

    [Fact]
    public void Cancelling_stops_the_panel_and_progress_reaches_the_end()
    {
        Sample table = NGrams.Corpora.Build(new SampleSchema { ContextWidth = 2 }, NGrams.Corpora.Draw(2, 20));
        using var cancellation = new CancellationTokenSource();
        double last = 0;
        Scorer.ScoreRandomKeys(table, new GreenListScheme(), 50, 1, 1, new Report(value => last = value));
        cancellation.Cancel();

        Assert.Equal(1, last);
        Assert.ThrowsAny<OperationCanceledException>(() => Scorer.ScoreRandomKeys(table, new GreenListScheme(), 50, 1, 1, null, cancellation.Token));
    }

    [Fact]
    public void Many_keys_give_what_each_gives_alone()
    {
        Sample table = NGrams.Corpora.Build(new SampleSchema { ContextWidth = 2 }, NGrams.Corpora.Draw(2, 80, vocabulary: 300));
        var random = new SeededRandomBits(5);
        WatermarkScheme[] schemes =
        [
            .. Enumerable.Repeat<WatermarkScheme>(new GreenListScheme(), 67),
            new KgwScheme { Seeding = "ff-minhash_prf-2-False", VocabularySize = 300 },
            new GumbelScheme(),
            new KgwScheme { Seeding = "ff-additive_prf-2-False", VocabularySize = 300 },
        ];
        List<KeyedScheme> keys = [.. schemes.Select(scheme => { using WatermarkSecret secret = scheme.DrawSecret(random); return scheme.WithKey(secret); })];

        SampleScore[] together = Scorer.Score(table, keys, 2);

        for (int i = 0; i < keys.Count; i++)
        {
            Assert.Equal(Scorer.Score(table, keys[i]), together[i]);
            keys[i].Dispose();
        }
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
