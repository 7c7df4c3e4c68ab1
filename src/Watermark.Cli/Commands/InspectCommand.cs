using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Text;
using Watermark.Text.Conversations;
using Watermark.Text.Records;
using Watermark.Text.Screening;
using Cell = Spectre.Console.Text;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark inspect</c>: shows what would be read, and changes nothing.</summary>
internal static class InspectCommand
{
    private const int ShownCharacters = 160;
    private const int ShownSkipped = 50;

    private const string Help = """
        Shows how files would be read: format, encoding, conversations, replies with and without their prompt, roles, three
        replies as they are read, what is not read and why, and what a verdict would say about it. Look at this first.

        Examples:
          watermark inspect replies.jsonl
          watermark inspect corpus/ chats.zip --json
        """;

    public static Command Create()
    {
        var inputs = CommonOptions.Inputs("Files, folders, or '-' for standard input.");
        var documents = new InputOptions();
        var json = CommonOptions.Json();
        var command = new Command("inspect", HelpText.Flow(Help)) { inputs };
        documents.AddTo(command, threads: false);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            string[] paths = parse.GetValue(inputs)!;
            if (paths.FirstOrDefault(SampleLoader.IsSample) is { } sample)
                throw new InputFormatException($"{sample}: a sample (.ngrams) holds no text to show.");

            StandardStreams.CheckInput(paths);

            // What a run would refuse is shown too: that is what this command is for.
            var reader = new ReplyReader(documents.Reader(parse) with { MaxUnreadShare = 1 });
            var screening = documents.Screening(parse, cancellationToken);
            SampleProvenance read = console.WithProgress(
                "Reading", (progress, token) => ReplySurvey.Read(reader, reader.Read(paths, progress, token), screening, token), cancellationToken);
            IReadOnlyList<Diagnostic> diagnostics = ReadingDiagnostics.Of(read);
            if (console.Json)
                console.WriteJson(writer => Write(writer, reader.Report, read, diagnostics));
            else
                Print(console, reader.Report, read, diagnostics);
            return Task.FromResult(reader.Report.TruncatedFiles.Count > 0 || reader.Report.Replies == 0 ? ExitCodes.BadInput : ExitCodes.Done);
        }));
        return command;
    }

    private static void Print(ConsoleOutput console, ReadingReport report, SampleProvenance read, IReadOnlyList<Diagnostic> diagnostics)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (string title in new[] { "File", "Format" })
            table.AddColumn(title);
        foreach (string title in new[] { "Records", "Not read", "Replies" })
            table.AddColumn(new TableColumn(title).RightAligned());
        foreach (FileReading file in report.Files)
        {
            table.AddRow(
                new Cell(PlainText.Of(file.Path)), new Cell(ReadingSummary.Describe(file) + (file.Truncated ? ", broke off" : string.Empty)), Number(file.Records + file.Unread), Number(file.Unread), Number(file.Replies));
        }

        console.Write(table);
        foreach (string line in ReadingSummary.Lines(report))
            console.WriteLine(line);
        console.WriteLine($"Repeated: {Share(read, ReadingCounts.WordsInOwnPrompt, ReadingCounts.Words)} of the words in their own prompt, {Share(read, ReadingCounts.RunsInOtherPrompts, ReadingCounts.Runs)} of the text in prompts of other replies (runs of eight words).");
        foreach (Reply reply in report.Samples)
            PrintSample(console, reply);
        console.WriteLine();
        foreach (UnreadPart part in report.FirstUnread)
            console.WriteLine($"Not read: {part.Where}: {part.Why} [{part.Code}]");
        if (report.Unread > report.FirstUnread.Count)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not read: {report.Unread - report.FirstUnread.Count:N0} more records"));
        foreach (UnreadPart part in report.Skipped.Take(ShownSkipped))
            console.WriteLine($"Not read: {part.Where}: {part.Why}");
        if (report.Skipped.Count > ShownSkipped)
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not read: {report.Skipped.Count - ShownSkipped:N0} more files"));
        foreach (Diagnostic diagnostic in diagnostics)
            console.WriteLine($"{diagnostic.Severity} [{diagnostic.Code}]: {diagnostic.Message}");
    }

    private static void PrintSample(ConsoleOutput console, Reply reply)
    {
        console.WriteLine();
        console.WriteLine($"Reply {reply.Id} ({reply.Place}, {reply.Shape}):");
        foreach (string prompt in reply.PromptTexts)
            console.WriteLine($"  prompt: {Shown(prompt)}");
        foreach (int[] prompt in reply.PromptTokens)
            console.WriteLine($"  prompt: {Shown(prompt)}");
        if (!reply.HasPrompt)
            console.WriteLine("  prompt: none");
        if (reply.Reasoning is { } reasoning)
            console.WriteLine($"  reasoning: {Shown(reasoning)}");
        console.WriteLine($"  reply: {(reply.Tokens is { } tokens ? Shown(tokens) : Shown(reply.Text))}");
    }

    /// <summary>The beginning of a text on one line, as JSON writes it: what cannot be seen shows as an escape.</summary>
    private static string Shown(string text)
    {
        string beginning = text.Length <= ShownCharacters ? text : text[..ShownCharacters];
        string literal = JsonEncodedText.Encode(beginning, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        return text.Length <= ShownCharacters ? $"\"{literal}\"" : string.Create(CultureInfo.InvariantCulture, $"\"{literal}…\" ({text.Length:N0} characters)");
    }

    private static string Shown(int[] ids) => string.Create(CultureInfo.InvariantCulture, $"{ids.Length:N0} token ids, {string.Join(' ', ids.Take(8))}{(ids.Length > 8 ? " …" : string.Empty)}");

    private static string Share(SampleProvenance read, string part, string whole) =>
        read.Count(whole) == 0 ? "0 %" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * read.Count(part) / read.Count(whole):0.#} %");

    private static Cell Number(long value) => new(value.ToString("N0", CultureInfo.InvariantCulture));

    private static void Write(Utf8JsonWriter writer, ReadingReport report, SampleProvenance read, IReadOnlyList<Diagnostic> diagnostics)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("files");
        foreach (FileReading file in report.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteString("format", ReadingSummary.NameOf(file.Format));
            writer.WriteString("encoding", file.Encoding);
            writer.WriteString("wrapping", file.Wrapping);
            writer.WriteNumber("records", file.Records + file.Unread);
            writer.WriteNumber("unread", file.Unread);
            writer.WriteNumber("replies", file.Replies);
            writer.WriteBoolean("truncated", file.Truncated);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        InputsJson.Write(writer, read.Inputs);
        writer.WriteNumber("conversations", report.Conversations);
        writer.WriteNumber("replies", report.Replies);
        writer.WriteNumber("withPrompt", report.RepliesWithPrompt);
        writer.WriteNumber("withoutPrompt", report.Replies - report.RepliesWithPrompt);
        writer.WriteNumber("empty", report.EmptyReplies);
        Counts("shapes", report.Shapes);
        Counts("roles", report.Roles);
        writer.WriteStartArray("samples");
        foreach (Reply reply in report.Samples)
            WriteSample(writer, reply);
        writer.WriteEndArray();
        writer.WriteNumber("unread", report.Unread);
        Parts("notRead", report.FirstUnread.Concat(report.Skipped));
        Counts("counts", read.Reading);
        writer.WriteStartArray("diagnostics");
        foreach (Diagnostic diagnostic in diagnostics)
        {
            writer.WriteStartObject();
            writer.WriteString("code", diagnostic.Code);
            writer.WriteString("severity", diagnostic.Severity.ToString().ToLowerInvariant());
            writer.WriteString("message", diagnostic.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();

        void Counts(string name, IReadOnlyDictionary<string, long> counts)
        {
            writer.WriteStartObject(name);
            foreach ((string key, long count) in counts)
                writer.WriteNumber(key, count);
            writer.WriteEndObject();
        }

        void Parts(string name, IEnumerable<UnreadPart> parts)
        {
            writer.WriteStartArray(name);
            foreach (UnreadPart part in parts)
            {
                writer.WriteStartObject();
                writer.WriteString("where", part.Where);
                writer.WriteString("code", part.Code);
                writer.WriteString("why", part.Why);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    private static void WriteSample(Utf8JsonWriter writer, Reply reply)
    {
        writer.WriteStartObject();
        writer.WriteString("id", reply.Id);
        writer.WriteString("place", reply.Place.ToString());
        writer.WriteString("shape", reply.Shape);
        writer.WriteBoolean("hasPrompt", reply.HasPrompt);
        writer.WriteStartArray("prompts");
        foreach (string prompt in reply.PromptTexts)
            writer.WriteStringValue(prompt);
        writer.WriteEndArray();
        if (reply.Reasoning is { } reasoning)
            writer.WriteString("reasoning", reasoning);
        if (reply.Tokens is null)
            writer.WriteString("text", reply.Text);
        else
            writer.WriteNumber("tokens", reply.Tokens.Length);
        writer.WriteEndObject();
    }
}
