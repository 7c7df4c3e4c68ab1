using FsCheck.Xunit;
using Watermark.NGrams;

namespace Watermark.Tests.NGrams;

public sealed class NGramTableTests
{
    public static TheoryData<NGramSelection, int, long?> Rules()
    {
        var data = new TheoryData<NGramSelection, int, long?>();
        foreach (DistinctRule distinct in Enum.GetValues<DistinctRule>())
        {
            foreach (DistinctScope scope in Enum.GetValues<DistinctScope>())
            {
                foreach (int h in new[] { 0, 1, 2, 3, 5 })
                {
                    foreach (long? limit in new long?[] { null, 7, 60 })
                    {
                        data.Add(new NGramSelection { Distinct = distinct, Scope = scope }, h, limit);
                        data.Add(new NGramSelection { Distinct = distinct, Scope = scope, ExcludePromptContexts = false, FirstPosition = 3 }, h, limit);
                        data.Add(new NGramSelection { Distinct = distinct, Scope = scope, Padding = -1 }, h, limit);
                    }
                }
            }
        }

        foreach (int history in new[] { 1, 3, 1024 })
            data.Add(new NGramSelection { Distinct = DistinctRule.Contexts, Scope = DistinctScope.Document, ContextHistory = history }, 2, null);
        return data;
    }

    [Theory]
    [MemberData(nameof(Rules), DisableDiscoveryEnumeration = true)]
    public void Rows_are_those_of_the_rule_written_plainly(NGramSelection selection, int contextWidth, long? rowLimit)
    {
        var schema = new NGramTableSchema { ContextWidth = contextWidth, Selection = selection, SpecialTokens = [5], RowLimit = rowLimit };
        Corpora.Document[] documents = Corpora.Draw(3, 60);

        NGramTable table = Corpora.Build(schema, documents);

        List<(int[] Row, long Count)> expected = NaiveTable.Rows(schema, documents);
        Assert.Equal(expected.Count, table.RowCount);
        for (int i = 0; i < expected.Count; i++)
        {
            for (int column = 0; column <= contextWidth; column++)
                Assert.Equal(expected[i].Row[column], table.Rows.Column(column)[i]);
            Assert.Equal(expected[i].Count, table.Occurrences[i]);
        }

        Assert.Equal(60, table.Documents);
        Assert.Equal(documents.Sum(document => (long)document.Tokens.Length), table.Tokens);
        Assert.Equal(table.UsesMultiplicity ? expected.Sum(item => item.Count) : expected.Count, table.ScoredRows);
        Assert.Equal(rowLimit is { } limit && NaiveTable.Rows(schema with { RowLimit = null }, documents).Count > limit, table.IsSample);
    }

    [Fact]
    public void A_small_example_can_be_checked_by_hand()
    {
        var builder = new NGramTableBuilder(new NGramTableSchema { ContextWidth = 2 });
        builder.AddDocument([1, 2, 3, 1, 2, 3, 4]);
        builder.AddDocument([2, 3, 4, 9], [[7, 3, 4]]);
        NGramTable table = builder.Build();

        // 1 2|3 twice, 2 3|1 and 2 3|4 (three times, once from the second document), 3 1|2; 3 4|9 is left out: its context stands in the prompt.
        Assert.Equal(4, table.RowCount);
        Assert.Equal([1, 2, 2, 3], table.Rows.Column(0).ToArray());
        Assert.Equal([2, 3, 3, 1], table.Rows.Column(1).ToArray());
        Assert.Equal([3, 1, 4, 2], table.Rows.Tokens.ToArray());
        Assert.Equal([2u, 1u, 2u, 1u], table.Occurrences.ToArray());
    }

    [Property(MaxTest = 60)]
    public void Order_threads_and_parts_leave_no_trace(ulong seed, byte cut, bool contexts, bool sampled)
    {
        Corpora.Document[] documents = Corpora.Draw(seed, 40);
        var schema = new NGramTableSchema
        {
            ContextWidth = 2,
            Selection = NGramSelection.Default with { Distinct = contexts ? DistinctRule.Contexts : DistinctRule.NGrams },
            RowLimit = sampled ? 25 : null,
        };
        byte[] whole = Corpora.Bytes(Corpora.Build(schema, documents));

        int at = cut % documents.Length;
        NGramTable first = Corpora.Build(schema, documents[..at].Reverse(), threads: 2);
        NGramTable second = Corpora.Build(schema, documents[at..].Reverse(), threads: 3);

        Assert.Equal(whole, Corpora.Bytes(NGramTable.Merge(first, second)));
        Assert.Equal(whole, Corpora.Bytes(NGramTable.Merge(second, first)));
        Assert.Equal(whole, Corpora.Bytes(NGramTable.Merge(NGramTable.Merge(NGramTable.Empty(schema), second), first)));
    }

