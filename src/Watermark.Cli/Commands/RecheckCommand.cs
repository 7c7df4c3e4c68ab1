using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;
using Watermark.Forensics.Json;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark recheck</c>: computes a stored verdict again.</summary>
internal static class RecheckCommand
{
    private const string Help = """
        Computes the findings of a verdict again, from the key and the samples, and says "same" or what differs. Samples
        are identified by their content, so their names do not matter. Exit code 0 if it is the same, 2 if it is not.

        Examples:
          watermark recheck verdict/verdict.json --key owner.wmkey --sample suspect.ngrams --sample verdict/other.jsonl.ngrams
        """;

    public static Command Create()
    {
        var keys = new KeyOptions();
        var verdict = new Argument<string>("VERDICT") { Description = "The verdict.json to compute again." };
        var samples = CommonOptions.Several(new Option<string[]>("--sample") { HelpName = "FILE", Description = "The samples (.ngrams) of its suspects and controls, in any order.", Required = true });
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "The number of threads; results do not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var json = CommonOptions.Json();
        var command = new Command("recheck", HelpText.Flow(Help)) { verdict, samples, threads, json };
        keys.AddTo(command, several: true);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            if (parse.GetValue(threads) is < 1 or > 1024)
                throw new InputFormatException("--threads must be from 1 to 1024.");
            string path = parse.GetValue(verdict)!;
            byte[] bytes = File.ReadAllBytes(path);
            Verdict stored = NamedFile.Read(path, () => VerdictJson.ReadForComparison(bytes));
            Dictionary<string, Sample> known = [];
            foreach (string file in parse.GetValue(samples)!)
            {
                if (!SampleLoader.IsSample(file))
                    throw new InputFormatException($"{file}: a sample (.ngrams) was expected; 'watermark verify --out' and 'watermark extract' write them.");
                Sample sample = SampleLoader.ReadSample(file);
                known[sample.Digest] = sample;
            }

            IReadOnlyList<KeyFile> files = keys.LoadAll(parse);
            try
            {
                var recomputation = new Recomputation(files, known, parse.GetValue(threads), console);
                Finding[] findings = [.. stored.Findings.Select(finding => recomputation.Again(finding, cancellationToken))];
                Verdict again = Verdict.From(findings, stored.Plan, stored.Tests, stored.Run);
                return Task.FromResult(Report(path, bytes, again, console));
            }
            finally
            {
                foreach (KeyFile file in files)
                    file.Dispose();
            }
        }));
        return command;
    }

    /// <summary>A title is what somebody called a text; says so if no input bears it.</summary>
    private static IEnumerable<string> UnknownTitles(Verdict verdict)
    {
        foreach (Finding finding in verdict.Findings)
        {
            foreach (Measurement measurement in finding.Controls.Prepend<Measurement>(finding))
            {
                string[] names = [.. measurement.Inputs.Where(input => !input.Role.EndsWith("-sample", StringComparison.Ordinal)).Select(input => input.Name)];
                if (!names.Any(name => measurement.Title.StartsWith(name, StringComparison.Ordinal)))
                    yield return $"The title '{measurement.Title}' is not the name of an input ({(names.Length == 0 ? "none is named" : string.Join(", ", names.Take(3)))}); nothing shows that it is right.";
            }
        }
    }

    private static int Report(string path, byte[] stored, Verdict again, ConsoleOutput console)
    {
        IReadOnlyList<string> differences = VerdictComparison.Differences(stored, again);
        IReadOnlyList<string> notes = [.. VerdictComparison.Notes(stored, again), .. UnknownTitles(again)];
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("file", path);
                writer.WriteBoolean("same", differences.Count == 0);
                foreach ((string name, IReadOnlyList<string> lines) in new[] { ("differences", differences), ("notes", notes) })
                {
                    writer.WriteStartArray(name);
                    foreach (string line in lines)
                        writer.WriteStringValue(line);
                    writer.WriteEndArray();
                }

                writer.WriteEndObject();
            });
        }

        console.WriteLine(differences.Count == 0
            ? $"same: the samples and the key give the verdict in {path} again."
            : $"different: the samples and the key do not give the verdict in {path}.");
        foreach (string line in differences)
            console.WriteLine($"  {line}");
        foreach (string line in notes)
            console.WriteLine($"  Note: {line}");
        return differences.Count == 0 ? ExitCodes.Done : ExitCodes.BadInput;
    }
}
