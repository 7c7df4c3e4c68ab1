using System.CommandLine;
using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Cases;
using Watermark.Cli.Commands;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Relay;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary><c>relay</c> and <c>epochs</c>: the same text under the keys of several epochs.</summary>
internal abstract class EpochMethod : IFileMethod
{
    private readonly Option<string[]> epochs = CommonOptions.Several(new Option<string[]>("--epoch") { HelpName = "ID[=DATE]", Description = "An epoch and the date from which its key was in force. May be repeated; each is a test.", Required = true });

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract string Summary { get; }

    /// <inheritdoc/>
    public abstract string VerifyHelp { get; }

    /// <inheritdoc/>
    public abstract string PlanExample { get; }

    /// <inheritdoc/>
    public bool DerivesKeys => true;

    /// <inheritdoc/>
    public bool HasControls => true;

    /// <summary>The options about the text.</summary>
    protected TextOptions Text { get; } = new();

    /// <inheritdoc/>
    public virtual void AddOptions(Command command)
    {
        command.Options.Add(epochs);
        Text.AddTo(command);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(ParseResult parse) => Text.Inputs(parse);

    /// <inheritdoc/>
    public virtual FixedTest Fixed(ParseResult parse, KeyFile? key)
    {
        _ = Epochs(parse);
        return Text.FixedCount(parse, key!.Scheme);
    }

    /// <inheritdoc/>
    public TestCount Tests(ParseResult parse, IReadOnlyList<NamedInput> suspects) => new() { Epochs = Epochs(parse).Length, Suspects = suspects.Count };

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        SampleSource source = Text.Source(run, cancellationToken);
        var findings = new List<Finding>();
        var scored = new RandomKeyScores();
        foreach (NamedInput suspect in run.Suspects)
        {
            foreach ((string id, DateTimeOffset? from) in Epochs(run.Parse))
            {
                using OwnerKey owner = run.Owner(epoch: id);
                TitledSample text = source.Load(owner, suspect, "Reading the suspect", normalise: false);
                TitledSample[] others = [.. run.Controls.Select(control => source.Load(owner, control, "Reading the control", normalise: false))];
                var epoch = new EpochKey(id, owner.Scheme, owner.Identity, from);
                findings.Add(Text.Complete(run.Parse, Test(run.Parse, epoch, text, others, Text.Rows(run), scored, cancellationToken), owner));
            }
        }

        return new FileMethodResult(findings) { ExitCode = source.ExitCode, Samples = source.Samples, Remark = verdict => Remark(run, verdict) };
    }

    /// <summary>Tests a text under the key of an epoch.</summary>
    protected abstract Finding Test(
        ParseResult parse, EpochKey epoch, TitledSample text, IReadOnlyList<TitledSample> controls, DistillationTestOptions options, RandomKeyScores randomKeys, CancellationToken cancellationToken);

    /// <summary>What is said below the table.</summary>
    protected virtual void Remark(FileMethodRun run, Verdict verdict)
    {
    }

    /// <summary>A date of the command line.</summary>
    /// <param name="text">The text.</param>
    /// <param name="option">The option.</param>
    protected static DateTimeOffset Date(string text, string option) =>
        DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date)
            ? date
            : throw new InputFormatException($"{option}: '{text}' is no date; YYYY-MM-DD was expected.");

    private (string Id, DateTimeOffset? From)[] Epochs(ParseResult parse)
    {
        (string Id, DateTimeOffset? From)[] named = [.. parse.GetValue(epochs)!.Select(Epoch)];
        if (named.FirstOrDefault(epoch => epoch.From > CaseOptions.Now()) is { Id: { } future })
            throw new InputFormatException($"--epoch {future}: its key came into force after today; a date that is past was expected.");
        return named.Select(epoch => epoch.Id).Distinct(StringComparer.Ordinal).Count() == named.Length
            ? named
            : throw new InputFormatException("--epoch names an epoch twice; each was expected once.");
    }

    private static (string Id, DateTimeOffset? From) Epoch(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string id = equals < 0 ? text : text[..equals];
        if (id.Length == 0)
            throw new InputFormatException("--epoch takes an id, or ID=DATE; the id is empty.");
        return (id, equals < 0 ? null : Date(text[(equals + 1)..], "--epoch"));
    }
}

