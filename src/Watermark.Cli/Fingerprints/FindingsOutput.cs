using System.CommandLine;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;

namespace Watermark.Cli.Fingerprints;

/// <summary>The options and the output of commands that end in findings: a table, JSON, and verdict.json with --out.</summary>
internal sealed class FindingsOutput
{
    private readonly Option<string?> output = new("--out") { HelpName = "DIR", Description = "Write verdict.json into this folder." };
    private readonly Option<bool> force = CommonOptions.Force();
    private readonly Option<bool> json = CommonOptions.Json();
    private readonly Option<long?> tests = new("--tests") { HelpName = "M", Description = "How many tests could have been reported, if more were made than are shown here." };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(output);
        command.Options.Add(tests);
        command.Options.Add(force);
        command.Options.Add(json);
    }

    /// <summary>The terminal.</summary>
    /// <param name="parse">The parsed command line.</param>
    public ConsoleOutput Console(ParseResult parse) => ConsoleOutput.ForProcess(parse.GetValue(json));

    /// <summary>Whether the user chose a folder.</summary>
    /// <param name="parse">The parsed command line.</param>
    public bool HasFolder(ParseResult parse) => parse.GetValue(output) is not null;

    /// <summary>The number of tests that the user states; null where he states none.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="made">The tests made here.</param>
    /// <exception cref="InputFormatException">He states fewer than are made.</exception>
    public long? Stated(ParseResult parse, long made) => parse.GetValue(tests) is { } stated && stated < made
        ? throw new InputFormatException($"--tests is {stated}, and {made} tests are requested here; at least that many were expected.")
        : parse.GetValue(tests);

    /// <summary>Checks the file that will be written, before the work.</summary>
    /// <param name="parse">The parsed command line.</param>
    /// <param name="inputs">What is read, which nothing overwrites.</param>
    /// <param name="name">The file's name; the verdict's by default.</param>
    public OutputFile? Check(ParseResult parse, IEnumerable<string> inputs, string name = VerdictFolder.VerdictName) =>
        parse.GetValue(output) is { } folder ? OutputFile.Check(Path.Combine(folder, name), parse.GetValue(force), [.. inputs]) : null;

    /// <summary>One verdict of findings, made now, without a plan.</summary>
    /// <param name="findings">The findings.</param>
    /// <param name="tests">The tests counted.</param>
    public static Verdict Verdict(IEnumerable<Finding> findings, TestCount tests)
    {
        var run = new ToolRun("watermark", Verification.ToolVersion, Cases.CaseOptions.Now(), Cases.CaseOptions.CommandLine());
        return Forensics.Findings.Verdict.From([.. findings.Select(finding => finding with { Created = run.Created })], null, tests, run);
    }

    /// <summary>Prints a verdict and writes it.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="target">The file; null for none.</param>
    /// <param name="console">Where it is printed.</param>
    /// <returns>The exit code: bad input where a finding is about nothing.</returns>
    public static int Report(Verdict verdict, OutputFile? target, ConsoleOutput console)
    {
        if (console.Json)
            console.WriteJson(writer => VerdictJson.Write(verdict, writer));
        FindingTable.Print(verdict, console);
        if (target is not null)
        {
            target.Write(stream => VerdictJson.Write(verdict, stream));
            console.WriteLine($"Wrote {target.Path}");
        }

        return VerifyCommand.CheckScored(verdict, console);
    }
}
