using System.CommandLine;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Reporting;
using Watermark.Schemes;
using Watermark.Text;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark verify</c>: was the suspect trained on text marked with this key?</summary>
internal static class VerifyCommand
{
    private const string Help = """
        Tests whether a suspect model's replies depend on the owner's key: one question of a whole corpus. Give the
        prompts with the replies, so that copied n-grams are left out, and use prompts that hold no marked text.
        Prints a table, and with --out writes verdict.json.

        Examples:
          watermark verify --key owner.wmkey --suspect replies.jsonl
          watermark verify --key owner.wmkey --suspect suspect.ngrams --control control.jsonl --out verdict/
          watermark verify --key owner.wmkey --suspect replies.jsonl --keys 99999 --json
        """;

    public static Command Create()
    {
        var keys = new KeyOptions();
        var suspect = new Option<string[]>("--suspect") { HelpName = "FILE", Description = "The suspect's replies: files, folders, '-', or .ngrams tables; may be repeated.", Required = true, AllowMultipleArgumentsPerToken = true };
        var control = new Option<string[]>("--control") { HelpName = "FILE", Description = "Replies known to be independent of the key, scored the same way.", AllowMultipleArgumentsPerToken = true };
        var randomKeys = new Option<int>("--keys") { HelpName = "N", Description = "Random keys in the calibration panel; 0 for none.", DefaultValueFactory = _ => 1000 };
        var seed = new Option<ulong>("--seed") { HelpName = "N", Description = "Seed of the random keys, so that the verdict repeats.", DefaultValueFactory = _ => 0 };
        var effect = new Option<double>("--effect") { HelpName = "X", Description = "Smallest effect a negative verdict must have been able to see, in null standard deviations a token.", DefaultValueFactory = _ => 0.05 };
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "Write verdict.json into this folder." };
        var rowLimit = new Option<long?>("--row-limit") { HelpName = "N", Description = "Keep at most this many distinct n-grams of a corpus, a uniform sample." };
        var selection = new SelectionOptions(DistinctScope.Corpus);
        var documents = new InputOptions();
        var json = CommonOptions.Json();
        var command = new Command("verify", Help) { suspect, control, randomKeys, seed, effect, output, rowLimit };
        keys.AddTo(command);
        selection.AddTo(command, keyed: true, withScope: true);
        documents.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            using KeyFile key = keys.Load(parse);
            var options = new DistillationTestOptions
            {
                RandomKeys = parse.GetValue(randomKeys),
                RandomKeySeed = parse.GetValue(seed),
                EffectOfInterest = parse.GetValue(effect),
                DegreeOfParallelism = documents.Threads(parse),
            };
            if (options.RandomKeys is < 0 or > 10_000_000)
                throw new InputFormatException("--keys must be from 0 to 10,000,000.");
            if (!(options.EffectOfInterest is > 0 and < 10))
                throw new InputFormatException("--effect must lie between 0 and 10 standard deviations.");
            TextTokenizer tokenizer = keys.LoadTokenizer(parse, key);
            NGramTableSchema schema = CorpusLoader.Schema(key.Scheme.ContextWidth, selection.Read(parse, key.Scheme), tokenizer, parse.GetValue(rowLimit));
            var verifier = new Verifier(key, tokenizer, schema, documents.Reader(parse), options, console);
            (DistillationVerdict verdict, int exitCode) = verifier.Run(parse.GetValue(suspect)!, parse.GetValue(control) ?? [], cancellationToken);

            if (parse.GetValue(output) is { } folder)
                AtomicFile.Write(Path.Combine(folder, "verdict.json"), stream => VerdictJson.Write(verdict, stream));
            if (console.Json)
                console.WriteJson(writer => VerdictJson.Write(verdict, writer));
            VerdictTable.Print([("Suspect", verdict)], console);
            if (parse.GetValue(output) is { } written)
                console.WriteLine($"Wrote {Path.Combine(written, "verdict.json")}");
            return Task.FromResult(exitCode);
        }));
        return command;
    }
}
