using System.Globalization;
using System.Text.Json;
using Watermark.Text.Records.Streams;

namespace Watermark.Text.Records;

/// <summary>Where content stands.</summary>
/// <param name="Path">The file, with the entry after <c>!/</c>.</param>
/// <param name="Name">The beginning of ids.</param>
/// <param name="Containers">The containers around it, outermost first.</param>
/// <param name="IsNamed">Whether the user named it: it is then read or refused, never passed over.</param>
/// <param name="Depth">The number of archives around it.</param>
internal sealed record PayloadPlace(string Path, string Name, IReadOnlyList<string> Containers, bool IsNamed, int Depth)
{
    /// <summary>The place of a part.</summary>
    public PayloadPlace Part(string entry, IReadOnlyList<string> containers) =>
        new($"{Path}!/{entry}", $"{Name}!/{entry}", containers, IsNamed: false, Depth + 1);
}

/// <summary>Turns opened content into payloads, going into archives and workbooks.</summary>
/// <param name="report">Where faults and parts that are not read are noted.</param>
/// <param name="maxRecordLength">The longest record in bytes.</param>
/// <param name="cancellationToken">Stops between records.</param>
internal sealed class PayloadWalker(ReadingReport report, int maxRecordLength, CancellationToken cancellationToken)
{
    /// <summary>How deep archives may lie within archives.</summary>
    private const int MaxDepth = 3;

    private const string Expected = "expected JSON, JSON Lines, CSV, Parquet, Excel, text, or an archive of them";