    [Property(MaxTest = 40)]
    public void Merging_is_associative(ulong seed, bool document, bool none, bool sampled)
    {
        var schema = new NGramTableSchema
        {
            ContextWidth = 1,
            Selection = new NGramSelection { Distinct = none ? DistinctRule.None : DistinctRule.Contexts, Scope = document ? DistinctScope.Document : DistinctScope.Corpus },
            RowLimit = sampled ? 9 : null,
        };
        NGramTable[] parts = [.. Enumerable.Range(0, 3).Select(i => Corpora.Build(schema, Corpora.Draw(seed + (ulong)i, 8)))];

        NGramTable left = NGramTable.Merge(NGramTable.Merge(parts[0], parts[1]), parts[2]);
        NGramTable right = NGramTable.Merge(parts[0], NGramTable.Merge(parts[1], parts[2]));

        Assert.Equal(Corpora.Bytes(left), Corpora.Bytes(right));
    }

    [Fact]
    public void A_sample_that_grows_far_beyond_its_limit_is_the_one_of_the_whole()
    {
        // 300,000 distinct rows against a limit of 1,000: the builder lowers its threshold several times.
        var schema = new NGramTableSchema { ContextWidth = 1, RowLimit = 1000 };
        var builder = new NGramTableBuilder(schema);
        var hashes = new List<ulong>();
        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => builder.AddDocument([.. Enumerable.Range(i * 1000, 1001)]));
        for (int token = 0; token < 300_000; token++)
            hashes.Add(NGramHash.Of([token, token + 1]));
        hashes.Sort();

        NGramTable table = builder.Build();

        Assert.True(table.IsSample);
        Assert.Equal(1000, table.RowCount);
        HashSet<ulong> smallest = [.. hashes.Take(1000)];
        for (int i = 0; i < table.RowCount; i++)
            Assert.Contains(table.SampleHash(i), smallest);

        // The estimate's relative standard error is 1/√998: 6.5 of them fail once in 10^10 choices of rows.
        Assert.InRange(table.DistinctRows, 300_000 * 0.8, 300_000 * 1.2);
    }

    [Fact]
    public void Tables_of_another_kind_are_refused_in_words()
    {
        var schema = new NGramTableSchema { ContextWidth = 2, Tokenizer = "cl100k_base", TokenizerHash = "aa" };
        NGramTable table = NGramTable.Empty(schema);
        (NGramTableSchema Schema, string Words)[] others =
        [
            (schema with { Tokenizer = "o200k_base", TokenizerHash = "bb" }, "the tokenizer is 'o200k_base'"),
            (schema with { ContextWidth = 1 }, "the context width is 1, not 2"),
            (schema with { Selection = schema.Selection with { Distinct = DistinctRule.Contexts } }, "the selection rule is distinct contexts of the corpus, not distinct n-grams of the corpus"),
            (schema with { RowLimit = 5 }, "the row limit is 5, not none"),
            (schema with { SpecialTokens = [1] }, "the special tokens differ"),
        ];
        foreach ((NGramTableSchema other, string words) in others)
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(() => NGramTable.Merge(table, NGramTable.Empty(other)));
            Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rows_chosen_elsewhere_are_added_as_one_document()
    {
        var builder = new NGramTableBuilder(new NGramTableSchema { ContextWidth = 1 });
        builder.AddRows(NGramRows.FromSequence([4, 5, 4, 5], 1), 10);

        NGramTable table = builder.Build();

        Assert.Equal(2, table.RowCount);
        Assert.Equal(1, table.Documents);
        Assert.Equal(10, table.Tokens);
        Assert.Throws<ArgumentException>(() => builder.AddRows(NGramRows.FromSequence([4, 5, 4], 2), 3));
    }

    [Property(MaxTest = 40)]
    public void Each_row_stands_with_the_document_of_the_smallest_hash_that_shows_it(ulong seed, bool sampled)
    {
        Corpora.Document[] documents = Corpora.Draw(seed, 30);
        var schema = new NGramTableSchema { ContextWidth = 1, Selection = NGramSelection.Default with { ExcludePromptContexts = false }, RowLimit = sampled ? 20 : null };
        var builder = new NGramTableBuilder(schema, trackDocuments: true);
        Parallel.ForEach(documents, document => builder.AddDocument(document.Tokens));

        (NGramTable table, ulong[] owners) = builder.BuildWithDocuments();

        Assert.Equal(table.RowCount, owners.Length);
        for (int row = 0; row < table.RowCount; row++)
        {
            (int context, int token) = (table.Rows.Column(0)[row], table.Rows.Tokens[row]);
            ulong expected = documents
                .Where(document => document.Tokens.Zip(document.Tokens.Skip(1)).Contains((context, token)))
                .Min(document => NGramHash.Of(document.Tokens));
            Assert.Equal(expected, owners[row]);
        }
    }

    [Fact]
    public void More_rows_than_a_table_holds_are_refused_in_words()
    {
        NGramTable.CheckSize(Array.MaxLength / 4, contextWidth: 2);

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => NGramTable.CheckSize((Array.MaxLength / 4) + 1, contextWidth: 2));

        Assert.Equal("A table of context width 2 holds at most 536,870,897 rows; set a row limit.", exception.Message);
    }

    [Fact]
    public void The_documented_hash_is_the_one_used() => Assert.Equal(0x6AE515C1C0AC7E37UL, NGramHash.Of([1, 2, 3]));
}
