using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Forensics.Json;
using Watermark.Schemes;
using Watermark.Text.Tokenizers;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark verify</c>: were the suspects trained on text marked with these keys?</summary>
internal static class VerifyCommand
{
    private const string Help = """
        Tests whether a suspect model's replies depend on the owner's key: one finding for each suspect and key, and one
        verdict that counts all tests. Give the prompts with the replies, so that n-grams which a prompt decided are left
        out. A suspect is a file, a folder or a sample; a folder is one suspect.
        Prints a table. With --out it also writes verdict.json and the samples, for 'recheck'.

        With --case the suspects and controls are those that were collected or imported into the case, the plan is the case's,
        every key must open its commitment, and samples, verdict and signed statement are written into the case ('check').

        Examples:
          watermark verify --key owner.wmkey --suspect replies.jsonl
          watermark verify --key owner.wmkey --suspect suspect.ngrams --control other.jsonl --out verdict/
          watermark verify --key owner.wmkey --suspect all.ngrams --suspect replies.jsonl --epoch 2026-10,2026-11
          watermark verify --key owner.wmkey --suspect replies.jsonl --keys 9999 --json
          watermark verify --case case --key owner.wmkey --signer signer.pem
        """;

    public static Command Create()
    {
        var keys = new KeyOptions();
        var signer = new SignerOptions();
        var caseFolder = CaseOptions.Folder(required: false);
        var suspect = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "FILE", Description = "A suspect's replies: a file, a folder, '-', or a sample (.ngrams). May be repeated; each suspect gives a finding." });
        var control = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "FILE", Description = "Replies known to be independent of the key, collected in the same way. May be repeated." });
        var account = CommonOptions.Several(new Option<string[]>("--account") { HelpName = "ID,…", Description = "Test the keys of these accounts, derived from the key." });
        var epoch = CommonOptions.Several(new Option<string[]>("--epoch") { HelpName = "ID,…", Description = "Test the keys of these epochs, derived from the key." });
        var plan = new Option<string?>("--plan") { HelpName = "FILE", Description = "The plan that was fixed before the data (plan.json)." };
        var tests = new Option<long?>("--tests") { HelpName = "M", Description = "How many tests could have been reported, if more were made than are shown here." };
        var randomKeys = new Option<int?>("--keys") { HelpName = "N", Description = "Random keys that score the same text; 0 for none. Default 1000, or the plan's." };
        var seed = new Option<ulong?>("--seed") { HelpName = "N", Description = "Seed of the random keys, so that the verdict repeats. Default 0, or the plan's." };
        var effect = new Option<double?>("--effect") { HelpName = "X", Description = "The smallest effect that matters, in null standard deviations per token. Default 0.02, or the plan's." };
        var normalise = new Option<bool>("--normalise") { Description = "Read every suspect a second time without what only changes token ids (NFC, plain spaces, no zero-width characters, Latin letters for look-alikes): one more finding, and one more test." };
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "Write verdict.json and the samples into this folder." };
        var rowScores = new Option<bool>("--row-scores") { Description = "With --case: also write the score of every row, so that somebody without the key can compute the findings again. They show which n-grams of the replies are green." };
        var force = CommonOptions.Force();
        var rowLimit = new Option<long?>("--row-limit") { HelpName = "N", Description = "Keep at most this many distinct n-grams of a suspect, a uniform sample." };
        var selection = new SelectionOptions(DistinctScope.Corpus);
        var documents = new InputOptions();
        var json = CommonOptions.Json();
        var command = new Command("verify", HelpText.Flow(Help)) { suspect, control, caseFolder, rowScores, account, epoch, plan, tests, randomKeys, seed, effect, normalise, output, force, rowLimit };
        keys.AddTo(command, several: true);
        selection.AddTo(command, keyed: true, withScope: true);
        documents.AddTo(command);
        signer.AddTo(command, required: false);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            string[] suspects = parse.GetValue(suspect) ?? [];
            string[] controls = parse.GetValue(control) ?? [];
            CaseFolder? place = parse.GetValue(caseFolder) is { } dir ? new CaseFolder(dir) : null;
            CheckOrigin(place, suspects, parse, [suspect, control, plan, output]);
            if (place is null && parse.GetValue(rowScores))
                throw new InputFormatException("--row-scores goes with --case.");
            bool[] readings = parse.GetValue(normalise) ? [false, true] : [false];
            StandardStreams.CheckInput([.. suspects, .. controls]);
            var folder = new VerdictFolder(
                parse.GetValue(output),
                parse.GetValue(force),
                [.. suspects, .. controls],
                [.. keys.Files(parse), .. documents.Excluded(parse), .. new[] { parse.GetValue(plan) }.OfType<string>()],
                readings);
            folder.Check();
            Plan? fixedPlan = parse.GetValue(plan) is { } path ? NamedFile.Read(path, () => PlanJson.Read(File.ReadAllBytes(path))) : null;
            using SigningKey? signing = place is null ? null : signer.Load(parse);
            IReadOnlyList<KeyFile> files = keys.LoadAll(parse);
            var owners = new List<OwnerKey>();
            CaseRun? run = null;
            try
            {
                if (place is not null)
                {
                    run = new CaseRun(place, keys.Paths(parse), files, signing!, cancellationToken);
                    fixedPlan = run.Plan;
                }

                NamedInput[] tested = run is null ? [.. suspects.Select(SampleSource.Named)] : [.. run.Suspects];
                NamedInput[] compared = run is null ? [.. controls.Select(SampleSource.Named)] : [.. run.Controls];
                string[] accounts = Ids(parse.GetValue(account), "--account");
                string[] epochs = Ids(parse.GetValue(epoch), "--epoch");
                foreach (KeyFile file in files)
                    owners.AddRange(OwnerKey.All(file, accounts, epochs, run?.CommitmentOf(file)));
                var looked = new TestCount
                {
                    Keys = Math.Max(files.Count, run?.CommittedCount ?? 0),
                    Accounts = Math.Max(1, accounts.Length),
                    Epochs = Math.Max(1, epochs.Length),
                    Suspects = tested.Length,
                    Variants = readings.Length,
                    Stated = parse.GetValue(tests),
                };
                long requested = owners.Count * (long)tested.Length * readings.Length;
                if (looked.Stated < requested)
                    throw new InputFormatException($"--tests is {looked.Stated}, and {requested} tests are requested here; at least that many were expected.");
                var options = new DistillationTestOptions
                {
                    RandomKeys = parse.GetValue(randomKeys) ?? fixedPlan?.RandomKeys ?? 1000,
                    Seed = parse.GetValue(seed) ?? fixedPlan?.Seed ?? 0,
                    Rule = (fixedPlan?.Rule ?? new DecisionRule()) with { EffectOfInterest = parse.GetValue(effect) ?? fixedPlan?.Rule.EffectOfInterest ?? new DecisionRule().EffectOfInterest },
                    Tests = Verdict.TestsOf(fixedPlan, looked),
                    DegreeOfParallelism = documents.Threads(parse),
                    ToolVersion = Verification.ToolVersion,
                    Details = run is not null,
                };
                if (options.RandomKeys is < 0 or > Verification.MostRandomKeys)
                    throw new InputFormatException("--keys must be from 0 to 10,000,000.");
                if (!(options.Rule.EffectOfInterest is > 0 and < 10))
                    throw new InputFormatException("--effect must lie between 0 and 10 standard deviations.");
                string[] waivers = documents.PromptsUnmarkedGiven(parse) ? [Verification.PromptsUnmarked] : [];

                var source = new SampleSource(parse, keys, selection, documents, parse.GetValue(rowLimit), rowLimit, console, cancellationToken);
                var verification = new Verification(options, console, namesKeys: files.Count > 1);
                var findings = new List<Finding>();
                var seen = new Dictionary<(string Key, bool Normalised, string Digest), string>();
                foreach (NamedInput suspectInput in tested)
                {
                    foreach ((OwnerKey owner, bool normalised) in owners.SelectMany(_ => readings, (owner, reading) => (owner, reading)))
                    {
                        TitledSample read = source.Load(owner, suspectInput, "Reading the suspect", normalised);
                        foreach (string digest in Verification.Digests(read.Sample).Distinct())
                        {
                            if (!seen.TryAdd((owner.Identity.Id, normalised, digest), suspectInput.Title))
                                throw new InputFormatException($"The suspects {seen[(owner.Identity.Id, normalised, digest)]} and {suspectInput.Title} hold the same text, which would count twice. [{DiagnosticCodes.DuplicateInput}]");
                        }

                        TitledSample[] beside = [.. compared.Select(input => source.Load(owner, input, "Reading the control", normalised))];
                        Finding finding = verification.Test(owner, read, beside, waivers, cancellationToken);
                        findings.Add(run?.Judge(finding) ?? finding);
                    }
                }

                // In a case nothing depends on the time, so that two machines write the same bytes; run.json holds it.
                ToolRun tool = run is null ? new ToolRun("watermark", Verification.ToolVersion, CaseOptions.Now(), CaseOptions.CommandLine()) : new ToolRun("watermark", Verification.ToolVersion);
                Verdict verdict = Verdict.From([.. findings.Select(finding => finding with { Created = tool.Created })], fixedPlan, looked, tool);
                Report(verdict, source, folder, console);
                run?.Save(verdict, source.Samples, parse.GetValue(rowScores) ? owners : [], console, cancellationToken);
                return Task.FromResult(Math.Max(source.ExitCode, CheckScored(verdict, console)));
            }
            finally
            {
                run?.Dispose();
                foreach (IDisposable item in owners.Concat<IDisposable>(files))
                    item.Dispose();
            }
        }));
        return command;
    }

    /// <summary>The suspects come from the command line or from a case, never from both.</summary>
    private static void CheckOrigin(CaseFolder? place, string[] suspects, ParseResult parse, Option[] ofFiles)
    {
        if (place is null && suspects.Length == 0)
            throw new InputFormatException("--suspect is missing: name a suspect's replies, or a case with --case.");
        if (place is not null && ofFiles.FirstOrDefault(option => parse.GetResult(option) is { Implicit: false }) is { } given)
            throw new InputFormatException($"{given.Name} does not go with --case: a case holds its suspects, its controls, its plan and its results.");
    }

    /// <summary>A finding about nothing is no result: the exit code and a sentence say so.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <param name="console">Where it is said.</param>
    public static int CheckScored(Verdict verdict, ConsoleOutput console)
    {
        int code = ExitCodes.Done;
        foreach (Finding finding in verdict.Findings.Where(finding => finding.Counts.Scored == 0))
        {
            string why = finding.Diagnostics.First(diagnostic => diagnostic.Code == DiagnosticCodes.NothingScored).Message;
            console.WriteError($"{finding.Title}: {why} [{DiagnosticCodes.NothingScored}]");
            code = ExitCodes.BadInput;
        }

        return code;
    }

    private static string[] Ids(string[]? values, string option)
    {
        string[] ids = [.. (values ?? []).SelectMany(value => value.Split(',')).Select(id => id.Trim())];
        if (ids.Any(id => id.Length == 0))
            throw new InputFormatException($"{option} takes ids separated by commas, none of them empty.");
        if (ids.Distinct(StringComparer.Ordinal).Count() != ids.Length)
            throw new InputFormatException($"{option} names an id twice; each was expected once.");
        return ids;
    }

    /// <summary>Prints the verdict, then saves it: a disk that is full does not lose it.</summary>
    private static void Report(Verdict verdict, SampleSource source, VerdictFolder folder, ConsoleOutput console)
    {
        if (console.Json)
            console.WriteJson(writer => VerdictJson.Write(verdict, writer));
        FindingTable.Print(verdict, console);
        folder.Write([.. source.Extracted.Select(item => (item.Name, (Action<Stream>)item.Sample.Write)), (VerdictFolder.VerdictName, stream => VerdictJson.Write(verdict, stream))], console);
    }
}
