using System.CommandLine;
using System.IO.Compression;
using Watermark.Cli.Cases;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark package</c>: a checked case in one archive, for the opponent or an arbiter.</summary>
internal static class PackageCommand
{
    private const string Help = """
        Packs a case into one archive for the opponent or an arbiter: everything but the key. The case is checked first. The
        archive holds prompts and replies; it holds row scores only where 'verify --row-scores' put them into the case. A file
        that looks like a key, a commitment's opening or a private key is refused.

        Examples:
          watermark package case --out case.zip
        """;

    // Every entry gets the same time, so that the same case gives the same archive.
    private static readonly DateTimeOffset EntryTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[][] Secrets = [.. new[] { "watermark-key/", "watermark-opening/", "PRIVATE KEY" }.Select(System.Text.Encoding.ASCII.GetBytes)];

    public static Command Create()
    {
        var folder = new Argument<string>("CASE") { Description = "The folder of the case." };
        var output = new Option<string>("--out") { HelpName = "FILE", Description = "The archive to write (zip).", Required = true };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("package", HelpText.Flow(Help)) { folder, output, force, json };
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            var place = new CaseFolder(parse.GetValue(folder)!);
            if (!Directory.Exists(place.Root))
                throw new InputFormatException($"{place.Root}: the folder of a case was expected.");
            OutputFile target = OutputFile.Check(parse.GetValue(output)!, parse.GetValue(force), place.Root);
            string[] faults = [.. CaseCheck.Run(place, null, cancellationToken).SelectMany(step => step.Faults)];
            foreach (string fault in faults)
                console.WriteError(fault);
            if (faults.Length > 0)
                return Task.FromResult(ExitCodes.NotIntact);
            string[] names = [.. place.Names().Append(CaseFiles.Manifest).Order(StringComparer.Ordinal)];
            foreach (string name in names)
                RefuseSecret(place, name);
            target.Write(stream => Pack(place, names, stream, cancellationToken));
            if (console.Json)
            {
                console.WriteJson(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("file", target.Path);
                    writer.WriteNumber("files", names.Length);
                    writer.WriteEndObject();
                });
            }

            console.WriteLine($"Wrote {target.Path}: {names.Length} files, no key. Unpacked, 'watermark check' checks it.");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static void Pack(CaseFolder place, string[] names, Stream stream, CancellationToken cancellationToken)
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (string name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.Optimal);
            entry.LastWriteTime = EntryTime;
            using Stream content = entry.Open();
            using FileStream file = File.OpenRead(place.PathOf(name));
            file.CopyTo(content);
        }
    }

    /// <summary>Secrets of this tool are small files that name their format near the beginning.</summary>
    private static void RefuseSecret(CaseFolder place, string name)
    {
        using FileStream file = File.OpenRead(place.PathOf(name));
        byte[] head = new byte[512];
        int length = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (Secrets.Any(secret => head.AsSpan(0, length).IndexOf(secret) >= 0))
            throw new InputFormatException($"{file.Name}: this looks like a secret, and a case must hold none; move it elsewhere and seal the case again.");
    }
}
