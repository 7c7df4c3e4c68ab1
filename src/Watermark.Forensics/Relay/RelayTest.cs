using System.Globalization;
using Watermark.Forensics.Distillation;
using Watermark.Forensics.Findings;

namespace Watermark.Forensics.Relay;

/// <summary>
/// Tests whether an endpoint forwards requests to the owner's service: its replies carry the mark of a key that came into force
/// after the suspect was released. A model cannot have learned a key that did not exist when it was trained.
/// </summary>
/// <remarks>
/// The count of each epoch is Binomial(n, gamma) under H0, over the distinct rows of the replies; all epochs looked at are counted
/// (Holm, or the threshold times M). A key that is not younger than the suspect could have been learned, so such an epoch never supports
/// a relay: use the distillation test and <see cref="EpochsTest"/> for it.
/// </remarks>
public static class RelayTest
{
    /// <summary>Tests the replies under the key of one epoch.</summary>
    /// <param name="epoch">The epoch's key.</param>
    /// <param name="released">When the suspect was released or last changed, UTC.</param>
    /// <param name="suspect">The replies.</param>
    /// <param name="controls">Replies of endpoints known not to forward.</param>
    /// <param name="options">How the test is run; its tests count all epochs.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public static Finding Run(
        EpochKey epoch, DateTimeOffset released, TitledSample suspect, IReadOnlyList<TitledSample> controls, DistillationTestOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        ArgumentNullException.ThrowIfNull(suspect);
        Finding finding = new DistillationTest(epoch.Scheme, epoch.Identity, options).Run(suspect, controls, null, cancellationToken);
        finding = finding with
        {
            Question = Questions.Relay,
            Title = $"{suspect.Title}, epoch {epoch.Epoch}",
            Alternative = $"the endpoint passed on text that the owner's service wrote under the key of epoch {epoch.Epoch}",
            Null = "it did not",
            SupportCaveat = "H1 does not say who operates what stands between; a leaked key, text that others wrote with it, and a wrong date of release are to be excluded by other evidence.",
            NoSupportCaveat = "The endpoint may forward only some requests, or rewrite the replies.",
            Options = [.. finding.Options, new NamedValue("epoch", epoch.Epoch), new NamedValue("inForceFrom", Time(epoch.InForceFrom)), new NamedValue("released", Time(released))],
            Assumptions = [.. finding.Assumptions, "The suspect was last changed on the date stated, and the key of the epoch was drawn after it and used by the owner's service only."],
        };
        return epoch.InForceFrom is { } from && from > released
            ? finding
            : finding.With([Diagnostic.Blocking(DiagnosticCodes.KeyNotYounger, epoch.InForceFrom is null
                ? $"It is not stated when the key of epoch {epoch.Epoch} came into force, so nothing shows that the suspect could not have learned it."
                : $"The key of epoch {epoch.Epoch} came into force on {Time(epoch.InForceFrom)}, not after the suspect's release on {Time(released)}: the suspect could have learned it.")]);
    }

    internal static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "not stated";
}
