using System.Text;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Randomness;

namespace Watermark.Forensics.Tests.Cases.Collection;

/// <summary>Every change of a log is seen, and the record is named.</summary>
public sealed class ChainTests
{
    private const int Logs = 40;

    [Fact]
    public void A_whole_log_has_no_faults()
    {
        for (int seed = 0; seed < Logs; seed++)
        {
            CustodyResult result = Check(RandomLog(seed));

            Assert.Empty(result.Faults);
            Assert.Empty(result.Warnings);
        }
    }

    [Fact]
    public void Every_deletion_is_named()
    {
        for (int seed = 0; seed < Logs; seed++)
        {
            byte[][] log = RandomLog(seed);
            string head = Check(log).Head;
            for (int i = 0; i < log.Length - 1; i++)
                AssertNamed(Check([.. log[..i], .. log[(i + 1)..]]), CustodyFaultKind.Removed, i);

            // The last record leaves no gap: the hash that was signed shows it. A missing 'end' is a warning; an import closes too.
            Assert.Equal(LogLine.Read(log[^2].AsMemory(..^1)).Record is not ImportRecord, Check(log[..^1]).Warnings.Count == 1);
            Assert.Contains(Check(log[..^1], head).Faults, fault => fault.Sentence.Contains(head, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Every_swap_is_named()
    {
        for (int seed = 0; seed < Logs; seed++)
        {
            byte[][] log = RandomLog(seed);
            for (int i = 0; i < log.Length; i++)
            {
                for (int j = i + 1; j < log.Length; j++)
                {
                    byte[][] swapped = [.. log];
                    (swapped[i], swapped[j]) = (log[j], log[i]);
                    CustodyResult result = Check(swapped);

                    // Of two neighbours either one has moved.
                    long[] named = [.. result.Faults.Where(fault => fault.Kind == CustodyFaultKind.Reordered).Select(fault => fault.Record)];
                    if (j > i + 1)
                        Assert.Equal([i, j], named);
                    else
                        Assert.True(named is [var one] && (one == i || one == j), Sentences(result));
                }
            }
        }
    }

    [Fact]
    public void Every_duplicate_is_named()
    {
        for (int seed = 0; seed < Logs; seed++)
        {
            byte[][] log = RandomLog(seed);
            for (int i = 0; i < log.Length; i++)
            {
                for (int at = i + 1; at <= log.Length; at++)
                    AssertNamed(Check([.. log[..at], log[i], .. log[at..]]), CustodyFaultKind.Duplicated, i);
            }
        }
    }

    [Fact]
    public void Every_edit_of_a_byte_is_seen_and_named()
    {
        var random = new SeededRandomBits(7);
        byte[][] log = RandomLog(1);
        string head = Check(log).Head;
        for (int i = 0; i < log.Length; i++)
        {
            for (int at = 0; at < log[i].Length; at++)
            {
                byte[][] edited = [.. log];
                edited[i] = [.. log[i]];
                edited[i][at] ^= (byte)(1 + random.NextBelow(255));
                CustodyResult result = Check(edited, head);
                if (i < log.Length - 1)
                    Assert.True(result.Faults.Any(fault => fault.Record == i), $"Record {i}, byte {at}: {Sentences(result)}");
                else
                    Assert.True(result.Faults.Count > 0 || result.Warnings.Count > 0, $"The last record, byte {at}.");
                Assert.NotEmpty(result.Faults);
            }
        }
    }

    [Fact]
    public void An_edit_of_the_last_record_is_seen_by_its_hash_alone()
    {
        byte[][] log = RandomLog(3);
        string head = Check(log).Head;
        byte[][] edited = [.. log];
        edited[^1] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(log[^1]).Replace("complete", "completE", StringComparison.Ordinal));

        Assert.Empty(Check(edited).Faults);
        CustodyFault fault = Assert.Single(Check(edited, head).Faults);
        Assert.Equal(log.Length - 1, fault.Record);
        Assert.Empty(Check(log, head).Faults);
    }

    [Fact]
    public void A_body_that_does_not_have_its_digest_is_seen_in_the_last_record_too()
    {
        byte[] line = new LogLine(0, LogLine.NoHash, DateTimeOffset.UnixEpoch, Reply(0, "text")).ToBytes();
        byte[] edited = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line).Replace("\"body\":\"AQID\"", "\"body\":\"AQIE\"", StringComparison.Ordinal));
        Assert.NotEqual(line, edited);

        AssertNamed(Check([edited]), CustodyFaultKind.Edited, 0);
    }

    [Fact]
    public void A_hash_is_that_of_another_tool()
    {
        // printf '%s' '{"n":0,…,"reason":"complete"}' | openssl dgst -sha256
        byte[] line = new LogLine(0, LogLine.NoHash, DateTimeOffset.UnixEpoch, new EndRecord("complete")).ToBytes();

        Assert.Equal("{\"n\":0,\"previous\":\"" + new string('0', 64) + "\",\"time\":\"1970-01-01T00:00:00.000Z\",\"kind\":\"end\",\"reason\":\"complete\"}\n", Encoding.UTF8.GetString(line));
        Assert.Equal("c37f87f36ea52965ad1183ab7a5b92d622c3cb37b67cb248fe24962e681feedd", LogLine.Hash(line.AsSpan(..^1)));
    }

    [Fact]
    public void Times_that_run_backwards_are_a_warning()
    {
        LogRecord[] records = [Session(), Request(0), Reply(0, "a"), new EndRecord("complete")];
        byte[][] log = Chain(records, i => DateTimeOffset.UnixEpoch.AddSeconds(i == 2 ? -5 : i));
        CustodyResult result = Check(log);

        Assert.Empty(result.Faults);
        Assert.Contains("record 2", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Replies_that_contradict_the_log_are_faults()
    {
        CustodyResult twice = Check(Chain([Session(), Request(0), Reply(0, "a"), Reply(0, "b"), new EndRecord("complete")]));
        Assert.Contains("second reply", Assert.Single(twice.Faults).Sentence, StringComparison.Ordinal);
        Assert.Equal(3, twice.Faults[0].Record);

        CustodyResult unasked = Check(Chain([Session(), Reply(0, "a"), new EndRecord("complete")]));
        Assert.Equal((CustodyFaultKind.Contradictory, 1), (Assert.Single(unasked.Faults).Kind, unasked.Faults[0].Record));
    }

    [Fact]
    public void Nothing_that_a_hostile_log_says_takes_long_or_throws()
    {
        var random = new SeededRandomBits(11);
        byte[][] log = RandomLog(2);
        foreach (string number in new[] { "9223372036854775807", "-1", "1e3", "\"5\"" })
        {
            byte[][] hostile = [.. log];
            hostile[1] = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(log[1]).Replace("\"n\":1,", $"\"n\":{number},", StringComparison.Ordinal).Replace(Hash(log[0]), new string('7', 64), StringComparison.Ordinal));
            Assert.NotEmpty(Check(hostile).Faults);
        }

        for (int run = 0; run < 300; run++)
        {
            byte[][] shuffled = [.. log];
            for (int i = shuffled.Length - 1; i > 0; i--)
            {
                int other = (int)random.NextBelow((ulong)i + 1);
                (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
            }

            bool isSame = shuffled.SequenceEqual(log);
            Assert.Equal(isSame, Check(shuffled).Faults.Count == 0);
        }
    }

    private static void AssertNamed(CustodyResult result, CustodyFaultKind kind, long record)
    {
        CustodyFault[] chain = [.. result.Faults.Where(fault => fault.Kind != CustodyFaultKind.Contradictory)];
        Assert.True(chain is [var only] && only.Kind == kind && only.Record == record, $"{kind} {record} was expected: {Sentences(result)}");
        Assert.Contains($"{record}", chain[0].Sentence, StringComparison.Ordinal);
    }

    private static string Sentences(CustodyResult result) => string.Join(" ", result.Faults.Select(fault => $"[{fault.Kind}] {fault.Sentence}"));

    private static CustodyResult Check(IEnumerable<byte[]> lines, string? head = null)
    {
        using var stream = new MemoryStream([.. lines.SelectMany(line => line)]);
        return CollectionLogReader.Check(stream, head);
    }

    private static string Hash(byte[] line) => LogLine.Hash(line.AsSpan(..^1));

    private static byte[][] Chain(IReadOnlyList<LogRecord> records, Func<int, DateTimeOffset>? time = null)
    {
        var lines = new List<byte[]>();
        for (int i = 0; i < records.Count; i++)
            lines.Add(new LogLine(i, i == 0 ? LogLine.NoHash : Hash(lines[^1]), time?.Invoke(i) ?? DateTimeOffset.UnixEpoch.AddSeconds(i), records[i]).ToBytes());
        return [.. lines];
    }

    private static SessionRecord Session() => new(false, "test 1", null, new string('a', 64), 0, null);

    private static RequestRecord Request(int task) =>
        new(new TaskId("suspect-x", $"p{task}", 0), SubjectRole.Suspect, 1, "http://localhost/v1", "m", [new NamedValue("seed", "1")], new byte[] { 4, 5 });

    private static ReplyRecord Reply(int task, string text) =>
        new(new TaskId("suspect-x", $"p{task}", 0), SubjectRole.Suspect, 1, 200, "r", "m", "stop", new byte[] { 1, 2, 3 }, text);

    /// <summary>A log of 4 to 14 lines with records of all kinds.</summary>
    private static byte[][] RandomLog(int seed)
    {
        var random = new SeededRandomBits((ulong)seed);
        int tasks = 1 + (int)random.NextBelow(4);
        var records = new List<LogRecord> { Session() };
        for (int task = 0; task < tasks; task++)
        {
            records.Add(Request(task));
            if (random.NextBelow(3) == 0)
                records.Add(new FailureRecord(new TaskId("suspect-x", $"p{task}", 0), SubjectRole.Suspect, 1, 429, null, new byte[] { 9 }, "the endpoint answered with status 429", false));
            records.Add(Reply(task, $"text {random.NextBelow(1000)} ü\n\"\u2028"));
        }

        if (random.NextBelow(2) == 0)
            records.Add(new ImportRecord("control-a", SubjectRole.Control, "J. Doe", "a.jsonl", "collection/imported/a.jsonl", new string('b', 64), 5, null));
        records.Add(new EndRecord("complete"));
        return Chain(records);
    }
}
