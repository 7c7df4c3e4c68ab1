using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>What a log holds when it is opened for appending: which tasks are done, which files are imported, where to go on.</summary>
internal sealed class LogContent
{
    private readonly HashSet<UInt128> done = [];
    private readonly Dictionary<UInt128, int> attempts = [];
    private readonly Dictionary<string, long> replies = new(StringComparer.Ordinal);
    private readonly HashSet<(string Subject, string Sha256)> imports = [];
    private CustodyResult custody = new() { Records = 0, Head = LogLine.NoHash };

    private LogContent()
    {
    }

    /// <summary>The length of the complete lines in bytes.</summary>
    public long Length { get; private set; }

    /// <summary>The number of records.</summary>
    public long Records => custody.Records;

    /// <summary>The hash of the last record.</summary>
    public string Head => custody.Head;

    /// <summary>The length of a half-written line at the end.</summary>
    public long CutBytes { get; private set; }

    /// <summary>SHA-256 of the half-written line; null where there is none.</summary>
    public string? CutSha256 { get; private set; }

    /// <summary>Reads a log.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    public static LogContent Read(SafeFileHandle file, string path)
    {
        var content = new LogContent();
        var summary = new CustodySummary();
        using (var stream = new HandleStream(file))
        {
            var lines = new LogLineReader(stream);
            while (lines.Read() && lines.IsComplete)
            {
                if (summary.Add(lines.Line) is { } line)
                    content.Add(line.Record);
                content.Length = lines.Offset + lines.Line.Length + 1;
            }
        }

        content.custody = summary.Result(isCut: false, null);
        if (content.custody.Faults is [var fault, ..])
            throw new InputFormatException($"{path}: the log is damaged, and nothing is appended to it. {fault.Sentence}");
        content.CutBytes = RandomAccess.GetLength(file) - content.Length;
        if (content.CutBytes > 0)
        {
            using var tail = new HandleStream(file, content.Length);
            content.CutSha256 = Convert.ToHexStringLower(SHA256.HashData(tail));
        }

        return content;
    }

    /// <summary>Refuses to go on under another plan or with other prompts.</summary>
    /// <param name="path">The log's path, for messages.</param>
    /// <param name="planSha256">SHA-256 of the case's plan, or null.</param>
    /// <param name="promptsSha256">SHA-256 of the case's prompts, or null.</param>
    /// <exception cref="InputFormatException">The log was begun under another plan, or other prompts.</exception>
    public void Check(string path, string? planSha256, string? promptsSha256)
    {
        if (custody.PlanSha256 is { } plan && plan != planSha256)
            throw new InputFormatException($"{path}: the log was begun under the plan with SHA-256 {plan}, and {CaseFiles.Plan} is {planSha256 ?? "missing"}; put the plan back, or begin another case.");
        if (custody.PromptsSha256 is { } prompts && prompts != promptsSha256)
            throw new InputFormatException($"{path}: the log was begun with the prompts with SHA-256 {prompts}, and {CaseFiles.Prompts} is {promptsSha256 ?? "missing"}; put them back, or begin another case.");
    }

    /// <summary>Whether a task has its reply.</summary>
    public bool IsDone(TaskId task) => done.Contains(CustodySummary.IdOf(task));

    /// <summary>The requests of a task without a reply.</summary>
    public int Attempts(TaskId task) => attempts.GetValueOrDefault(CustodySummary.IdOf(task));

    /// <summary>The replies of a subject.</summary>
    public long Replies(string subject) => replies.GetValueOrDefault(subject);

    /// <summary>Whether a file was imported for a subject; says so from now on.</summary>
    public bool AddImport(string subject, string sha256) => imports.Add((subject, sha256));

    /// <summary>Whether a file was imported for a subject.</summary>
    public bool HasImport(string subject, string sha256) => imports.Contains((subject, sha256));

    private void Add(LogRecord record)
    {
        switch (record)
        {
            case RequestRecord request:
                UInt128 asked = CustodySummary.IdOf(request.Task);
                attempts[asked] = Math.Max(attempts.GetValueOrDefault(asked), request.Attempt);
                break;
            case ReplyRecord reply:
                UInt128 answered = CustodySummary.IdOf(reply.Task);
                attempts.Remove(answered);
                done.Add(answered);
                replies[reply.Task.Subject] = Replies(reply.Task.Subject) + 1;
                break;
            case ImportRecord import:
                imports.Add((import.Subject, import.Sha256));
                break;
            default:
                break;
        }
    }

    /// <summary>Reads a file from a place on, without moving a place that others share.</summary>
    private sealed class HandleStream(SafeFileHandle file, long position = 0) : Stream
    {
        private long at = position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => at;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(file, buffer, at);
            at += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
