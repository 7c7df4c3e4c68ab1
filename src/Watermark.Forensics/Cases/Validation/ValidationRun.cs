using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.Keys;
using Watermark.NGrams;
using Watermark.Randomness;
using Watermark.Schemes;
using Watermark.Scoring;

namespace Watermark.Forensics.Cases.Validation;

/// <summary>The whole procedure on one text.</summary>
/// <param name="key">A random key in place of the owner's; null for the owner's. The caller keeps it.</param>
/// <param name="text">The text.</param>
/// <param name="cancellationToken">Stops the work.</param>
public delegate Finding ValidatedTest(WatermarkSecret? key, TitledSample text, CancellationToken cancellationToken);

/// <summary>
/// Measures the error rates of a procedure: add the corpora, each of which is tested under the owner's key, then make the
/// other runs.
/// </summary>
/// <remarks>Runs are numbered over all corpora; run i has the key that stream 2^63 + i of the seed draws. Not safe for concurrent use.</remarks>
public sealed class ValidationRun
{
    // Streams of the seed that the random keys of a test (0 to 10^7) do not use.
    private const ulong KeyStream = 1UL << 63;
    private const ulong SpikeStream = KeyStream | (1UL << 62);

    private const int PowerSteps = 14;

    private readonly KeyedScheme owner;
    private readonly ValidationOptions options;
    private readonly ValidatedTest test;
    private readonly List<Corpus> corpora = [];
    private readonly List<LeftOutCorpus> leftOut = [];
    private readonly List<double> logPs = [];

