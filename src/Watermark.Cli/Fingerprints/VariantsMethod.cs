using System.CommandLine;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints.Variants;
using Watermark.Keys;
using Watermark.Statistics;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint variants</c>: does a suspect lean to the variants that were served?</summary>
internal sealed class VariantsMethod : ClaimMethod
{
    private readonly Option<string> units = new("--units") { HelpName = "FILE", Description = "JSON Lines: {\"id\":…,\"prompt\":…,\"texts\":[…]}, the same number of variants in each.", Required = true };

    /// <inheritdoc/>
    public override string Name => Questions.Variants;

    /// <inheritdoc/>
    public override string Summary => """
        For every prompt the owner's key chose one of several equally good replies to serve. Asks a suspect the same prompts and
        tests whether its replies resemble the served variants more than the others.
        """;

    /// <inheritdoc/>
    public override string PlanHelp => """
        Fixes the units, their variants and the key's commitment before the data. 'serve' then writes the variant of each unit that is
        to be served, and 'watermark collect' asks the suspects.

        Examples:
          watermark fingerprint variants plan --case variants/second --key variants/owner.wmkey --units variants/units.jsonl --suspect suspect --control innocent --signer signer.pem
        """;

    /// <inheritdoc/>
    public override void AddPlanOptions(Command command)
    {
        base.AddPlanOptions(command);
        command.Options.Add(units);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> PlanInputs(ParseResult parse) => [parse.GetValue(units)!];

    /// <inheritdoc/>
    public override IReplyTest Open(ReadOnlyMemory<byte> design, KeyFile? key)
    {
        VariantDesign read = VariantDesign.Read(design);
        using WatermarkKey claimKey = ClaimKey(key!, read.ClaimId);
        return new ClaimTest(read.Units.ToDictionary(unit => unit.Id, unit => unit.Prompt, StringComparer.Ordinal), new VariantTest(read, claimKey).Run);
    }

    /// <inheritdoc/>
    protected override PlannedMethod Plan(ParseResult parse, WatermarkKey claimKey, string claimId)
    {
        VariantDesign design = VariantDesign.Create(claimKey, claimId, LineFile.Objects(parse.GetValue(units)!, VariantDesign.ReadUnit));
        using var bytes = new MemoryStream();
        design.Write(bytes);
        return new PlannedMethod(bytes.ToArray(), [.. design.Units.Select(unit => new CollectionPrompt(unit.Id, unit.Prompt))], VariantTest.Statistic, RandomizationNull.Prior);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Id, string Prompt, string Text)> Served(ReadOnlyMemory<byte> design, KeyFile key)
    {
        VariantDesign read = VariantDesign.Read(design);
        using WatermarkKey claimKey = ClaimKey(key, read.ClaimId);
        return [.. read.Units.Zip(read.Assignment(claimKey), (unit, choice) => (unit.Id, unit.Prompt, unit.Texts[choice]))];
    }
}
