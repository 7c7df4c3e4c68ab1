using System.Globalization;
using Watermark.Forensics.Cases.Timestamps;
using Watermark.Forensics.Json;

namespace Watermark.Forensics.Cases.Commitments;

/// <summary>Whether the committed keys are shown to be older than the data. Among many keys made afterwards, one always fits.</summary>
internal static class KeyOrder
{
    /// <summary>The words that every fault has.</summary>
    public const string NotShown = "key not shown to precede the data";

    /// <summary>What is missing to show that the keys came first.</summary>
    /// <param name="stamp">The time stamp of <c>commitments.json</c>; null for none.</param>
    /// <param name="firstRecord">The time of the first collected record; null where none is known.</param>
    /// <returns>One sentence with the words <see cref="NotShown"/>; null where the latest time of the stamp is before the first record.</returns>
    public static string? Fault(TimestampResult? stamp, DateTimeOffset? firstRecord)
    {
        if (stamp is null)
            return $"The registry of committed keys has no time stamp: {NotShown}.";
        if (stamp.Fault is { } fault)
            return $"The time stamp of the registry of committed keys is not valid ({fault.TrimEnd('.')}): {NotShown}.";
        if (stamp.Latest is not { } latest || firstRecord is not { } first)
            return $"Nothing says when the first reply was collected: {NotShown}.";
        return latest < first ? null : $"The committed keys were stamped at {Text(latest)}, and the first reply was collected at {Text(first)}: {NotShown}.";
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(JsonMembers.TimeFormat, CultureInfo.InvariantCulture);
}
