using FsCheck.Xunit;
using Watermark.Text.Tokenizers.SentencePiece;

namespace Watermark.Text.Tests.Tokenizers.SentencePiece;

public sealed class PieceTrieTests
{
    [Property(MaxTest = 300)]
    public bool It_finds_what_a_search_through_all_strings_finds(byte[][] strings, byte[] text)
    {
        // Few different bytes, so that strings begin with each other; and all of them, for crowded nodes.
        byte[][] kept = [.. strings.Where(item => item.Length > 0).Select(item => item.Select(value => value < 128 ? (byte)(value % 3) : value).ToArray())];
        text = [.. text.Select(value => value < 128 ? (byte)(value % 3) : value)];
        var trie = new PieceTrie(kept.Select((item, index) => (item, index)));
        (byte[] Bytes, int Index) longest = kept.Select((item, index) => (item, index)).Where(item => text.AsSpan().StartsWith(item.item))
            .OrderByDescending(item => item.item.Length).ThenByDescending(item => item.index).FirstOrDefault(([], -1));
        int length = trie.LongestPrefix(text, out int value);
        return length == longest.Bytes.Length && value == longest.Index
            && kept.All(item => trie.Find(item) == Array.FindLastIndex(kept, other => other.AsSpan().SequenceEqual(item)))
            && trie.Find([]) == -1;
    }

    [Fact]
    public void Building_takes_time_in_proportion_to_the_strings()
    {
        // Long chains beside each other, which leave places free that no chain can use; and nodes with many children.
        IEnumerable<byte[]> chains = Enumerable.Range(0, 500).Select(i => (byte[])[(byte)(128 + i % 64), (byte)(i / 64), .. Enumerable.Repeat((byte)'a', 4000)]);
        IEnumerable<byte[]> wide = Enumerable.Range(0, 100_000).Select(i => (byte[])[250, (byte)(i / 1000), (byte)(i / 10 % 100), (byte)(i % 10 * 20)]);
        byte[][] strings = [.. chains, .. wide];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var trie = new PieceTrie(strings.Select((item, index) => (item, index)));
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
        Assert.All(strings.Index(), item => Assert.Equal(item.Index, trie.Find(item.Item)));
    }
}
