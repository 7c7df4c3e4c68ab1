using System.Globalization;
using Watermark.Catalog;
using Watermark.Cli.Terminal;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;
using Watermark.NGrams;

namespace Watermark.Cli.Commands;

/// <summary>Computes stored findings again, from keys and samples.</summary>
/// <param name="files">The keys; the caller disposes them.</param>
/// <param name="samples">The samples by digest.</param>
/// <param name="threads">The number of threads.</param>
/// <param name="console">Shows progress.</param>
/// <param name="commitmentOf">The commitment that a key opens; null for none.</param>
internal sealed class Recomputation(
    IReadOnlyList<KeyFile> files, IReadOnlyDictionary<string, Sample> samples, int threads, ConsoleOutput console, Func<KeyFile, string?>? commitmentOf = null)
{
    /// <summary>Computes a finding again.</summary>
    /// <param name="stored">The finding.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InputFormatException">Its key or a sample is not there.</exception>
    public Finding Again(Finding stored, CancellationToken cancellationToken)
    {
        DistillationTestOptions options = Options(stored);
        using OwnerKey key = FindKey(stored, Option(stored, Verification.AccountOption), Option(stored, Verification.EpochOption));
        TitledSample suspect = FindSample(stored, "suspect-sample") with { Title = SuspectTitle(stored, key) };
        return new Verification(options, console, NamesKey(stored)).Test(key, suspect, Controls(stored), stored.Waivers, cancellationToken) with { Created = stored.Created };
    }

    /// <summary>Computes a finding again without its key.</summary>
    /// <param name="stored">The finding.</param>
    /// <param name="scores">The row scores of all findings.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="InputFormatException">A sample is not there, or its row scores do not fit it.</exception>
    public Finding Again(Finding stored, IReadOnlyList<RowScores> scores, CancellationToken cancellationToken)
    {
        DistillationTestOptions options = Options(stored);
        TitledSample suspect = FindSample(stored, "suspect-sample");
        TitledSample[] controls = Controls(stored);
        RowScores[] own = [.. scores.Where(one => one.Key == stored.Key && controls.Append(suspect).Any(sample => sample.Sample.Digest == one.SampleDigest))];
        if (own.Length == 0)
            throw new InputFormatException($"The finding '{stored.Title}' has no row scores in the case.");
        return new Verification(options, console).Test(own, stored, suspect, controls, cancellationToken) with { Created = stored.Created };
    }

    private DistillationTestOptions Options(Finding stored)
    {
        if (stored.Question != DistillationTest.Question)
            throw new InputFormatException($"The finding '{stored.Title}' answers the question '{stored.Question}'; this command can only compute '{DistillationTest.Question}' again.");
        if (!int.TryParse(Option(stored, "randomKeys"), NumberStyles.None, CultureInfo.InvariantCulture, out int randomKeys) || randomKeys > Verification.MostRandomKeys)
            throw new InputFormatException($"The finding '{stored.Title}' does not state its number of random keys (options.randomKeys), from 0 to 10,000,000.");
        return new DistillationTestOptions
        {
            RandomKeys = randomKeys,
            Seed = stored.Seed ?? 0,
            Rule = stored.Rule,
            Tests = stored.Tests,
            Power = stored.Power.Power,
            DegreeOfParallelism = threads,
            ToolVersion = stored.ToolVersion,
            Details = stored.Details is not null,
        };
    }

    private TitledSample[] Controls(Finding stored) => [.. stored.Controls.Select(control => FindSample(control, "control-sample"))];

    private OwnerKey FindKey(Finding stored, string? account, string? epoch)
    {
        foreach (KeyFile file in files)
        {
            OwnerKey key = OwnerKey.Of(file, account, epoch, commitmentOf?.Invoke(file));
            if (key.Identity.Id == stored.Key?.Id)
                return key;
            key.Dispose();
        }

        string derived = account is null && epoch is null ? string.Empty : $" ({string.Join(", ", new[] { account, epoch }.OfType<string>())})";
        throw new InputFormatException($"The finding '{stored.Title}' is of key {stored.Key?.Id ?? "none"}{derived}, and --key names no such key.");
    }

    /// <summary>The suspect's own title: the finding's title without the part that names the derived key.</summary>
    private static string SuspectTitle(Finding stored, OwnerKey key)
    {
        string suffix = Verification.TitleOf(string.Empty, key, NamesKey(stored));
        return suffix.Length > 0 && stored.Title.EndsWith(suffix, StringComparison.Ordinal) ? stored.Title[..^suffix.Length] : stored.Title;
    }

    /// <summary>Whether the finding's title names its key.</summary>
    private static bool NamesKey(Finding stored) => stored.Key is { Id.Length: >= 8 } key && stored.Title.EndsWith($"key {key.Id[..8]}", StringComparison.Ordinal);

    private TitledSample FindSample(Measurement stored, string role)
    {
        string? digest = stored.Inputs.FirstOrDefault(input => input.Role == role)?.Sha256;
        return digest is not null && samples.TryGetValue(digest, out Sample? found)
            ? new TitledSample(stored.Title, found)
            : throw new InputFormatException($"'{stored.Title}' was computed from the sample {digest ?? "without a digest"}, and no such sample is given.");
    }

    private static string? Option(Finding finding, string name) => finding.Options.FirstOrDefault(option => option.Name == name)?.Value;
}
