using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Validation;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Json;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark validate</c>: how often is the whole procedure wrong on text that is known to be independent of the key?</summary>
internal static class ValidateCommand
{
    private const string Help = """
        Measures the error rate of the whole procedure. Each file and each folder in FOLDER is one corpus of replies that is
        known to have nothing to do with the key, such as replies of other models or of people. Each is read as 'verify'
        reads a suspect, and tested under the key and under random keys, until there are enough runs. Then a mark is planted
        in a share of the n-grams, to see whether it is found as often as stated. 300 runs without a false alarm bound the
        rate by 1 %. Runs differ by their keys: 300 runs on 3 corpora are not 300 models.
        With --case it takes the plan's thresholds and writes validation.json; the next 'verify --case' seals it.

        Examples:
          watermark validate negatives/ --key owner.wmkey --runs 100 --spike none --keys 100 --out validation.json
          watermark validate negatives/ --key owner.wmkey --runs 20 --spike 0.1 --keys 100 --seed 1 --json
        """;

    private const string NoSpikes = "none";

    public static Command Create()
    {
        var keys = new KeyOptions();
        var folder = new Argument<string>("FOLDER") { Description = "A folder; each file and folder in it is one corpus. Names that begin with a dot are skipped." };
        var output = new Option<string?>("--out") { HelpName = "FILE", Description = "Write the measured rates into this file." };
        var caseFolder = new Option<string?>("--case") { HelpName = "DIR", Description = "Write them into this case as validation.json, and take the thresholds and the number of random keys from its plan." };
        var force = CommonOptions.Force();
        var runs = new Option<int>("--runs") { HelpName = "N", Description = "Runs, spread evenly over the corpora.", DefaultValueFactory = _ => ProcedureValidation.EnoughRuns };
        var spike = new Option<string>("--spike") { HelpName = "SHARE,…", Description = "The shares of n-grams in which a mark is planted, at most 100 runs each; 'none' for none.", DefaultValueFactory = _ => "0.02,0.05" };
        var randomKeys = new Option<int?>("--keys") { HelpName = "N", Description = "Random keys that score the text of each test, as in 'verify'. Default 1000, or the plan's." };
        var effect = new Option<double?>("--effect") { HelpName = "X", Description = "The smallest effect that matters, as in 'verify'. Default 0.02, or the plan's." };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the random keys and the planted marks, so that the rates repeat." };
        var rowLimit = new Option<long?>("--row-limit") { HelpName = "N", Description = "Keep at most this many distinct n-grams of a corpus, a uniform sample." };
        var selection = new SelectionOptions(DistinctScope.Corpus);
        var documents = new InputOptions();
        var json = CommonOptions.Json();
        var command = new Command("validate", HelpText.Flow(Help)) { folder, output, caseFolder, force, runs, spike, randomKeys, effect, seed, rowLimit };
        keys.AddTo(command);
        selection.AddTo(command, keyed: true, withScope: true);
        documents.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            string root = parse.GetValue(folder)!;
            string[] corpora = Corpora(root);
            CaseFolder? target = parse.GetValue(caseFolder) is { } path ? new CaseFolder(path) : null;
            OutputFile[] files = Outputs(root, target, parse.GetValue(output), parse.GetValue(force), [.. corpora, .. keys.Files(parse), .. documents.Excluded(parse)]);
            using IDisposable? caseLock = target?.Lock();
            if (target is not null)
                CaseOptions.CheckEvidence(target, cancellationToken);
            Plan? plan = target?.Has(CaseFiles.Plan) == true ? target.Read(CaseFiles.Plan, bytes => PlanJson.Read(bytes)) : null;
            var rule = plan?.Rule ?? new DecisionRule();
            var options = new ValidationOptions
            {
                Runs = parse.GetValue(runs) is >= 1 and <= ValidationOptions.MostRuns and var number ? number : throw new InputFormatException($"--runs must be from 1 to {ValidationOptions.MostRuns:N0}."),
                Spikes = Shares(parse.GetValue(spike)!),
                Test = new DistillationTestOptions
                {
                    RandomKeys = (parse.GetValue(randomKeys) ?? plan?.RandomKeys ?? 1000) is >= 0 and <= Verification.MostRandomKeys and var count ? count : throw new InputFormatException("--keys must be from 0 to 10,000,000."),
                    Seed = parse.GetValue(seed),
                    Rule = rule with { EffectOfInterest = parse.GetValue(effect) ?? rule.EffectOfInterest },
                    DegreeOfParallelism = documents.Threads(parse),
                    ToolVersion = Verification.ToolVersion,
                },
            };
            if (options.Test.Rule.Fault() is { } fault)
                throw new InputFormatException(fault);

            using KeyFile file = keys.Load(parse);
            using OwnerKey owner = OwnerKey.Of(file, null, null);
            string[] waivers = documents.PromptsUnmarkedGiven(parse) ? [Verification.PromptsUnmarked] : [];
            var source = new SampleSource(parse, keys, selection, documents, parse.GetValue(rowLimit), rowLimit, console, cancellationToken);
            var procedure = new Procedure(file, owner, options.Test, waivers);
            var run = new ValidationRun(owner.Scheme, options, procedure.Test);
            foreach (string corpus in corpora)
                Add(corpus, source, owner, run, cancellationToken);
            foreach (LeftOutCorpus corpus in run.LeftOut)
                console.WriteError($"{corpus.Name} is left out: {corpus.Reason}");
            ProcedureValidation validation = console.WithProgress("Running the procedure", run.Finish, cancellationToken);
            if (console.Json)
                console.WriteJson(validation.Write);
            ValidationTable.Print(validation, console);
            foreach (OutputFile written in files)
            {
                written.Write(validation.Write);
                console.WriteLine($"Wrote {written.Path}.");
            }

            if (target is not null)
                console.WriteLine("The next 'watermark verify --case' seals it.");
            return Task.FromResult(ExitCodes.Done);
        }));
        return command;
    }

    private static void Add(string path, SampleSource source, OwnerKey owner, ValidationRun run, CancellationToken cancellationToken)
    {
        TitledSample corpus;
        try
        {
            corpus = source.Load(owner, SampleSource.Named(path), "Reading the corpus", normalise: false);
        }
        catch (InputFormatException exception)
        {
            run.LeaveOut(Path.GetFileName(path), exception.Message);
            return;
        }

        run.Add(corpus, cancellationToken);
    }

    /// <summary>What stands in the folder, in ordinal order of name.</summary>
    private static string[] Corpora(string root)
    {
        if (!Directory.Exists(root))
            throw new InputFormatException($"{root} is no folder; a folder with a file or folder for each corpus was expected.");
        string[] corpora = [.. Directory.EnumerateFileSystemEntries(root).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
        return corpora.Length > 0 ? corpora : throw new InputFormatException($"{root} is empty; a file or folder for each corpus was expected.");
    }

    private static OutputFile[] Outputs(string root, CaseFolder? target, string? output, bool force, string[] inputs)
    {
        if (target is not null)
        {
            if (!Directory.Exists(target.Root))
                throw new InputFormatException($"{target.Root} is no folder; the folder of a case was expected.");
            if (LiesIn(root, target.Root) || LiesIn(target.Root, root))
                throw new InputFormatException($"{root} and the case {target.Root} lie in one another; corpora are no part of a case.");
        }

        return [.. new[] { output, target?.PathOf(CaseFiles.Validation) }.OfType<string>().Select(path => OutputFile.Check(path, force, inputs))];
    }

    private static bool LiesIn(string path, string folder)
    {
        for (string? parent = Path.GetFullPath(path); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (FileIdentity.AreSame(parent, folder))
                return true;
        }

        return false;
    }

    private static double[] Shares(string text)
    {
        if (text == NoSpikes)
            return [];
        var shares = new List<double>();
        foreach (string part in text.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) || !(share is > 0 and <= 1))
                throw new InputFormatException($"--spike is '{text}'; shares above 0 and at most 1, separated by commas, or 'none' were expected.");
            shares.Add(share);
        }

        return [.. shares];
    }

    /// <summary>The procedure of <c>verify</c> for any key of the owner's scheme.</summary>
    private sealed class Procedure(KeyFile file, OwnerKey owner, DistillationTestOptions options, string[] waivers)
    {
        // Bars and text of single tests are not shown.
        private readonly ConsoleOutput quiet = new(TextWriter.Null, () => Stream.Null, TextWriter.Null, json: true, outputRedirected: true, errorRedirected: true);
        private Verification? verification;
        private Sample? tested;

        public Finding Test(Watermark.Keys.WatermarkSecret? secret, TitledSample text, CancellationToken cancellationToken)
        {
            // Scores under random keys are kept while the text stays the same.
            if (verification is null || !ReferenceEquals(tested, text.Sample))
                verification = new Verification(options, quiet);
            tested = text.Sample;
            if (secret is null)
                return verification.Test(owner, text, [], waivers, cancellationToken);
            using KeyFile other = KeyFile.Create(file.Scheme, secret.Clone(), file.Tokenizer, file.VocabularySize, TimeProvider.System, file.TokenizerHash);
            using OwnerKey key = OwnerKey.Of(other, null, null);
            return verification.Test(key, text, [], waivers, cancellationToken);
        }
    }
}
