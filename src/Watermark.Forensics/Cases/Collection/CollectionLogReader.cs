using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>Reads and checks a collection log. No network is used.</summary>
public static class CollectionLogReader
{
    /// <summary>
    /// Checks a log: the chain of hashes, the numbers, the times, and that every reply answers one request. One line is held
    /// at a time (at most 64 MiB), and some 100 bytes for each reply.
    /// </summary>
    /// <param name="stream">The log; not disposed.</param>
    /// <param name="expectedHead">The hash of the last record that a statement or time stamp covers; null where none is known.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static CustodyResult Check(Stream stream, string? expectedHead = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var lines = new LogLineReader(stream);
        var summary = new CustodySummary();
        bool isCut = false;
        while (lines.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            isCut = !lines.IsComplete;
            if (!isCut)
                summary.Add(lines.Line);
        }

        return summary.Result(isCut, expectedHead);
    }

    /// <summary>The records of a log that is whole so far, in its order.</summary>
    /// <param name="stream">The log.</param>
    /// <exception cref="InputFormatException">A line is no record.</exception>
    internal static IEnumerable<LogLine> Records(Stream stream)
    {
        var lines = new LogLineReader(stream);
        while (lines.Read() && lines.IsComplete)
            yield return LogLine.Read(lines.Line);
    }

    /// <summary>
    /// Whether a log once had a size with a half-written line at its end, as a killed process leaves it: the record that
    /// resumed the log at that place says how many bytes were cut off.
    /// </summary>
    /// <param name="stream">The log as it is now.</param>
    /// <param name="size">The size that it had, in bytes.</param>
    internal static bool WasCutAt(Stream stream, long size)
    {
        var lines = new LogLineReader(stream);
        try
        {
            while (lines.Read() && lines.IsComplete && lines.Offset < size)
            {
                if (LogLine.Read(lines.Line).Record is SessionRecord session && session.CutBytes == size - lines.Offset)
                    return true;
            }
        }
        catch (InputFormatException)
        {
        }

        return false;
    }
}

/// <summary>Counts what a log says while it is read, and checks that it does not contradict itself.</summary>
internal sealed class CustodySummary
{
    private const int MostContradictions = 1000;

    private readonly ChainCheck chain = new();
    private readonly SortedDictionary<string, Counts> subjects = new(StringComparer.Ordinal);
    private readonly List<CustodyImport> imports = [];
    private readonly List<CustodyFault> contradictions = [];
    private readonly List<string> warnings = [];
    private readonly HashSet<UInt128> asked = [];
    private readonly HashSet<UInt128> answered = [];
    private SessionRecord? first;
    private string? prompts;
    private DateTimeOffset? firstTime;
    private DateTimeOffset? lastTime;
    private DateTimeOffset? firstData;
    private long records;
    private (long Record, long Count) backwards;
    private LogRecord? last;

    /// <summary>Takes a line.</summary>
    /// <param name="bytes">Its bytes without the line feed.</param>
    /// <returns>The record; null where the line is none.</returns>
    public LogLine? Add(ReadOnlyMemory<byte> bytes)
    {
        records++;
        string hash = LogLine.Hash(bytes.Span);
        LogLine line;
        try
        {
            line = LogLine.Read(bytes);
        }
        catch (InputFormatException exception)
        {
            chain.Add(null, null, hash, exception.Message.TrimEnd('.'));
            return null;
        }

        chain.Add(line.Number, line.Previous, hash);
        firstTime ??= line.Time;
        if (line.Time < lastTime && backwards.Count++ == 0)
            backwards.Record = line.Number;
        lastTime = line.Time;
        last = line.Record;
        Count(line);
        return line;
    }

    /// <summary>What was found.</summary>
    /// <param name="isCut">Whether a half-written line stands at the end.</param>
    /// <param name="expectedHead">The hash that is expected of the last line, or null.</param>
    public CustodyResult Result(bool isCut, string? expectedHead)
    {
        chain.Finish();
        var faults = chain.Faults.Concat(contradictions).OrderBy(fault => fault.Record).ToList();
        if (expectedHead is not null && expectedHead != chain.Head)
            faults.Add(new CustodyFault(CustodyFaultKind.Edited, Math.Max(0, records - 1), Invariant($"The last record, {Math.Max(0, records - 1)}, has the hash {chain.Head}; {expectedHead} was signed: it was edited, or records behind it were removed or added.")));
        if (chain.Unnamed > 0)
            faults.Add(new CustodyFault(CustodyFaultKind.Contradictory, Math.Max(0, records - 1), Invariant($"{chain.Unnamed} more faults are not listed.")));
        return new CustodyResult
        {
            Records = records,
            First = firstTime,
            Last = lastTime,
            Head = chain.Head,
            PlanSha256 = first?.PlanSha256,
            PromptsSha256 = prompts,
            FirstData = firstData,
            Subjects = [.. subjects.Select(item => item.Value.ToSubject(item.Key))],
            Imports = imports,
            Faults = faults,
            Warnings = [.. warnings, .. Closing(isCut)],
        };
    }

