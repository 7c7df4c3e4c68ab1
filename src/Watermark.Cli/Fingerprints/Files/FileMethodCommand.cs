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

/// <summary>
/// <c>watermark fingerprint METHOD plan|verify</c> for every method that judges files. <c>plan</c> fixes the options and the owner's
/// files in a case; <c>collect</c> or <c>import</c> adds the suspects' files; <c>verify</c> judges them and seals the case.
/// </summary>
internal static class FileMethodCommand
{
    /// <summary>The command of a method.</summary>
    /// <param name="create">Makes the method; each subcommand has its own.</param>
    public static Command Create(Func<IFileMethod> create)
    {
        IFileMethod method = create();
        string name = method.Name.Split(' ')[^1];
        var command = new Command(name, name == method.Name ? MethodHelp.Of(method.Name, method.Summary) : HelpText.Flow($"{method.Summary}\n\nExamples:\n  watermark fingerprint {method.Name} --help")) { Plan(method), Verify(create()).Command };
        foreach (Command other in method.Others())
            command.Subcommands.Add(other);
        return command;
    }

    private static Command Plan(IFileMethod method)
    {
        var keys = new KeyOptions();
        var signer = new SignerOptions();
        var folder = CaseOptions.Folder();
        var title = new Option<string?>("--title") { HelpName = "TEXT", Description = "The name of the case for readers." };
        var suspects = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "NAME[=URL,MODEL]", Description = "A suspect. May be repeated; each is a test.", Required = true });
        var controls = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "NAME[=URL,MODEL]", Description = "Another model that is tested beside the suspects. May be repeated." });
        var required = new Option<int>("--controls-required") { HelpName = "N", Description = "Controls that each finding needs.", DefaultValueFactory = _ => 0 };
        var prompts = new Option<string?>("--prompts") { HelpName = "FILE", Description = "What every subject is asked: one prompt a line, or JSON Lines with 'prompt' and perhaps 'id'. Without it the prompts are left open." };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("plan", HelpText.Flow(PlanHelp(method))) { folder, title, suspects, prompts };
        if (method.HasControls)
        {
            command.Options.Add(controls);
            command.Options.Add(required);
        }

        if (method.NeedsKey)
            keys.AddTo(command, tokenizers: false);
        method.AddOptions(command);
        command.Options.Add(force);
        command.Options.Add(json);
        signer.AddTo(command);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            var place = new CaseFolder(parse.GetValue(folder)!);
            string? promptFile = parse.GetValue(prompts);
            var targets = new PlanFiles(place, parse.GetValue(force), [.. method.NeedsKey ? keys.Files(parse) : [], signer.File(parse)!, .. method.Inputs(parse), .. new[] { promptFile }.OfType<string>()]);
            using SigningKey signing = signer.Load(parse);
            using IDisposable caseLock = place.Lock();
            CaseOptions.CheckSigner(place, signing);
            using KeyFile? key = method.NeedsKey ? keys.Load(parse) : null;
            CommittedKeys committed = CommittedKeys.Of(place, [.. key is null ? [] : keys.Files(parse).Take(1)], [.. key is null ? Array.Empty<KeyFile>() : [key]]);
            if (method.DerivesKeys && committed.CommitmentOf(key!) is null)
                throw new InputFormatException($"The keys of accounts and epochs derive from key {key!.Id}, and a plan names them by its commitment; run 'watermark commit' for this case first.");
            FixedTest test = method.Fixed(parse, key);
            PlannedSubject[] subjects =
            [
                .. parse.GetValue(suspects)!.Select(text => PlanFiles.Subject(text, SubjectRole.Suspect)),
                .. (method.HasControls ? parse.GetValue(controls) ?? [] : []).Select(text => PlanFiles.Subject(text, SubjectRole.Control)),
            ];
            TestCount tests = method.Tests(parse, [.. subjects.Where(subject => subject.Role == SubjectRole.Suspect).Select(subject => new NamedInput(subject.Name, []))]);
            var plan = new Plan
            {
                Title = parse.GetValue(title) ?? string.Empty,
                Created = CaseOptions.Now(),
                Keys = [key is null ? Forensics.Findings.Plan.NoKey : committed.CommitmentOf(key) ?? key.Id],
                Tests = tests with { Keys = Math.Max(tests.Keys, committed.Count) },
                Statistic = test.Statistic,
                Prior = test.Prior,
                Rule = test.Rule,
                RandomKeys = test.RandomKeys,
                Seed = test.Seed,
                ControlsRequired = method.HasControls ? parse.GetValue(required) : 0,
                Subjects = subjects,
            };
            targets.Write(plan, promptFile is null ? null : PromptFile.ToJsonLines(promptFile), ArgumentDesign.Of(method, parse).Write(), signing, console);
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static string PlanHelp(IFileMethod method)
    {
        string folder = method.Name.Split(' ')[0];
        string place = $"{method.Name.Replace(' ', '/')}/planned";
        string key = method.NeedsKey ? $" --key {folder}/owner.wmkey" : string.Empty;
        string options = method.PlanExample.Length > 0 ? " " + method.PlanExample : string.Empty;
        string commit = method.DerivesKeys ? $"  watermark commit --case {place}{key}\n" : string.Empty;
        return $"""
            Fixes the test in a case before the suspects' files are there: the options, the content of the owner's files that they name, and the
            suspects. 'watermark collect' or 'watermark import' then adds the files, and 'verify --case' judges them.{(method.DerivesKeys ? " The keys that are tested derive from the owner's, whose commitment the case must hold." : string.Empty)}

            Examples:
            {commit}  watermark fingerprint {method.Name} plan --case {place}{key}{options} --suspect other --signer signer.pem
            """;
    }

    /// <summary>The command <c>verify</c>, with what parses the options that a design fixed.</summary>
    /// <param name="method">The method.</param>
    internal static FileMethodVerification Verify(IFileMethod method) => new(method);

    /// <summary>The method of a design; null where there is none.</summary>
    /// <param name="design">The design.</param>
    public static FileMethodVerification? Find(ArgumentDesign design) =>
        FingerprintCommand.FileMethods.Select(create => create()).FirstOrDefault(method => method.Name == design.Method) is { } method ? Verify(method) : null;
}
