using System.Text;
using Watermark.Text.Tokenizers;
using Watermark.Text.Tokenizers.BytePairs;

namespace Watermark.Text.Tests.Tokenizers.BytePairs;

public sealed class BytePairModelTests
{
    private const string Letters = "abcd\u00e9\u6f22\U0001F600\u2581";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Merging_is_by_rank_and_then_from_the_left_at_every_length(int seed)
    {
        var random = new Random(seed);
        for (int model = 0; model < 60; model++)
        {
            (List<(int Left, int Right, int Rank, int Token)> merges, MergeTable table) = RandomMerges(random, 8, random.Next(1, 40));
            var merger = new Merger();
            foreach (int length in new[] { 0, 1, 2, 3, 10, Merger.ShortLength - 1, Merger.ShortLength, Merger.ShortLength + 1, 200, 700 })
            {
                int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(8))];
                int[] expected = [.. Textbook(tokens, merges)];
                int left = merger.Merge(tokens, table);
                Assert.Equal(expected, tokens[..left]);
            }
        }
    }

    [Fact]
    public void A_merge_that_stands_twice_has_its_last_rank()
    {
        var builder = new MergeTable.Builder();
        builder.Add(0, 1, 0, 5);
        builder.Add(1, 2, 1, 6);
        builder.Add(0, 1, 2, 7);
        int[] tokens = [0, 1, 2];
        Assert.Equal(2, new Merger().Merge(tokens, builder.Build()));
        Assert.Equal([0, 6], tokens[..2]);
    }

    [Fact]
    public void Merges_of_negative_numbers_are_refused()
    {
        var builder = new MergeTable.Builder();
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(-1, 0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(0, -1, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(0, 0, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(0, 0, MergeTable.None, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Add(0, 0, 0, -1));
    }

    [Fact]
    public void Ranks_merge_all_ways_to_write_a_token()
    {
        // "abc" can come of "ab" and "c" and of "a" and "bc"; "xyz" only as a whole piece, since no part of it is a token.
        BytePairModel model = BytePairModel.FromRanks([.. Bytes(), "bc"u8.ToArray(), "abc"u8.ToArray(), "ab"u8.ToArray(), "xyz"u8.ToArray()]);
        Assert.Equal([257], Encode(model, "abc"));
        Assert.Equal([258, 258, 120], Encode(model, "ababx"));
        Assert.Equal([257, 258], Encode(model, "abcab"));
        Assert.Equal([259], Encode(model, "xyz"));
        Assert.Equal(['x', 'x', 'y', 'z'], Encode(model, "xxyz"));
    }

    [Fact]
    public void A_piece_that_is_a_token_becomes_it_whatever_the_merges_say()
    {
        int[] bytes = [.. Enumerable.Range(0, 256)];
        var builder = new MergeTable.Builder();
        builder.Add('a', 'b', 0, 300);
        var merges = builder.Build();
        var whole = new TokenTable([("abab"u8.ToArray(), 400), (Encoding.UTF8.GetBytes(new string('x', 40)), 401), ("\u6f22"u8.ToArray(), 402)]);
        var model = new BytePairModel(new ByteSymbols(bytes), merges, whole);
        Assert.Equal([400], Encode(model, "abab"));
        Assert.Equal([300, 300, 300], Encode(model, "ababab"));
        Assert.Equal([401], Encode(model, new string('x', 40)));
        Assert.Equal(41, Encode(model, new string('x', 41)).Length);
        Assert.Equal([402], Encode(model, "\u6f22"));
        Assert.Equal([300, 300], Encode(new BytePairModel(new ByteSymbols(bytes), merges), "abab"));
    }

    [Fact]
    public void Bytes_without_a_token_are_left_out()
    {
        int[] bytes = [.. Enumerable.Range(0, 256)];
        bytes['b'] = -1;
        var builder = new MergeTable.Builder();
        builder.Add('a', 'c', 0, 300);
        var model = new BytePairModel(new ByteSymbols(bytes), builder.Build());
        Assert.Equal([300], Encode(model, "abc"));
        Assert.Equal([0xef, 0xbf, 0xbd, 300], Encode(model, "\udc00ac"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ByteSymbols(bytes.AsSpan(1)));
    }

    [Fact]
    public void What_is_remembered_of_pieces_changes_nothing()
    {
        // Pieces that differ in U+0000 at the end, at the end of a text and inside one; more of them than are remembered.
        BytePairModel model = BytePairModel.FromRanks([.. Bytes(), "ab"u8.ToArray(), "abab"u8.ToArray()]);
        var random = new Random(5);
        string[] pieces = [.. Enumerable.Range(0, 30_000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 18)).Select(_ => "ab\0\u00e9"[random.Next(4)])))];
        using BytePairEncoder encoder = model.Rent();
        var tokens = new IntBuffer();
        foreach (string piece in pieces.Concat(pieces))
        {
            string around = "x" + piece + new string('y', random.Next(20));
            tokens.Truncate(0);
            encoder.Encode(around, 1, 1 + piece.Length, tokens);
            Assert.Equal(Textbook([.. Encoding.UTF8.GetBytes(piece).Select(value => (int)value)], [('a', 'b', 256, 256), (256, 256, 257, 257)]), tokens.Span.ToArray());
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Text_that_is_cut_where_no_merge_reaches_across_has_the_same_tokens(bool byteFallback, bool fuse)
    {
        var random = new Random(6);
        Rune[] runes = [.. Letters.EnumerateRunes()];
        int[] bytes = byteFallback ? [.. Enumerable.Range(1000, 256)] : [];
        for (int i = 0; i < 40; i++)
        {
            int characters = random.Next(3, runes.Length);
            (_, MergeTable merges) = RandomMerges(random, characters, random.Next(1, 30));
            (Rune, int)[] known = [.. runes.Take(characters).Select((rune, id) => (rune, id))];
            var cut = new CharacterSymbols(known, bytes, unknown: 999, fuse);
            cut.CutFor(merges);
            var together = new BytePairModel(new CharacterSymbols(known, bytes, unknown: 999, fuse), merges);
            var apart = new BytePairModel(cut, merges);
            for (int t = 0; t < 30; t++)
            {
                string text = string.Concat(Enumerable.Range(0, random.Next(1, 300)).Select(_ => runes[random.Next(runes.Length)]));
                Assert.Equal(Encode(together, text), Encode(apart, text));
            }
        }
    }

    [Fact]
    public void A_character_without_a_token_is_written_in_bytes_or_is_unknown()
    {
        (Rune, int)[] known = [(new Rune('a'), 1), (new Rune('b'), 2)];
        var merges = new MergeTable.Builder().Build();
        int[] bytes = [.. Enumerable.Repeat(-1, 256)];
        int[] Ids(CharacterSymbols symbols, string text) => Encode(new BytePairModel(symbols, merges), text);

        Assert.Equal([1, 9, 9, 2], Ids(new CharacterSymbols(known, [], 9, false), "axyb"));
        Assert.Equal([1, 9, 2], Ids(new CharacterSymbols(known, [], 9, true), "axyb"));
        Assert.Equal([1, 2], Ids(new CharacterSymbols(known, [], -1, true), "axyb"));
        // All bytes of a character, or none. What is unknown before it comes behind it, as in the reference.
        bytes['x'] = 30;
        bytes[0xc3] = 31;
        Assert.Equal([30, 2, 9], Ids(new CharacterSymbols(known, bytes, 9, true), "xb\u00e9"));
        Assert.Equal([30, 9, 2], Ids(new CharacterSymbols(known, bytes, 9, true), "yxb"));
        bytes[0xa9] = 32;
        Assert.Equal([31, 32], Ids(new CharacterSymbols(known, bytes, 9, true), "\u00e9"));
    }

    [Fact]
    public void A_token_that_can_come_about_in_two_ways_forbids_cuts()
    {
        // Token 5 begins with 0 or with 1, so nothing can be said of what reaches across what.
        var builder = new MergeTable.Builder();
        builder.Add(0, 1, 0, 5);
        builder.Add(1, 1, 1, 5);
        Assert.Null(MergeCrossings.Find(builder.Build(), [0, 1]));
        var itself = new MergeTable.Builder();
        itself.Add(5, 1, 0, 5);
        Assert.Null(MergeCrossings.Find(itself.Build(), [0, 1]));
        var symbol = new MergeTable.Builder();
        symbol.Add(0, 1, 0, 2);
        Assert.Null(MergeCrossings.Find(symbol.Build(), [0, 1, 2]));
    }

    [Fact]
    public void One_piece_of_a_million_characters_is_merged_in_near_linear_time()
    {
        // By plain search this takes minutes.
        BytePairModel model = BytePairModel.FromRanks([.. Bytes(), "aa"u8.ToArray(), "aaaa"u8.ToArray(), "\u6f22"u8[..2].ToArray(), "\u6f22"u8.ToArray()]);
        int[] letters = Encode(model, new string('a', 1_000_003));
        Assert.Equal(250_002, letters.Length);
        Assert.Equal([257, 256, 'a'], letters[^3..]);
        Assert.Equal([.. Enumerable.Repeat(259, 300_000)], Encode(model, new string('\u6f22', 300_000)));
    }

    private static byte[][] Bytes() => [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];

    private static int[] Encode(BytePairModel model, string piece)
    {
        var tokens = new IntBuffer();
        using BytePairEncoder encoder = model.Rent();
        encoder.Encode(piece, tokens);
        return tokens.Span.ToArray();
    }

    /// <summary>Merges of tokens that exist already, at random, with ranks that repeat; every token is made once.</summary>
    private static (List<(int Left, int Right, int Rank, int Token)> Merges, MergeTable Table) RandomMerges(Random random, int symbols, int count)
    {
        // Ranks are small or use all bits.
        int spread = random.Next(3) switch { 0 => 1, 1 => 5_000, _ => (int.MaxValue - 1) / count };
        var merges = new List<(int Left, int Right, int Rank, int Token)>();
        var builder = new MergeTable.Builder();
        for (int token = symbols; token < symbols + count; token++)
        {
            (int Left, int Right) pair = (random.Next(token), random.Next(token));
            if (merges.Any(merge => (merge.Left, merge.Right) == pair))
                continue;
            int rank = random.Next(count) * spread;
            merges.Add((pair.Left, pair.Right, rank, token));
            builder.Add(pair.Left, pair.Right, rank, token);
        }

        return (merges, builder.Build());
    }

    /// <summary>The rule as it is told: look for the best pair, merge it, begin anew.</summary>
    private static List<int> Textbook(IEnumerable<int> symbols, List<(int Left, int Right, int Rank, int Token)> merges)
    {
        var pairs = merges.ToDictionary(merge => (merge.Left, merge.Right), merge => (merge.Rank, merge.Token));
        List<int> tokens = [.. symbols];
        while (true)
        {
            int best = -1;
            int bestRank = int.MaxValue;
            for (int i = 0; i + 1 < tokens.Count; i++)
            {
                if (pairs.TryGetValue((tokens[i], tokens[i + 1]), out (int Rank, int Token) merge) && merge.Rank < bestRank)
                    (best, bestRank) = (i, merge.Rank);
            }

            if (best < 0)
                return tokens;
            tokens[best] = pairs[(tokens[best], tokens[best + 1])].Token;
            tokens.RemoveAt(best + 1);
        }
    }
}