    /// <summary>The id of a task as a number: 128 bits of SHA-256.</summary>
    public static UInt128 IdOf(TaskId task) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(Invariant($"{task.Subject}/{task.Sample}/{task.Prompt}"))));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private IEnumerable<string> Closing(bool isCut)
    {
        if (backwards.Count > 0)
            yield return Invariant($"The time of record {backwards.Record} lies before that of the record before it{(backwards.Count > 1 ? Invariant($", and so with {backwards.Count - 1} more") : string.Empty)}.");
        if (isCut)
            yield return Invariant($"A half-written line stands behind record {records - 1}; it counts as nothing.");
        else if (records > 0 && last is not (EndRecord or ImportRecord))
            yield return Invariant($"The log does not close with 'end': the collection was cut off behind record {records - 1}, or records are missing there.");
    }

    private void Count(LogLine line)
    {
        if (line.Record is RequestRecord or ImportRecord)
            firstData ??= line.Time;
        switch (line.Record)
        {
            case SessionRecord session:
                Begin(line.Number, session);
                break;
            case RequestRecord request:
                Subject(line.Number, request.Task.Subject, request.Role).Asked(request, line.Number, warnings);
                asked.Add(IdOf(request.Task));
                break;
            case ReplyRecord reply:
                if (!asked.Contains(IdOf(reply.Task)))
                    Contradiction(line.Number, "is a reply to a request that is not in the log");
                else if (!answered.Add(IdOf(reply.Task)))
                    Contradiction(line.Number, "is a second reply of the same task");
                Subject(line.Number, reply.Task.Subject, reply.Role).Replies++;
                break;
            case FailureRecord failure:
                Subject(line.Number, failure.Task.Subject, failure.Role);
                break;
            case ImportRecord import:
                Counts counts = Subject(line.Number, import.Subject, import.Role);
                counts.Imported += import.Records;
                imports.Add(new CustodyImport(import.Subject, import.By, import.Name, import.File, import.Sha256, import.Size, import.Records, line.Time));
                break;
            default:
                break;
        }
    }

    private void Begin(long number, SessionRecord session)
    {
        if (session.Resumes == (number == 0))
            Contradiction(number, session.Resumes ? "resumes a log that was not started" : "starts a log that was started already");
        if (first is not null && session.PlanSha256 != first.PlanSha256)
            warnings.Add(Invariant($"From record {number} on the plan is another one than at the start of the log."));
        if (prompts is not null && session.PromptsSha256 is not null && session.PromptsSha256 != prompts)
            Contradiction(number, "goes on with other prompts than those that were asked before");
        if (session.CutBytes > 0)
            warnings.Add(Invariant($"A half-written line of {session.CutBytes} bytes was cut off before record {number}: the run before it was killed."));
        first ??= session;
        prompts ??= session.PromptsSha256;
    }

    private Counts Subject(long number, string name, SubjectRole role)
    {
        if (!subjects.TryGetValue(name, out Counts? counts))
            subjects.Add(name, counts = new Counts(role));
        if (counts.Role != role)
            Contradiction(number, $"gives '{name}' another role than before");
        return counts;
    }

    private void Contradiction(long number, string what)
    {
        if (contradictions.Count < MostContradictions)
            contradictions.Add(new CustodyFault(CustodyFaultKind.Contradictory, number, Invariant($"Record {number} {what}.")));
    }

    /// <summary>The counts of a subject.</summary>
    private sealed class Counts(SubjectRole role)
    {
        private readonly HashSet<UInt128> tasks = [];
        private string? endpoint;
        private string? model;
        private bool isWarned;

        public SubjectRole Role => role;

        public long Replies { get; set; }

        public long? Imported { get; set; } = 0;

        public void Asked(RequestRecord request, long number, List<string> warnings)
        {
            tasks.Add(IdOf(request.Task));
            endpoint ??= request.Endpoint;
            model ??= request.Model;
            if (isWarned || (endpoint == request.Endpoint && model == request.Model))
                return;
            isWarned = true;
            warnings.Add(Invariant($"From record {number} on '{request.Task.Subject}' was asked at another endpoint, or for another model, than before."));
        }

        public CustodySubject ToSubject(string name) => new(name, role, endpoint ?? string.Empty, model ?? string.Empty, Replies, Math.Max(0, tasks.Count - Replies), Imported);
    }
}
