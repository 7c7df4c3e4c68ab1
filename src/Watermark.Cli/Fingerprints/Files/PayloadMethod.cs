using System.CommandLine;
using Watermark.Catalog;
using Watermark.Cli.Commands;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.Forensics.Tracing.Payload;
using Watermark.Schemes.Payload;

namespace Watermark.Cli.Fingerprints.Files;

/// <summary>Which number does a text carry?</summary>
internal sealed class PayloadMethod : IFileMethod
{
    private readonly Option<double> alpha = new("--alpha") { HelpName = "P", Description = "The largest p-value at which a payload is shown.", DefaultValueFactory = _ => 1e-6 };
    private readonly TextOptions text = new();

    /// <inheritdoc/>
    public string Name => Questions.Payload;

    /// <inheritdoc/>
    public string Summary => """
        Reads the number of 16 to 64 bits that a text carries under a key of the scheme 'payload'. 'keygen --scheme payload
        --payload c0ffee42' makes such a key; text is marked with it as with any other.
        """;

    /// <inheritdoc/>
    public string VerifyHelp => """
        Reads the payload of a text and tests whether there is one: p = 2^k times the binomial tail of the rows that agree, which
        pays for the choice among all payloads. A payload with a p-value above --alpha is not shown. The key fixes the number
        of bits; which payload it names does not matter.

        Examples:
          watermark fingerprint payload verify --key payload/owner.wmkey --suspect payload/suspect.jsonl --out payload/again
        """;

    /// <inheritdoc/>
    public string PlanExample => "--alpha 0.000001";

    /// <inheritdoc/>
    public void AddOptions(Command command)
    {
        command.Options.Add(alpha);
        text.AddTo(command);
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Inputs(ParseResult parse) => text.Inputs(parse);

    /// <inheritdoc/>
    public FixedTest Fixed(ParseResult parse, KeyFile? key)
    {
        if (!(parse.GetValue(alpha) is > 0 and < 1))
            throw new InputFormatException("--alpha must lie between 0 and 1.");
        if (key!.Scheme is not PayloadScheme)
            throw new InputFormatException($"Key {key.Id} is of the scheme '{key.Scheme.Name}', which carries no payload; a key of the scheme '{PayloadScheme.SchemeName}' was expected.");
        return text.Fixed(parse, PayloadTest.Statistic, PayloadTest.Prior);
    }

    /// <inheritdoc/>
    public FileMethodResult Run(FileMethodRun run, CancellationToken cancellationToken)
    {
        using OwnerKey owner = run.Owner();
        var test = new PayloadTest(owner.Scheme, TextOptions.Test(run, owner), run.Parse.GetValue(alpha));
        SampleSource source = text.Source(run, cancellationToken);
        Finding[] findings = [.. run.Suspects.Select(input => text.Complete(run.Parse, test.Run(source.Load(owner, input, "Reading", normalise: false), cancellationToken), owner))];
        return new FileMethodResult(findings) { ExitCode = source.ExitCode, Samples = source.Samples };
    }
}
