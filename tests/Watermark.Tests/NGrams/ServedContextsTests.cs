using Watermark.NGrams;
using Watermark.Randomness;

namespace Watermark.Tests.NGrams;

public sealed class ServedContextsTests
{
    private static readonly ServedContextsHeader Header = new("2026-11", "42626650d46095de", 2, "abc");

    [Fact]
    public void Contexts_from_the_end_of_the_prompt_on_are_served_and_others_are_not()
    {
        ServedContexts served = Read(Write(log => log.Add([1, 2, 3, 4, 5, 6], promptLength: 3)));

        Assert.Equal([(2, 3), (3, 4), (4, 5), (5, 6)], Pairs(served, 10));
        Assert.Equal(4, served.Count);
        Assert.Equal((4, 1, 0), (served.Logged, served.Sessions, served.Gaps));
        Assert.Throws<ArgumentOutOfRangeException>(() => served.Contains([1]));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    public void Membership_is_that_of_a_set_of_all_contexts(int width)
    {
        var random = new SeededRandomBits(4);
        int[][] texts = [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 30).Select(_ => (int)random.NextBelow(12) - 2).ToArray())];
        ServedContextsHeader header = Header with { ContextWidth = width };
        ServedContexts served = Read(Write(log =>
        {
            foreach (int[] text in texts)
                log.Add(text, 5);
        }, header));
        HashSet<string> expected = [.. texts.SelectMany(text => Enumerable.Range(Math.Max(5, width), text.Length - Math.Max(5, width) + 1).Select(end => string.Join(' ', text[(end - width)..end])))];

        Assert.Equal(expected.Count, served.Count);
        for (int i = 0; i < 3_000; i++)
        {
            int[] context = [.. Enumerable.Range(0, width).Select(_ => (int)random.NextBelow(12) - 2)];
            Assert.Equal(expected.Contains(string.Join(' ', context)), served.Contains(context));
        }
    }

    [Fact]
    public void A_torn_end_costs_what_it_held_and_is_counted()
    {
        byte[] first = Write(log => log.Add([1, 2, 3, 4], 2));
        byte[] whole = Append(first, log =>
        {
            log.Add([5, 6, 7, 8], 2);
            log.Flush();
            log.Add([20, 21, 22], 2);
        });
        for (int length = first.Length; length < whole.Length; length++)
        {
            // Cut anywhere: what was whole is there, nothing else, and a gap is counted unless the session was only beginning.
            ServedContexts cut = Read(whole[..length]);
            Assert.True(cut.Contains([1, 2]) && cut.Contains([3, 4]));
            Assert.Equal(length == first.Length ? 0 : 1, cut.Gaps);

            // Opened again, the torn block is gone and new contexts follow.
            ServedContexts again = Read(Append(whole[..length], log => log.Add([30, 31, 32], 2)));
            Assert.True(again.Contains([31, 32]) && again.Contains([1, 2]));
        }

        ServedContexts all = Read(whole);
        Assert.Equal(0, all.Gaps);
        Assert.True(all.Contains([5, 6]) && all.Contains([21, 22]));
        Assert.Equal(2, all.Sessions);
    }

    [Fact]
    public void Logs_of_one_epoch_merge_and_others_are_refused()
    {
        byte[] one = Write(log => log.Add([1, 2, 3], 2));
        byte[] two = Write(log => log.Add([2, 3, 4], 2));
        byte[] other = Write(log => log.Add([2, 3, 4], 2), Header with { Epoch = "2026-12" });

        Assert.Equal(3, ServedContexts.Read([new MemoryStream(one), new MemoryStream(two)]).Count);
        Assert.Contains("2026-12", Assert.Throws<InputFormatException>(() => ServedContexts.Read([new MemoryStream(one), new MemoryStream(other)])).Message, StringComparison.Ordinal);
        Assert.Contains("2026-12", Assert.Throws<InputFormatException>(() => ServedContextsLog.Open(Stream(one), Header with { Epoch = "2026-12" })).Message, StringComparison.Ordinal);
        Assert.Throws<InputFormatException>(() => ServedContexts.Read([new MemoryStream([1, 2, 3])]));
        Assert.Throws<InputFormatException>(() => ServedContexts.Read([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ServedContextsLog.Open(new MemoryStream(), Header with { ContextWidth = 1 }));
    }

    [Fact]
    public void A_changed_byte_ends_the_log_there()
    {
        byte[] log = Write(writer =>
        {
            writer.Add([1, 2, 3], 2);
            writer.Flush();
            writer.Add([4, 5, 6], 2);
        });
        var random = new SeededRandomBits(6);
        for (int i = 0; i < 200; i++)
        {
            byte[] changed = [.. log];
            changed[random.NextBelow((ulong)log.Length)] ^= (byte)(1 + random.NextBelow(255));
            try
            {
                ServedContexts read = Read(changed);
                Assert.True(read.Gaps > 0 && read.Count <= 4);
            }
            catch (InputFormatException)
            {
            }
        }
    }

    private static IEnumerable<(int, int)> Pairs(ServedContexts served, int below) =>
        from a in Enumerable.Range(0, below) from b in Enumerable.Range(0, below) where served.Contains([a, b]) select (a, b);

    private static byte[] Write(Action<ServedContextsLog> write, ServedContextsHeader? header = null) => Append([], write, header);

    private static byte[] Append(byte[] log, Action<ServedContextsLog> write, ServedContextsHeader? header = null)
    {
        MemoryStream stream = Stream(log);
        using (ServedContextsLog writer = ServedContextsLog.Open(stream, header ?? Header))
            write(writer);
        return stream.ToArray();
    }

    private static MemoryStream Stream(byte[] bytes)
    {
        var stream = new MemoryStream();
        stream.Write(bytes);
        return stream;
    }

    private static ServedContexts Read(byte[] log) => ServedContexts.Read([new MemoryStream(log)]);
}