    /// <summary>Creates a measurement without corpora.</summary>
    /// <param name="owner">The owner's scheme and key; the caller disposes it.</param>
    /// <param name="options">How it is measured.</param>
    /// <param name="test">The procedure.</param>
    public ValidationRun(KeyedScheme owner, ValidationOptions options, ValidatedTest test)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(test);
        options.Validate();
        this.owner = owner;
        this.options = options;
        this.test = test;
    }

    /// <summary>The corpora left out so far.</summary>
    public IReadOnlyList<LeftOutCorpus> LeftOut => leftOut;

    /// <summary>Tests a corpus under the owner's key. One that cannot be judged is left out, since it says nothing about errors.</summary>
    /// <param name="corpus">Text known to be independent of the key.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public void Add(TitledSample corpus, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        if (corpora.FirstOrDefault(other => other.Text.Sample.Digest == corpus.Sample.Digest) is { } twin)
        {
            LeaveOut(corpus.Title, $"It holds the same text as {twin.Text.Title}.");
            return;
        }

        Finding finding = test(null, corpus, cancellationToken);
        var procedure = ValidatedProcedure.Of(finding);
        if (WhyUnjudged(finding) is { } reason)
            LeaveOut(corpus.Title, reason);
        else if (corpora.Count > 0 && corpora[0].Procedure.Difference(procedure) is { } difference)
            LeaveOut(corpus.Title, $"It was read in another way than {corpora[0].Text.Title}: {difference}.");
        else
            corpora.Add(new Corpus(corpus, procedure, finding));
    }

    /// <summary>Names a corpus that could not be read.</summary>
    /// <param name="name">Its file or folder.</param>
    /// <param name="reason">Why, one sentence.</param>
    public void LeaveOut(string name, string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        leftOut.Add(new LeftOutCorpus(name, reason));
    }

    /// <summary>Makes the other runs, spread evenly over the corpora, and those with a planted mark.</summary>
    /// <param name="progress">Receives the part done, 0 … 1; may be null.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InputFormatException">No corpus could be judged, or a mark cannot be planted because samples have weights.</exception>
    public ProcedureValidation Finish(IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (corpora.Count == 0)
            throw new InputFormatException(leftOut.Count == 0 ? "No corpus was given; at least one was expected." : $"No corpus could be judged; {leftOut[0].Name}: {leftOut[0].Reason}");
        if (options.Spikes.Count > 0 && corpora.FirstOrDefault(corpus => corpus.Text.Sample.HasWeights) is { } weighted)
            throw new InputFormatException($"{weighted.Text.Title}: no mark can be planted in a sample with weights; leave out the planted marks.");
        int runs = Math.Max(options.Runs, corpora.Count);
        int spiked = Math.Min(runs, options.SpikedRuns);
        var judged = new ValidatedCorpus[corpora.Count];
        var spikes = options.Spikes.Select(share => new Spikes(share)).ToArray();
        long done = 0;
        long all = runs + (spiked * (long)spikes.Length);
        ulong number = 0;
        for (int i = 0; i < corpora.Count; i++)
        {
            int own = Share(runs, i);
            judged[i] = Judge(corpora[i], own, number, Report, cancellationToken);
            foreach (Spikes spike in spikes)
                Plant(corpora[i], spike, Share(spiked, i), number, Report, cancellationToken);
            number += (ulong)own;
        }

        return new ProcedureValidation
        {
            Procedure = corpora[0].Procedure,
            Seed = options.Test.Seed,
            Corpora = judged,
            LeftOut = [.. leftOut],
            AtMostOnePercent = logPs.Count(logP => logP <= Math.Log(0.01)),
            AtMostOnePerMille = logPs.Count(logP => logP <= Math.Log(0.001)),
            Distance = Distance([.. logPs.Select(Math.Exp).Order()]),
            Spikes = [.. spikes.Where(spike => spike.Runs > 0).Select(spike => new SpikeResult(spike.Share, spike.Runs, spike.Supported, spike.Power / spike.Runs))],
        };

        int Share(int total, int index) => (total / corpora.Count) + (index < total % corpora.Count ? 1 : 0);

        void Report() => progress?.Report(++done / (double)all);
    }

    /// <summary>The largest distance between the distribution function of sorted values and the uniform one; 0 for none.</summary>
    internal static double Distance(ReadOnlySpan<double> sorted)
    {
        double largest = 0;
        for (int i = 0; i < sorted.Length; i++)
            largest = Math.Max(largest, Math.Max(((i + 1.0) / sorted.Length) - sorted[i], sorted[i] - ((double)i / sorted.Length)));
        return largest;
    }

    private static string? WhyUnjudged(Finding finding)
    {
        if (finding.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Blocking) is { } blocking)
            return $"It is not judged whatever its numbers are: {blocking.Message} [{blocking.Code}]";
        return finding.IsApproximate ? "Its null is only approximate, so it is not judged." : null;
    }

    private ValidatedCorpus Judge(Corpus corpus, int runs, ulong first, Action report, CancellationToken cancellationToken)
    {
        int supported = Count(corpus.Own);
        int made = 1;
        report();
        for (int run = 1; run < runs; run++)
        {
            using WatermarkSecret key = Draw(first + (ulong)run);
            Finding finding = test(key, corpus.Text, cancellationToken);
            report();
            if (WhyUnjudged(finding) is not null)
                continue;
            supported += Count(finding);
            made++;
        }

        Sample sample = corpus.Text.Sample;
        return new ValidatedCorpus(corpus.Text.Title, sample.Digest, sample.Documents, corpus.Own.Counts.Scored, made, supported);

        int Count(Finding finding)
        {
            logPs.Add(finding.LogP);
            return finding.Outcome == Outcome.Support ? 1 : 0;
        }
    }

    private void Plant(Corpus corpus, Spikes spikes, int runs, ulong first, Action report, CancellationToken cancellationToken)
    {
        for (int run = 0; run < runs; run++)
        {
            ulong number = first + (ulong)run;
            using WatermarkSecret? secret = run == 0 ? null : Draw(number);
            using KeyedScheme? drawn = secret is null ? null : owner.Scheme.WithKey(secret);
            KeyedScheme key = drawn ?? owner;
            GreenSpike spike = GreenSpike.Plant(corpus.Text.Sample, key, spikes.Share, new SeededRandomBits(options.Test.Seed, SpikeStream | number));
            Finding finding = test(secret, corpus.Text with { Sample = spike.Sample }, cancellationToken);
            report();
            if (WhyUnjudged(finding) is not null)
                continue;
            spikes.Runs++;
            spikes.Supported += finding.Outcome == Outcome.Support ? 1 : 0;
            spikes.Power += StatedPower(NullOf(finding, spike.Sample, key, cancellationToken), finding.LogThreshold, spike.Excess);
        }
    }

    private WatermarkSecret Draw(ulong number) => owner.Scheme.DrawSecret(new SeededRandomBits(options.Test.Seed, KeyStream | number));

    /// <summary>The null that decided a finding.</summary>
    private TotalNull NullOf(Finding finding, Sample sample, KeyedScheme key, CancellationToken cancellationToken)
    {
        DistillationTestOptions test = options.Test;
        SampleScore own = Scorer.Score(sample, key, test.DegreeOfParallelism, cancellationToken);
        return finding.NullName == Measurement.RandomKeysNull
            ? Scorer.RandomKeyNull(key.Scheme, own, Scorer.ScoreRandomKeys(sample, key.Scheme, test.RandomKeys, test.Seed, test.DegreeOfParallelism, null, cancellationToken))
            : own.TheoryNull(key.Scheme);
    }

    /// <summary>The probability with which a null says that an excess reaches the threshold: the largest power whose smallest effect it is.</summary>
    private static double StatedPower(TotalNull distribution, double logThreshold, double excess)
    {
        (double low, double high) = (0, 1);
        for (int step = 0; step < PowerSteps; step++)
        {
            double power = (low + high) / 2;
            if (distribution.SmallestEffect(logThreshold, power) <= excess)
                low = power;
            else
                high = power;
        }

        return (low + high) / 2;
    }

    private sealed record Corpus(TitledSample Text, ValidatedProcedure Procedure, Finding Own);

    private sealed class Spikes(double share)
    {
        public double Share => share;

        public long Runs { get; set; }

        public long Supported { get; set; }

        public double Power { get; set; }
    }
}
