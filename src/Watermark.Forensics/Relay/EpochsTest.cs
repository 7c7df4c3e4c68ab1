using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Relay;

/// <summary>
/// Tests the keys of several epochs on one text: the epochs whose keys show are those in which the owner's service wrote what the
/// suspect was trained on, that is, when the data were harvested.
/// </summary>
public static class EpochsTest
{
    /// <summary>Tests the text under the key of one epoch.</summary>
    /// <param name="epoch">The epoch's key.</param>
    /// <param name="suspect">The text.</param>
    /// <param name="controls">Text known to be independent of the keys.</param>
    /// <param name="options">How the test is run; its tests count all epochs.</param>
    /// <param name="randomKeys">Scores under random keys that the tests of other epochs made.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Finding Run(
        EpochKey epoch, TitledSample suspect, IReadOnlyList<TitledSample> controls, DistillationTestOptions options, RandomKeyScores randomKeys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        ArgumentNullException.ThrowIfNull(suspect);
        Finding finding = new DistillationTest(epoch.Scheme, epoch.Identity, options, null, randomKeys).Run(suspect, controls, null, cancellationToken);
        return finding with
        {
            Question = Questions.Epochs,
            Title = $"{suspect.Title}, epoch {epoch.Epoch}",
            Alternative = $"the suspect's outputs depend on the key of epoch {epoch.Epoch}",
            Null = "they do not",
            SupportCaveat = "H1 says when the owner's service wrote the text, not when the suspect was trained; the public web, a shared data set, a proxy or a leaked key are to be excluded by other evidence.",
            Options = [.. finding.Options, new NamedValue("epoch", epoch.Epoch), new NamedValue("inForceFrom", RelayTest.Time(epoch.InForceFrom))],
        };
    }

    /// <summary>The epochs that Holm's method rejects: when the data were harvested.</summary>
    /// <param name="verdict">A verdict of findings about epochs.</param>
    /// <param name="alpha">The probability of naming any wrong epoch, between 0 and 1.</param>
    /// <returns>The epochs' ids in the order of the findings.</returns>
    public static IReadOnlyList<string> Harvested(Verdict verdict, double alpha)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        return
        [
            .. verdict.Findings.Zip(verdict.AdjustedLogP).Where(pair => pair.First.Question == Questions.Epochs && pair.Second <= Math.Log(alpha))
                .Select(pair => pair.First.Options.First(option => option.Name == "epoch").Value),
        ];
    }
}
