using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Watermark.Forensics.Cases.Collection;

/// <summary>
/// The collection log of a case, open for appending. Each record is one line that holds the hash of the line before; it is
/// written at once and flushed to the disk before the work goes on. One process at a time may have it open.
/// </summary>
/// <remarks>
/// Nothing is written before the first record. A half-written last line, as a killed process leaves it, is cut off then, and
/// the record that resumes the log says how many bytes it had and their digest.
/// </remarks>
public sealed class CollectionLog : IDisposable
{
    /// <summary>The largest body of a request or reply in bytes, and the largest text in UTF-16 units.</summary>
    public const int LargestBody = 8 << 20;

    private readonly Lock gate = new();
    private readonly IDisposable folderLock;
    private readonly SafeFileHandle file;
    private readonly TimeProvider time;
    private readonly LogContent content;
    private readonly string tool;
    private readonly string path;
    private long length;
    private bool hasSession;
    private IOException? failure;

    private CollectionLog(string caseFolder, IDisposable folderLock, SafeFileHandle file, string tool, TimeProvider time)
    {
        Folder = caseFolder;
        path = PathOf(caseFolder);
        this.folderLock = folderLock;
        this.file = file;
        this.tool = tool;
        this.time = time;
        PlanSha256 = Digest(Path.Combine(caseFolder, CaseFiles.Plan));
        PromptsSha256 = Digest(Path.Combine(caseFolder, CaseFiles.Prompts));
        content = LogContent.Read(file, path);
        content.Check(path, PlanSha256, PromptsSha256);
        (length, Records, Head) = (content.Length, content.Records, content.Head);
    }

    /// <summary>The case's folder.</summary>
    public string Folder { get; }

    /// <summary>The hash of the last record; see <see cref="CustodyResult.Head"/>.</summary>
    public string Head { get; private set; }

    /// <summary>The number of records.</summary>
    public long Records { get; private set; }

    /// <summary>SHA-256 of the case's plan; null without one.</summary>
    public string? PlanSha256 { get; }

    /// <summary>SHA-256 of the case's prompts; null without them.</summary>
    public string? PromptsSha256 { get; }

    /// <summary>What the log held when it was opened.</summary>
    internal LogContent Content => content;

    /// <summary>The log of a case's folder.</summary>
    /// <param name="caseFolder">The folder.</param>
    public static string PathOf(string caseFolder) => Path.Combine(caseFolder, Path.Combine(CaseFiles.Log.Split('/')));

    /// <summary>Opens the log of a case and locks the case's folder; both are made where they are not there.</summary>
    /// <param name="caseFolder">The case's folder.</param>
    /// <param name="tool">The tool and its version, for the log.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="InputFormatException">
    /// Another process has the case open; the log is damaged; or it was begun under another plan or other prompts.
    /// </exception>
    /// <exception cref="IOException">The log cannot be read or written.</exception>
    public static CollectionLog Open(string caseFolder, string tool, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(caseFolder);
        ArgumentException.ThrowIfNullOrEmpty(tool);
        string path = PathOf(caseFolder);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        IDisposable folderLock = new CaseFolder(caseFolder).Lock();
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            return new CollectionLog(caseFolder, folderLock, file, tool, time ?? TimeProvider.System);
        }
        catch
        {
            file?.Dispose();
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>Appends a record: one write, then a flush to the disk.</summary>
    /// <param name="record">The record.</param>
    /// <exception cref="IOException">It cannot be written; nothing more is appended then.</exception>
    internal void Append(LogRecord record)
    {
        lock (gate)
        {
            ThrowIfFailed();
            if (!hasSession)
            {
                Write(new SessionRecord(Records > 0, tool, PlanSha256, PromptsSha256, content.CutBytes, content.CutSha256));
                if (content.CutBytes > 0)
                    Try(() => RandomAccess.SetLength(file, length));
                hasSession = true;
            }

            Write(record);
        }
    }

    /// <summary>Appends that this run ends; nothing where it wrote nothing.</summary>
    /// <param name="reason">Why it ends.</param>
    internal void End(string reason)
    {
        if (hasSession)
            Append(new EndRecord(reason));
    }

    /// <summary>Throws where a record could not be written: whoever asked for it may have hidden the exception.</summary>
    /// <exception cref="IOException">A record could not be written.</exception>
    internal void ThrowIfFailed()
    {
        if (failure is not null)
            throw new IOException(failure.Message, failure);
    }

    /// <summary>Closes the log and gives the folder free.</summary>
    public void Dispose()
    {
        file.Dispose();
        folderLock.Dispose();
    }

    private static string? Digest(string path) => File.Exists(path) ? FileDigest.Of(path) : null;

    private void Write(LogRecord record)
    {
        byte[] line = new LogLine(Records, Head, time.GetUtcNow(), record).ToBytes();
        if (line.Length > LogLine.MostBytes)
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"A record has {line.Length} bytes; at most {LogLine.MostBytes} fit into the log."), nameof(record));
        Try(() =>
        {
            RandomAccess.Write(file, line, length);
            RandomAccess.FlushToDisk(file);
        });
        length += line.Length;
        Records++;
        Head = LogLine.Hash(line.AsSpan(..^1));
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (IOException exception)
        {
            failure = new IOException($"{path} cannot be written: {exception.Message}", exception);
            throw failure;
        }
    }
}
