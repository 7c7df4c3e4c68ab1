using System.CommandLine;
using Watermark.Cli.Browsers;
using Watermark.Cli.Cases;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Reporting;
using Watermark.Reporting.Wording;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark report</c>: a case as pages that people read.</summary>
internal static class ReportCommand
{
    private const string Help = """
        Writes the report of a case as report.html and report.md into its folder: one page for a judge, then the expert part.
        The pages need nothing else and run nothing. The same case gives the same bytes. With --pdf, Chromium or Chrome prints
        report.pdf too, where one is installed; WATERMARK_CHROMIUM can name it. A PDF holds the time of its printing.

        With --signer the signed list of the case's files is renewed, so that it covers the report; without it, the next
        command that signs the case does that. With --out nothing is written into the case.

        Examples:
          watermark report case --signer signer.pem --force
          watermark report case --out report.html
        """;

    public static Command Create()
    {
        var folder = new Argument<string>("CASE") { Description = "The folder of the case." };
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "Write only this file instead: .html, .md, or .pdf." };
        var pdf = new Option<bool>("--pdf") { Description = "Print report.pdf too." };
        var signer = new SignerOptions();
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("report", HelpText.Flow(Help)) { folder, output, pdf, force, json };
        signer.AddTo(command, required: false);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(async () =>
        {
            var place = new CaseFolder(parse.GetValue(folder)!);
            if (!Directory.Exists(place.Root))
                throw new InputFormatException($"{place.Root}: the folder of a case was expected.");
            string? alone = parse.GetValue(output);
            if (alone is not null && (signer.File(parse) is not null || parse.GetValue(pdf)))
                throw new InputFormatException("--out writes one file and changes no case; --signer and --pdf cannot stand beside it.");
            string[] names = alone is not null ? [alone] : [.. new[] { CaseFiles.ReportHtml, CaseFiles.ReportMarkdown }.Concat(parse.GetValue(pdf) ? [CaseFiles.ReportPdf] : []).Select(place.PathOf)];
            OutputFile[] targets = [.. names.Select(name => OutputFile.Check(name, parse.GetValue(force), alone is null ? [] : [place.Root]))];
            using SigningKey? key = signer.File(parse) is null ? null : signer.Load(parse);
            if (key is not null)
                CaseOptions.CheckSigner(place, key, cancellationToken);
            Chromium? browser = names.Any(IsPdf) ? FindBrowser(isRequired: alone is not null) : null;
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            Case evidence = CaseReader.Load(place, cancellationToken);
            WarnOfWording(evidence, console);
            List<string> written = [];
            foreach (OutputFile target in targets)
            {
                if (IsPdf(target.Path) && browser is null)
                {
                    console.WriteError($"No PDF was printed: neither Chromium nor Chrome was found. Print {place.PathOf(CaseFiles.ReportHtml)} from a browser, or set {Chromium.Variable}.");
                    continue;
                }

                await target.WriteAsync(stream => WriteAsync(target.Path, evidence, browser, stream, cancellationToken), cancellationToken).ConfigureAwait(false);
                written.Add(target.Path);
                if (!target.IsStandardOutput)
                    console.WriteLine($"Wrote {target.Path}");
            }

            if (key is not null)
                CaseOptions.Seal(place, key, cancellationToken);
            else if (alone is null && place.Has(CaseFiles.Manifest))
                console.WriteError("The case's signed list of files does not cover this report yet: 'watermark report' with --signer renews it.");
            if (console.Json)
                WriteJson(console, written, key is not null);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static bool IsPdf(string path) => path.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase);

    private static bool IsMarkdown(string path) => path.EndsWith(".md", StringComparison.OrdinalIgnoreCase);

    private static Chromium? FindBrowser(bool isRequired)
    {
        Chromium? browser = Chromium.Find(Environment.GetEnvironmentVariable(Chromium.Variable), Environment.GetEnvironmentVariable("PATH"));
        return browser is null && isRequired
            ? throw new InputFormatException($"Neither Chromium nor Chrome was found, and one of them prints PDF; name it with {Chromium.Variable}, or write .html.")
            : browser;
    }

    private static async Task WriteAsync(string path, Case evidence, Chromium? browser, Stream stream, CancellationToken cancellationToken)
    {
        if (IsPdf(path))
            await PrintAsync(browser!, evidence, stream, cancellationToken).ConfigureAwait(false);
        else if (IsMarkdown(path))
            CaseReport.WriteMarkdown(evidence, stream);
        else
            CaseReport.WriteHtml(evidence, stream);
    }

    private static async Task PrintAsync(Chromium browser, Case evidence, Stream stream, CancellationToken cancellationToken)
    {
        string page = Path.Combine(Directory.CreateTempSubdirectory("watermark-report-").FullName, CaseFiles.ReportHtml);
        try
        {
            using (FileStream html = File.Create(page))
                CaseReport.WriteHtml(evidence, html);
            await browser.PrintAsync(page, stream, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(page)!, recursive: true);
        }
    }

    /// <summary>The title is the owner's; the report prints it as it is, and says here what a court should not read in it.</summary>
    private static void WarnOfWording(Case evidence, ConsoleOutput console)
    {
        foreach (string fault in WordingLinter.Check(evidence.Title))
            console.WriteError($"The title of the case says {fault}");
    }

    private static void WriteJson(ConsoleOutput console, List<string> written, bool isSealed) => console.WriteJson(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("files");
        foreach (string file in written)
            writer.WriteStringValue(file);
        writer.WriteEndArray();
        writer.WriteBoolean("sealed", isSealed);
        writer.WriteEndObject();
    });
}
