using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Cli.Outputs;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.GhostPairs;
using Watermark.Keys;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint ghost-pairs</c>: was a suspect trained on the reply that was served rather than on its unserved twin?</summary>
internal sealed class GhostPairsMethod : ClaimMethod
{
    private readonly Option<string> pairs = new("--pairs") { HelpName = "FILE", Description = "JSON Lines: {\"id\":…,\"prompt\":…,\"first\":…,\"second\":…}, two replies of the unmarked model each.", Required = true };

    /// <inheritdoc/>
    public override string Name => Questions.GhostPairs;

    /// <inheritdoc/>
    public override string Summary => """
        A coin of the owner's key chose which of two replies of the unmarked model was served; nobody saw the other. Tests whether a
        suspect leans to the served ones: from its replies, or, more sharply, from its likelihoods of both texts.
        """;

    /// <inheritdoc/>
    public override string PlanHelp => """
        Fixes the pairs, their order and the key's commitment before the data. 'serve' then writes the reply of each pair that is to be
        served. Keep design.json as the key is kept until the test: it holds the replies that nobody has seen.

        Examples:
          watermark fingerprint ghost-pairs plan --case ghost-pairs/second --key ghost-pairs/owner.wmkey --pairs ghost-pairs/pairs.jsonl --suspect suspect --control innocent --signer signer.pem
        """;

    /// <inheritdoc/>
    public override void AddPlanOptions(Command command)
    {
        base.AddPlanOptions(command);
        command.Options.Add(pairs);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> PlanInputs(ParseResult parse) => [parse.GetValue(pairs)!];

    /// <inheritdoc/>
    public override IReplyTest Open(ReadOnlyMemory<byte> design, KeyFile? key)
    {
        GhostPairDesign read = GhostPairDesign.Read(design);
        using WatermarkKey claimKey = ClaimKey(key!, read.ClaimId);
        return new ClaimTest(read.Pairs.ToDictionary(pair => pair.Id, pair => pair.Prompt, StringComparer.Ordinal), new GhostPairTest(read, claimKey).Run);
    }

    /// <inheritdoc/>
    public override IEnumerable<Command> Others() => [.. base.Others(), Likelihoods()];

    /// <summary>The subcommand that tests likelihoods instead of replies.</summary>
    private static Command Likelihoods()
    {
        const string Help = """
            Tests a suspect by its likelihoods: JSON Lines with the mean ln probability per token of both texts of each pair, for the suspect
            and for the owner's unmarked model: {"id":…,"suspectFirst":…,"suspectSecond":…,"ownerFirst":…,"ownerSecond":…}.

            Examples:
              watermark fingerprint ghost-pairs likelihoods --key ghost-pairs/owner.wmkey --design ghost-pairs/case/design.json --suspect ghost-pairs/suspect-likelihoods.jsonl --out ghost-pairs/by-likelihood
            """;
        var keys = new KeyOptions();
        var output = new FindingsOutput();
        var design = new Option<string>("--design") { HelpName = "FILE", Description = "The design (design.json).", Required = true };
        var suspect = CommonOptions.Several(new Option<string[]>("--suspect") { HelpName = "FILE", Description = "A suspect's likelihoods. May be repeated; each is a test.", Required = true });
        var control = CommonOptions.Several(new Option<string[]>("--control") { HelpName = "FILE", Description = "Those of a model known to be innocent. May be repeated." });
        var command = new Command("likelihoods", HelpText.Flow(Help)) { design, suspect, control };
        keys.AddTo(command, tokenizers: false);
        output.AddTo(command);
        command.SetAction((parse, _) => CommonOptions.RunAsync(() =>
        {
            string[] suspects = parse.GetValue(suspect)!;
            string[] controls = parse.GetValue(control) ?? [];
            OutputFile? target = output.Check(parse, [.. suspects, .. controls, .. keys.Files(parse), parse.GetValue(design)!]);
            using KeyFile key = keys.Load(parse);
            byte[] bytes = File.ReadAllBytes(parse.GetValue(design)!);
            GhostPairDesign read = GhostPairDesign.Read(bytes);
            using WatermarkKey claimKey = new GhostPairsMethod().ClaimKey(key, read.ClaimId);
            var test = new GhostPairTest(read, claimKey);
            using OwnerKey owner = OwnerKey.Of(key, null, null);
            var tests = new TestCount { Suspects = suspects.Length, Stated = output.Stated(parse, suspects.Length) };
            FingerprintOptions options = ReplyVerification.Options(null, tests, bytes, 0.2) with { Key = owner.Identity };
            GhostLikelihoods[] beside = [.. controls.Select(path => Load(path, "control"))];
            Finding[] findings = [.. suspects.Select(path => Judged(path))];
            return Task.FromResult(FindingsOutput.Report(FindingsOutput.Verdict(findings, tests), target, output.Console(parse)));

            Finding Judged(string path)
            {
                GhostLikelihoods likelihoods = Load(path, "suspect");
                int known = likelihoods.Pairs.Select(pair => pair.Id).Intersect(read.Pairs.Select(pair => pair.Id), StringComparer.Ordinal).Count();
                return test.Run(likelihoods, beside, options).With([.. owner.Diagnostics, .. ReplyVerification.Missing(known, read.Pairs.Count)]);
            }
        }));
        return command;
    }

    /// <inheritdoc/>
    protected override PlannedMethod Plan(ParseResult parse, WatermarkKey claimKey, string claimId)
    {
        GhostPairDesign design = GhostPairDesign.Create(claimKey, claimId, LineFile.Objects(parse.GetValue(pairs)!, GhostPairDesign.ReadPair));
        using var bytes = new MemoryStream();
        design.Write(bytes);
        return new PlannedMethod(bytes.ToArray(), [.. design.Pairs.Select(pair => new CollectionPrompt(pair.Id, pair.Prompt))], GhostPairTest.TextStatistic, GhostPairTest.TextPrior);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Id, string Prompt, string Text)> Served(ReadOnlyMemory<byte> design, KeyFile key)
    {
        GhostPairDesign read = GhostPairDesign.Read(design);
        using WatermarkKey claimKey = ClaimKey(key, read.ClaimId);
        return [.. read.Pairs.Zip(read.Coins(claimKey), (pair, coin) => (pair.Id, pair.Prompt, coin ? pair.Second : pair.First))];
    }

    private static GhostLikelihoods Load(string path, string role)
    {
        IReadOnlyList<GhostLikelihood> lines = LineFile.Objects(path, GhostLikelihood.Read);
        return new GhostLikelihoods(Path.GetFileName(path), lines, [LineFile.Digest(path, role, lines.Count)]);
    }
}
