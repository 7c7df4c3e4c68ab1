using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Forensics.Cases.Collection;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Fingerprints.Equality;

namespace Watermark.Cli.Fingerprints;

/// <summary><c>watermark fingerprint equality</c>: does an endpoint serve another model than the one it is compared with?</summary>
internal sealed class EqualityMethod : IReplyMethod
{
    private readonly NamedModels models = new();
    private readonly Option<string?> positive = new("--positive-control") { HelpName = "NAME", Description = "A model that is known to differ, one of --control. Without one the test cannot say that the endpoint does not differ." };
    private readonly Option<int> replies = new("--replies-per-prompt") { HelpName = "N", Description = "Replies of each model to each prompt.", DefaultValueFactory = _ => 10 };
    private readonly Option<int> length = new("--length") { HelpName = "N", Description = "Characters of a reply that are compared.", DefaultValueFactory = _ => 200 };
    private readonly Option<int> permutations = new("--permutations") { HelpName = "N", Description = "Random exchanges of replies; the e-value is at most one more.", DefaultValueFactory = _ => 9_999 };
    private readonly Option<bool> anytime = new("--anytime") { Description = "Look as often as you like while replies come in: bets on the next reply in place of exchanges." };

    /// <inheritdoc/>
    public string Name => Questions.Equality;

    /// <inheritdoc/>
    public string Summary => """
        Tests whether an endpoint serves another model, or other settings, than a reference that was asked the same: whether it
        changed, or whether it is the model that it is said to be. It says nothing about training.
        """;

    /// <inheritdoc/>
    public string PlanHelp => """
        Fixes the comparison: the prompts, the reference, a positive control that is known to differ, and the number of replies.
        Sample with a temperature above 0, ask all models in the same period, and see that no cache answers.

        Examples:
          watermark fingerprint equality plan --case equality-case --prompts equality/prompts.jsonl --suspect suspect --control ours --control older --reference ours --positive-control older --replies-per-prompt 16 --length 40 --signer signer.pem
          watermark import --case equality-case --name suspect --by examples equality/suspect.jsonl
          watermark import --case equality-case --name ours --by examples equality/ours.jsonl
          watermark import --case equality-case --name older --by examples equality/older.jsonl
        """;

    /// <inheritdoc/>
    public string VerifyHelp => """
        Compares the first characters of replies to the same prompts (squared maximum mean discrepancy), and exchanges replies of
        both models within each prompt to learn what chance gives. 'Support' means that they differ. That they do not differ is said
        only where the positive control was told apart. Without a case a model's name is the name of its file.

        Examples:
          watermark fingerprint equality verify --design equality/design.json --suspect equality/suspect.jsonl --control equality/ours.jsonl --control equality/older.jsonl
          watermark fingerprint equality verify --case equality-case --signer signer.pem
        """;

    /// <inheritdoc/>
    public bool NeedsKey => false;

    /// <inheritdoc/>
    public void AddPlanOptions(Command command)
    {
        models.AddTo(command);
        foreach (Option option in new Option[] { positive, replies, length, permutations, anytime })
            command.Options.Add(option);
    }

    /// <inheritdoc/>
    public IEnumerable<string> PlanInputs(ParseResult parse) => [models.File(parse)];

    /// <inheritdoc/>
    public PlannedMethod Plan(ParseResult parse, KeyFile? key)
    {
        var design = new EqualityDesign
        {
            Prompts = models.Prompts(parse),
            Reference = models.Reference(parse),
            PositiveControl = parse.GetValue(positive) is { } name ? NamedModels.Among(parse, "--positive-control", name) : null,
            RepliesPerPrompt = parse.GetValue(replies),
            Length = parse.GetValue(length),
            Permutations = parse.GetValue(permutations),
            Anytime = parse.GetValue(anytime),
        };
        if (design.Fault() is { } fault)
            throw new InputFormatException(fault);
        if (parse.GetValue<int>("--controls-required") > 0)
            throw new InputFormatException("--controls-required counts models that must not show the signal, and this comparison has none; --positive-control names the model that must.");
        long suspects = (parse.GetValue<string[]>("--suspect") ?? []).Length;
        double needed = new DecisionRule().SupportThreshold * suspects;
        if (!design.Anytime && design.Permutations + 1 <= needed)
            throw new InputFormatException(string.Create(CultureInfo.InvariantCulture, $"--permutations is {design.Permutations}, and no e-value is above {design.Permutations + 1}; more than {needed:N0} are needed for {suspects} suspects."));
        return new PlannedMethod(design.Write(), design.Prompts, design.Statistic, design.Prior) { RepliesPerPrompt = design.RepliesPerPrompt };
    }

    /// <inheritdoc/>
    public IReplyTest Open(ReadOnlyMemory<byte> design, KeyFile? key) => new Opened(EqualityDesign.Read(design));

    private sealed class Opened(EqualityDesign design) : IReplyTest
    {
        private readonly EqualityTest test = new(design);
        private readonly string[] names = design.PositiveControl is { } control ? [design.Reference, control] : [design.Reference];

        public IReadOnlyDictionary<string, string> Prompts { get; } = design.Prompts.ToDictionary(prompt => prompt.Id, prompt => prompt.Text, StringComparer.Ordinal);

        public int RepliesPerPrompt => design.RepliesPerPrompt;

        public bool NeedsAll => !design.Anytime;

        public Finding Test(Transcript suspect, IReadOnlyList<Transcript> controls, FingerprintOptions options, IProgress<double>? progress, CancellationToken cancellationToken) =>
            test.Run(suspect, NamedModels.Named(controls, names), options, progress, cancellationToken);

        public void Dispose()
        {
        }
    }
}
