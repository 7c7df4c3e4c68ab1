using System.Globalization;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Forensics.Fingerprints;
using Watermark.NGrams;
using Watermark.Schemes;
using Watermark.Schemes.Payload;
using Watermark.Scoring;
using Watermark.Statistics;

namespace Watermark.Forensics.Tracing.Payload;

/// <summary>
/// Reads the payload of a text and tests whether the text carries one at all: p = min(1, 2^k·P(Bin(n, 1/4) ≥ M)), where M of n
/// distinct rows agree with the payload that was read.
/// </summary>
/// <remarks>
/// The factor 2^k pays for the choice among all payloads, so the p-value holds whatever the decoder did. A payload whose p-value
/// is above alpha is not reported: it would be noise. Its e-value is ½·p^(−½).
/// </remarks>
public sealed class PayloadTest
{
    /// <summary>The statistic of its findings.</summary>
    public const string Statistic = "payload/agreeing-rows 1";

    /// <summary>The prior of its e-values.</summary>
    public const string Prior = CalibratedE.Prior;

    /// <summary>The option of a finding that holds the payload; absent where none is reported.</summary>
    public const string PayloadOption = "payload";

    private static readonly BinomialNull Rows = new(Fraction.Quarter);

    private readonly KeyedScheme keyed;
    private readonly PayloadScheme scheme;
    private readonly FingerprintOptions options;
    private readonly double alpha;

    /// <summary>Creates a test.</summary>
    /// <param name="keyed">A payload scheme with its key; the caller disposes it.</param>
    /// <param name="options">How the test is run.</param>
    /// <param name="alpha">The largest p-value, counted over all tests, at which a payload is reported; between 0 and 1.</param>
    /// <exception cref="ArgumentException">The scheme carries no payload, or alpha is out of range.</exception>
    public PayloadTest(KeyedScheme keyed, FingerprintOptions options, double alpha = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(keyed);
        ArgumentNullException.ThrowIfNull(options);
        scheme = keyed.Scheme as PayloadScheme ?? throw new ArgumentException($"The scheme '{keyed.Scheme.Name}' carries no payload.", nameof(keyed));
        if (!(alpha is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "Alpha must lie between 0 and 1.");
        (this.keyed, this.options, this.alpha) = (keyed, options, alpha);
    }

    /// <summary>ln of the p-value of a payload that was read.</summary>
    /// <param name="bits">k.</param>
    /// <param name="rows">n.</param>
    /// <param name="agreeing">M.</param>
    /// <returns>min(0, k·ln 2 + ln P(Bin(n, 1/4) ≥ M)).</returns>
    public static double LogP(int bits, long rows, long agreeing) => Math.Min(0, (bits * Math.Log(2)) + (rows == 0 ? 0 : Rows.Test(rows, agreeing).LogP));

    /// <summary>Reads and tests a text.</summary>
    /// <param name="text">Its sample, without the rows of prompts.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ArgumentException">The sample has another context width, or weights.</exception>
    public Finding Run(TitledSample text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        Sample sample = text.Sample;
        if (sample.HasWeights || sample.Schema.CountsOccurrences)
            throw new ArgumentException("Distinct rows without weights were expected.", nameof(text));
        SampleScore own = Scorer.Score(sample, keyed, cancellationToken: cancellationToken);
        DecodedPayload? read = PayloadDecoder.Decode(sample.Rows, keyed, cancellationToken);
        double logP = read is null ? 0 : LogP(scheme.Bits, read.Rows, read.Agreeing);
        bool reported = read is not null && logP + options.Tests.LogM <= Math.Log(alpha);
        string whose = $"a payload under key {keyed.KeyId}";
        var finding = new Finding
        {
            Question = Questions.Payload,
            Title = text.Title,
            Alternative = reported ? $"the text carries {whose}, namely {read!.Payload}" : $"the text carries {whose}",
            Null = "the text has nothing to do with that key",
            SupportCaveat = "Whoever has the key, or much text marked with it, can write text with a payload of their choice; how the text came here is to be established by other evidence.",
            NoSupportCaveat = "A payload may have been removed by rewriting, or the text is too short for one.",
            Statistic = Statistic,
            Prior = CalibratedE.Prior,
            Rule = options.Rule,
            Tests = options.Tests,
            Key = options.Key,
            Options = [.. options.Shown, .. Shown(sample), .. reported ? [new NamedValue(PayloadOption, read!.Payload)] : Array.Empty<NamedValue>()],
            Assumptions =
            [
                "The key was drawn at random, and nobody chose the text after seeing what it decodes to.",
                "Rows are distinct, so under H0 each has the colour of any given payload with probability 1/4, independently.",
            ],
            ToolVersion = options.ToolVersion,
            NullName = "payload-binomial",
            NullDescription = string.Create(CultureInfo.InvariantCulture, $"2^{scheme.Bits} times the upper tail of Binomial(n, 1/4)"),
            LogP = logP,
            LogPMethod = TailMethod.UpperBound,
            LogE = CalibratedE.Of(logP),
            Effect = new EffectEstimate(read is null ? double.NaN : (double)read.Agreeing / read.Rows, 0.25, "share of rows in the colours of the payload"),
            Power = Power(own.Rows),
            Counts = new MeasurementCounts
            {
                Documents = sample.Documents,
                Tokens = sample.Tokens,
                Rows = sample.RowCount,
                Scored = own.Rows,
                LeftOutByPrompts = own.PromptedRows,
                Others = [new NamedCount("agreeing", read?.Agreeing ?? 0), new NamedCount("correctedSymbols", read?.Corrected ?? 0), new NamedCount("unread", sample.Provenance.Unread)],
            },
            Inputs = SampleInputs.Of(sample, "suspect"),
        };
        return finding.With(SampleDiagnostics.Of(sample, scheme, own, finding.LogE));
    }

    private NamedValue[] Shown(Sample sample) =>
    [
        new NamedValue("bits", scheme.Bits.ToString(CultureInfo.InvariantCulture)),
        new NamedValue("symbols", scheme.Symbols.ToString(CultureInfo.InvariantCulture)),
        new NamedValue("alpha", alpha.ToString("R", CultureInfo.InvariantCulture)),
        new NamedValue("selection", sample.Schema.Selection.Describe()),
        new NamedValue("tokenizer", sample.Schema.Tokenizer),
        new NamedValue("tokenizerHash", sample.Schema.TokenizerHash),
    ];

    /// <summary>Power of the deciding rule where the payload is read without fault.</summary>
    private PowerStatement Power(long rows)
    {
        double deviation = Math.Sqrt(Rows.Variance);
        double logAlpha = CalibratedE.LogPOf(options.LogThreshold) - (scheme.Bits * Math.Log(2));
        double interest = options.Rule.EffectOfInterest * deviation;
        return new PowerStatement(
            options.LogThreshold,
            options.Power,
            rows == 0 ? double.NaN : BinomialPower.DetectableEffect(rows, Fraction.Quarter, logAlpha, options.Power) - 0.25 ?? double.NaN,
            interest,
            BinomialPower.TokensNeeded(Fraction.Quarter, 0.25 + interest, logAlpha, options.Power),
            double.NaN);
    }
}