/// <summary>Does an endpoint forward to the owner's service right now?</summary>
internal sealed class RelayMethod : EpochMethod
{
    private readonly Option<string> released = new("--released") { HelpName = "DATE", Description = "When the suspect was released or last changed, YYYY-MM-DD, UTC.", Required = true };

    /// <inheritdoc/>
    public override string Name => Questions.Relay;

    /// <inheritdoc/>
    public override string Summary => """
        Tests whether an endpoint forwards to the owner's service right now: its replies carry the mark of a key that is younger
        than the suspect.
        """;

    /// <inheritdoc/>
    public override string VerifyHelp => """
        Tests replies under the keys of epochs. --epoch names each epoch with the date from which its key was in force, --released the
        date on which the suspect was released or last changed. Only keys that are younger than the suspect can show a relay;
        the other epochs are blocked. Some 500 tokens are enough.

        Examples:
          watermark fingerprint relay verify --key relay/owner.wmkey --suspect relay/innocent.jsonl --released 2026-06-01 --epoch 2026-10=2026-10-01 --epoch 2026-11=2026-11-01 --out relay/again
        """;

    /// <inheritdoc/>
    public override string PlanExample => "--released 2026-06-01 --epoch 2026-11=2026-11-01";

    /// <inheritdoc/>
    public override void AddOptions(Command command)
    {
        base.AddOptions(command);
        command.Options.Add(released);
    }

    /// <inheritdoc/>
    public override FixedTest Fixed(ParseResult parse, KeyFile? key)
    {
        _ = Date(parse.GetValue(released)!, "--released");
        return base.Fixed(parse, key);
    }

    /// <inheritdoc/>
    protected override Finding Test(
        ParseResult parse, EpochKey epoch, TitledSample text, IReadOnlyList<TitledSample> controls, DistillationTestOptions options, RandomKeyScores randomKeys, CancellationToken cancellationToken) =>
        RelayTest.Run(epoch, Date(parse.GetValue(released)!, "--released"), text, controls, options, cancellationToken);
}

/// <summary>When were a suspect's training data harvested?</summary>
internal sealed class EpochsMethod : EpochMethod
{
    private const double HarvestAlpha = 0.001;
    private const int RandomKeys = 1000;

    /// <inheritdoc/>
    public override string Name => Questions.Epochs;

    /// <inheritdoc/>
    public override string Summary => "Tests under the keys of which epochs a suspect's text shows a mark: when its training data were harvested.";

    /// <inheritdoc/>
    public override string VerifyHelp => """
        Tests a suspect's text under the key of each epoch, and names the epochs that Holm's method rejects at 0.001.

        Examples:
          watermark fingerprint epochs verify --key epochs/owner.wmkey --suspect epochs/innocent.jsonl --epoch 2026-09 --epoch 2026-10 --epoch 2026-11 --out epochs/again
        """;

    /// <inheritdoc/>
    public override string PlanExample => "--epoch 2026-10 --epoch 2026-11";

    /// <inheritdoc/>
    public override FixedTest Fixed(ParseResult parse, KeyFile? key) => base.Fixed(parse, key) with { RandomKeys = RandomKeys };

    /// <inheritdoc/>
    protected override Finding Test(
        ParseResult parse, EpochKey epoch, TitledSample text, IReadOnlyList<TitledSample> controls, DistillationTestOptions options, RandomKeyScores randomKeys, CancellationToken cancellationToken) =>
        EpochsTest.Run(epoch, text, controls, options, randomKeys, cancellationToken);

    /// <inheritdoc/>
    protected override void Remark(FileMethodRun run, Verdict verdict)
    {
        IReadOnlyList<string> harvested = EpochsTest.Harvested(verdict, HarvestAlpha);
        run.Console.WriteLine($"Epochs whose keys show (Holm over {run.Tests.M} tests at {HarvestAlpha.ToString(CultureInfo.InvariantCulture)}): {(harvested.Count == 0 ? "none" : string.Join(", ", harvested))}.");
    }
}
