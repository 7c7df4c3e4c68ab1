using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Findings;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary><c>verify</c> of a method that judges files: with files from the command line, or with those of a case as its plan fixed.</summary>
internal sealed class FileMethodVerification
{
    private readonly IFileMethod method;
    private readonly KeyOptions keys = new();
    private readonly SignerOptions signer = new();
    private readonly FindingsOutput output = new();
    private readonly Option<string?> caseFolder = new("--case") { HelpName = "DIR", Description = "A case with a plan of this method: its suspects are judged, and it is sealed." };
    private readonly Option<string[]> suspects;
    private readonly Option<string[]> controls = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "FILE", Description = "Text known to be independent of the keys, collected in the same way. May be repeated." });
    private readonly Command own = new("options");
    private readonly Option[] required;

    /// <summary>Makes the command.</summary>
    /// <param name="method">The method.</param>
    public FileMethodVerification(IFileMethod method)
    {
        this.method = method;
        suspects = CommonOptions.Several(new Option<string[]>(method.SuspectOption) { HelpName = "FILE", Description = method.SuspectHelp });
        Command = new Command("verify", HelpText.Flow(method.VerifyHelp)) { caseFolder, suspects };
        if (method.HasControls)
            Command.Options.Add(controls);
        if (method.NeedsKey)
            keys.AddTo(Command);
        method.AddOptions(Command);
        method.AddOptions(own);

        // A case has them in its design.
        required = [.. own.Options.Where(option => option.Required)];
        foreach (Option option in required)
            option.Required = false;
        signer.AddTo(Command, required: false);
        output.AddTo(Command);
        Command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() => Task.FromResult(parse.GetValue(caseFolder) is { } folder
            ? InCase(parse, new CaseFolder(folder), cancellationToken)
            : OfFiles(parse, cancellationToken))));
    }

    /// <summary>The command.</summary>
    public Command Command { get; }

    /// <summary>Whether the method needs the owner's key.</summary>
    public bool NeedsKey => method.NeedsKey;

    /// <summary>The findings about the suspects of a case, without what the case says of them.</summary>
    /// <param name="design">The design.</param>
    /// <param name="designBytes">Its file.</param>
    /// <param name="folder">The case.</param>
    /// <param name="plan">Its plan.</param>
    /// <param name="replies">The suspects and controls.</param>
    /// <param name="key">The key; null for a method without one.</param>
    /// <param name="commitment">The commitment that it opens.</param>
    /// <param name="more">Further arguments, such as where the tokenizer lies.</param>
    /// <param name="looked">The tests that are counted beside those of the plan; null for those of the method.</param>
    /// <param name="console">Shows progress.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InputFormatException">A file that the plan fixed is missing or changed, or an option is not valid.</exception>
    public (FileMethodResult Result, TestCount Looked) OfCase(
        ArgumentDesign design,
        byte[] designBytes,
        CaseFolder folder,
        Plan plan,
        (IReadOnlyList<NamedInput> Suspects, IReadOnlyList<NamedInput> Controls) replies,
        KeyFile? key,
        string? commitment,
        IReadOnlyList<string> more,
        TestCount? looked,
        ConsoleOutput console,
        CancellationToken cancellationToken)
    {
        ParseResult parse = Command.Parse([.. design.Located(folder.Root), .. more]);
        FixedTest made = method.Fixed(parse, key) with { Rule = plan.Rule };
        looked ??= method.Tests(parse, replies.Suspects);
        TestCount tests = Verdict.TestsOf(plan, looked);
        var run = new FileMethodRun
        {
            Parse = parse, Keys = keys, Suspects = replies.Suspects, Controls = replies.Controls, Key = key, Commitment = commitment, Fixed = made, Tests = tests, Console = console,
        };
        FileMethodResult result = method.Run(run, cancellationToken);
        string digest = Convert.ToHexStringLower(SHA256.HashData(designBytes));
        return (result with { Findings = [.. result.Findings.Select(finding => finding.UnderDesign(digest))] }, looked);
    }

    private int OfFiles(ParseResult parse, CancellationToken cancellationToken)
    {
        ConsoleOutput console = output.Console(parse);
        string[] paths = parse.GetValue(suspects) ?? [];
        if (paths.Length == 0)
            throw new InputFormatException($"{method.SuspectOption} is needed, or a case with --case.");
        if (required.FirstOrDefault(option => parse.GetResult(option) is not { Implicit: false }) is { } absent)
            throw new InputFormatException($"{absent.Name} is needed: {absent.Description}");
        string[] beside = method.HasControls ? parse.GetValue(controls) ?? [] : [];
        StandardStreams.CheckInput([.. paths, .. beside]);
        string[] read = [.. paths, .. beside, .. method.NeedsKey ? keys.Files(parse) : [], .. method.Inputs(parse)];
        OutputFile? target = output.Check(parse, read);
        OutputFile? ranking = output.Check(parse, read, FileMethodResult.RankingName);
        using KeyFile? key = method.NeedsKey ? keys.Load(parse) : null;
        FixedTest made = method.Fixed(parse, key);
        NamedInput[] inputs = [.. paths.Select(SampleSource.Named)];
        TestCount tests = method.Tests(parse, inputs);
        tests = tests with { Stated = output.Stated(parse, tests.M) };
        var run = new FileMethodRun
        {
            Parse = parse, Keys = keys, Suspects = inputs, Controls = [.. beside.Select(SampleSource.Named)], Key = key, Fixed = made, Tests = tests, Console = console,
        };
        FileMethodResult result = method.Run(run, cancellationToken);
        Verdict verdict = FindingsOutput.Verdict(result.Findings, tests);
        int code = FindingsOutput.Report(verdict, target, console);
        result.Remark?.Invoke(verdict);
        if (result.Ranking is { } lines && ranking is not null)
        {
            ranking.Write(stream => stream.Write(Encoding.UTF8.GetBytes(lines)));
            console.WriteLine($"Wrote {ranking.Path}");
        }

        return Math.Max(code, result.ExitCode);
    }

    private int InCase(ParseResult parse, CaseFolder folder, CancellationToken cancellationToken)
    {
        ConsoleOutput console = output.Console(parse);
        string[] given = [.. own.Options.Concat([suspects, controls]).Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        if (given.Length > 0 || output.HasFolder(parse))
            throw new InputFormatException($"{(given.Length > 0 ? string.Join(", ", given) : "--out")} does not go with --case: a case holds its suspects, its controls, what its plan fixed, and its results.");
        string[] keyFiles = method.NeedsKey ? [.. keys.Files(parse).Take(1)] : [];
        using SigningKey signing = signer.Load(parse);
        using KeyFile? key = method.NeedsKey ? keys.Load(parse) : null;
        using var run = new CaseRun(folder, keyFiles, [.. key is null ? Array.Empty<KeyFile>() : [key]], signing, cancellationToken);
        string wanted = $"'watermark fingerprint {method.Name} plan' writes it before the collection";
        byte[] bytes = run.Design ?? throw new InputFormatException($"{folder.PathOf(CaseFiles.Design)} is missing: {wanted}.");
        ArgumentDesign? design = NamedFile.Read(folder.PathOf(CaseFiles.Design), () => ArgumentDesign.Read(bytes));
        if (design?.Method != method.Name)
            throw new InputFormatException($"{folder.PathOf(CaseFiles.Design)} is the design of another test{(design is null ? string.Empty : $", '{design.Method}'")}: {wanted}.");
        Plan plan = run.Plan ?? throw new InputFormatException($"{folder.PathOf(CaseFiles.Plan)} is missing: {wanted}.");
        string[] more = parse.GetResult("--tokenizer") is System.CommandLine.Parsing.OptionResult { Implicit: false } tokenizer ? ["--tokenizer", .. tokenizer.Tokens.Select(token => token.Value)] : [];
        (FileMethodResult result, TestCount looked) = OfCase(
            design, bytes, folder, plan, (run.Suspects, run.Controls), key, key is null ? null : run.CommitmentOf(key), more, null, console, cancellationToken);
        var tool = new ToolRun("watermark", Verification.ToolVersion);
        Verdict verdict = Verdict.From([.. result.Findings.Select(finding => run.Judge(finding))], plan, looked, tool);
        int code = FindingsOutput.Report(verdict, null, console);
        result.Remark?.Invoke(verdict);
        run.Save(verdict, result.Samples, [], console, cancellationToken);
        return Math.Max(code, result.ExitCode);
    }
}
