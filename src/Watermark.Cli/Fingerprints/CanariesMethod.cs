using System.CommandLine;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints.Canaries;
using Watermark.Keys;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint canaries</c>: does a suspect answer the owner's keyed questions?</summary>
internal sealed class CanariesMethod : ClaimMethod
{
    private readonly Option<string> questions = new("--questions") { HelpName = "FILE", Description = "The questions, one a line; nobody else asks them.", Required = true };
    private readonly Option<string> answers = new("--answers") { HelpName = "FILE", Description = "The answers, one a line; none begins another. The key gives each question one of them.", Required = true };

    /// <inheritdoc/>
    public override string Name => Questions.Canaries;

    /// <inheritdoc/>
    public override double DefaultEffect => 2;

    /// <inheritdoc/>
    public override string Summary => """
        Asks a suspect secret questions whose answers the owner's key chose among many, and counts the keyed answers. The
        answers were trained into the owner's weights, or served to whoever asked.
        """;

    /// <inheritdoc/>
    public override string PlanHelp => """
        Fixes the questions, the answers and the key's commitment before the data: design.json, which names no target, the prompts,
        and a signed plan. Then 'serve' writes what to serve or to train, and 'watermark collect' asks the suspects.

        Examples:
          watermark fingerprint canaries plan --case canaries/second --key canaries/owner.wmkey --questions canaries/questions.txt --answers canaries/answers.txt --suspect suspect --control innocent --signer signer.pem
        """;

    /// <inheritdoc/>
    public override void AddPlanOptions(Command command)
    {
        base.AddPlanOptions(command);
        command.Options.Add(questions);
        command.Options.Add(answers);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> PlanInputs(ParseResult parse) => [parse.GetValue(questions)!, parse.GetValue(answers)!];

    /// <inheritdoc/>
    public override IReplyTest Open(ReadOnlyMemory<byte> design, KeyFile? key)
    {
        CanaryDesign read = CanaryDesign.Read(design);
        using WatermarkKey claimKey = ClaimKey(key!, read.ClaimId);
        return new ClaimTest(read.Questions.Index().ToDictionary(item => CanaryDesign.IdOf(item.Index), item => item.Item, StringComparer.Ordinal), new CanaryTest(read, claimKey).Run);
    }

    /// <inheritdoc/>
    protected override PlannedMethod Plan(ParseResult parse, WatermarkKey claimKey, string claimId)
    {
        CanaryDesign design = CanaryDesign.Create(claimKey, claimId, LineFile.Texts(parse.GetValue(questions)!), LineFile.Texts(parse.GetValue(answers)!));
        using var bytes = new MemoryStream();
        design.Write(bytes);
        return new PlannedMethod(bytes.ToArray(), [.. design.Questions.Select((text, i) => new CollectionPrompt(CanaryDesign.IdOf(i), text))], CanaryTest.Statistic, CanaryTest.GridPrior);
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Id, string Prompt, string Text)> Served(ReadOnlyMemory<byte> design, KeyFile key)
    {
        CanaryDesign read = CanaryDesign.Read(design);
        using WatermarkKey claimKey = ClaimKey(key, read.ClaimId);
        return [.. read.Targets(claimKey).Select((target, i) => (CanaryDesign.IdOf(i), read.Questions[i], read.Answers[target]))];
    }
}
