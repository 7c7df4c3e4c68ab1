using System.CommandLine;
using System.Globalization;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.Text.Conversations;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark import</c>: takes files that others collected into a case.</summary>
internal static class ImportCommand
{
    private const string Help = """
        Copies files that somebody else collected into a case and records in its log who imported them, when, and the digest
        of their bytes. The log then shows that they were not changed since; it cannot show what happened before. A file that
        was imported for the subject already is not imported again.

        Examples:
          watermark import --case collected/ --name suspect-y --by "J. Doe, counsel of the owner" replies.jsonl
          watermark import --case collected/ --name control-b --role control --by "J. Doe, counsel of the owner" other.jsonl
        """;

    public static Command Create()
    {
        var caseFolder = new Option<string>("--case") { HelpName = "DIR", Description = "The case's folder.", Required = true };
        var name = new Option<string>("--name") { HelpName = "NAME", Description = "The name of the subject that the files are said to come from.", Required = true };
        Option<string?> role = CollectOptions.Role();
        var by = new Option<string>("--by") { HelpName = "WHO", Description = "Who imports them: a person that can be asked.", Required = true };
        var inputs = CommonOptions.Inputs("Files.");
        var json = CommonOptions.Json();
        var command = new Command("import", HelpText.Flow(Help)) { inputs, caseFolder, name, role, by, json };
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            var folder = new CaseFolder(parse.GetValue(caseFolder)!);
            string[] paths = parse.GetValue(inputs)!;
            if (paths.Contains("-"))
                throw new InputFormatException("Standard input cannot be imported: it has no name that can be shown; a file was expected.");
            Plan? plan = folder.Has(CaseFiles.Plan) ? folder.Read(CaseFiles.Plan, bytes => PlanJson.Read(bytes)) : null;
            string subject = parse.GetValue(name)!;
            SubjectRole what = CollectOptions.RoleOf(parse.GetValue(role), subject, plan);
            if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
                throw new InputFormatException($"{missing}: {(Directory.Exists(missing) ? "a folder; files are imported one by one" : "there is no such file")}.");
            var imported = new List<(string Path, ImportedFile File)>();
            string head;
            using (CollectionLog log = CollectionLog.Open(folder.Root, $"watermark {Verification.ToolVersion}"))
            {
                foreach (string path in paths)
                {
                    ImportedFile file = console.WithProgress("Importing", (_, token) => CollectionImporter.Import(log, path, subject, what, parse.GetValue(by)!, copy => Replies(copy, token), token), cancellationToken);
                    imported.Add((path, file));
                    console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {file.Size:N0} bytes, SHA-256 {file.Sha256}{(file.IsNew ? string.Empty : ", imported before")}"));
                }

                head = log.Head;
            }

            console.WriteLine($"Log: the hash of the last record is {head}");
            if (console.Json)
                WriteJson(imported, head, console);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    /// <summary>The replies in a file; null where it cannot be read.</summary>
    private static long? Replies(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new ReplyReader(new ReplyReaderOptions()).Read([path], null, cancellationToken).LongCount();
        }
        catch (Exception exception) when (exception is InputFormatException or IOException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void WriteJson(List<(string Path, ImportedFile File)> imported, string head, ConsoleOutput console) => console.WriteJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("files");
        foreach ((string path, ImportedFile file) in imported)
        {
            writer.WriteStartObject();
            writer.WriteString("name", path);
            writer.WriteString("sha256", file.Sha256);
            writer.WriteNumber("size", file.Size);
            writer.WriteBoolean("new", file.IsNew);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("head", head);
        writer.WriteEndObject();
    });
}
