using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases;
using Watermark.Forensics.Cases.Sealing;

namespace Watermark.Cli.Commands;

/// <summary><c>watermark check</c>: checks a case, and computes its findings again where the key is there.</summary>
internal static class CheckCommand
{
    private const string Help = """
        Checks a case without a network: every file against the signed list, the signatures, the plan, the chain of the
        collection log, the time stamps, and that verdict, statement and report follow from the files. With --key the findings
        are computed again from the samples; without it they are computed from the row scores, where the case holds them.

        Exit code 0 where all is as it was sealed; 1 where something is not: the file is named.

        Examples:
          watermark check case
          watermark check case --key owner.wmkey --signer-key signer.pem.pub
          watermark check case --key owner.wmkey --signer expert.pem --concordance concordance.json
        """;

    public static Command Create()
    {
        var keys = new KeyOptions();
        var signer = new SignerOptions();
        var folder = new Argument<string>("CASE") { Description = "The folder of the case." };
        var signerKey = new Option<string?>("--signer-key") { HelpName = "FILE|ID", Description = "The public key that must have signed, as a file or by its id." };
        var concordance = new Option<string?>("--concordance") { HelpName = "FILE", Description = "Write a signed statement that all was checked and computed again with the same result; needs --key and --signer." };
        var threads = new Option<int>("--threads") { HelpName = "N", Description = "The number of threads; results do not depend on it.", DefaultValueFactory = _ => Environment.ProcessorCount };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new Command("check", HelpText.Flow(Help)) { folder, signerKey, concordance, threads, force, json };
        keys.AddTo(command, several: true, required: false);
        signer.AddTo(command, required: false);
        command.SetAction((parse, cancellationToken) => CommonOptions.RunAsync(() =>
        {
            var console = ConsoleOutput.ForProcess(parse.GetValue(json));
            if (parse.GetValue(threads) is < 1 or > 1024)
                throw new InputFormatException("--threads must be from 1 to 1024.");
            var place = new CaseFolder(parse.GetValue(folder)!);
            if (!Directory.Exists(place.Root))
                throw new InputFormatException($"{place.Root}: the folder of a case was expected.");
            OutputFile? target = parse.GetValue(concordance) is { } path ? OutputFile.Check(path, parse.GetValue(force), place.Root) : null;
            if (target is not null && !keys.Paths(parse).Any())
                throw new InputFormatException("--concordance states that the findings were computed again; it needs --key.");
            using SigningKey? arbiter = target is null ? null : signer.Load(parse);
            var steps = new List<CaseCheckStep>(CaseCheck.Run(place, SignerId(parse.GetValue(signerKey)), cancellationToken));
            if (place.Foreign().Count == 0)
                Recompute(place, keys, parse, parse.GetValue(threads), steps, console, cancellationToken);
            bool intact = steps.All(step => step.Faults.Count == 0);
            Print(place, steps, intact, console);
            if (intact && target is not null)
            {
                byte[] statement = Concordance.Make(place, steps, CaseOptions.Now(), BuildIdentity.OfProcess());
                target.Write(stream => stream.Write(DsseEnvelope.Seal(Concordance.PayloadType, statement, arbiter!)));
                console.WriteLine($"Wrote {target.Path}");
            }

            return Task.FromResult(intact ? ExitCodes.Done : ExitCodes.NotIntact);
        }));
        return command;
    }

    private static void Recompute(
        CaseFolder place, KeyOptions keys, ParseResult parse, int threads, List<CaseCheckStep> steps, ConsoleOutput console, CancellationToken cancellationToken)
    {
        IReadOnlyList<KeyFile> files = keys.LoadAll(parse);
        try
        {
            steps.Add(CaseRecomputation.Findings(place, keys.Paths(parse), files, threads, console, cancellationToken));
        }
        finally
        {
            foreach (KeyFile file in files)
                file.Dispose();
        }

        steps.Add(CaseRecomputation.Report(place, cancellationToken));
    }

    private static string? SignerId(string? given)
    {
        if (given is null || (given.Length == 64 && given.All(char.IsAsciiHexDigitLower)))
            return given;
        using VerificationKey key = NamedFile.Read(given, () => VerificationKey.FromPem(File.ReadAllText(given)));
        return key.KeyId;
    }

    private static void Print(CaseFolder place, IReadOnlyList<CaseCheckStep> steps, bool intact, ConsoleOutput console)
    {
        if (console.Json)
        {
            console.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("case", place.Root);
                writer.WriteBoolean("intact", intact);
                writer.WriteStartArray("steps");
                foreach (CaseCheckStep step in steps)
                {
                    writer.WriteStartObject();
                    writer.WriteString("what", step.What);
                    writer.WriteString("seen", step.Sentence);
                    writer.WriteStartArray("faults");
                    foreach (string fault in step.Faults)
                        writer.WriteStringValue(fault);
                    writer.WriteEndArray();
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            });
            return;
        }

        foreach (CaseCheckStep step in steps)
        {
            console.WriteLine($"{(step.Faults.Count == 0 ? "ok " : "BAD")} {step.What}: {(step.Faults.Count == 0 ? step.Sentence : step.Faults[0])}");
            foreach (string fault in step.Faults.Skip(1))
                console.WriteLine($"    {fault}");
        }

        console.WriteLine(intact ? $"{place.Root} is as it was sealed." : $"{place.Root} is not as it was sealed.");
    }
}
