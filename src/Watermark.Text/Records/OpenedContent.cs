using System.Globalization;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>What a file or an entry of an archive is.</summary>
internal enum ContentKind
{
    /// <summary>Records of one of the formats.</summary>
    Records,

    /// <summary>Plain text.</summary>
    Text,

    /// <summary>Nothing, or only blanks.</summary>
    Empty,

    /// <summary>A zip file: an archive, a workbook, or another document.</summary>
    Zip,

    /// <summary>A tar archive.</summary>
    Tar,

    /// <summary>Something that is not read.</summary>
    Refused,
}

/// <summary>A file or an entry of an archive, its compressions undone and its kind known.</summary>
internal sealed class OpenedContent : IDisposable
{
    private const int SniffLength = 1 << 16;

    private readonly List<GuardedContent> guards;
    private readonly string? initialFault;
    private readonly Stream bytes;

    private OpenedContent(Stream bytes, PeekStream content, List<string> wrappings, List<GuardedContent> guards, string? initialFault)
    {
        this.bytes = bytes;
        Content = content;
        Wrappings = wrappings;
        this.guards = guards;
        this.initialFault = initialFault;
    }

    /// <summary>The content: UTF-8 for text, the bytes for binary formats.</summary>
    public PeekStream Content { get; private set; }

    /// <summary>What it is.</summary>
    public ContentKind Kind { get; private set; }

    /// <summary>How its records are written, for <see cref="ContentKind.Records"/>, <see cref="ContentKind.Text"/> and <see cref="ContentKind.Empty"/>.</summary>
    public SourceFormat Format { get; private set; }

    /// <summary>What stands between the fields of a table.</summary>
    public char Delimiter { get; private set; }

    /// <summary>The encoding of its text; empty for binary formats.</summary>
    public string Encoding { get; private set; } = "";

    /// <summary>The compressions around it, outermost first.</summary>
    public IReadOnlyList<string> Wrappings { get; }

    /// <summary>What it is, where it is not read.</summary>
    public string? Why { get; private set; }

    /// <summary>Why the data ended early; null if they did not so far.</summary>
    public string? Fault => initialFault ?? guards.Find(static guard => guard.Fault is not null)?.Fault;

    /// <summary>Opens content.</summary>
    /// <param name="bytes">The bytes as stored; disposed with the result, also where this fails.</param>
    /// <param name="name">The name, which breaks ties.</param>
    public static OpenedContent Open(Stream bytes, string name)
    {
        OpenedContent opened = Unwrap(bytes, name);
        try
        {
            opened.Sniff(name);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Undoes compressions and nothing else.</summary>
    /// <param name="bytes">The bytes as stored; disposed with the result.</param>
    /// <param name="name">The name, which says whether an empty file lost compressed data.</param>
    public static OpenedContent Unwrap(Stream bytes, string name)
    {
        var guards = new List<GuardedContent>();
        var wrappings = new List<string>();
        var guard = new GuardedContent(bytes);
        guards.Add(guard);
        var content = new PeekStream(guard);
        string? fault = content.Peek(1).IsEmpty && Compression.OfName(name) is not null ? GuardedContent.EndsEarly : null;
        while (wrappings.Count < Compression.MaxLayers && Compression.Detect(content.Peek(16)) is { } compression)
        {
            wrappings.Add(compression);
            try
            {
                guard = new GuardedContent(Compression.Undo(content, compression));
            }
            catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
            {
                // Some decompressors read when they are made.
                fault ??= guards.Find(static outer => outer.Fault is not null)?.Fault ?? "the compressed data is corrupt or ends early";
                guard = new GuardedContent(Stream.Null);
            }

            guards.Add(guard);
            content = new PeekStream(guard);
        }

        return new OpenedContent(bytes, content, wrappings, guards, fault);
    }

    public void Dispose()
    {
        Content.Dispose();
        foreach (GuardedContent guard in guards)
            guard.Dispose();
        bytes.Dispose();
    }

    private void Sniff(string name)
    {
        ReadOnlySpan<byte> start = Content.Peek(SniffLength);
        if (Compression.Detect(start) is not null)
        {
            Refuse(string.Create(CultureInfo.InvariantCulture, $"data compressed more than {Compression.MaxLayers} times"));
        }
        else if (start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8) || start.StartsWith("PK\u0007\u0008"u8))
        {
            Kind = ContentKind.Zip;
        }
        else if (start.StartsWith("PAR1"u8))
        {
            Kind = ContentKind.Records;
            Format = SourceFormat.Parquet;
        }
        else if (TarEntries.IsTar(start))
        {
            Kind = ContentKind.Tar;
        }
        else if (BinaryKinds.Name(start) is { } binary)
        {
            Refuse(binary);
        }
        else
        {
            SniffText(start, name);
        }
    }

    private void SniffText(ReadOnlySpan<byte> start, string name)
    {
        TextEncoding encoding = TextEncoding.Detect(start);
        Encoding = encoding.Name;
        Content = new PeekStream(encoding.ToUtf8(Content));
        start = Content.Peek(SniffLength);
        bool complete = start.Length < SniffLength;
        TextKind kind = TextSniffer.Detect(start, complete, name);
        if (kind.Format is not { } format)
        {
            Refuse(kind.Why!);
            return;
        }

        Format = format;
        Delimiter = kind.Delimiter;
        bool blank = complete && Fault is null && start.IndexOfAnyExcept(" \t\r\n"u8) < 0;
        Kind = blank ? ContentKind.Empty : format == SourceFormat.Text ? ContentKind.Text : ContentKind.Records;
    }

    private void Refuse(string why)
    {
        Kind = ContentKind.Refused;
        Why = why;
    }
}
