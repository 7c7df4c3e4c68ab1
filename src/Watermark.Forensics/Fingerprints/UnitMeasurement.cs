using Watermark.Forensics.Findings;
using Watermark.Statistics;

namespace Watermark.Forensics.Fingerprints;

/// <summary>What a fingerprint test measured of one model: the same for a suspect and for a control.</summary>
internal sealed record UnitMeasurement
{
    public required string NullName { get; init; }

    public required string NullDescription { get; init; }

    public required double LogP { get; init; }

    public TailMethod LogPMethod { get; init; } = TailMethod.Exact;

    public required double LogE { get; init; }

    public required EffectEstimate Effect { get; init; }

    /// <summary>The power for ln of an e-value to reach.</summary>
    public required Func<double, PowerStatement> Power { get; init; }

    public required MeasurementCounts Counts { get; init; }

    public required IReadOnlyList<InputDigest> Inputs { get; init; }

    public IReadOnlyList<Diagnostic> Diagnostics { get; init; } = [];

    public FindingDetails? Details { get; init; }

    /// <summary>What to say where nothing was scored, and where replies came after a text that they could repeat.</summary>
    /// <param name="scored">Units that count.</param>
    /// <param name="nothing">What to say where there are none.</param>
    /// <param name="shown">Replies left out for what stood before their prompts.</param>
    public static IReadOnlyList<Diagnostic> DiagnosticsOf(long scored, string nothing, int shown) =>
    [
        .. scored == 0 ? [Diagnostic.Blocking(DiagnosticCodes.NothingScored, nothing)] : Array.Empty<Diagnostic>(),
        .. shown > 0 ? [Diagnostic.Warning(DiagnosticCodes.ReplyInPrompt, FormattableString.Invariant($"Before {shown} replies stood a text of the design, which a model can repeat without having learned it; they do not count."))] : Array.Empty<Diagnostic>(),
    ];

    /// <summary>The finding about a suspect.</summary>
    /// <param name="title">The suspect's name.</param>
    /// <param name="claim">What the finding says, in words.</param>
    /// <param name="options">How the test is run.</param>
    public Finding ToFinding(string title, UnitClaim claim, FingerprintOptions options) => new()
    {
        Question = claim.Question,
        Title = title,
        Alternative = claim.Alternative,
        Null = claim.Null,
        SupportCaveat = claim.SupportCaveat,
        NoSupportCaveat = claim.NoSupportCaveat,
        Statistic = claim.Statistic,
        Prior = claim.Prior,
        Rule = options.Rule,
        Tests = options.Tests,
        Key = options.Key,
        Options = [.. options.Shown, .. claim.Options],
        Assumptions = claim.Assumptions,
        ToolVersion = options.ToolVersion,
        NullName = NullName,
        NullDescription = NullDescription,
        LogP = LogP,
        LogPMethod = LogPMethod,
        LogE = LogE,
        Effect = Effect,
        Power = Power(options.LogThreshold),
        Counts = Counts,
        Inputs = Inputs,
        Diagnostics = Diagnostics,
        Details = Details,
    };

    /// <summary>The finding about a control; its threshold is not multiplied by the number of tests.</summary>
    /// <param name="title">The control's name.</param>
    /// <param name="options">How the test is run.</param>
    public ControlFinding ToControl(string title, FingerprintOptions options) => new()
    {
        Title = title,
        NullName = NullName,
        NullDescription = NullDescription,
        LogP = LogP,
        LogPMethod = LogPMethod,
        LogE = LogE,
        Effect = Effect,
        Power = Power(Math.Log(options.Rule.SupportThreshold)),
        Counts = Counts,
        Inputs = Inputs,
        Diagnostics = Diagnostics,
    };
}

/// <summary>What the findings of a method say, besides their numbers.</summary>
internal sealed record UnitClaim(string Question, string Alternative, string Null, string Statistic, string Prior)
{
    public string SupportCaveat { get; init; } = string.Empty;

    public string NoSupportCaveat { get; init; } = string.Empty;

    public IReadOnlyList<NamedValue> Options { get; init; } = [];

    public IReadOnlyList<string> Assumptions { get; init; } = [];
}