    /// <summary>The payloads of a file or entry.</summary>
    /// <param name="content">It, opened.</param>
    /// <param name="again">Opens its bytes once more, seekable; null where they can be read only once.</param>
    /// <param name="place">Where it stands.</param>
    public IEnumerable<Payload> Walk(OpenedContent content, Func<Stream>? again, PayloadPlace place)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (content.Kind)
        {
            case ContentKind.Refused:
                Refuse(place, content.Why!);
                return [];
            case ContentKind.Zip or ContentKind.Tar when place.Depth >= MaxDepth:
                Refuse(place, string.Create(CultureInfo.InvariantCulture, $"an archive within {MaxDepth} others"));
                return [];
            case ContentKind.Zip:
                return WalkZip(content, again, place);
            case ContentKind.Tar:
                return WalkTar(content, again, place);
            case ContentKind.Records when content.Format == SourceFormat.Parquet:
                return WalkParquet(content, again, place);
            default:
                return [Records(content, place)];
        }
    }

    /// <summary>The payload of a reply whose prompt stands in a file of its own.</summary>
    /// <param name="content">The reply.</param>
    /// <param name="place">Where the reply stands.</param>
    /// <param name="prompt">The prompt; null where it could not be read, which was noted: the reply is then left out.</param>
    /// <param name="id">What both names have in common.</param>
    public IEnumerable<Payload> WalkPair(OpenedContent content, PayloadPlace place, string? prompt, string id)
    {
        if (prompt is null)
        {
            report.Skip(place.Path, "a reply whose prompt could not be read");
            yield break;
        }

        FileReading reading = report.Opened(place.Path, SourceFormat.Text, content.Encoding, Wrapping(content, place));
        yield return new Payload(reading, place.Name, Pair());

        IEnumerable<SourceRecord> Pair()
        {
            foreach (SourceRecord record in TextFileFormat.Read(content.Content, Context(content, reading, place), why => Refuse(place, why)))
            {
                using var writer = new RowWriter(["id", "prompt", "reply"]);
                using JsonDocument json = writer.Row([id, prompt, record.Text]);
                yield return new SourceRecord(record.Place, SourceFormat.Text, json.RootElement);
            }
        }
    }

    /// <summary>The whole text of content; null where it cannot be read, which is noted.</summary>
    public string? ReadText(OpenedContent content, PayloadPlace place)
    {
        byte[]? bytes = TextFileFormat.ReadWhole(content.Content, maxRecordLength, cancellationToken);
        string? why = content.Fault ?? (bytes is null ? "too long" : BinaryKinds.WhyNotText(bytes, complete: true));
        if (why is null)
            return System.Text.Encoding.UTF8.GetString(bytes!);
        report.Skip(place.Path, why);
        return null;
    }

    private static string Wrapping(OpenedContent content, PayloadPlace place) => string.Join(", ", place.Containers.Concat(content.Wrappings));

    private Payload Records(OpenedContent content, PayloadPlace place)
    {
        FileReading reading = report.Opened(place.Path, content.Format, content.Encoding, Wrapping(content, place));
        PayloadContext context = Context(content, reading, place);
        return new Payload(reading, place.Name, content.Format switch
        {
            SourceFormat.JsonLines => JsonFormats.ReadLines(content.Content, context),
            SourceFormat.JsonArray => JsonFormats.ReadArray(content.Content, context),
            SourceFormat.Json => JsonFormats.ReadValues(content.Content, context),
            SourceFormat.EventStream => EventStreamFormat.Read(content.Content, context),
            SourceFormat.Delimited => DelimitedFormat.Read(content.Content, content.Delimiter, context),
            _ => TextFileFormat.Read(content.Content, context, why => Refuse(place, why)),
        });
    }

    private PayloadContext Context(OpenedContent content, FileReading reading, PayloadPlace place) =>
        new(report, reading, place.Name, maxRecordLength, () => content.Fault, place.IsNamed, cancellationToken);

    private IEnumerable<Payload> WalkZip(OpenedContent content, Func<Stream>? again, PayloadPlace place)
    {
        using TemporaryFile? copy = again is null || content.Wrappings.Count > 0 ? TemporaryFile.Copy(content.Content, cancellationToken) : null;
        using Stream? reopened = copy is null ? again!() : null;
        if (OpenZip(reopened ?? copy!.Rewind(), content, place) is not { } zip)
            yield break;
        using (zip)
        {
            if (zip.IsWorkbook())
            {
                if (!KeepsToSheetSize(zip))
                {
                    Refuse(place, "an Excel workbook that is damaged");
                    yield break;
                }

                foreach (Payload payload in WalkWorkbook(reopened ?? copy!.Rewind(), content, place))
                    yield return payload;
                yield break;
            }

            if (zip.Document() is { } document)
            {
                Refuse(place, document);
                yield break;
            }

            foreach (Payload payload in WalkEntries(zip.Read, "zip", content, place))
                yield return payload;
        }
    }

    private IEnumerable<Payload> WalkParquet(OpenedContent content, Func<Stream>? again, PayloadPlace place)
    {
        using TemporaryFile? copy = again is null || content.Wrappings.Count > 0 ? TemporaryFile.Copy(content.Content, cancellationToken) : null;
        using Stream? reopened = copy is null ? again!() : null;
        using ParquetFormat? parquet = ParquetFormat.Open(reopened ?? copy!.Rewind());
        if (parquet is null)
        {
            Refuse(place, content.Fault is null ? "a Parquet file that is damaged or cut off" : "a Parquet file whose compressed data ends early");
            yield break;
        }

        FileReading reading = report.Opened(place.Path, SourceFormat.Parquet, "", Wrapping(content, place));
        yield return new Payload(reading, place.Name, parquet.Read(Context(content, reading, place)));
    }

    private IEnumerable<Payload> WalkWorkbook(Stream stream, OpenedContent content, PayloadPlace place)
    {
        stream.Position = 0;
        using ExcelFormat? workbook = ExcelFormat.Open(stream);
        bool damaged = workbook is null;
        int read = 0;
        for (bool first = true; !damaged && workbook!.NextSheet(first, out damaged); first = false)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // A sheet is a part of the file that the user named, so it is read or refused likewise.
            PayloadPlace sheet = place.Part(workbook.Sheet, place.Containers) with { IsNamed = place.IsNamed };
            if (workbook.Header is null)
            {
                report.Skip(sheet.Path, "a sheet whose first row is no header");
                continue;
            }

            read++;
            string wrapping = Wrapping(content, place);
            FileReading reading = report.Opened(sheet.Path, SourceFormat.Excel, "", !workbook.IsHidden ? wrapping : wrapping.Length == 0 ? "hidden sheet" : wrapping + ", hidden sheet");
            yield return new Payload(reading, sheet.Name, workbook.Read(Context(content, reading, sheet)));
        }

        if (damaged && read > 0)
            report.BrokenOff(place.Path, "the workbook is damaged");
        else if (damaged || read == 0)
            Refuse(place, damaged ? "an Excel workbook that is damaged" : "an Excel workbook without a sheet whose first row is a header");
    }

    private bool KeepsToSheetSize(ZipEntries workbook)
    {
        try
        {
            return workbook.KeepsToSheetSize(cancellationToken);
        }
        catch (Exception exception) when (exception is InvalidDataException or System.Xml.XmlException or IOException or NotSupportedException)
        {
            return false;
        }
    }

    private ZipEntries? OpenZip(Stream stream, OpenedContent content, PayloadPlace place)
    {
        try
        {
            return new ZipEntries(stream);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException or OverflowException)
        {
            Refuse(place, content.Fault is null ? "a zip archive that is damaged or cut off" : "a zip archive whose compressed data ends early");
            return null;
        }
    }

    private IEnumerable<Payload> WalkTar(OpenedContent content, Func<Stream>? again, PayloadPlace place)
    {
        using TemporaryFile? copy = again is null ? TemporaryFile.Copy(content.Content, cancellationToken) : null;
        string? brokenOff = null;
        foreach (Payload payload in WalkEntries(Entries, "tar", content, place))
            yield return payload;
        if (brokenOff is not null)
            report.BrokenOff(place.Path, brokenOff);

        IEnumerable<ArchiveEntry> Entries()
        {
            using OpenedContent? reopened = copy is null ? OpenedContent.Unwrap(again!(), place.Name) : null;
            foreach (ArchiveEntry entry in TarEntries.Read(reopened is null ? copy!.Rewind() : reopened.Content, why => brokenOff = why))
                yield return entry;
            // A compression that breaks off looks like the end of the archive.
            brokenOff = reopened?.Fault ?? content.Fault ?? brokenOff;
        }
    }

    /// <summary>Reads an archive in two passes: what its entries are, and then those that are records.</summary>
    private IEnumerable<Payload> WalkEntries(Func<IEnumerable<ArchiveEntry>> entries, string kind, OpenedContent content, PayloadPlace place)
    {
        string[] containers = [.. place.Containers, .. content.Wrappings, kind];
        Dictionary<string, PlannedFile> plan = Plan(entries, place);
        // A pair is read when the later of its two entries comes.
        var texts = new Dictionary<string, string?>(StringComparer.Ordinal);
        var waiting = new Dictionary<string, PlannedFile>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArchiveEntry entry in entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
            PayloadPlace part = place.Part(entry.Name, containers);
            if (!seen.Add(entry.Name))
            {
                report.Skip(part.Path, "an entry of that name stands before it in the archive");
                continue;
            }

            PlannedFile? planned = plan.GetValueOrDefault(entry.Name);
            if (planned is null || planned.Why is not null)
            {
                report.Skip(part.Path, planned?.Why ?? "an entry that came while the archive was read");
                continue;
            }

            using OpenedContent? opened = Open(entry);
            if (opened is null)
            {
                report.Skip(part.Path, "an entry that cannot be unpacked");
                continue;
            }

            if (planned.PairId is null)
            {
                foreach (Payload payload in Walk(opened, again: null, part))
                    yield return payload;
                continue;
            }

            texts[entry.Name] = ReadText(opened, part);
            PlannedFile? reply = planned.IsPrompt ? waiting.GetValueOrDefault(entry.Name) : planned;
            if (reply is null)
                continue; // Its reply comes later.
            if (texts.TryGetValue(reply.Partner!, out string? prompt))
            {
                if (PairFromTexts(reply, prompt, texts[reply.Name], place.Part(reply.Name, containers), opened) is { } pair)
                    yield return pair;
                texts.Remove(reply.Partner!);
                texts.Remove(reply.Name);
            }
            else
            {
                waiting.Add(reply.Partner!, reply);
            }
        }
    }

    private Payload? PairFromTexts(PlannedFile reply, string? prompt, string? text, PayloadPlace part, OpenedContent opened)
    {
        if (prompt is null || text is null)
        {
            if (text is not null)
                report.Skip(part.Path, "a reply whose prompt could not be read");
            return null;
        }

        if (TextCheck.WhyNoDocument(System.Text.Encoding.UTF8.GetBytes(text)) is { } why)
        {
            report.Skip(part.Path, why);
            return null;
        }

        FileReading reading = report.Opened(part.Path, SourceFormat.Text, opened.Encoding, string.Join(", ", part.Containers));
        return new Payload(reading, part.Name, One());

        IEnumerable<SourceRecord> One()
        {
            using var writer = new RowWriter(["id", "prompt", "reply"]);
            using JsonDocument json = writer.Row([reply.PairId, prompt, text]);
            yield return new SourceRecord(new RecordPlace(part.Path, part.Name, 1), SourceFormat.Text, json.RootElement);
        }
    }

    private Dictionary<string, PlannedFile> Plan(Func<IEnumerable<ArchiveEntry>> entries, PayloadPlace place)
    {
        var found = new List<(string Name, ContentKind Kind, string? Why)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArchiveEntry entry in entries())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!seen.Add(entry.Name))
                continue;
            using OpenedContent? opened = entry.Why is null ? Open(entry) : null;
            found.Add(opened is null
                ? (entry.Name, ContentKind.Refused, entry.Why ?? "an entry that cannot be unpacked")
                : (entry.Name, opened.Kind, opened.Why));
        }

        List<PlannedFile> plan = TextPlan.Make(place.Path, found);
        if (plan.TrueForAll(static file => file.Why is not null))
        {
            Refuse(place, plan.Count == 0
                ? "an archive without files"
                : string.Create(CultureInfo.InvariantCulture, $"an archive in which nothing can be read ({plan.Count} files, the first: '{plan[0].Name}', {plan[0].Why})"));
        }

        return plan.ToDictionary(static file => file.Name, StringComparer.Ordinal);
    }

    private static OpenedContent? Open(ArchiveEntry entry)
    {
        try
        {
            return OpenedContent.Open(entry.Open(), entry.Name);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Throws for a file that the user named; lists any other.</summary>
    private void Refuse(PayloadPlace place, string why)
    {
        if (place.IsNamed)
            throw new InputFormatException($"{place.Path}: this is {why}; {Expected}.");
        report.Skip(place.Path, why);
    }
}
