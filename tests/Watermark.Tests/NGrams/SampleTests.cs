using FsCheck.Xunit;
using Watermark.NGrams;

namespace Watermark.Tests.NGrams;

public sealed class SampleTests
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
        var schema = new SampleSchema { ContextWidth = contextWidth, Selection = selection, SpecialTokens = [5], RowLimit = rowLimit };
        Corpora.Document[] documents = Corpora.Draw(3, 60);

        Sample table = Corpora.Build(schema, documents);

        List<(int[] Row, long Count)> expected = NaiveSample.Rows(schema, documents);
        Assert.Equal(expected.Count, table.RowCount);
        for (int i = 0; i < expected.Count; i++)
        {
            for (int column = 0; column <= contextWidth; column++)
                Assert.Equal(expected[i].Row[column], table.Rows.Column(column)[i]);
            Assert.Equal(expected[i].Count, table.Occurrences[i]);
        }

        Assert.Equal(60, table.Documents);
        Assert.Equal(documents.Sum(document => (long)document.Tokens.Length), table.Tokens);
        Assert.Equal(table.Schema.CountsOccurrences ? expected.Sum(item => item.Count) : expected.Count, table.ScoredRows);
        Assert.Equal(rowLimit is { } limit && NaiveSample.Rows(schema with { RowLimit = null }, documents).Count > limit, table.IsLimited);
    }

    [Fact]
    public void A_small_example_can_be_checked_by_hand()
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
        builder.AddDocument([1, 2, 3, 1, 2, 3, 4]);
        builder.AddDocument([2, 3, 4, 9], [[7, 3, 4]]);
        Sample table = builder.Build();

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
        var schema = new SampleSchema
        {
            ContextWidth = 2,
            Selection = NGramSelection.Default with { Distinct = contexts ? DistinctRule.Contexts : DistinctRule.NGrams },
            RowLimit = sampled ? 25 : null,
        };
        byte[] whole = Corpora.Bytes(Corpora.Build(schema, documents));

        int at = cut % documents.Length;
        Sample first = Corpora.Build(schema, documents[..at].Reverse(), threads: 2);
        Sample second = Corpora.Build(schema, documents[at..].Reverse(), threads: 3);

        Assert.Equal(whole, Corpora.Bytes(Sample.Merge(first, second)));
        Assert.Equal(whole, Corpora.Bytes(Sample.Merge(second, first)));
        Assert.Equal(whole, Corpora.Bytes(Sample.Merge(Sample.Merge(Sample.Empty(schema), second), first)));
    }

    [Property(MaxTest = 40)]
    public void Merging_is_associative(ulong seed, bool document, bool none, bool sampled)
    {
        var schema = new SampleSchema
        {
            ContextWidth = 1,
            Selection = new NGramSelection { Distinct = none ? DistinctRule.None : DistinctRule.Contexts, Scope = document ? DistinctScope.Document : DistinctScope.Corpus },
            RowLimit = sampled ? 9 : null,
        };
        Sample[] parts = [.. Enumerable.Range(0, 3).Select(i => Corpora.Build(schema, Corpora.Draw(seed + (ulong)i, 8)))];

        Sample left = Sample.Merge(Sample.Merge(parts[0], parts[1]), parts[2]);
        Sample right = Sample.Merge(parts[0], Sample.Merge(parts[1], parts[2]));

        Assert.Equal(Corpora.Bytes(left), Corpora.Bytes(right));
    }

    [Fact]
    public void A_sample_that_grows_far_beyond_its_limit_is_the_one_of_the_whole()
    {
        // 300,000 distinct rows against a limit of 1,000: the builder lowers its threshold several times.
        var schema = new SampleSchema { ContextWidth = 1, RowLimit = 1000 };
        var builder = new SampleBuilder(schema);
        var hashes = new List<ulong>();
        Parallel.For(0, 300, new ParallelOptions { MaxDegreeOfParallelism = 2 }, i => builder.AddDocument([.. Enumerable.Range(i * 1000, 1001)]));
        for (int token = 0; token < 300_000; token++)
            hashes.Add(NGramHash.Of([token, token + 1]));
        hashes.Sort();

        Sample table = builder.Build();

        Assert.True(table.IsLimited);
        Assert.Equal(1000, table.RowCount);
        HashSet<ulong> smallest = [.. hashes.Take(1000)];
        for (int i = 0; i < table.RowCount; i++)
            Assert.Contains(NGramHash.Of([table.Rows.Column(0)[i], table.Rows.Tokens[i]]), smallest);

        // The estimate's relative standard error is 1/√998: 6.5 of them fail once in 10^10 choices of rows.
        Assert.InRange(table.DistinctRows, 300_000 * 0.8, 300_000 * 1.2);
    }

    [Fact]
    public void Tables_of_another_kind_are_refused_in_words()
    {
        var schema = new SampleSchema { ContextWidth = 2, Tokenizer = "cl100k_base", TokenizerHash = "aa" };
        Sample table = Sample.Empty(schema);
        (SampleSchema Schema, string Words)[] others =
        [
            (schema with { Tokenizer = "o200k_base", TokenizerHash = "bb" }, "the tokenizer is 'o200k_base'"),
            (schema with { ContextWidth = 1 }, "the context width is 1, not 2"),
            (schema with { Selection = schema.Selection with { Distinct = DistinctRule.Contexts } }, "the selection rule is distinct contexts of the corpus, not distinct coins of the corpus"),
            (schema with { RowLimit = 5 }, "the row limit is 5, not none"),
            (schema with { SpecialTokens = [1] }, "the special tokens differ"),
        ];
        foreach ((SampleSchema other, string words) in others)
        {
            ArgumentException exception = Assert.Throws<ArgumentException>(() => Sample.Merge(table, Sample.Empty(other)));
            Assert.Contains(words, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rows_chosen_elsewhere_are_added_as_one_document()
    {
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 1 });
        builder.AddRows(NGramRows.FromSequence([4, 5, 4, 5], 1), 10);

        Sample table = builder.Build();

        Assert.Equal(2, table.RowCount);
        Assert.Equal(1, table.Documents);
        Assert.Equal(10, table.Tokens);
        Assert.Throws<ArgumentException>(() => builder.AddRows(NGramRows.FromSequence([4, 5, 4], 2), 3));
    }

    [Property(MaxTest = 40)]
    public void Each_row_stands_with_the_document_of_the_smallest_hash_that_shows_it(ulong seed, bool sampled)
    {
        Corpora.Document[] documents = Corpora.Draw(seed, 30);
        var schema = new SampleSchema { ContextWidth = 1, Selection = NGramSelection.Default with { ExcludePromptContexts = false }, RowLimit = sampled ? 20 : null };
        var builder = new SampleBuilder(schema);
        Parallel.ForEach(documents, document => builder.AddDocument(document.Tokens));

        Sample table = builder.Build();
        ulong[] owners = table.RowDocuments.ToArray();

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

    [Property(MaxTest = 40)]
    public void Prompts_are_kept_by_document_with_their_last_context(ulong seed, bool padded)
    {
        Corpora.Document[] documents = Corpora.Draw(seed, 20);
        var schema = new SampleSchema { ContextWidth = 2, Selection = NGramSelection.Default with { Padding = padded ? -1 : null } };

        Sample sample = Corpora.Build(schema, documents, threads: 2);

        int[] pad = padded ? [-1, -1] : [];
        var expected = new HashSet<string>();
        foreach (Corpora.Document document in documents.Where(document => document.Prompts.Length > 0))
        {
            foreach (int[] prompt in document.Prompts)
            {
                int[] text = [.. pad, .. prompt, Sample.NoToken];
                for (int i = 0; i + 3 <= text.Length; i++)
                    expected.Add(string.Join(',', text[i..(i + 3)]));
            }
        }

        HashSet<ulong> standing = [.. sample.RowDocuments];
        var row = new int[3];
        for (int i = 0; i < sample.Prompts.Count; i++)
        {
            sample.Prompts.CopyRow(i, row);
            Assert.Contains(string.Join(',', row), expected);
            Assert.Contains(sample.PromptDocuments[i], standing);
        }

        Assert.Equal(documents.Count(document => document.Prompts.Any(prompt => prompt.Length > 0)), sample.Provenance.DocumentsWithPrompts);
    }

    [Fact]
    public void Prompts_of_documents_that_stand_for_no_row_are_not_held()
    {
        const int Documents = 4_000;
        const int Length = 10;
        var builder = new SampleBuilder(new SampleSchema { ContextWidth = 2 });
        int[] reply = [1, 2, 3, 4, 5];
        for (int i = 0; i < Documents; i++)
        {
            int[] prompt = [.. Enumerable.Range(10 + i, Length)];
            builder.AddDocument(reply, [prompt]);
        }

        // The document with the smallest hash stands for the rows: some nine times, ln 4,000 on average, a new one is the
        // smallest so far.
        Assert.InRange(builder.PromptedDocuments, 1, 30);
        Assert.Equal(Length - 1, builder.Build().Prompts.Count);
    }

    [Property(MaxTest = 30)]
    public void Files_merge_to_the_bytes_of_the_whole(ulong seed, bool limited, byte cut)
    {
        Corpora.Document[] documents = [.. Corpora.Draw(seed, 30).Select((document, i) => document with { Tokens = [.. document.Tokens, 100 + i] })];
        var schema = new SampleSchema { ContextWidth = 2, RowLimit = limited ? 40 : null };
        int at = cut % documents.Length;
        byte[][] files =
        [
            Corpora.Bytes(Corpora.Build(schema, documents[at..]).WithInputs([new SampleInput("b.jsonl", "bb", 3, 1)])),
            Corpora.Bytes(Corpora.Build(schema, documents[..at]).WithInputs([new SampleInput("a.jsonl", "aa", 2, 0)])),
            Corpora.Bytes(Sample.Empty(schema)),
        ];
        byte[] whole = Corpora.Bytes(Corpora.Build(schema, documents).WithInputs([new SampleInput("a.jsonl", "aa", 2, 0), new SampleInput("b.jsonl", "bb", 3, 1)]));

        using var output = new MemoryStream();
        SampleSummary summary = Sample.Merge([.. files.Select(file => (Func<Stream>)(() => new MemoryStream(file)))], output);

        Assert.Equal(whole, output.ToArray());
        Assert.Equal(1, summary.Provenance.Unread);
        Assert.Equal(Sample.Read(new MemoryStream(whole)).RowCount, summary.Rows);
    }

    [Fact]
    public void The_same_input_twice_is_refused()
    {
        Sample sample = Corpora.Build(new SampleSchema { ContextWidth = 1 }, Corpora.Draw(1, 3)).WithInputs([new SampleInput("a.jsonl", "aa", 3, 0)]);

        ArgumentException merged = Assert.Throws<ArgumentException>(() => Sample.Merge(sample, sample));
        ArgumentException listed = Assert.Throws<ArgumentException>(() => sample.WithInputs([new SampleInput("a", "aa", 1, 0), new SampleInput("b", "aa", 1, 0)]));

        Assert.Contains("The input 'a.jsonl' (SHA-256 aa…) is in both", merged.Message, StringComparison.Ordinal);
        Assert.Contains("'a' and 'b' are the same bytes", listed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_tokenizer_under_two_names_merges()
    {
        var schema = new SampleSchema { ContextWidth = 1, Tokenizer = "here/tokenizer.model", TokenizerHash = "aa" };

        SampleSchema there = schema with { Tokenizer = "there/tokenizer.model" };

        Assert.Null(schema.Difference(there));
        Assert.Equal(
            Corpora.Bytes(Sample.Merge(Sample.Empty(schema), Sample.Empty(there))), Corpora.Bytes(Sample.Merge(Sample.Empty(there), Sample.Empty(schema))));
        Assert.NotNull(schema.Difference(schema with { Kind = SampleKind.Reading }));
        Assert.NotNull(schema.Difference(schema with { Origin = TextOrigin.Unmarked }));
    }

    [Fact]
    public void More_rows_than_a_table_holds_are_refused_in_words()
    {
        Sample.CheckSize(Array.MaxLength / 4, contextWidth: 2);

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => Sample.CheckSize((Array.MaxLength / 4) + 1, contextWidth: 2));

        Assert.Equal("A sample of context width 2 holds at most 536,870,897 rows; set a row limit.", exception.Message);
    }

    [Fact]
    public void The_documented_hash_is_the_one_used() => Assert.Equal(0x6AE515C1C0AC7E37UL, NGramHash.Of([1, 2, 3]));
}
