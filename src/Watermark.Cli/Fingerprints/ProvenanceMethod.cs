using System.CommandLine;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Provenance;
using Watermark.Cli.Commands;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint provenance</c>: does a suspect agree with the owner's model more often than with every control?</summary>
internal sealed class ProvenanceMethod : IReplyMethod
{
    private readonly NamedModels models = new();
    private readonly Option<string[]> nulls = CommonOptions.Several(new Option<string[]>("--null-suspect") { HelpName = "NAME", Description = "A model like the suspect that does not come from the reference, one of --control. May be repeated: with M of them the p-value is at least 1/(M + 1)." });

    /// <inheritdoc/>
    public string Name => Questions.Provenance;

    /// <inheritdoc/>
    public string Summary => """
        Tests whether a suspect gives the answers of the owner's model more often than those of every control. Supporting only:
        the result depends on the models it is compared with, and likeness is not learning.
        """;

    /// <inheritdoc/>
    public string PlanHelp => """
        Fixes the comparison before the suspect is asked: the prompts, the reference, the controls, and the null suspects. A
        --control that is neither the reference nor a null suspect is a control. Take at least 8 controls and 19 null suspects of
        the suspect's size and date, siblings of the reference among the controls; ask at temperature 0; the first word counts.

        Examples:
          watermark fingerprint provenance plan --case provenance-case --prompts provenance/prompts.jsonl --suspect x --control ours --control c1 --control c2 --control h1 --control h2 --reference ours --null-suspect h1,h2 --signer signer.pem
        """;

    /// <inheritdoc/>
    public string VerifyHelp => """
        Counts the prompts to which the suspect gives the answer of the reference and not the control's, and the reverse: a paired
        sign test for each control, of which the largest p-value counts, and the rank of the suspect's lead among the null suspects.
        The larger of both is the result. Without a case a model's name is the name of its file.

        Examples:
          watermark fingerprint provenance verify --design provenance/small.json --suspect provenance/suspect.jsonl --control provenance/ours.jsonl --control provenance/c1.jsonl --control provenance/c2.jsonl
        """;

    /// <inheritdoc/>
    public bool NeedsKey => false;

    /// <inheritdoc/>
    public void AddPlanOptions(Command command)
    {
        models.AddTo(command);
        command.Options.Add(nulls);
    }

    /// <inheritdoc/>
    public IEnumerable<string> PlanInputs(ParseResult parse) => [models.File(parse)];

    /// <inheritdoc/>
    public PlannedMethod Plan(ParseResult parse, KeyFile? key)
    {
        string reference = models.Reference(parse);
        string[] suspects = [.. (parse.GetValue(nulls) ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries)).Select(name => NamedModels.Among(parse, "--null-suspect", name))];
        var design = new ProvenanceDesign
        {
            Prompts = models.Prompts(parse),
            Reference = reference,
            Controls = [.. NamedModels.Controls(parse).Where(name => name != reference && !suspects.Contains(name, StringComparer.Ordinal))],
            NullSuspects = suspects,
        };
        if (design.Fault() is { } fault)
            throw new InputFormatException(fault);
        return new PlannedMethod(design.Write(), design.Prompts, ProvenanceTest.Statistic, ProvenanceTest.Prior);
    }

    /// <inheritdoc/>
    public IReplyTest Open(ReadOnlyMemory<byte> design, KeyFile? key) => new Opened(ProvenanceDesign.Read(design));

    private sealed class Opened(ProvenanceDesign design) : IReplyTest
    {
        private readonly ProvenanceTest test = new(design);
        private readonly string[] names = [design.Reference, .. design.Controls, .. design.NullSuspects];

        public IReadOnlyDictionary<string, string> Prompts { get; } = design.Prompts.ToDictionary(prompt => prompt.Id, prompt => prompt.Text, StringComparer.Ordinal);

        public Finding Test(Transcript suspect, IReadOnlyList<Transcript> controls, FingerprintOptions options, IProgress<double>? progress, CancellationToken cancellationToken) =>
            test.Run(suspect, NamedModels.Named(controls, names), options);

        public void Dispose()
        {
        }
    }
}
