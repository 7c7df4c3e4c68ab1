using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Text.Conversations;

namespace Watermark.Cli.Fingerprints;

/// <summary>
/// <c>watermark fingerprint METHOD plan|verify</c> for every method that asks prompts. <c>plan</c> fixes design, prompts and plan in
/// a case; <c>watermark collect</c> or <c>import</c> adds replies; <c>verify</c> judges them and seals the case.
/// </summary>
internal static class ReplyMethodCommand
{
    /// <summary>The command of a method.</summary>
    /// <param name="create">Makes the method; each subcommand has its own.</param>
    public static Command Create(Func<IReplyMethod> create)
    {
        IReplyMethod method = create();
        var command = new Command(method.Name, MethodHelp.Of(method.Name, method.Summary)) { Plan(method), Verify(create()) };
        foreach (Command other in method.Others())
            command.Subcommands.Add(other);
        return command;
    }

    private static Command Plan(IReplyMethod method)
    {
        var keys = new KeyOptions();
        var signer = new SignerOptions();
        var folder = CaseOptions.Folder();
        var title = new Option<string?>("--title") { HelpName = "TEXT", Description = "The name of the case for readers." };
        var suspects = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "NAME[=URL,MODEL]", Description = "A suspect. May be repeated; each is a test.", Required = true });
        var controls = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "NAME[=URL,MODEL]", Description = "Another model that is asked the same. May be repeated." });
        var required = new Option<int>("--controls-required") { HelpName = "N", Description = "Controls that each finding needs, each with enough replies.", DefaultValueFactory = _ => 0 };
        var effect = new Option<double>("--effect") { HelpName = "X", Description = "The smallest effect that matters, in null standard deviations of one unit.", DefaultValueFactory = _ => method.DefaultEffect };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of everything random but the key.", DefaultValueFactory = _ => 0 };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("plan", HelpText.Flow(method.PlanHelp)) { folder, title, suspects, controls };
        if (method.NeedsKey)
            keys.AddTo(command, tokenizers: false);
        method.AddPlanOptions(command);
        foreach (Option option in new Option[] { required, effect, seed, force, json })
            command.Options.Add(option);
        signer.AddTo(command);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            var place = new CaseFolder(parse.GetValue(folder)!);
            var targets = new PlanFiles(place, parse.GetValue(force), [.. method.NeedsKey ? keys.Files(parse) : [], signer.File(parse)!, .. method.PlanInputs(parse)]);
            using SigningKey signing = signer.Load(parse);
            using IDisposable caseLock = place.Lock();
            CaseOptions.CheckSigner(place, signing);
            using KeyFile? key = method.NeedsKey ? keys.Load(parse) : null;
            CommittedKeys committed = CommittedKeys.Of(place, [.. key is null ? [] : keys.Files(parse).Take(1)], [.. key is null ? Array.Empty<KeyFile>() : [key]]);
            PlannedMethod planned = method.Plan(parse, key);
            PlannedSubject[] subjects =
            [
                .. parse.GetValue(suspects)!.Select(text => PlanFiles.Subject(text, SubjectRole.Suspect)),
                .. (parse.GetValue(controls) ?? []).Select(text => PlanFiles.Subject(text, SubjectRole.Control)),
            ];
            var plan = new Plan
            {
                Title = parse.GetValue(title) ?? string.Empty,
                Created = CaseOptions.Now(),
                Keys = [key is null ? Forensics.Findings.Plan.NoKey : committed.CommitmentOf(key) ?? key.Id],
                Tests = new TestCount { Keys = Math.Max(1, committed.Count), Suspects = subjects.Count(subject => subject.Role == SubjectRole.Suspect) },
                Statistic = planned.Statistic,
                Prior = planned.Prior,
                Rule = new DecisionRule { EffectOfInterest = parse.GetValue(effect) },
                RandomKeys = 0,
                Seed = parse.GetValue(seed),
                ControlsRequired = parse.GetValue(required),
                RepliesPerPrompt = planned.RepliesPerPrompt,
                Subjects = subjects,
            };
            targets.Write(plan, Lines(planned.Prompts), planned.Design, signing, console);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static Command Verify(IReplyMethod method)
    {
        var keys = new KeyOptions();
        var signer = new SignerOptions();
        var documents = new InputOptions();
        var output = new FindingsOutput();
        var caseFolder = CaseOptions.Folder(required: false);
        var design = new Option<string?>("--design") { HelpName = "FILE", Description = "The design that was fixed before the data (design.json), where there is no case." };
        var suspect = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "FILE", Description = "A suspect's replies with their prompts, where there is no case: a file or a folder. May be repeated." });
        var control = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "FILE", Description = "Replies of another model to the same prompts. May be repeated; its title is the name of the file." });
        var command = new Command("verify", HelpText.Flow(method.VerifyHelp)) { caseFolder, design, suspect, control };
        if (method.NeedsKey)
            keys.AddTo(command, tokenizers: false);
        documents.AddTo(command, threads: false);
        signer.AddTo(command, required: false);
        output.AddTo(command);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            ConsoleOutput console = output.Console(parse);
            string[] suspects = parse.GetValue(suspect) ?? [];
            string[] controls = parse.GetValue(control) ?? [];
            CaseFolder? place = parse.GetValue(caseFolder) is { } dir ? new CaseFolder(dir) : null;
            CheckOrigin(place, suspects, parse.GetValue(design), parse, control, output);
            StandardStreams.CheckInput([.. suspects, .. controls]);
            string[] keyFiles = method.NeedsKey ? [.. keys.Files(parse)] : [];
            OutputFile? target = output.Check(parse, [.. suspects, .. controls, .. keyFiles, .. new[] { parse.GetValue(design) }.OfType<string>()]);
            using SigningKey? signing = place is null ? null : signer.Load(parse);
            using KeyFile? key = method.NeedsKey ? keys.Load(parse) : null;
            KeyFile[] files = key is null ? [] : [key];
            using CaseRun? run = place is null ? null : new CaseRun(place, keyFiles, files, signing!, cancellationToken);
            byte[] bytes = run is null ? File.ReadAllBytes(parse.GetValue(design)!) : run.Design ?? throw new InputFormatException($"{place!.PathOf(CaseFiles.Design)} is missing: 'watermark fingerprint {method.Name} plan' writes it before the collection.");
            using IReplyTest test = Open(method, bytes, key, run is null ? parse.GetValue(design)! : place!.PathOf(CaseFiles.Design));
            NamedInput[] tested = run is null ? [.. suspects.Select(SampleSource.Named)] : [.. run.Suspects];
            NamedInput[] compared = run is null ? [.. controls.Select(SampleSource.Named)] : [.. run.Controls];
            var looked = new TestCount { Keys = Math.Max(1, run?.CommittedCount ?? 1), Suspects = tested.Length, Stated = output.Stated(parse, tested.Length) };
            FingerprintOptions options = ReplyVerification.Options(run?.Plan, looked, bytes, method.DefaultEffect);
            using OwnerKey? owner = key is null ? null : OwnerKey.Of(key, null, null, run?.CommitmentOf(key));
            var verification = new ReplyVerification(test, documents.Reader(parse), owner, options, console, ServedBy(method, bytes, key));
            Finding[] findings = [.. verification.Run(tested, compared, cancellationToken).Select(finding => run?.Judge(finding) ?? finding)];
            ToolRun tool = run is null ? new ToolRun("watermark", Verification.ToolVersion, CaseOptions.Now(), CaseOptions.CommandLine()) : new ToolRun("watermark", Verification.ToolVersion);
            Verdict verdict = Verdict.From([.. findings.Select(finding => finding with { Created = tool.Created })], run?.Plan, looked, tool);
            int code = FindingsOutput.Report(verdict, target, console);
            run?.Save(verdict, [], [], console, cancellationToken);
            return Task.FromResult(code);
        }));
        return command;
    }

    /// <summary>The suspects come from the command line or from a case, never from both.</summary>
    private static void CheckOrigin(CaseFolder? place, string[] suspects, string? design, ParseResult parse, Option control, FindingsOutput output)
    {
        if (place is null && (suspects.Length == 0 || design is null))
            throw new InputFormatException("--suspect and --design are needed, or a case with --case.");
        if (place is not null && (suspects.Length > 0 || design is not null || parse.GetResult(control) is { Implicit: false } || output.HasFolder(parse)))
            throw new InputFormatException("--suspect, --control, --design and --out do not go with --case: a case holds its suspects, its controls, its design and its results.");
    }

    private static IReplyTest Open(IReplyMethod method, byte[] design, KeyFile? key, string path)
    {
        try
        {
            return method.Open(design, key);
        }
        catch (InputFormatException exception)
        {
            throw new InputFormatException($"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>The digest of what the owner's own service says; null for a method that serves nothing.</summary>
    /// <param name="method">The method.</param>
    /// <param name="design">The design's file.</param>
    /// <param name="key">The key.</param>
    internal static string? ServedBy(IReplyMethod method, byte[] design, KeyFile? key) => method is ClaimMethod claims && key is not null ? claims.ServedSha256(design, key) : null;

    private static byte[] Lines(IReadOnlyList<CollectionPrompt> prompts) => PromptFile.Write([.. prompts.Select(prompt => (prompt.Id, prompt.Text))]);
}

/// <summary>Judges the replies of every suspect of a design.</summary>
/// <param name="test">The test, opened.</param>
/// <param name="reading">How replies are read.</param>
/// <param name="owner">The owner's key; null for a method without one.</param>
/// <param name="options">How the test is run, without the key.</param>
/// <param name="console">Shows progress.</param>
/// <param name="served">SHA-256 of the file that <c>serve</c> writes; null for a method without one.</param>
internal sealed class ReplyVerification(IReplyTest test, ReplyReaderOptions reading, OwnerKey? owner, FingerprintOptions options, ConsoleOutput console, string? served)
{
    private const double MostMissing = 0.1;

    /// <summary>The options of a test: the plan's where there is one.</summary>
    /// <param name="plan">The plan, or null.</param>
    /// <param name="looked">The tests that the caller asked for.</param>
    /// <param name="design">The design's file.</param>
    /// <param name="effect">The effect of interest where no plan fixes it.</param>
    public static FingerprintOptions Options(Plan? plan, TestCount looked, byte[] design, double effect) => new()
    {
        Rule = plan?.Rule ?? new DecisionRule { EffectOfInterest = effect },
        Tests = Verdict.TestsOf(plan, looked),
        Seed = plan?.Seed ?? 0,
        ToolVersion = Verification.ToolVersion,
        DesignSha256 = Convert.ToHexStringLower(SHA256.HashData(design)),
    };

    /// <summary>The findings, one a suspect.</summary>
    /// <param name="suspects">The suspects.</param>
    /// <param name="controls">The controls.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public IReadOnlyList<Finding> Run(IReadOnlyList<NamedInput> suspects, IReadOnlyList<NamedInput> controls, CancellationToken cancellationToken)
    {
        var loader = new TranscriptLoader(test.Prompts, reading, console);
        Transcript[] compared = [.. controls.Select(input => loader.Load(input, "control", cancellationToken))];
        FingerprintOptions keyed = options with { Key = owner?.Identity };
        var findings = new List<Finding>();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (NamedInput input in suspects)
        {
            Transcript suspect = loader.Load(input, "suspect", cancellationToken);
            foreach (InputDigest file in suspect.Inputs.Where(file => file.Documents > 0))
            {
                if (!seen.TryAdd(file.Sha256, input.Title))
                    throw new InputFormatException($"The suspects {seen[file.Sha256]} and {input.Title} hold the same text, which would count twice. [{DiagnosticCodes.DuplicateInput}]");
            }

            Finding finding = console.WithProgress("Testing", (progress, token) => test.Test(suspect, compared, keyed, progress, token), cancellationToken);
            if (suspect.Unread > 0)
                finding = finding.With([Diagnostic.Warning(DiagnosticCodes.UnreadRecords, $"{suspect.Unread} replies of {suspect.Title} could not be read or answer no prompt of the design, and were left out.")]);
            findings.Add(finding.With([.. owner?.Diagnostics ?? [], .. Selection(suspect)]));
        }

        return findings;
    }

    /// <summary>The diagnostic of a test of which some units have no data; none where all have.</summary>
    /// <param name="answered">Units with data.</param>
    /// <param name="planned">Units of the design.</param>
    public static IEnumerable<Diagnostic> Missing(int answered, int planned)
    {
        if (answered >= planned)
            yield break;
        string sentence = string.Create(CultureInfo.InvariantCulture, $"{planned - answered:N0} of the design's {planned:N0} prompts or pairs have no data of the suspect: what is there may have been chosen.");
        yield return planned - answered > MostMissing * planned
            ? Diagnostic.Blocking(DiagnosticCodes.PromptsUnanswered, sentence)
            : Diagnostic.Warning(DiagnosticCodes.PromptsUnanswered, sentence);
    }

    /// <summary>What the replies say of how they were put together. In a case the log replaces the note about their selection.</summary>
    private IEnumerable<Diagnostic> Selection(Transcript suspect)
    {
        yield return Diagnostic.Note(DiagnosticCodes.SelectionUnrecorded, "Nothing shows which replies were collected, or that none was chosen by what it says.");
        if (served is not null && suspect.Inputs.Any(file => file.Sha256 == served))
            yield return Diagnostic.Blocking(DiagnosticCodes.DuplicateInput, "The suspect's file is, byte for byte, the one that 'serve' writes for the owner.");
        int[] counts = [.. suspect.Replies.GroupBy(reply => reply.Prompt, StringComparer.Ordinal).Select(replies => replies.Count())];
        foreach (Diagnostic missing in test.NeedsAll ? Missing(counts.Length, test.Prompts.Count) : [])
            yield return missing;
        int surplus = counts.Count(count => count > test.RepliesPerPrompt);
        if (surplus > MostMissing * test.Prompts.Count)
            yield return Diagnostic.Blocking(DiagnosticCodes.SurplusReplies, string.Create(CultureInfo.InvariantCulture, $"{surplus:N0} prompts have more than the {test.RepliesPerPrompt:N0} replies that the design asks for, as where the files of two models were joined."));
    }
}
